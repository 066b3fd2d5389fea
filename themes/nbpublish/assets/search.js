// Search by substring over the sections of all pages: exact for Japanese, which has no spaces to cut words at.
// The index (search_index.py) is in NFKC; what else a reader does not tell apart, the pattern of a word allows for.
(() => {
  const ENDING = "(ies|es|s|ing|ed)", EMPTY = /^(an?|and|by|do|for|from|how|i|in|is|it|of|on|or|the|to|what|with)$/i;
  const either = (letter, by) => `[\\${letter}${String.fromCharCode(letter.charCodeAt(0) + by)}]`;

  // かな is カナ, ( is （, サーバー is サーバ, a_b is a-b, "a b" and aB, and models is model.
  const pattern = (word) => {
    const long = /([ぁ-ゖァ-ヶ]ー?){5}/.test(word), end = long ? "ー?" : "";
    return word
      .replace(/(?<=[a-z])(?=[A-Z])|(?<=\w)[-_](?=\w)/g, "\0")
      .replace(RegExp(`(?<=^[a-z]{4,})${ENDING}$`, "i"), "")
      .replace(long ? /ー/g : /(?<=[ぁ-ゖァ-ヶー]{3})ー$/, "")
      .replace(/[\0!-/:-@[-`{-~ぁ-ゖァ-ヶ]/g, (c) => !(c > "\0") ? "[-_ ]?" : c < "ぁ" ? either(c, 65248) : either(c, c < "ァ" ? 96 : -96) + end);
  };
  const makeWord = (text) => {
    const source = pattern(text), start = "(?<![a-z])" + source;
    return { source, length: text.length, all: RegExp(source, "gi"), start: RegExp(start, "i"), whole: RegExp(`${start}${ENDING}?(?![a-z])`, "i") };
  };

  // How much a text is about a word: more for beginnings and whole words, less for what is rare in a long text.
  const value = (text, { all, start, whole }) => {
    let times = 0;
    all.lastIndex = 0;
    while (times < 5 && all.test(text)) times++;
    return times && times / (times + 1 + text.length / 2000) * (1 + .5 * start.test(text) + 2.5 * whole.test(text));
  };
  // Titles weigh most, code and outputs less than prose.
  const points = ({ title, texts: [prose, code, output] }, word) =>
    value(title, word) * (1 + 5 * word.length / title.length) + value(prose, word) + .7 * value(code, word) + .2 * value(output, word);

  // Sections that have all words; where there are none, those that have the most. The page's title alone is not enough.
  const find = (sections, words, phrase) => {
    let most = 1, found = [];
    sections.forEach((section, at) => {
      let own = 0, above = 0, has = 0;
      for (const word of words) {
        const here = points(section, word), there = value(section.page, word);
        own += here;
        above += there;
        has += here + there > 0;
      }
      if (!own || has < most) return;
      if (has > most) [most, found] = [has, []];
      const together = words[0].source === phrase.source ? own : points(section, phrase);
      found.push([(own + above + 3 * together) * (1 - .3 * at / sections.length) * section.boost, section]); // what comes first counts a little more
    });
    return [most, found.sort((a, b) => b[0] - a[0])];
  };

  const make = (tag, parts, properties) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...parts);
    return element;
  };

  window.nb.search = (dialog, index) => {
    const [input, status, list] = ["input", ".search-status", ".search-results"].map((name) => dialog.querySelector(name)), words = dialog.dataset;
    const sections = index.pages.flatMap(([url, page, parts, boost = 1]) => parts.map(([anchor, title]) =>
      ({ url: url + (anchor && "#" + anchor), page, title, boost, texts: ["", "", ""] })));
    let waiting = index.parts.length, options = [], chosen;

    const choose = (i) => {
      chosen = (i + options.length) % options.length || 0;
      options.forEach((option, j) => { option.ariaSelected = j === chosen; });
      options[chosen]?.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen]?.id ?? "");
    };

    const makeOption = ({ url, page, title, texts }, any, i) => {
      const marked = (text) => text.split(any).map((part, j) => j % 2 ? make("mark", [part]) : part);
      const kind = Math.max(0, texts.findIndex((text) => any.test(text)));
      const text = texts[kind], at = text.search(any), from = at < 40 ? 0 : Math.max(at - 30, text.lastIndexOf("\n", at) + 1);
      const excerpt = marked((from ? "…" : "") + text.slice(from, from + 160));
      return make("a", [
        make("small", title === page ? [] : [...marked(page), " › "]),
        make("strong", marked(title)),
        make("p", kind ? [make("small", [words[["", "code", "output"][kind]]]), make("code", excerpt)] : excerpt),
      ], { href: words.base + url, id: `hit-${i}`, role: "option", tabIndex: -1 });
    };

    const show = ({ isComposing } = {}) => {
      let query = input.value.normalize("NFKC").trim();
      if (isComposing) query = query.replace(/(?<=[ぁ-ゖ])[a-z]+$/, ""); // かいk, on the way to かいき
      const typed = query.split(/\s+/), telling = typed.filter((word) => !EMPTY.test(word)), phrase = makeWord(query);
      // what has no spaces is cut where the script changes, once it is not found as it is
      for (const texts of [telling.length ? telling : typed, query.match(/[一-鿿々]{2,}|[ァ-ヶー]{2,}|\w{2,}/g) ?? []]) {
        const terms = texts.map(makeWord), [most, hits] = query ? find(sections, terms, phrase) : [0, []];
        const any = RegExp(`(${[phrase, ...terms].map((term) => term.source).join("|")})`, "i");
        options = hits.slice(0, 30).map(([, section], i) => makeOption(section, any, i));
        status.textContent = query && (hits.length ? (most < terms.length ? words.some : words.found).replace("{}", hits.length) : waiting ? words.loading : words.nothing);
        if (hits.length) break;
      }
      list.replaceChildren(...options);
      input.ariaExpanded = options.length > 0;
      choose(0);
    };

    window.nb.part = (kind, first, texts) => texts.forEach((text, i) => { sections[first + i].texts[kind] = text; });
    index.texts.forEach((texts, kind) => window.nb.part(kind, 0, texts));
    const arrived = () => { waiting--; chosen || show(); };
    for (const name of index.parts)
      document.head.append(make("script", [], { src: words.index.replace(/[^/]*$/, name), onload: arrived, onerror: arrived }));

    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return; // Enter and arrows belong to the Japanese input method until it is done
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) choose(chosen + step);
      else if (event.key === "Enter") options[chosen]?.click();
      else return;
      event.preventDefault();
    });
    dialog.addEventListener("click", ({ target }) => { if (target === dialog || target.closest("a")) dialog.close(); });
    show();
  };
})();
