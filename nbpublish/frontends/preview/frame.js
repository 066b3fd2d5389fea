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

const REGIONS = "header, nav, aside, footer, [role=navigation], [role=complementary], .contents-fold";
const regions = (root) => [...root.querySelectorAll(REGIONS)].filter((each) => !each.matches(".nb-live-bar"));
const says = (each) => each.textContent.replace(/\s+/g, " ") + [...each.querySelectorAll("a")].map((link) => link.href);
const loads = (root) => [...root.querySelectorAll("script[src], link[rel=stylesheet]")]
  .map((each) => (each.src || each.href).split("?")[0]).sort().join(); // themes make relative addresses absolute
const key = (each) => `${each.tagName}#${each.id}.${each.classList[0]}`;

// Makes the regions below one element like those below its counterpart; `parts` are the first and last mark of parts.
const follow = (mine, theirs, parts) => {
  const live = [...mine.children];
  let at = 0;
  for (const next of theirs.children) {
    const [first, last] = parts.map((mark) => mark.compareDocumentPosition(next));
    if (first & Node.DOCUMENT_POSITION_FOLLOWING && last & Node.DOCUMENT_POSITION_PRECEDING) continue;
    const found = live.findIndex((each, i) => i >= at && key(each) === key(next)), region = next.matches(REGIONS);
    if (found < 0) {
      if (region) mine.insertBefore(document.importNode(next, true), live[at] ?? null);
      continue;
    }
    const here = live[found], holds = parts.some((mark) => next.contains(mark));
    at = found + 1;
    if (holds || next.querySelector(REGIONS)) follow(here, next, parts);
    if (region && !holds && says(here) !== says(next)) here.replaceChildren(...document.importNode(next, true).childNodes);
  }
};

// Takes over what is around the parts as it is now, and gives the title; null where the page is to be loaded again,
// because it has other scripts, or less around it. `marksOf` finds the marks of parts.
export const reframe = async (marksOf) => {
  const answer = await fetch(location.pathname, { cache: "no-store" });
  if (!answer.ok) return null;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html"), marks = marksOf(next.body);
  if (loads(document) !== loads(next) || !marks.length || marks.length !== marksOf(document.body).length) return null;
  follow(document.body, next.body, [marks[0].node, marks.at(-1).node]);
  return regions(document).length === regions(next).length ? next.title : null;
};
