// Errors in the preview: a bar that leads to each in the author's editor, and, where no page can be made, what stops it.

const words = {
  en: { errors: (n) => (n === 1 ? "1 error" : `${n} errors`), broken: "No page can be made" },
  ja: { errors: (n) => `エラー ${n} 件`, broken: "ページを作れません" },
};
const text = () => words[document.documentElement.lang.slice(0, 2)] ?? words.en;
const make = (tag, className, ...inside) => {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...inside);
  return made;
};

// `path:line`, which opens the editor: by an address, or by a command that the preview starts.
const place = ({ path, line, href, acts }, { home, token }) => {
  const link = make(href ? "a" : acts ? "button" : "span", "", `${path}:${line}`);
  if (href) link.href = href;
  if (acts) link.onclick = () => fetch(`${home}open`, {
    method: "POST", headers: { "X-Nbpublish-Token": token }, body: JSON.stringify({ path, line }),
  });
  return link;
};

const bar = (problems, preview) => {
  const rows = problems.map((problem) => make("li", "", place(problem, preview), " ", problem.message));
  const made = make("aside", "nb-live-bar", make("b", "", text().errors(problems.length)), make("ul", "", ...rows));
  made.role = "status";
  return made;
};

const overlay = ({ message, place: at }, preview) => {
  const made = make("div", "nb-live-overlay", make("b", "", text().broken), ...(at ? [place(at, preview)] : []), make("pre", "", message));
  made.role = "alert";
  return made;
};

export const show = (problems, broken, preview) => {
  document.querySelectorAll(".nb-live-bar, .nb-live-overlay").forEach((each) => each.remove());
  if (broken) document.body.append(overlay(broken, preview));
  else if (problems.length) document.body.append(bar(problems, preview));
};
