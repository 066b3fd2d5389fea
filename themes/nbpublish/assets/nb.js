// What a page of cells needs a script for, under any theme: copying code, tabs, charts, scrollers for the keyboard.
// Everything can be read without it. A classic script, because pages opened from the disk may not load modules.
(() => {
  const words = {
    en: { copy: "Copy code", copied: "Copied", scroll: "Scrollable", zoom: "Enlarge", close: "Close" },
    ja: { copy: "コードをコピー", copied: "コピーしました", scroll: "スクロールできます", zoom: "拡大", close: "閉じる" },
  };
  const text = words[document.documentElement.lang.slice(0, 2)] || words.en;
  const svg = (line) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${line}"/></svg>`;
  const icon = svg("M9 9h11v11H9zM5 15H4V4h11v1");
  const arrows = svg("M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7");
  const tick = svg("m5 13 4 4L19 7");

  const makeButton = (className, innerHTML = "", ariaLabel = null) =>
    Object.assign(document.createElement("button"), { type: "button", className, innerHTML, ariaLabel, title: ariaLabel ?? "" });

  const write = async (value) => {
    try {
      await navigator.clipboard.writeText(value);
    } catch { // no permission, or no clipboard because the page does not come by https
      const area = Object.assign(document.createElement("textarea"), { value });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  const source = (box) => {
    const pre = box.querySelector("pre").cloneNode(true);
    pre.querySelectorAll(".gp, .go, .linenos").forEach((mark) => mark.remove()); // prompts are not code
    return pre.textContent.replace(/\n$/, "");
  };

  const addCopyButton = (box) => {
    if (box.querySelector(".nb-copy")) return;
    const button = makeButton("nb-copy");
    const show = (done) => {
      button.innerHTML = done ? tick : icon;
      button.classList.toggle("nb-done", done);
      button.ariaLabel = button.title = done ? text.copied : text.copy;
    };
    show(false);
    button.addEventListener("click", async () => {
      await write(source(box));
      show(true);
      setTimeout(show, 1500, false);
    });
    box.append(button);
  };

  // A picture fills the window until the reader has seen it. Escape and the focus are the dialog's own.
  const addZoom = (figure) => {
    const image = figure.querySelector(":scope > img");
    if (!image || figure.querySelector(".nb-zoom")) return;
    const button = makeButton("nb-zoom", arrows, text.zoom);
    button.addEventListener("click", () => {
      const dialog = Object.assign(document.createElement("dialog"), { className: "nb-zoomed", ariaLabel: image.alt });
      dialog.append(image.cloneNode(), makeButton("nb-close", "×", text.close));
      dialog.onclick = () => dialog.close();
      dialog.onclose = () => dialog.remove();
      figure.append(dialog);
      dialog.showModal();
    });
    figure.append(button);
  };

  // The heading of a column sorts by it: up, down, and as the author has it.
  const makeSortable = (table) => {
    const body = table.tBodies[0], rows = [...(body?.rows ?? [])], heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    if (rows.length < 3 || table.tHead?.rows.length !== 1 || table.querySelector("[colspan], [rowspan], .nb-sort")) return;
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
    const number = (cell) => parseFloat(cell.replace(/[,\s]/g, "").replace("−", "-"));
    heads.forEach((head, at) => {
      if (!head.textContent.trim()) return;
      const button = makeButton("nb-sort", head.innerHTML);
      button.onclick = () => {
        const way = { ascending: "descending", descending: "" }[head.ariaSort] ?? "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (way) head.ariaSort = way;
        const sign = way === "ascending" ? 1 : -1;
        const key = (row) => row.cells[at].textContent.trim();
        const compare = (one, other) => {
          if (!head.matches(".nb-num")) return sign * order(key(one), key(other));
          const [a, b] = [number(key(one)), number(key(other))];
          return isNaN(a) - isNaN(b) || sign * (a - b) || 0; // what is no number comes last, up and down
        };
        body.append(...(way ? rows.toSorted(compare) : rows));
      };
      head.replaceChildren(button);
    });
  };

  // Panels below each other → tabs, after the pattern of the ARIA practices: one stop for Tab, arrows within.
  let groups = 0;
  const makeTabs = (box) => {
    const panels = [...box.children].filter((child) => child.matches(".nb-tab:has(> .nb-tab-title)"));
    if (!panels.length || box.querySelector(":scope > .nb-tablist")) return;
    const list = document.createElement("div");
    list.className = "nb-tablist";
    list.setAttribute("role", "tablist");
    const group = ++groups;
    const tabs = panels.map((panel, i) => {
      const tab = makeButton("", panel.querySelector(".nb-tab-title").innerHTML);
      tab.id = `nb-tab-${group}-${i}`;
      panel.id ||= `nb-panel-${group}-${i}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      return tab;
    });
    const show = (chosen) => tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      panels[i].hidden = i !== chosen;
    });
    const last = tabs.length - 1;
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => show(i));
      tab.addEventListener("keydown", (event) => {
        const to = { ArrowRight: i === last ? 0 : i + 1, ArrowLeft: i ? i - 1 : last, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        show(to);
        tabs[to].focus();
      });
    });
    list.append(...tabs);
    box.prepend(list);
    show(0);
  };

  // A link into a panel that is not shown opens it.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const panel = target && target.closest(".nb-tab[hidden]");
    if (!panel) return;
    document.getElementById(panel.getAttribute("aria-labelledby"))?.click();
    target.scrollIntoView();
  };

  // A scroller takes part in the tab order only while there is something to scroll.
  const sizes = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (scrolls && !box.hasAttribute("tabindex")) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.ariaLabel = text.scroll;
        box.dataset.nbScrolls = "";
      } else if (!scrolls && ("nbScrolls" in box.dataset || box.matches(".nb-math"))) {
        for (const name of ["tabindex", "role", "aria-label", "data-nb-scrolls"]) box.removeAttribute(name);
      }
    }
  });

  // A cell of the drawing lights all that it depends on, and all that depends on it.
  const light = (drawing, node) => {
    const edges = [...drawing.querySelectorAll("[data-from]")];
    const reached = (at, from, to, lit = new Set([at])) => {
      for (const edge of edges.filter((edge) => edge.dataset[from] === at)) {
        const next = edge.dataset[to], known = lit.has(next);
        lit.add(edge).add(next);
        if (!known) reached(next, from, to, lit);
      }
      return lit;
    };
    const at = node?.dataset.node;
    const lit = new Set(node ? [...reached(at, "from", "to"), ...reached(at, "to", "from")] : []);
    drawing.toggleAttribute("data-lit", !!node);
    drawing.querySelectorAll("[data-node], [data-from]").forEach((item) =>
      item.classList.toggle("nb-lit", lit.has(item) || lit.has(item.dataset.node)));
  };
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      document.querySelectorAll(".nb-flow").forEach((drawing) =>
        light(drawing, (drawing.contains(target) && target.closest("[data-node]")) || drawing.querySelector("[data-node]:focus")));
    });
  }

  // The library that draws charts is large: it is loaded once a reader asks for one.
  const home = document.currentScript.src;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest(".nb-show");
    if (!button) return;
    if (window.nb.plotly) window.nb.plotly(button);
    else document.head.append(Object.assign(document.createElement("script"), {
      src: new URL("nb-plotly.js", home), onload: () => window.nb.plotly(button),
    }));
  });

  const init = (root = document) => {
    root.querySelectorAll(".nb-code, .nb-prose .highlight, .nb-article .highlight").forEach((box) => {
      if (box.matches(".nb-code") || !box.closest(".nb-code, .nb-error")) addCopyButton(box);
    });
    root.querySelectorAll(".nb-tabs").forEach(makeTabs);
    root.querySelectorAll(".nb-figure").forEach(addZoom);
    root.querySelectorAll(".nb-table > table").forEach(makeSortable);
    root.querySelectorAll(".nb-cell pre, .nb-article pre, .nb-math, .nb-html, .nb-tree, .nb-article table").forEach((box) => sizes.observe(box));
  };

  window.nb = { ...window.nb, init };
  const start = () => { init(); reveal(); };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
  addEventListener("hashchange", reveal);
  window.document$?.subscribe(() => init()); // Material swaps pages without loading them
})();
