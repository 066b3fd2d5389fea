// Search by substring over the sections of all pages: exact for Japanese, which has no spaces to cut words at.
// The index (search_index.py) is in NFKC; what else a reader does not tell apart, the pattern of a word allows for.
(() => {
  // かな is カナ, ( is （, a_b is a-b, "a b" and aB. A loose word may lack ー and its English ending.
  const makeWord = (text, loose) => {
    const source = (loose ? text.replace(/ー|(?<=^\w{4,})(ies|es|s|ing|ed)$/g, "") : text)
      .replace(/(?<=[a-z])(?=[A-Z])|(?<=\w)[-_](?=\w)|([!-/:-@[-`{-~]|[ぁ-ゖァ-ヶ])/g, (_, letter) => {
        if (!letter) return "[-_ ]?";
        const other = letter.charCodeAt() + (letter < "ぁ" ? 65248 : letter < "ァ" ? 96 : -96);
        return `[\\${letter + String.fromCharCode(other)}]` + (loose && letter > "~" ? "ー?" : "");
      });
    return { source, all: RegExp(source, "gi"), whole: RegExp(`(?<![a-z])${source}(?![a-z])`, "i") };
  };

  // How much a text is about a word: more for the whole word, less for what is rare in a long text.
  const value = (text, { all, whole }, long = 2000) => {
    const times = text.match(all)?.length;
    return times ? times / (times + 1 + text.length / long) * (1 + 2.5 * whole.test(text)) : 0;
  };
  // Titles weigh most, code and outputs less than prose.
  const points = ({ title, texts: [prose, code, output] }, word) =>
    7 * value(title, word, 15) + value(prose, word) + .7 * value(code, word) + .2 * value(output, word);

  nb.search = (dialog, { sections, parts }) => {
    const [input, status, list] = ["input", ".search-status", ".search-results"].map((name) => dialog.querySelector(name)), say = dialog.dataset;
    let waiting = parts.length, chosen;

    // The sections that have most of the words, best first. The title of its page alone does not make a hit of one.
    const find = (words, phrase) => {
      let most = 1, hits = [];
      for (const section of sections) {
        let own = 0, above = 0, has = 0;
        for (const word of words) {
          const here = points(section, word), there = value(section.page, word, 15);
          own += here;
          above += there;
          has += here + there > 0;
        }
        if (!own || has < most) continue;
        if (has > most) [most, hits] = [has, []];
        hits.push([section.weight * (own + above + 3 * (phrase ? points(section, phrase) : own)), section]);
      }
      return [most, hits.sort((a, b) => b[0] - a[0])];
    };

    const choose = (i) => {
      const options = [...list.children];
      chosen = (i + options.length) % options.length || 0;
      options.forEach((option, j) => { option.ariaSelected = j === chosen; });
      options[chosen]?.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen]?.id ?? "");
    };

    const option = ({ url, page, title, texts }, any, i) => {
      const marked = (text) => text.replace(any, "\x01$&\x02").replace(/[&<"\x01\x02]/g, (sign) =>
        ({ "\x01": "<mark>", "\x02": "</mark>" })[sign] ?? `&#${sign.charCodeAt()};`);
      const kind = Math.max(0, texts.findIndex((text) => text.match(any))), text = texts[kind];
      // begins with a word or a clause where one begins shortly before, in code with its line
      const from = text.slice(0, Math.max(0, text.search(any))).search(/(?<=^|[\s、。]).{0,30}$|(?!.*[、。]).{0,16}$/), excerpt = marked((from ? "…" : "") + text.slice(from, from + 240));
      return `<a id="hit-${i}" role="option" tabindex="-1" href="${say.base + url}">${title === page ? "" : `<small>${marked(page)} › </small>`}`
        + `<strong>${marked(title)}</strong><p>${kind ? `<small>${kind > 1 ? say.output : say.code}</small><code>${excerpt}</code>` : excerpt}</p></a>`;
    };

    const show = () => {
      const query = input.value.normalize("NFKC").trim(), phrase = makeWord(query), typed = query.split(/\s+/);
      const telling = typed.filter((word) => !/^(an?|and|by|for|how|in|is|of|on|the|to|what|with)$/i.test(word));
      // What nothing has as it was typed is taken loosely, and cut where the script changes.
      for (const loose of [false, true]) {
        const texts = loose ? query.match(/[一-鿿々]{2,}|[ぁ-ー]{2,}|\w{2,}/g) ?? [] : telling[0] ? telling : typed;
        const words = texts.map((text) => makeWord(text, loose)), [most, hits] = query ? find(words, typed[1] && phrase) : [0, []];
        const any = RegExp([phrase, ...words].map((word) => word.source).join("|"), "gi");
        list.innerHTML = hits.slice(0, 30).map(([, section], i) => option(section, any, i)).join("");
        status.textContent = query && (!hits[0] ? waiting ? say.loading : say.nothing : most < words.length ? say.some : say.found).replace("{}", hits.length);
        if (hits[0]) break;
      }
      input.ariaExpanded = !!list.firstChild;
      choose(0);
    };

    nb.part = (kind, first, texts) => texts.forEach((text, i) => { sections[first + i].texts[kind] = text; });
    for (const name of parts) nb.load(say.index.replace(/[^/]*$/, name)).finally(() => {
      waiting--;
      chosen || show();
    });

    input.oninput = show;
    input.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.keyCode === 229) return; // the Japanese input method has Enter and the arrows until it is done
      if (step) choose(chosen + step);
      else if (event.key === "Enter") list.children[chosen]?.click();
      else return;
      event.preventDefault();
    };
    dialog.onclick = ({ target }) => { if (target === dialog || target.closest("a")) dialog.close(); };
    show();
  };
})();
