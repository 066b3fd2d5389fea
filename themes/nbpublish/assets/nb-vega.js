// Draws a Vega or Vega-Lite chart into its box; see nb-chart.js.
(() => {
  // Colours of the page, where neither the chart nor its theme says another: Vega's own are made for white paper.
  const inScheme = (box) => {
    const { color, backgroundColor: background, borderTopColor: line } = getComputedStyle(box);
    const axis = { labelColor: color, titleColor: color, gridColor: line, domainColor: line, tickColor: line };
    const texts = { labelColor: color, titleColor: color };
    return {
      background, axis, legend: texts, header: texts, title: { color, subtitleColor: color }, view: { stroke: line },
      text: { color }, rule: { color }, style: { "guide-label": { fill: color }, "guide-title": { fill: color } },
    };
  };
  const merged = (one, other) => Object.fromEntries([...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => {
    const [a, b] = [one[key], other[key]];
    return [key, a?.constructor === Object && b?.constructor === Object ? merged(a, b) : b ?? a];
  }));

  // All data are in the page: nothing is fetched, whatever a chart names.
  const atHome = {
    load: () => Promise.reject(new Error("This page loads no data.")),
    sanitize: async (href) => {
      if (!/^(data:image\/|#)/.test(href)) throw new Error("This page loads no pictures.");
      return { href };
    },
  };

  const views = new WeakMap();
  window.nb.painters.vega = async (box, { spec, config }) => {
    views.get(box)?.finalize();
    // `ast`: expressions are interpreted, not compiled, so that a Content-Security-Policy need not allow `eval`
    const settings = { ast: true, actions: false, renderer: "svg", loader: atHome, config: merged(inScheme(box), config) };
    views.set(box, await window.vegaEmbed(box, spec, settings));
  };
})();
