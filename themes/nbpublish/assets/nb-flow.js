// The drawing of what cells feed each other: a cell lights all that it depends on, and all that depends on it.
// Loaded by nb.js when a reader unfolds the drawing.
(() => {
  // The edges stand in the order in which the cells run, so that one pass each way meets them all.
  const light = (drawing) => {
    const node = drawing.querySelector("[data-node]:hover") ?? drawing.querySelector("[data-node]:focus");
    const at = node?.dataset.node, edges = [...drawing.querySelectorAll("[data-from]")], lit = new Set([at]);
    const follow = (edges, from, to) => {
      const reached = new Set([at]);
      for (const edge of edges) {
        if (!reached.has(edge.dataset[from])) continue;
        reached.add(edge.dataset[to]);
        lit.add(edge).add(edge.dataset[to]);
      }
    };
    follow(edges, "from", "to");
    follow(edges.reverse(), "to", "from");
    drawing.toggleAttribute("data-lit", !!node);
    for (const part of drawing.querySelectorAll("[data-node], [data-from]")) {
      part.classList.toggle("nb-lit", lit.has(part) || (!!node && lit.has(part.dataset.node)));
    }
  };

  window.nb.flow = () => document.querySelectorAll("[open] .nb-flow").forEach(light);
  for (const type of ["pointerover", "focusin"]) document.addEventListener(type, window.nb.flow);
})();
