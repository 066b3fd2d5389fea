// The frame's own script: light and dark, the heading the reader is at, and the door to the search.
(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);

  find(".theme-button")?.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("nb-theme", root.dataset.theme); } catch { /* private window: it lasts for this page */ }
  });

  find("#navigation")?.addEventListener("click", (event) => {
    if (event.target.closest("a") && event.currentTarget.matches(":popover-open")) event.currentTarget.hidePopover();
  });
  // The navigation may be longer than the window: show where the reader is, without moving the page.
  const here = find(".nav [aria-current]");
  if (here && here.offsetTop > here.closest(".nav").clientHeight - 80) here.closest(".nav").scrollTop = here.offsetTop - 160;

  // A folder opened from the disk is a list of files, not the page in it.
  if (location.protocol === "file:") {
    addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      if (link?.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }, true);
  }

  const links = [...document.querySelectorAll(".contents a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1)))).filter(Boolean);
  const mark = () => {
    const line = root.clientHeight * 0.2 + 40;
    const atEnd = scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 4;
    const current = atEnd ? headings.at(-1) : headings.findLast((heading) => heading.getBoundingClientRect().top < line);
    for (const link of links) {
      if (current && decodeURIComponent(link.hash.slice(1)) === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  if (headings.length) {
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; mark(); });
    }, { passive: true });
    mark();
  }

  const dialog = find("dialog.search");
  const load = (source) => new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: reject }));
  });
  let loaded;
  const open = async () => {
    if (dialog.open) return;
    dialog.showModal();
    dialog.querySelector("input").select();
    const status = dialog.querySelector(".search-status");
    try {
      if (!loaded) status.textContent = dialog.dataset.loading;
      await (loaded ||= Promise.all([load(dialog.dataset.index), load(dialog.dataset.script)]).then(() => {
        status.textContent = "";
        window.nb.search(dialog, window.nb.index);
      }));
    } catch {
      loaded = undefined;
      status.textContent = dialog.dataset.failed;
    }
  };
  if (dialog) {
    find(".search-button").addEventListener("click", open);
    addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        open();
      }
    });
  }

  // Paper has no way to unfold. (print.css does it too, where ::details-content is known.)
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("main details:not([open], .contents-fold)")];
    for (const details of unfolded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of unfolded) details.open = false; });
})();
