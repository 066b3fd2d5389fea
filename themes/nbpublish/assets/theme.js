// The frame's own script: light and dark, the heading the reader is at, and the door to the search.
(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);

  find(".theme-button").onclick = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("nb-theme", root.dataset.theme); } catch { /* private window: it lasts for this page */ }
  };

  // The navigation may be longer than the window: show where the reader is, without moving the page.
  const nav = find(".nav"), here = find(".nav [aria-current]");
  if (here) nav.scrollTop = here.offsetTop - nav.clientHeight / 2;

  // A folder opened from the disk is a list of files, not the page in it.
  if (location.protocol === "file:") {
    addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      if (link?.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }, true);
  }

  const mark = () => { // the contents may be others by now, in a preview
    const places = [...document.querySelectorAll(".contents a")].map((link) =>
      [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]);
    const line = root.clientHeight * 0.2 + 40;
    const atEnd = scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 4;
    const current = atEnd ? places.at(-1) : places.findLast(([, heading]) => heading?.getBoundingClientRect().top < line);
    for (const [link] of places) link.ariaCurrent = link === current?.[0] ? "true" : null;
  };
  addEventListener("scroll", mark);
  mark();

  const dialog = find("dialog.search");
  let ready = false;
  const open = async () => {
    if (dialog.open) return;
    const { index, script, loading, failed } = dialog.dataset, status = dialog.querySelector(".search-status");
    dialog.showModal();
    dialog.querySelector("input").select();
    if (ready) return;
    status.textContent = loading;
    try {
      await Promise.all([index, script].map(window.nb.load));
      status.textContent = "";
      window.nb.search(dialog, window.nb.index);
      ready = true;
    } catch {
      status.textContent = failed;
    }
  };
  if (dialog) {
    find(".search-button").onclick = open;
    addEventListener("keydown", (event) => {
      const command = event.ctrlKey || event.metaKey;
      const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
      if (command ? event.key.toLowerCase() !== "k" : event.key !== "/" || event.altKey || typing) return;
      event.preventDefault();
      open();
    });
  }
})();
