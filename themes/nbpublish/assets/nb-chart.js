// Draws the interactive charts of a page. nb.js loads it when a reader first asks for one; it then loads the library,
// from the site's own files, and the script that knows how to use it: nb-plotly.js or nb-vega.js.
(() => {
  const { nb } = window;
  const home = document.currentScript.src;

  // Each of those scripts puts a function here: `painters.plotly(box, figure)` draws, or draws again, into a box.
  nb.painters = {};

  // A large figure is a script that hands it over, because a page opened from the disk may not fetch.
  let given;
  nb.figure = (figure) => { given = figure; };
  const figureOf = async (box) => {
    if (!box.dataset.figure) return JSON.parse(box.parentElement.querySelector("script").textContent)[0];
    await new Promise((onload, onerror) => {
      document.head.append(Object.assign(document.createElement("script"), { src: box.dataset.figure, onload, onerror }));
    });
    return given;
  };

  // When the page turns dark or light, charts are painted again: they take their colours from their box.
  const figures = new Map();
  const grounds = new WeakMap(); // each box's own: one that is drawn meanwhile must not speak for the others
  const paint = (box) => {
    grounds.set(box, getComputedStyle(box).backgroundColor);
    return nb.painters[box.dataset.draw](box, figures.get(box));
  };
  const repaint = () => figures.forEach((_, box) => {
    if (!box.isConnected) figures.delete(box);
    else if (getComputedStyle(box).backgroundColor !== grounds.get(box)) paint(box);
  });
  for (const holder of [document.documentElement, document.body]) {
    new MutationObserver(repaint).observe(holder, { attributes: true }); // each theme has its own way to switch
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  const draw = async (box) => {
    const { draw: kind, library } = box.dataset;
    const [figure] = await Promise.all([figureOf(box), nb.load(library), nb.load(new URL(`nb-${kind}.js`, home))]);
    const picture = box.querySelector("img");
    // Nothing below moves; but where a narrow screen has made the picture small there would be no room for axes.
    const before = box.getBoundingClientRect().height;
    const height = picture ? Math.max(before, Math.min(box.dataset.height, 360)) : box.dataset.height;
    box.style[kind === "vega" ? "minHeight" : "height"] = `${height}px`; // with controls below it may be higher
    figures.set(box, figure);
    box.replaceChildren();
    box.classList.add("nb-drawn");
    await paint(box);
  };

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "100%" });

  // Whoever has seen one chart of a library gets the others when they are about to be seen, and those of other states.
  const asked = new Set();
  const follow = (root) => root.querySelectorAll(".nb-chart:not(.nb-drawn)").forEach((box) => {
    if (asked.has(box.dataset.library)) near.observe(box);
  });
  const { init } = nb;
  nb.init = (root = document) => { init(root); follow(root); };

  // The chart that was asked for is drawn at once.
  nb.chart = async (button) => {
    const box = button.closest(".nb-chart");
    const [loading, failed] = button.dataset.words.split("|");
    const label = button.innerHTML;
    button.textContent = loading;
    button.disabled = true;
    try {
      await draw(box);
      box.tabIndex = -1;
      box.focus({ preventScroll: true });
      asked.add(box.dataset.library);
      follow(document);
    } catch {
      button.innerHTML = label;
      button.disabled = false;
      button.setAttribute("aria-description", failed);
      button.insertAdjacentText("beforeend", ` ${failed}`);
    }
  };
})();
