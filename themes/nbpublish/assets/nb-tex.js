// Formulas are copied as the LaTeX that they were written in. `nb.js` loads this on pages that have some.
(() => {
  const written = (math) => {
    const tex = math.dataset.nbTex;
    if (math.getAttribute("display") !== "block") return `$${tex}$`;
    return /^\\begin\{(align|equation|gather|multline)/.test(tex) ? tex : `$$${tex}$$`;
  };

  const formulaOf = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[data-nb-tex]");

  const copy = (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed || event.defaultPrevented) return;
    const range = selection.getRangeAt(0).cloneRange();
    const [first, last] = [formulaOf(range.startContainer), formulaOf(range.endContainer)];
    if (first) range.setStartBefore(first); // a part of a formula is no LaTeX: the whole of it is copied
    if (last) range.setEndAfter(last);
    const box = document.createElement("div");
    box.append(range.cloneContents());
    const formulas = box.querySelectorAll("[data-nb-tex]");
    if (!formulas.length) return;
    event.clipboardData.setData("text/html", box.innerHTML); // where MathML is understood, formulas stay formulas
    formulas.forEach((math) => math.replaceWith(written(math)));
    Object.assign(box.style, { position: "absolute", left: "-99rem", whiteSpace: "normal" });
    document.body.append(box); // only what stands on the page has lines
    event.clipboardData.setData("text/plain", box.innerText);
    box.remove();
    event.preventDefault();
  };

  let listens = false;
  window.nb.tex = () => {
    if (!listens) document.addEventListener("copy", copy);
    listens = true;
  };
})();
