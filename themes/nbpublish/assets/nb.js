// What a page of cells needs a script for, under any theme: copying code, and reaching scrollers with the keyboard.
// Everything can be read without it. A classic script, because pages opened from the disk may not load modules.
(() => {
  const words = {
    en: { copy: "Copy code", copied: "Copied", scroll: "Scrollable" },
    ja: { copy: "コードをコピー", copied: "コピーしました", scroll: "スクロールできます" },
  };
  const text = words[document.documentElement.lang.slice(0, 2)] || words.en;
  const icon = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 9h11v11H9zM5 15H4V4h11v1"/></svg>';
  const tick = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m5 13 4 4L19 7"/></svg>';

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
    const button = document.createElement("button");
    button.type = "button";
    button.className = "nb-copy";
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

  // A scroller takes part in the tab order only while there is something to scroll.
  const sizes = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (scrolls && !box.hasAttribute("tabindex")) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.ariaLabel = text.scroll;
        box.dataset.nbScrolls = "";
      } else if (!scrolls && "nbScrolls" in box.dataset) {
        for (const name of ["tabindex", "role", "aria-label", "data-nb-scrolls"]) box.removeAttribute(name);
      }
    }
  });

  const init = (root = document) => {
    root.querySelectorAll(".nb-code, .nb-prose .highlight, .nb-article .highlight").forEach((box) => {
      if (box.matches(".nb-code") || !box.closest(".nb-code")) addCopyButton(box);
    });
    root.querySelectorAll(".nb-cell pre, .nb-article pre, .nb-math, .nb-html, .nb-tree, .nb-article table").forEach((box) => sizes.observe(box));
  };

  window.nb = { ...window.nb, init };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => init());
  else init();
  window.document$?.subscribe(() => init()); // Material swaps pages without loading them
})();
