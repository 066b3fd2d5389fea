// Search by substring over the sections of all pages: exact for Japanese, which has no spaces to cut words at.
// The index is a list of [url, page, title, text]. Width and case are folded (NFKC), so ｱﾙｺﾞ finds アルゴ.
(() => {
  const fold = (value) => value.normalize("NFKC").toLowerCase();
  const LIMIT = 30;

  const score = (section, words) => {
    let total = 0;
    for (const word of words) {
      const inTitle = section.title.includes(word), inPage = section.page.includes(word);
      const times = Math.min(5, section.text.split(word).length - 1);
      if (!inTitle && !inPage && !times) return 0;
      total += 20 * inTitle + 6 * inPage + times;
    }
    return total;
  };

  // Folding can change the length of a text (㌔ → キロ), so words are found again in the text as it is written.
  const marked = (text, words) => {
    const out = document.createDocumentFragment();
    let rest = text, low = fold(text).length === text.length ? fold(text) : text.toLowerCase();
    while (rest) {
      const hits = words.map((word) => [low.indexOf(word), word.length]).filter(([at]) => at >= 0);
      if (!hits.length) break;
      const [at, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      out.append(rest.slice(0, at), Object.assign(document.createElement("mark"), { textContent: rest.slice(at, at + length) }));
      rest = rest.slice(at + length);
      low = low.slice(at + length);
    }
    out.append(rest);
    return out;
  };

  const excerpt = (text, folded, words) => {
    const at = Math.min(...words.map((word) => folded.indexOf(word)).filter((i) => i >= 0), folded.length);
    const start = at === folded.length || at < 40 ? 0 : at - 30;
    return (start ? "…" : "") + text.slice(start, start + 160);
  };

  const make = (tag, content, properties = {}) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(content);
    return element;
  };

  window.nb = window.nb || {};
  window.nb.search = (dialog, index) => {
    const input = dialog.querySelector("input"), list = dialog.querySelector("ol"), status = dialog.querySelector(".search-status");
    const sections = index.map(([url, page, title, text]) => ({ url, shown: [page, title, text], page: fold(page), title: fold(title), text: fold(text) }));
    const options = () => [...list.querySelectorAll("a")];
    let chosen = 0;

    const choose = (i) => {
      const all = options();
      chosen = (i + all.length) % all.length || 0;
      all.forEach((option, j) => option.setAttribute("aria-selected", String(j === chosen)));
      all[chosen]?.scrollIntoView({ block: "nearest" });
      if (all[chosen]) input.setAttribute("aria-activedescendant", all[chosen].id);
      else input.removeAttribute("aria-activedescendant");
    };

    const item = ({ url, shown: [page, title, text], text: folded }, words, i) => {
      const link = make("a", "", { href: dialog.dataset.base.replace(/\/?$/, "/") + url, id: `search-result-${i}`, role: "option", tabIndex: -1 });
      if (title !== page) link.append(make("small", marked(page, words)));
      link.append(make("strong", marked(title, words)), make("p", marked(excerpt(text, folded, words), words)));
      return make("li", link, { role: "presentation" });
    };

    const show = () => {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      const hits = words.length ? sections.map((section) => [score(section, words), section]).filter(([points]) => points) : [];
      hits.sort((a, b) => b[0] - a[0]);
      list.replaceChildren(...hits.slice(0, LIMIT).map(([, section], i) => item(section, words, i)));
      list.scrollTop = 0;
      input.setAttribute("aria-expanded", String(hits.length > 0));
      status.textContent = !words.length ? "" : hits.length ? dialog.dataset.found.replace("{}", hits.length) : dialog.dataset.nothing;
      choose(0);
    };

    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Enter and arrows belong to the Japanese input method until it is done
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter") {
        event.preventDefault();
        options()[chosen]?.click();
      }
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("a")) dialog.close(); });
    show();
  };
})();
