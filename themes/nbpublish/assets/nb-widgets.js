// Moves the widgets of a page: what stands in the cells that follow them was computed ahead, for every place. Loaded by
// nb.js where a page has such widgets; the states come from scripts of their own, once a reader comes near.
(() => {
  const { nb } = window;
  const given = new Map();
  nb.shard = (name, cells) => Object.entries(cells).forEach(([cell, states]) => given.set(`${name.split(" ")[0]} ${cell}`, states));

  // What only stands on the page with this script is dressed by it.
  document.head.append(Object.assign(document.createElement("style"), { textContent: `
    .nb-widget :enabled { cursor: pointer; }
    .nb-follows { transition: opacity .15s; }
    .nb-follows.nb-stale { opacity: .35; }
    .nb-tools { display: flex; flex: 1 0 100%; justify-content: flex-end; gap: .2em; height: 0; font-size: .875rem; line-height: 1.5rem; } /* nothing moves when it appears */
    .nb-controls > .nb-tools { margin-top: -.5em; }
    .nb-tools[hidden] { display: none; }
    .nb-tools button { display: inline-grid; place-items: center; flex: none; width: 1.5rem; height: 1.5rem; padding: 0; border: 1px solid transparent; border-radius: .35rem; background: none; color: var(--nb-ink-soft); cursor: pointer; }
    .nb-tools button:hover { border-color: var(--nb-line-strong); color: var(--nb-ink); }
    .nb-tools svg { width: 1rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .nb-state { color: var(--nb-ink-soft); }
    .nb-live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media print { .nb-tools { display: none; } }
  ` }));

  // The HTML of a state, put together from the tokens of its cell when it is first asked for.
  const htmlOf = (states, at) => {
    const { t, u } = states, runs = u[at];
    if (typeof runs === "string") return runs;
    let html = "";
    for (let i = 0; i < runs.length; i += 2) html += t.slice(runs[i], runs[i] + runs[i + 1]).join("");
    return (u[at] = html);
  };

  // Let what stands there become what shall stand there, so that what stays as it is, such as the control that a reader
  // holds or an opened fold, is left alone.
  const own = ".nb-zoom, .nb-copy";
  const become = (old, now) => {
    let at = old.firstChild;
    for (const node of [...now.childNodes]) {
      while (at?.matches?.(own)) at = at.nextSibling;
      const next = at?.nextSibling;
      if (!at) old.append(node);
      else if (at.nodeName !== node.nodeName || (at.dataset?.nbKey ?? "") !== (node.dataset?.nbKey ?? "")) at.replaceWith(node);
      else if (at.nodeType !== 1) { if (at.data !== node.data) at.data = node.data; }
      else if (!at.matches("[data-nb-key].nb-widget")) {
        for (const { name } of [...at.attributes]) if (name !== "open" && !node.hasAttribute(name)) at.removeAttribute(name);
        for (const { name, value } of node.attributes) if (name !== "open" && at.getAttribute(name) !== value) at.setAttribute(name, value);
        become(at, node);
      }
      at = next;
    }
    while (at) {
      const next = at.nextSibling;
      if (!at.matches?.(own)) at.remove();
      at = next;
    }
  };

  // How the control of each kind is read, as the number of its place, and set.
  const nearest = (labels, text) => {
    const exact = labels.indexOf(text), number = parseFloat(text);
    if (exact >= 0 || isNaN(number)) return exact;
    const far = labels.map((label) => Math.abs(parseFloat(label) - number));
    return far.indexOf(Math.min(...far));
  };
  const typed = {
    read: ([input], { labels }) => nearest(labels, input.value),
    set: ([input], at, { labels }) => { if (input !== document.activeElement || nearest(labels, input.value) !== at) input.value = labels[at]; },
  };
  const ranged = { read: ([input]) => Number(input.value), set: ([input], at, { labels }) => {
    input.value = at;
    input.setAttribute("aria-valuetext", labels[at]);
  } };
  const checked = { read: (inputs) => Number(inputs[0].checked), set: (inputs, at) => { inputs[0].checked = !!at; } };
  const chosen = {
    read: (inputs) => inputs.findIndex((input) => input.checked),
    set: (inputs, at) => inputs.forEach((input, i) => { input.checked = i === at; }),
  };
  const shifted = (widget, inputs) => widget.labels.length - inputs.length; // a place before all, at which nothing is chosen
  const kinds = {
    slider: ranged,
    number: typed,
    date: typed,
    dropdown: { read: ([select]) => select.selectedIndex, set: ([select], at) => { select.selectedIndex = at; } },
    radio: {
      read: (inputs, widget) => chosen.read(inputs) + shifted(widget, inputs),
      set: (inputs, at, widget) => chosen.set(inputs, at - shifted(widget, inputs)),
    },
    tabs: chosen,
    checkbox: checked,
    switch: checked,
    multiselect: {
      read: (inputs, { values }) => {
        const set = inputs.filter((input) => input.checked).map((input) => input.value).sort().join();
        return values.findIndex((value) => JSON.parse(value).map((item) => JSON.stringify(item)).sort().join() === set);
      },
      set: (inputs, at, { values }) => {
        const set = JSON.parse(values[at]).map((item) => JSON.stringify(item));
        inputs.forEach((input) => { input.checked = set.includes(input.value); });
      },
    },
    "range-slider": {
      read: (inputs, { values }, root) => {
        const ends = JSON.parse(root.dataset.ends), [low, high] = inputs.map((input) => Number(input.value));
        const held = inputs.indexOf(document.activeElement);
        const pair = low <= high ? [low, high] : held === 0 ? [high, high] : [low, low];
        return values.findIndex((value) => JSON.parse(value).every((end, i) => JSON.stringify(end) === ends[pair[i]]));
      },
      set: (inputs, at, { values, labels }, root) => {
        const ends = JSON.parse(root.dataset.ends);
        JSON.parse(values[at]).forEach((end, i) => {
          inputs[i].value = ends.indexOf(JSON.stringify(end));
          inputs[i].setAttribute("aria-valuetext", labels[at]);
        });
      },
    },
    "run-button": { read: () => 1, set: () => {} },
    form: { read: () => 1, set: () => {} },
    table: { // boxes of rows: those that are pressed, where only one can be, it alone
      read: (boxes, { values }) => {
        const at = (rows) => values.indexOf(JSON.stringify(rows).replaceAll(",", ", "));
        const held = boxes.find((box) => box === document.activeElement), found = at(boxes.filter((box) => box.checked).map((box) => Number(box.value)).sort((a, b) => a - b));
        return found >= 0 || !held ? found : at([Number(held.value)]);
      },
      set: (boxes, at, { values }) => {
        const rows = JSON.parse(values[at]);
        boxes.forEach((box) => { box.checked = rows.includes(Number(box.value)); });
      },
    },
    button: { // how often it was pressed
      read: (_, { labels }, root) => Math.min(root.nbAt + 1, labels.length - 1),
      set: ([button], at, { labels }, root) => { root.nbAt = at; button.disabled = at === labels.length - 1; },
    },
  };

  class Book {
    constructor(data) {
      const { book, shards, widgets, words } = JSON.parse(data.textContent);
      Object.assign(this, { book, shards, widgets, words, places: {}, seen: new Map() });
      for (const [key, { at }] of Object.entries(widgets)) this.places[key] = at;
      for (const key in widgets) for (const root of this.controls(key)) this.wire(root, key);
      this.say();
      this.recall();
    }

    controls(key) { return document.querySelectorAll(`[data-nb-key="${CSS.escape(`${this.book} ${key}`)}"]`); }
    holder(cell) { return document.querySelector(`.nb-follows[data-nb-cell="${CSS.escape(cell)}"]`); }

    wire(root, key) {
      if (root.dataset.nbWired) return;
      root.dataset.nbWired = "";
      const kind = kinds[root.dataset.widget], widget = this.widgets[key];
      const inputs = [...root.querySelectorAll(root.matches(".nb-tabs") ? ":scope > input" : root.matches(".nb-rows") ? "tbody input" : "input, select, button")];
      for (const input of inputs) {
        input.disabled = false;
        input.autocomplete = "off"; // browsers would bring a control back to where it was before a reload
        input.addEventListener(input.type === "button" ? "click" : "input", () => {
          const at = kind.read(inputs, widget, root), form = root.closest(".nb-form:has([data-widget=form][data-nb-key])");
          if (at >= 0 && form && root.dataset.widget !== "form") say(at); // it counts once the form is sent
          else if (at >= 0) this.move(form ? Object.assign(...this.within(form), { [key]: at }) : { [key]: at });
          else this.show(key);
        });
        if (["number", "date"].includes(input.type)) input.addEventListener("change", () => this.show(key));
      }
      root.addEventListener("pointerenter", () => this.load(), { once: true });
      root.addEventListener("focusin", () => this.load(), { once: true });
      near.observe(Object.assign(root, { nbNear: () => this.load() }));
      const say = (at) => {
        const value = root.querySelector(".nb-value");
        if (value) value.textContent = widget.labels[at];
      };
      root.nbRead = () => ({ [key]: kind.read(inputs, widget, root) });
      root.nbSet = (at) => {
        kind.set(inputs, at, widget, root);
        say(at);
      };
      root.nbSet(this.places[key]);
    }

    // What the controls in a form are set to.
    within(form) { return [...form.querySelectorAll("[data-nb-key]")].filter((root) => root.nbRead).map((root) => root.nbRead()); }

    show(key) { for (const root of this.controls(key)) root.nbSet?.(this.places[key]); }

    load() {
      this.loading ??= Promise.all(Object.keys(this.shards).map((src) => nb.load(src))).then(() => {
        this.loaded = true;
        this.state("");
        this.paint();
      }, () => { this.loading = undefined; this.state(this.words.failed); });
      return this.loading;
    }

    // Put widgets to places. Where only one of several can be away from its start, the others go back.
    move(places, quiet) {
      let back = false;
      const moved = Object.keys(places);
      for (const states of this.loaded ? this.cells().map(([, states]) => states) : []) {
        if (!states.x || !states.d.includes(moved[0])) continue;
        for (const key of states.d) {
          if (key === moved[0] || this.places[key] === this.widgets[key].at) continue;
          places[key] = this.widgets[key].at;
          back = true;
        }
      }
      Object.assign(this.places, places);
      Object.keys(places).forEach((key) => this.show(key));
      this.paint();
      if (back) this.state(this.words.alone);
      if (quiet) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => { this.note(back); this.keep(); }, 400);
    }

    cells() {
      const found = Object.values(this.shards).flat().map((cell) => [cell, given.get(`${this.book} ${cell}`)]);
      return found.filter(([, states]) => states);
    }

    // Which distinct state a cell is in; -1 where it was not computed.
    index({ d, n, x, i }) {
      if (!x) return i[d.reduce((at, key, axis) => at * n[axis] + this.places[key], 0)];
      let from = 0, found;
      d.forEach((key, axis) => {
        if (this.places[key] !== this.widgets[key].at || found === undefined) found = i[from + this.places[key]];
        from += n[axis];
      });
      return found;
    }

    paint() {
      if (!this.loaded) {
        const moved = Object.entries(this.places).some(([key, at]) => at !== this.widgets[key].at);
        if (moved) { this.state(this.words.loading); this.load(); }
        return;
      }
      let missing = false;
      for (const [cell, states] of this.cells()) {
        const at = this.index(states), holder = this.holder(cell);
        if (!holder) continue;
        holder.classList.toggle("nb-stale", at < 0);
        if (at < 0) { missing = true; continue; }
        if (this.seen.get(holder) === at || (!this.seen.has(holder) && this.isStart(states))) continue;
        this.seen.set(holder, at);
        const template = document.createElement("template");
        template.innerHTML = htmlOf(states, at);
        become(holder, template.content);
        for (const root of holder.querySelectorAll("[data-nb-key]")) {
          const [book, key] = root.dataset.nbKey.split(" ");
          if (book === this.book && this.widgets[key]) this.wire(root, key);
        }
        nb.init(holder);
      }
      this.state(missing ? this.words.missing : "");
    }

    isStart({ d }) { return d.every((key) => this.places[key] === this.widgets[key].at); }

    // --- what is said, and what the address holds ------------------------------------------------------------------

    say() {
      const roots = Object.keys(this.widgets).flatMap((key) => [...this.controls(key)]);
      const last = roots.sort((a, b) => a.compareDocumentPosition(b) & 4 ? -1 : 1).find((root) => !root.closest(".nb-follows")) ?? roots[0];
      if (!last) return;
      const button = (path, title, onclick) => Object.assign(document.createElement("button"), {
        type: "button", title, ariaLabel: title, onclick, innerHTML: `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`,
      });
      this.tools = Object.assign(document.createElement("span"), { className: "nb-tools" });
      this.tools.append(
        button("M4 12a8 8 0 1 0 3-6.2M4 4v5h5", this.words.reset, () => this.move(Object.fromEntries(Object.entries(this.widgets).map(([key, { at }]) => [key, at])))),
        button("M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1", this.words.link, () => this.copy()),
        (this.line = Object.assign(document.createElement("span"), { className: "nb-state" })),
        (this.live = Object.assign(document.createElement("span"), { className: "nb-live", role: "status" })),
      );
      this.tools.hidden = true;
      (last.closest(".nb-outputs, .nb-controls") ?? last).append(this.tools); // below a row of controls, not within it
    }

    state(text) { if (this.line) { this.line.textContent = text; if (text) this.tools.hidden = false; } }

    note(back) {
      if (!this.tools) return;
      this.tools.hidden = false;
      const said = Object.entries(this.places).map(([key, at]) => `${this.nameOf(key)} ${this.widgets[key].labels[at]}`);
      this.live.textContent = `${this.words.changed}: ${said.join(", ")}${back ? `. ${this.words.alone}` : ""}`;
    }

    nameOf(key) { return this.controls(key)[0]?.querySelector(".nb-label")?.textContent.trim() || key; }

    address() {
      const url = new URL(location.href);
      for (const [key, { at, labels }] of Object.entries(this.widgets)) {
        if (this.places[key] === at) url.searchParams.delete(key);
        else url.searchParams.set(key, labels[this.places[key]]);
      }
      return url;
    }

    keep() { try { history.replaceState(history.state, "", this.address()); } catch { /* a page may not have an address */ } }

    recall() {
      const asked = new URL(location.href).searchParams, places = {};
      for (const [key, { labels }] of Object.entries(this.widgets)) {
        const at = labels.indexOf(asked.get(key));
        if (at >= 0 && at !== this.places[key]) places[key] = at;
      }
      if (Object.keys(places).length) this.move(places, true);
    }

    async copy() {
      const text = this.address().href;
      try { await navigator.clipboard.writeText(text); } catch {
        const area = Object.assign(document.createElement("textarea"), { value: text });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      this.live.textContent = this.words.copied;
      this.line.textContent = this.words.copied;
      setTimeout(() => this.state(""), 1500);
    }
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.nbNear();
    }
  }, { rootMargin: "400px" });

  const books = new WeakMap();
  nb.widgets = (data) => { if (!books.has(data)) books.set(data, new Book(data)); };
})();
