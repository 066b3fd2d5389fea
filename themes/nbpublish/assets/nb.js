// What a page of cells needs a script for, under any theme: copying code, sorting and zooming, charts on demand,
// scrollers for the keyboard. Everything can be read without it. A classic script, because pages opened from the disk
// may not load modules.
(() => {
  // The page says the words in its own language, in `data-nb-words` of any element.
  const words = document.querySelector("[data-nb-words]")?.dataset.nbWords ?? "Copy code|Copied|Scrollable|Enlarge|Close";
  const [copy, copied, scrollable, enlarge, close] = words.split("|");

  const makeButton = (className, title, onclick, innerHTML = "") =>
    Object.assign(document.createElement("button"), { type: "button", className, title, onclick, innerHTML });

  const source = (box) => {
    const pre = box.querySelector("pre").cloneNode(true);
    pre.querySelectorAll(".gp, .go, .linenos").forEach((mark) => mark.remove()); // prompts are not code
    return pre.textContent.replace(/\n$/, "");
  };

  const addCopyButton = (box) => {
    if (!navigator.clipboard || box.querySelector(".nb-copy")) return; // browsers have none where a page comes by http
    const button = makeButton("nb-copy", copy, async () => {
      const say = (done) => {
        button.classList.toggle("nb-done", done);
        button.title = done ? copied : copy;
      };
      await navigator.clipboard.writeText(source(box));
      say(true);
      setTimeout(say, 1500, 0);
    });
    box.append(button);
  };

  // A picture fills the window until the reader has seen it. Escape and the focus are the dialog's own.
  const addZoom = (figure) => {
    const image = figure.querySelector(":scope > img");
    if (!image || figure.querySelector(".nb-zoom")) return;
    const zoom = () => {
      const dialog = Object.assign(document.createElement("dialog"), { className: "nb-zoomed", ariaLabel: image.alt });
      dialog.append(image.cloneNode(), makeButton("nb-close", close));
      dialog.onclick = () => dialog.close();
      dialog.onclose = () => dialog.remove();
      figure.append(dialog);
      dialog.showModal();
    };
    image.onclick = zoom; // what a finger does
    image.after(makeButton("nb-zoom", enlarge, zoom));
  };

  // The heading of a column sorts by it: up, down, and as the author has it.
  const makeSortable = (table) => {
    const body = table.tBodies[0], rows = [...(body?.rows ?? [])];
    const heads = [...([...table.querySelectorAll("thead tr:not(.nb-types)")].at(-1)?.cells ?? [])];
    if (rows.length < 3 || rows.some((row) => row.cells.length !== heads.length) || table.querySelector("[rowspan], .nb-sort")) return;
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
    const number = (text) => parseFloat(text.replace(/[,\s]/g, "").replace("−", "-"));
    heads.forEach((head, at) => {
      if (!head.textContent.trim()) return;
      head.replaceChildren(makeButton("nb-sort", "", () => {
        const way = { ascending: "descending", descending: "" }[head.ariaSort] ?? "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (way) head.ariaSort = way;
        const sign = way === "ascending" ? 1 : -1;
        const key = (row) => row.cells[at].textContent.trim();
        const compare = (one, other) => {
          if (!head.matches(".nb-num")) return sign * order(key(one), key(other));
          const [a, b] = [number(key(one)), number(key(other))];
          return isNaN(a) - isNaN(b) || sign * (a - b); // what is no number comes last, up and down
        };
        body.append(...(way ? rows.toSorted(compare) : rows));
      }, head.innerHTML));
    });
  };

  // A link to something within a tab that is not shown opens the tab.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let tab = target?.closest?.(".nb-tab"); tab; tab = tab.parentElement.closest(".nb-tab")) {
      const button = document.getElementById(tab.previousElementSibling?.htmlFor);
      if (!button || button.checked) continue;
      button.checked = true;
      target.scrollIntoView();
    }
  };

  // A scroller takes part in the tab order only while there is something to scroll.
  const sizes = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) {
        box.tabIndex = 0;
        box.role ??= "group";
        box.ariaLabel ??= scrollable;
      } else box.removeAttribute("tabindex");
    }
  });

  // What only some readers ask for is a script of its own, loaded once. After a failure it is asked for again.
  const loads = {};
  const load = (address) => {
    const src = new URL(address, document.baseURI).href;
    return loads[src] ??= new Promise((onload, reject) => {
      const onerror = () => { delete loads[src]; reject(Error(src)); };
      document.head.append(Object.assign(document.createElement("script"), { src, onload, onerror }));
    });
  };
  const home = document.currentScript.src;
  const call = async (name, item) => {
    await load(new URL(`nb-${name}.js`, home));
    window.nb[name](item);
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest(".nb-show");
    if (button) call("chart", button);
  });

  const init = (root = document) => {
    const each = (selector, act) => root.querySelectorAll(selector).forEach(act);
    each(".nb-code, :is(.nb-prose, .nb-article) .highlight:not(:is(.nb-code, .nb-error) *)", addCopyButton);
    each(".nb-figure", addZoom);
    each(".nb-table > table", makeSortable);
    each(":is(.nb-cell, .nb-article) pre, .nb-article table, .nb-table, .nb-math, .nb-html, .nb-tree", (box) => sizes.observe(box));
    each(".nb-flow-section", (section) => { section.ontoggle = () => call("flow"); });
    for (const name of ["widgets", "anywidget", "tex"]) each(`[data-nb-${name}]`, (item) => call(name, item));
  };

  window.nb = { ...window.nb, init, load };
  init();
  reveal();
  addEventListener("hashchange", reveal);
  window.document$?.subscribe(() => nb.init()); // Material swaps pages without loading them
})();
