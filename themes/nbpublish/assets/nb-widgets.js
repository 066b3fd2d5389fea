// Moves the widgets of a page: what stands in the cells that follow them was computed ahead, for every place. Loaded by
// nb.js where a page has such widgets; the states come from scripts of their own, once a reader comes near.
(() => {
  const { nb } = window;
  const given = new Map();
  nb.shard = (data) => given.set(document.currentScript.src, data);
  const ready = (src) => given.has(src) || nb.load(src);

  // What only stands on the page with this script is dressed by it.
  document.head.append(Object.assign(document.createElement("style"), { textContent: `
    .nb-widget :enabled { cursor: pointer; }
    .nb-follows { transition: opacity .15s; }
    .nb-follows.nb-stale { opacity: .35; transition-delay: .2s; } /* what comes at once does not flicker */
    .nb-tools { display: flex; flex: 1 0 100%; justify-content: flex-end; gap: .2em; height: 0; font-size: .875rem; line-height: 1.5rem; } /* nothing moves when it appears */
    .nb-controls > .nb-tools { margin-top: -.5em; }
    .nb-tools.nb-idle > :not(.nb-live) { display: none; }
    .nb-tools button { display: inline-grid; place-items: center; flex: none; width: 1.5rem; height: 1.5rem; padding: 0; border: 1px solid transparent; border-radius: .35rem; background: none; color: var(--nb-ink-soft); cursor: pointer; }
    .nb-tools button:hover { border-color: var(--nb-line-strong); color: var(--nb-ink); }
    .nb-tools svg { width: 1rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .nb-state { color: var(--nb-ink-soft); }
    .nb-live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media print { .nb-tools { display: none; } .nb-follows { min-height: 0 !important; } }
  ` }));

  // The HTML of a state, put together from the tokens of its cell when it is first asked for.
  const htmlOf = ({ t, u }, at) => {
    const runs = u[at];
    if (typeof runs === "string") return runs;
    let html = "";
    for (let i = 0; i < runs.length; i += 2) html += t.slice(runs[i], runs[i] + runs[i + 1]).join("");
    return (u[at] = html);
  };

  // Pictures that are files are decoded before they are shown. One that cannot be had is shown as such.
  const pictures = new Map();
  const decoded = (src) => {
    if (!pictures.has(src)) {
      const image = Object.assign(new Image(), { src });
      pictures.set(src, image.decode().catch(() => {}).then(() => { pictures.set(src, image); }));
    }
    const found = pictures.get(src);
    return found instanceof Image || found;
  };

  // A control that another one has made again stands where it was made, or no longer does.
  const remake = (root, at) => {
    if (at === root.dataset.nbAt) return;
    if (at === undefined) delete root.dataset.nbAt;
    else root.dataset.nbAt = at;
    root.nbSet?.(Number(at ?? root.nbPlace()));
  };

  // Let what stands there become what shall stand there, so that what stays as it is, such as the control that a reader
  // holds or an opened fold, is left alone.
  const own = ".nb-zoom, .nb-copy, .nb-tools";
  const become = (old, now) => {
    let at = old.firstChild;
    for (const node of [...now.childNodes]) {
      while (at?.matches?.(own)) at = at.nextSibling;
      const next = at?.nextSibling;
      if (!at) old.append(node);
      else if (at.nodeName !== node.nodeName || ["nbKey", "nbPlaces"].some((name) => at.dataset?.[name] !== node.dataset?.[name])) at.replaceWith(node); // another control, or made with other places
      else if (at.nodeType !== 1) { if (at.data !== node.data) at.data = node.data; }
      else if (at.matches("[data-nb-key].nb-widget")) remake(at, node.dataset.nbAt);
      else {
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
    vega: chosen,
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
          inputs[i].setAttribute("aria-valuetext", labels[at].split(" – ")[i]);
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

  const pressed = ({ kind }) => kind === "run-button" || kind === "form"; // time and again, at the same place

  // The panel in which a control stands: what it says, and the buttons to go back and to take the state along.
  const panelOf = (root) => root.closest(".nb-controls, .nb-outputs") ?? root;

  class Book {
    constructor(data) {
      const { book, shards, parts, widgets, words } = JSON.parse(data.dataset.nbWidgets);
      const href = (address) => new URL(address, document.baseURI).href;
      Object.assign(this, { room: data.closest("main, article") ?? document.body, book, widgets, words, moved: new Set(), seen: new Map(), panels: new Map(), states: [] });
      this.shards = shards.map(href);
      this.parts = Object.fromEntries(Object.entries(parts).map(([cell, each]) => [cell, each.map(href)]));
      this.starts = Object.fromEntries(Object.entries(widgets).map(([key, { at }]) => [key, at]));
      this.places = { ...this.starts };
      books.get(book)?.settle();
      books.set(book, this);
      for (const key in widgets) for (const root of this.controls(key)) this.wire(root, key);
      this.recall();
    }

    controls(key) { return document.querySelectorAll(`[data-nb-key="${CSS.escape(`${this.book} ${key}`)}"]`); }
    holder(cell) { return document.querySelector(`.nb-follows[data-nb-cell="${CSS.escape(`${this.book} ${cell}`)}"]`); }
    isAway(key) { return this.places[key] !== this.start(key); }

    // Where a control stands until it is moved: one that others make, by where these are.
    start(key) {
      const { by, starts } = this.widgets[key];
      return starts ? starts[by.reduce((at, other) => at * this.widgets[other].labels.length + this.places[other], 0)] : this.starts[key];
    }

    wire(root, key) {
      if ("nbWired" in root.dataset) return;
      root.dataset.nbWired = "";
      const kind = kinds[root.dataset.widget], all = this.widgets[key], panel = this.panel(root, key);
      const own = root.dataset.nbPlaces && JSON.parse(root.dataset.nbPlaces); // those that it was made with
      const widget = own ? { ...all, labels: own.map((at) => all.labels[at]), values: own.map((at) => all.values[at]) } : all;
      const read = () => (own ? own[kind.read(inputs, widget, root)] ?? -1 : kind.read(inputs, widget, root));
      const inputs = [...root.querySelectorAll(root.matches(".nb-tabs") ? ":scope > input" : root.matches(".nb-selects") ? "tbody input" : "input, select, button")];
      for (const input of inputs) {
        input.disabled = false;
        input.autocomplete = "off"; // browsers would bring a control back to where it was before a reload
        if (heard.has(input)) continue; // what is around it has changed
        heard.add(input);
        input.addEventListener(input.type === "button" ? "click" : "input", () => {
          const at = root.nbRead()[key], form = root.closest(".nb-form:has([data-widget=form][data-nb-key])");
          this.here = panel;
          if (at >= 0 && form && root.dataset.widget !== "form") root.nbSet(at); // it counts once the form is sent
          else if (at >= 0) this.move(form ? Object.assign(...this.within(form), { [key]: at }) : { [key]: at });
          else this.show(key);
        });
        if (["number", "date"].includes(input.type)) input.addEventListener("change", () => this.show(key));
      }
      root.addEventListener("pointerenter", () => this.load(), { once: true });
      root.addEventListener("focusin", () => this.load(), { once: true });
      near.observe(Object.assign(root, { nbNear: () => this.load() }));
      root.nbRead = () => ({ [key]: read() });
      root.nbPlace = () => this.places[key];
      root.nbSet = (place) => {
        const at = own ? own.indexOf(place) : place;
        if (at < 0) return;
        kind.set(inputs, at, widget, root);
        const value = root.querySelector(".nb-value");
        if (value) value.textContent = widget.labels[at];
      };
      if (own && !own.includes(this.places[key])) this.places[key] = this.start(key);
      root.nbSet(this.places[key]);
    }

    // What the controls in a form are set to.
    within(form) { return [...form.querySelectorAll("[data-nb-key]")].filter((root) => root.nbRead).map((root) => root.nbRead()); }

    show(key) { for (const root of this.controls(key)) root.nbSet?.(this.places[key]); }

    load() {
      this.loading ??= Promise.all(this.shards.map(ready)).then(() => {
        this.states = this.shards.flatMap((src) => Object.entries(given.get(src)));
        this.loaded = true;
        this.state("");
        this.move(this.last ? { [this.last]: this.places[this.last] } : {}, true);
      }, () => { this.loading = undefined; this.state(this.words.failed); });
      return this.loading;
    }

    // Put widgets to places. Where only one of several can be away from its start, the others go back.
    move(places, quiet) {
      let back = false;
      const [moved] = Object.keys(places);
      this.last = moved ?? this.last;
      const again = Object.keys(this.widgets).filter((key) => {
        const { by, starts } = this.widgets[key];
        return !(key in places) && by?.some((other) => (starts ? other in places && (places[other] !== this.places[other] || (!quiet && pressed(this.widgets[other]))) : other === moved));
      });
      for (const [, { x, d }] of this.states) {
        if (!x || !d.includes(moved)) continue;
        for (const key of d) {
          if (key === moved || !this.isAway(key)) continue;
          places[key] = this.starts[key];
          back = true;
        }
      }
      Object.assign(this.places, places);
      for (const key of again) this.places[key] = places[key] = this.start(key); // it is made again
      if (!quiet) this.letGo(places);
      Object.keys(places).forEach((key) => this.show(key));
      this.paint();
      if (back) this.state(this.words.alone);
      if (quiet) return;
      Object.keys(places).forEach((key) => this.moved.add(key));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.settle(back), 400);
    }

    // A button that runs cells is pressed for those alone, and for no run of them that another control asks for later.
    letGo(places) {
      for (const [cell, states] of this.states) {
        states.off = states.d.filter((key) => !(key in places) && (states.off?.includes(key) || this.widgets[key].off?.[cell]?.some((other) => other in places)));
      }
      for (const key in this.widgets) {
        const all = this.states.filter(([, { d }]) => d.includes(key));
        if (all[0] && all.every(([, { off }]) => off?.includes(key))) this.places[key] = this.starts[key];
      }
    }

    // Where the reader has come to rest. Meanwhile the page may have become another one.
    settle(back) {
      if (!this.timer) return;
      this.timer = clearTimeout(this.timer);
      if (!this.room.isConnected) return;
      this.note(back);
      this.keep();
    }

    // Which distinct state a cell is in; -1 where it was not computed.
    index({ d, n, x, i, off }, places = this.places) {
      if (!x) return i[d.reduce((at, key, axis) => at * n[axis] + (off?.includes(key) ? this.starts : places)[key], 0)];
      let from = 0, found;
      d.forEach((key, axis) => {
        if (places[key] !== this.starts[key] || found === undefined) found = i[from + places[key]];
        from += n[axis];
      });
      return found;
    }

    // The HTML of a state that can be shown at once; else a promise that it can.
    html(cell, states, at) {
      let part = states;
      if (states.from) {
        const number = states.from.findLastIndex((first) => first <= at), src = this.parts[cell][number];
        if (!given.has(src)) return nb.load(src);
        [part, at] = [given.get(src), at - states.from[number]];
      }
      const html = htmlOf(part, at);
      const waits = [...html.matchAll(/<img\b[^>]* src="(?!data:)([^"]+)"/g)].map(([, src]) => decoded(src)).filter((each) => each !== true);
      return waits.length ? Promise.all(waits) : html;
    }

    paint() {
      if (books.get(this.book) !== this) return; // a preview has new data
      if (!this.loaded) {
        if (Object.keys(this.places).some((key) => this.isAway(key))) { this.state(this.words.loading); this.load(); }
        return;
      }
      let missing = false;
      const next = [];
      for (const [cell, states] of this.states) {
        const at = this.index(states), holder = this.holder(cell);
        if (!holder) continue;
        const stands = this.seen.get(holder) === at || (!this.seen.has(holder) && !states.d.some((key) => this.isAway(key)));
        const html = stands || (at < 0 ? false : this.html(cell, states, at));
        holder.classList.toggle("nb-stale", !stands && typeof html !== "string");
        missing ||= html === false;
        if (typeof html === "string") next.push([holder, at, html, holder.offsetHeight]);
        else html?.then?.(() => this.paint(), () => this.state(this.words.failed));
      }
      for (const [holder, at, html, height] of next) {
        this.seen.set(holder, at);
        holder.style.minHeight = `${height}px`; // what stands below does not jump up and down
        this.put(holder, html);
      }
      this.state(missing ? this.words.missing : "");
      const { requestIdleCallback: idle = setTimeout, cancelIdleCallback: cancel = clearTimeout } = window;
      cancel(this.idle);
      this.idle = idle(() => this.look());
    }

    put(holder, html) {
      const template = document.createElement("template");
      template.innerHTML = html;
      for (const image of template.content.querySelectorAll("img")) Object.assign(image, { loading: "eager", decoding: "sync" });
      become(holder, template.content);
      for (const root of holder.querySelectorAll("[data-nb-key]")) {
        const [book, key] = root.dataset.nbKey.split(" ");
        if (book === this.book && this.widgets[key]) this.wire(root, key);
      }
      nb.init(holder);
    }

    // Have what the next moves ask for: the states beside this one, along each widget.
    look() {
      for (const [cell, states] of this.states) {
        for (const key of this.holder(cell) ? states.d : []) {
          for (const step of [1, -1, 2, -2]) {
            const place = this.places[key] + step;
            if (!(place in this.widgets[key].labels)) continue;
            const at = this.index(states, { ...(states.x ? this.starts : this.places), [key]: place });
            if (at >= 0) Promise.resolve(this.html(cell, states, at)).catch(() => {}); // the move itself will tell
          }
        }
      }
    }

    // --- what is said, and what the address holds ------------------------------------------------------------------

    panel(root, key) {
      const element = panelOf(root);
      if (!this.panels.has(element)) this.panels.set(element, this.tools(element));
      const panel = this.panels.get(element);
      panel.keys.add(key);
      return panel;
    }

    tools(element) {
      const button = (path, title, onclick) => Object.assign(document.createElement("button"), {
        type: "button", title, ariaLabel: title, onclick, innerHTML: `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`,
      });
      const span = (className, more) => Object.assign(document.createElement("span"), { className, ...more });
      const panel = { keys: new Set(), root: span("nb-tools nb-idle"), line: span("nb-state"), live: span("nb-live", { role: "status" }) };
      const act = (what) => () => { this.here = panel; what(); };
      const back = () => {
        const [first, made] = [false, true].map((made) => Object.keys(this.widgets).filter((key) => panel.keys.has(key) && !!this.widgets[key].starts === made));
        this.move(Object.fromEntries(first.map((key) => [key, this.starts[key]])));
        for (const key of made) this.move({ [key]: this.start(key) }); // after what makes it
      };
      panel.root.append(
        panel.line,
        button("M4 12a8 8 0 1 0 3-6.2M4 4v5h5", this.words.reset, act(back)),
        button("M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1", this.words.link, act(() => this.copy())),
        panel.live,
      );
      element.append(panel.root); // below a row of controls, not within it
      return panel;
    }

    // Where the reader is, or else where something has been moved.
    get place() {
      const panels = [...this.panels.values()];
      return this.here ?? panels.find(({ keys }) => [...keys].some((key) => this.isAway(key))) ?? panels[0];
    }

    state(text) {
      for (const { line } of this.panels.values()) line.textContent = "";
      const { place } = this;
      if (!text || !place) return;
      place.line.textContent = text;
      place.root.classList.remove("nb-idle");
    }

    note(back) {
      const { place, words } = this;
      if (!place) return;
      place.root.classList.remove("nb-idle");
      const said = [...this.moved].filter((key) => place.keys.has(key)).map((key) => `${this.nameOf(key)} ${this.widgets[key].labels[this.places[key]]}`);
      this.moved.clear();
      place.live.textContent = `${words.changed}: ${said.join(", ")}${back ? `. ${words.alone}` : ""}`;
    }

    nameOf(key) { return this.controls(key)[0]?.querySelector(".nb-label")?.textContent.trim() || this.widgets[key].name || key; }

    // In the address; with its notebook, where another one on the page has a widget of that name.
    parameter(key) {
      const others = document.querySelectorAll(`[data-nb-key$="${CSS.escape(` ${key}`)}"]:not([data-nb-key^="${this.book} "])`);
      return others.length ? `${this.book}.${key}` : key;
    }

    address() {
      const url = new URL(location.href);
      for (const [key, { labels }] of Object.entries(this.widgets)) {
        if (this.isAway(key)) url.searchParams.set(this.parameter(key), labels[this.places[key]]);
        else url.searchParams.delete(this.parameter(key));
      }
      return url;
    }

    keep() { try { history.replaceState(history.state, "", this.address()); } catch { /* a page may not have an address */ } }

    recall() {
      const asked = new URL(location.href).searchParams, places = {};
      for (const [key, { kind, labels, starts }] of Object.entries(this.widgets)) {
        const text = asked.get(this.parameter(key));
        if (text === null) continue;
        const at = ["slider", "number"].includes(kind) ? nearest(labels, text) : labels.indexOf(text);
        if (at >= 0 && (starts || at !== this.places[key])) places[key] = at;
      }
      if (!Object.keys(places).length) return;
      this.move(places, true);
      for (const { keys, root } of this.panels.values()) if ([...keys].some((key) => key in places)) root.classList.remove("nb-idle");
    }

    async copy() {
      const text = this.address().href, { line, live } = this.here;
      try { await navigator.clipboard.writeText(text); } catch {
        const area = Object.assign(document.createElement("textarea"), { value: text });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      line.textContent = live.textContent = this.words.copied;
      setTimeout(() => { line.textContent = ""; }, 1500);
    }
  }

  // What a reader opens or closes, and a window of another width, ask for other heights.
  const release = ({ target }) => {
    const root = target === window ? document : target.closest?.(".nb-follows")?.parentElement;
    root?.querySelectorAll(".nb-follows").forEach((holder) => { holder.style.minHeight = ""; });
  };
  addEventListener("toggle", release, true);
  addEventListener("resize", release);

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.nbNear();
    }
  }, { rootMargin: "400px" });

  const books = new Map(), known = new WeakSet(), heard = new WeakSet();
  nb.widgets = (data) => {
    if (known.has(data)) return;
    known.add(data);
    new Book(data);
  };
})();
