// What is around the parts of a page in the preview: style sheets, title, navigation, contents.

export const swap = (before, now) => {
  for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
    const url = new URL(link.href), path = decodeURIComponent(url.pathname);
    if (url.origin !== location.origin || now[path] === undefined || now[path] === before[path]) continue;
    url.searchParams.set("live", now[path]);
    const fresh = link.cloneNode();
    fresh.onload = () => link.remove(); // no moment without any
    fresh.href = url;
    link.after(fresh);
  }
};

// Whether an element stands between the first and the last mark of parts.
const isWithin = (element, marks) => {
  const [first, last] = [marks[0].node, marks.at(-1).node].map((mark) => mark.compareDocumentPosition(element));
  return first & Node.DOCUMENT_POSITION_FOLLOWING && last & Node.DOCUMENT_POSITION_PRECEDING;
};

// What stands below an element before and after all parts, and the child that holds them all, if one does.
const around = (root, marks) => {
  const nodes = [...root.childNodes];
  const [first, last] = [marks[0], marks.at(-1)].map((mark) => nodes.findIndex((each) => each.contains(mark.node)));
  return { root, before: nodes.slice(0, first), first: nodes[first], after: nodes.slice(last + 1), holder: first === last && nodes[first] };
};
const areEqual = (some, others) => some.length === others.length && some.every((each, i) => each.isEqualNode(others[i]));

// Makes what is around the parts what it is in the page that is served now; `children` does so with a list of nodes.
// False where the parts are held in another way.
const follow = (roots, marks, children) => {
  while (roots.every(Boolean)) {
    const [live, base, next] = roots.map((root, i) => around(root, marks[i]));
    if (!areEqual(base.before, next.before)) children(live.root, live.before, base.before, next.before, live.first);
    if (!areEqual(base.after, next.after)) children(live.root, live.after, base.after, next.after, null);
    roots = [live.holder, base.holder, next.holder];
  }
  return !roots.some(Boolean);
};

// What our own theme puts below the title, among the parts.
const followWithin = (base, next) => {
  let place = document.querySelector("h1");
  for (const name of [".page-meta", ".contents-fold"]) {
    const [live, was, now] = [document, base, next].map((root) => root.querySelector(name));
    if (!now) live?.remove();
    else if (!live) place?.after(now.cloneNode(true));
    else if (!was?.isEqualNode(now)) live.replaceChildren(...now.cloneNode(true).childNodes);
    place = document.querySelector(name) ?? place;
  }
};

const fixed = (root, marks) => [...root.querySelectorAll("script, style")]
  .filter((each) => !isWithin(each, marks)).map((each) => each.outerHTML).join();

const sheets = (root) => new Map([...root.querySelectorAll("link[rel=stylesheet]")].map((each) => [each.href.split("?")[0], each]));
const restyle = (base, next) => {
  const [live, was, now] = [document, base, next].map(sheets);
  for (const [address, link] of now) if (!live.has(address)) document.head.append(link.cloneNode());
  for (const [address] of was) if (!now.has(address)) live.get(address)?.remove();
};

// A page of the preview; asked for until there is an answer, as the preview may be lost for a while. Null if none is there.
const served = async (address) => {
  for (;;) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.redirected) { // the page stands at another address
        location.replace(answer.url + location.hash);
        await new Promise(() => {});
      }
      return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    } catch {
      await new Promise((go) => setTimeout(go, 1000));
    }
  }
};

let asked = 0, path, standing;
// Takes over what is around the parts as it is now, where `was` stood, and gives the title; null where the page is to be
// loaded again, because it has other scripts or is no such page; nothing where it was asked for once more meanwhile.
// As with parts, what was sent is compared with what is sent now, and what scripts have made of it stays.
export const reframe = async (was, home, marksOf, children) => {
  const number = ++asked;
  if (path !== location.pathname) [path, standing] = [location.pathname, was];
  const [base, next] = [await served(`${home}frame/${standing}`), await served(path)];
  if (number !== asked) return undefined;
  if (!base || !next) return null;
  const [before, own] = [base, next].map((page) => page.querySelector("script[data-frame]"));
  [before, own].forEach((each) => each.remove()); // the preview's script goes on
  const marks = [document, base, next].map((root) => marksOf(root.body));
  if (!marks.every(({ length }) => length) || fixed(base, marks[1]) !== fixed(next, marks[2])) return null;
  restyle(base, next);
  followWithin(base, next);
  if (!follow([document.body, base.body, next.body], marks, children)) return null;
  standing = own.dataset.frame;
  return next.title;
};
