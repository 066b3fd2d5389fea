// Draws the Plotly charts of a page. Loaded by nb.js when a reader first asks for one; the library comes from the site.
(() => {
  const words = {
    en: { loading: "Loading …", failed: "The chart could not be loaded." },
    ja: { loading: "読み込み中…", failed: "グラフを読み込めませんでした。" },
  };
  const text = words[document.documentElement.lang.slice(0, 2)] || words.en;
  const { nb } = window;

  // A large figure is a script that hands it over, because a page opened from the disk may not fetch.
  let given;
  nb.figure = (figure) => { given = figure; };
  const load = (src) => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src, onload: () => resolve(given), onerror: reject });
    document.head.append(script);
  });
  const figureOf = async (box) => box.dataset.figure
    ? load(box.dataset.figure)
    : JSON.parse(box.parentElement.querySelector("script").textContent);

  // In the dark a figure without colours of its own takes the page's; one with them stays on its own ground.
  const light = (color) => color.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) > 382;
  const inScheme = (box, layout = {}) => {
    const { color, backgroundColor: ground, borderTopColor: line } = getComputedStyle(box);
    const { template } = layout;
    const base = template?.layout ?? {};
    const own = layout.paper_bgcolor || layout.plot_bgcolor || !["white", undefined].includes(base.paper_bgcolor);
    if (own || light(ground)) return layout;
    const axis = { gridcolor: line, linecolor: line, zerolinecolor: line };
    const on = (name, more) => ({ [name]: { ...base[name], ...more } });
    return { ...layout, template: { ...template, layout: {
      ...base, paper_bgcolor: ground, plot_bgcolor: ground, ...on("font", { color }), ...on("xaxis", axis), ...on("yaxis", axis),
      ...on("polar", { bgcolor: ground, angularaxis: axis, radialaxis: axis }),
      ...on("scene", Object.fromEntries(["xaxis", "yaxis", "zaxis"].map((name) => [name, { ...axis, backgroundcolor: ground }]))),
    } } };
  };

  // A button of the library's own would upload the figure to its makers.
  const settings = { responsive: true, displaylogo: false };
  const atHome = { plotlyServerURL: "", modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud"] };

  const figures = new Map();
  const paint = (box) => {
    const { data, layout, frames, config } = figures.get(box);
    const margin = box.clientWidth < 480 ? { l: 48, r: 16, ...layout?.margin } : layout?.margin; // a telephone has none to spare
    const sized = { ...inScheme(box, layout), margin, autosize: true, width: undefined, height: undefined };
    return window.Plotly.react(box, { data, layout: sized, frames, config: { ...settings, ...config, ...atHome } });
  };
  let ground;
  const repaint = () => {
    for (const box of figures.keys()) if (!box.isConnected) figures.delete(box);
    const [first] = figures.keys();
    const now = first && getComputedStyle(first).backgroundColor;
    if (now && now !== ground) figures.forEach((_, box) => paint(box));
    ground = now;
  };
  for (const holder of [document.documentElement, document.body]) {
    new MutationObserver(repaint).observe(holder, { attributes: true }); // each theme has its own way to switch
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  const draw = async (box) => {
    const figure = await figureOf(box);
    const picture = box.querySelector("img");
    // where a narrow screen has made the picture small there would be no room for axes
    const height = picture ? Math.max(picture.clientHeight, Math.min(box.dataset.height, 360)) : box.dataset.height;
    box.style.height = `${height}px`;
    figures.set(box, figure);
    box.replaceChildren();
    box.classList.add("nb-drawn");
    ground = getComputedStyle(box).backgroundColor;
    await paint(box);
  };

  let library;
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "100%" });

  // The chart that was asked for at once, and all others when they are about to be seen.
  nb.plotly = async (button) => {
    const box = button.closest(".nb-chart");
    const label = button.innerHTML;
    button.textContent = text.loading;
    button.disabled = true;
    try {
      await (library ||= load(box.dataset.plotly));
      await draw(box);
      box.tabIndex = -1;
      box.focus({ preventScroll: true });
      document.querySelectorAll(".nb-chart:not(.nb-drawn)").forEach((other) => near.observe(other));
    } catch {
      library = undefined;
      button.innerHTML = label;
      button.disabled = false;
      button.setAttribute("aria-description", text.failed);
      button.insertAdjacentText("beforeend", ` ${text.failed}`);
    }
  };
})();
