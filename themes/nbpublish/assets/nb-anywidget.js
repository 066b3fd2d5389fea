// Mounts widgets made with anywidget (anywidget.dev/en/afm): each is a module that draws into an element, and a model
// with the values that it had when the page was made. Loaded by nb.js where a page has one.
(() => {
  const { nb } = window;

  // What is handed over by scripts, because a page opened from the disk may neither fetch nor load modules.
  const texts = new Map();
  let given;
  nb.module = (name, text) => texts.set(name, text);
  nb.values = (values) => { given = values; };

  const modules = new Map();
  const moduleAt = (address) => {
    if (!modules.has(address)) modules.set(address, loadModule(address).catch((error) => { modules.delete(address); throw error; }));
    return modules.get(address);
  };
  const loadModule = async (address) => {
    if (/^(https?:)?\/\//.test(address)) return import(address);
    if (location.protocol !== "file:") return import(new URL(`${address}.mod.js`, document.baseURI));
    await nb.load(`${address}.text.js`);
    const text = texts.get(address.split("/").pop());
    return import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  };

  const valuesOf = async (box) => {
    if (!box.dataset.values) return JSON.parse(box.parentElement.querySelector(":scope > script").textContent)[0];
    await new Promise((onload, onerror) => {
      document.head.append(Object.assign(document.createElement("script"), { src: box.dataset.values, onload, onerror }));
    });
    return given;
  };

  // The binary values of a model, each at its path.
  const withBuffers = ({ values, buffers = [] }) => {
    for (const { path, data } of buffers) {
      const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
      const last = path.at(-1);
      path.slice(0, -1).reduce((value, key) => value[key], values)[last] = new DataView(bytes.buffer);
    }
    return values;
  };

  // A model as Jupyter's page has it. There is no Python behind it: what it is sent goes nowhere.
  const makeModel = (values, models) => {
    const listeners = new Map();
    const heard = (names) => names.split(/\s+/).map((name) => {
      if (!listeners.has(name)) listeners.set(name, new Set());
      return listeners.get(name);
    });
    const tell = (name, ...told) => [...listeners.get(name) ?? []].forEach((callback) => callback(...told));
    const model = {
      get: (name) => values[name],
      set: (name, value) => {
        const changes = typeof name === "string" ? { [name]: value } : name;
        const changed = Object.entries(changes).filter(([key, now]) => values[key] !== now);
        Object.assign(values, changes);
        changed.forEach(([key, now]) => tell(`change:${key}`, model, now));
        if (changed.length) tell("change", model);
      },
      on: (names, callback) => heard(names).forEach((all) => all.add(callback)),
      off: (names, callback) => {
        if (!names) listeners.clear();
        else heard(names).forEach((all) => (callback ? all.delete(callback) : all.clear()));
      },
      save_changes: () => {},
      send: () => {},
      widget_manager: {
        get_model: async (reference) => models.get(reference.replace("IPY_MODEL_", "")) ?? Promise.reject(new Error(reference)),
      },
    };
    return model;
  };

  const experimental = { invoke: () => Promise.reject(new Error("There is no Python behind this page.")) };

  // What a box is to show; it changes with the state of a widget that moves.
  const shown = (box) => JSON.stringify([{ ...box.dataset }, box.parentElement?.querySelector(":scope > script")?.textContent]);

  const mount = async (box) => {
    const { nbAnywidget: address, style, failed } = box.dataset, now = shown(box);
    try {
      const { root, models: states } = await valuesOf(box);
      const loaded = await moduleAt(address);
      const models = new Map();
      for (const [id, state] of Object.entries(states)) models.set(id, makeModel(withBuffers(state), models));
      const model = models.get(root);
      const widget = typeof loaded.default === "function" ? await loaded.default() : loaded.default ?? loaded;
      if (style && !document.querySelector(`link[href="${style}"]`)) {
        await new Promise((done) => {
          document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style, onload: done, onerror: done }));
        });
      }
      const el = Object.assign(document.createElement("div"), { className: "nb-mount-inside" });
      await widget.initialize?.({ model, experimental });
      if (now === shown(box)) {
        box.append(el); // in the page before it draws, so that it can measure itself
        await widget.render({ model, el, experimental, signal: new AbortController().signal });
      }
      if (now !== shown(box)) { // moved on meanwhile
        el.remove();
        return mount(box);
      }
      box.querySelector(".nb-mount-before").remove();
    } catch (error) {
      console.error(error);
      box.querySelector(".nb-mount-inside")?.remove();
      const said = box.querySelector(".nb-mount-before");
      if (!said.querySelector(".nb-note")) said.append(Object.assign(document.createElement("p"), { className: "nb-note", textContent: failed }));
      const button = said.querySelector("button");
      if (button) button.disabled = false;
    }
  };

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      mount(target);
    }
  }, { rootMargin: "400px" });

  const known = new WeakSet(); // what stands there before it is mounted: a state that follows a slider brings it anew
  nb.anywidget = (box) => {
    const before = box.querySelector(".nb-mount-before");
    if (!before || known.has(before)) return;
    known.add(before);
    const button = box.querySelector(".nb-mount-load");
    if (!button) near.observe(box);
    else button.onclick = () => { button.disabled = true; mount(box); };
  };
})();
