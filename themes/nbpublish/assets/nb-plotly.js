// Draws a Plotly figure into its box; see nb-chart.js.
(() => {
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

  window.nb.painters.plotly = (box, { data, layout, frames, config }) => {
    const margin = box.clientWidth < 480 ? { l: 48, r: 16, ...layout?.margin } : layout?.margin; // a telephone has none to spare
    const sized = { ...inScheme(box, layout), margin, autosize: true, width: undefined, height: undefined };
    return window.Plotly.react(box, { data, layout: sized, frames, config: { ...settings, ...config, ...atHome } });
  };
})();
