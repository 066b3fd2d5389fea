// The preview in the browser: takes what has changed of the page from the event stream and touches nothing else.
// A page is a row of parts. A comment stands before each and tells its name and version: <!--nb:cell-x@12-->.
// What few saves need is loaded when it is: problems.js shows errors, frame.js what is around the parts.
(() => {
  let { session, token, frame } = document.currentScript.dataset;
  const home = "/_nbpublish/";
  const words = {
    en: { jump: "Changed", lost: "No connection to the preview" },
    ja: { jump: "変更箇所", lost: "プレビューに接続できません" },
  };
  const root = document.documentElement;
  const text = () => words[root.lang.slice(0, 2)] ?? words.en;
  const load = (name) => import(`${home}${name}.js`);
  const make = (tag, className, more = {}) => Object.assign(document.createElement(tag), { className, ...more });
  const parse = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;

  let since = -1, path, source, pause = 500;
  let sent = new Map(); // by part, its HTML as it was sent: what scripts have made of it since is not compared
  let styles, told = "", title = document.title, following = false;

  // --- parts -------------------------------------------------------------------------------------------------------

  const marksOf = (root) => {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
    for (let node; (node = walker.nextNode());) {
      const mark = /^nb:(.*)@(\d+)$/.exec(node.data);
      if (mark) found.push({ node, key: decodeURIComponent(mark[1]), version: +mark[2] });
    }
    return found;
  };
  const nodesOf = (mark) => {
    const nodes = [];
    for (let node = mark.nextSibling; node && !(node.nodeType === 8 && node.data.startsWith("nb:")); node = node.nextSibling)
      nodes.push(node);
    return nodes;
  };

  const WHOLE = "pre, p, table, svg, math, h1, h2, h3, h4, h5, h6, ul, ol, dl, script, iframe, figure"; // nothing in them stays
  const solid = (nodes) => nodes.filter((node) => node.nodeType === 1 || (node.nodeType === 3 && node.data.trim()));
  const alike = (one, other) => one.nodeType === other.nodeType && one.tagName === other.tagName
    && (one.nodeType !== 1 || [...(other.classList || [])].every((name) => one.classList.contains(name)));

  // What stands there for each node that was sent; null where a script has changed too much.
  const aligned = (live, base) => {
    let at = 0;
    const found = base.map((node, i) => { // a script, or the theme, may have put others between
      const could = live.slice(at, live.length - base.length + i + 1).filter((each) => alike(each, node));
      const best = could.find((each) => each.isEqualNode(node)) ?? could.find((each) => each.className === node.className) ?? could[0];
      at = live.indexOf(best) + 1;
      return best;
    });
    return found.includes(undefined) ? null : found;
  };

  const revive = (node) => { // scripts that come as HTML do not run
    if (node.nodeType !== 1) return;
    for (const old of node.matches("script") ? [node] : node.querySelectorAll("script")) {
      const script = document.createElement("script");
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      script.textContent = old.textContent;
      old.replaceWith(script);
    }
  };

  const children = (parent, live, base, next, before) => {
    const [was, now] = [solid(base), solid(next)], there = aligned(solid(live), was);
    const put = (nodes, place) => nodes.forEach((node) => { parent.insertBefore(node, place); revive(node); });
    if (!there) {
      live.forEach((node) => node.remove());
      return put(next, before);
    }
    let head = 0, tail = 0;
    const least = Math.min(was.length, now.length);
    while (head < least && was[head].isEqualNode(now[head])) head++;
    while (tail < least - head && was.at(-1 - tail).isEqualNode(now.at(-1 - tail))) tail++;
    const place = tail ? there.at(-tail) : there.length ? there.at(-1).nextSibling : before;
    const [out, into] = [there.slice(head, there.length - tail), now.slice(head, now.length - tail)];
    into.forEach((node, i) => {
      const old = was[head + i];
      if (i >= out.length) put([node], place);
      else if (node.nodeType === 1 && alike(old, node) && alike(node, old) && !node.matches(WHOLE))
        morph(out[i], old, node);
      else { out[i].replaceWith(node); revive(node); }
    });
    out.slice(into.length).forEach((node) => node.remove());
  };
  const morph = (live, base, next) => { // what the reader has opened, moved or written stays: it was never sent
    for (const { name, value } of next.attributes) if (base.getAttribute(name) !== value) live.setAttribute(name, value);
    for (const { name } of base.attributes) if (!next.hasAttribute(name)) live.removeAttribute(name);
    children(live, [...live.childNodes], [...base.childNodes], [...next.childNodes], null);
  };

  const failed = (nodes) => solid(nodes).find((node) => node.matches?.(".nb-cell[data-state=failed]"));
  const rewrite = (mark, key, html) => {
    const live = nodesOf(mark), base = parse(sent.get(key) ?? ""), next = parse(html);
    const cell = solid(live).find((node) => node.matches?.(".nb-cell"));
    // What a cell gave before it failed stays above the error, until it works again.
    let old = cell?.querySelector(".nb-live-old");
    if (cell && !old && !failed(live)) {
      const outputs = cell.querySelector(":scope > .nb-outputs");
      if (outputs) (old = make("div", "nb-live-old", { inert: true })).append(...outputs.cloneNode(true).childNodes);
    }
    cell?.querySelector(".nb-live-old")?.remove();
    children(mark.parentNode, live, [...base.childNodes], [...next.childNodes], live.at(-1)?.nextSibling ?? mark.nextSibling);
    const broken = failed(nodesOf(mark));
    if (broken && old) (broken.querySelector(":scope > .nb-outputs, :scope > .nb-problem") ?? broken.lastChild).before(old);
    sent.set(key, html);
    for (const node of solid(nodesOf(mark))) {
      if (node.nodeType !== 1) continue;
      window.nb?.init?.(node);
      window.MathJax?.typesetPromise?.([node]);
      window.renderMathInElement?.(node);
      document.dispatchEvent(new CustomEvent("nb:patched", { detail: node }));
    }
  };

  // --- a message ---------------------------------------------------------------------------------------------------

  const patch = ({ order, parts }) => {
    const marks = marksOf(document.body), end = marks.find(({ key }) => !key)?.node;
    if (!end) return since < 0 || reload();
    const here = new Map(marks.filter(({ key }) => key).map((mark) => [mark.key, mark]));
    const gone = new Set([...here.keys()].filter((key) => !order.includes(key)));
    const steady = holdStill(), changed = [];
    let cursor = marks[0].node;
    const after = (node) => nodesOf(node).at(-1)?.nextSibling ?? node.nextSibling;
    for (const key of order) {
      let mark = here.get(key)?.node;
      if (!mark) { // a cell that was edited takes the place of the one that it was
        const [old] = [...here].find(([name, { node }]) => node === cursor && gone.has(name)) ?? [];
        if (old && parts[key]) {
          mark = cursor;
          gone.delete(old);
          sent.set(key, sent.get(old));
        } else cursor.before((mark = document.createComment("")));
        here.set(key, { node: mark, version: -1 });
      }
      if (mark === cursor) cursor = after(mark);
      else if (mark.nextSibling !== cursor || nodesOf(mark).length) cursor.before(mark, ...nodesOf(mark));
      const [version, html] = parts[key] ?? [];
      if (version === undefined) continue;
      if (version === here.get(key).version) sent.set(key, html);
      else if (sent.get(key) !== html) {
        rewrite(mark, key, html);
        changed.push(mark);
      }
      mark.data = `nb:${encodeURIComponent(key)}@${version}`;
    }
    for (const key of gone) {
      const { node } = here.get(key);
      nodesOf(node).forEach((each) => each.remove());
      node.remove();
      sent.delete(key);
    }
    if (changed.some((mark) => nodesOf(mark).some((node) => node.matches?.(MOVING) || node.querySelector?.(MOVING)))) rewire();
    steady();
    const told = changed.filter((mark) => !mark.data.startsWith("nb:@")); // all but the page's end, which follows every cell
    if (since >= 0) jumpTo(told.map((mark) => solid(nodesOf(mark)).find(({ nodeType }) => nodeType === 1)).find(Boolean));
  };

  // Widgets and what follows them begin anew where some of it is new; where they stood is in the page's address.
  const MOVING = "[data-nb-widgets], [data-nb-key], .nb-follows";
  const rewire = () => {
    document.querySelectorAll(".nb-tools").forEach((each) => each.remove());
    for (const each of document.querySelectorAll("[data-nb-wired], [data-nb-widgets]")) {
      const fresh = each.cloneNode(true);
      delete fresh.dataset.nbWired;
      each.replaceWith(fresh);
    }
    window.nb?.init?.();
  };

  // The first cell in view stays where it is, whatever grows or shrinks above it.
  const holdStill = () => {
    const cells = document.querySelectorAll(".nb-cell, main h2, main p");
    const anchor = [...cells].find((cell) => cell.getBoundingClientRect().bottom > 60);
    const top = anchor?.getBoundingClientRect().top;
    return () => {
      const moved = anchor?.isConnected && scrollY > 0 ? anchor.getBoundingClientRect().top - top : 0;
      if (moved) scrollBy({ top: moved, behavior: "instant" });
    };
  };

  let pill;
  const jumpTo = (element) => {
    pill?.remove();
    if (!element) return;
    const box = element.getBoundingClientRect();
    if (box.bottom > 0 && box.top < innerHeight) return;
    const go = () => { element.scrollIntoView({ block: "center", behavior: "instant" }); pill?.remove(); };
    if (following) return go();
    pill = make("button", "nb-live-jump", { textContent: `${box.top < 0 ? "↑" : "↓"} ${text().jump}`, onclick: go });
    document.body.append(pill);
  };
  addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
    if (key === "j" && !(ctrlKey || metaKey || altKey || target.closest?.("input, select, textarea, [contenteditable]"))) pill?.click();
  });

  const mark = (cells) => {
    for (const element of document.querySelectorAll(".nb-cell[data-cell]")) {
      const state = cells[element.dataset.cell];
      if (state) element.dataset.live = state; else delete element.dataset.live;
      element.ariaBusy = /^(running|waiting)$/.test(state) ? "true" : null;
    }
  };

  const reload = () => location.reload(); // browsers keep the scroll position
  const reframe = async (was) => {
    const next = await (await load("frame")).reframe(was, home, marksOf, children);
    if (next === null) return reload();
    title = next ?? title;
    state(root.dataset.live, root.dataset.liveSaid);
  };

  const take = (message) => {
    const { page, cells, busy, count, problems, broken } = message;
    if (session !== message.session) return reload(); // another preview has taken the place of the one before
    following = message.follow;
    if (page) patch(page);
    since = message.version;
    mark(cells);
    const errors = JSON.stringify([problems, broken]);
    if (errors !== told && (told || problems.length || broken))
      load("problems").then(({ show }) => show(problems, broken, { home, token }));
    told = errors;
    if (styles && JSON.stringify(styles) !== JSON.stringify(message.styles)) {
      const [before, now] = [styles, message.styles];
      load("frame").then(({ swap }) => swap(before, now));
    }
    styles = message.styles;
    if (frame !== undefined && frame !== message.frame) reframe(frame);
    frame = message.frame;
    state(busy ? "busy" : problems.length || broken ? "failed" : "ok", busy ? count.join("/") : "");
  };

  const SIGNS = { busy: "⏳", failed: "✗", lost: "○" };
  const state = (name, said) => {
    document.title = [SIGNS[name], name === "busy" && said, title].filter(Boolean).join(" ");
    root.dataset.live = name;
    root.dataset.liveSaid = said;
  };

  // --- the connection ----------------------------------------------------------------------------------------------

  const address = () => decodeURIComponent(location.pathname).replace(/\/index\.html$/, "/");
  const close = () => { source = source?.close(); };
  const open = () => {
    if (source || document.hidden) return; // browsers allow six connections; hidden tabs give theirs back
    path = address();
    const query = new URLSearchParams({ page: path, since, session });
    source = new EventSource(`${home}events?${query}`);
    source.onopen = () => { // it answers, but may have nothing to show before its first build
      if (root.dataset.live === "lost") state("busy", "");
    };
    source.onmessage = ({ data }) => {
      pause = 500;
      take(JSON.parse(data));
    };
    source.onerror = () => {
      close();
      state("lost", text().lost);
      setTimeout(open, pause);
      pause = Math.min(pause * 1.5, 2000);
    };
  };
  const arrive = () => { // a theme has put another page in the place of this one
    if (address() === path) return;
    close();
    since = -1;
    sent = new Map();
    frame = undefined;
    told = "";
    title = document.title;
    open();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  window.document$?.subscribe(arrive);
  setInterval(arrive, 400);
  open();
})();
