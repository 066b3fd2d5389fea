"""The text of a Mermaid flowchart → the flowchart.

What is read: nodes of the classic shapes, links with labels, chains and `&`, subgraphs, `direction`, `classDef`,
`class`, `style`, links by `click`, comments, a title. Anything else is refused with its line, because a drawing that
leaves something out would be a wrong one. The grammar is that of Mermaid's documentation ("Flowcharts - Basic
Syntax").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from nbpublish.page.mermaid.builder import Builder
from nbpublish.page.mermaid.flowchart import Direction, Flowchart, Link, Shape, Tip


class UnreadError(ValueError):
    """Text that is no flowchart, or one that we do not draw: what was met, and on which line of the text, from 0."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


_HEADER = re.compile(r"(?:graph|flowchart)(?:[ \t]+(TB|TD|BT|LR|RL|[<>^v]))?[ \t]*(?:;|(?=\n)|\Z)")
_DIRECTIONS: dict[str, Direction] = {
    "TB": "TB",
    "TD": "TB",
    "v": "TB",
    "BT": "BT",
    "^": "BT",
    "LR": "LR",
    ">": "LR",
    "RL": "RL",
    "<": "RL",
}
_ID = re.compile(r"[\w.]+(?:[-/](?![-.])[\w.]+)*")
_SHAPES: tuple[tuple[str, tuple[tuple[str, Shape], ...]], ...] = (
    ("(((", ((")))", "double-circle"),)),
    ("([", (("])", "stadium"),)),
    ("((", (("))", "circle"),)),
    ("[[", (("]]", "subroutine"),)),
    ("[(", ((")]", "cylinder"),)),
    ("[/", (("/]", "lean-right"), ("\\]", "trapezoid"))),
    ("[\\", (("\\]", "lean-left"), ("/]", "trapezoid-down"))),
    ("{{", (("}}", "hexagon"),)),
    ("(", ((")", "round"),)),
    ("[", (("]", "box"),)),
    ("{", (("}", "rhombus"),)),
    (">", (("]", "flag"),)),
)
_WHOLE = re.compile(
    r"\s*(?P<start>[<xo]?)(?:(?P<plain>--+[-xo>])|(?P<thick>==+[=xo>])|(?P<dotted>-?\.+-[xo>]?)|(?P<invisible>~~~+))"
    r"(?:\s*\|(?P<label>[^|]*)\|)?\s*"
)
_OPENING = re.compile(r"\s*(?P<start>[<xo]?)(?P<line>--|==|-\.)\s*")
_CLOSINGS = {
    "--": ("plain", re.compile(r"\s*(--+[-xo>])\s*")),
    "==": ("thick", re.compile(r"\s*(==+[=xo>])\s*")),
    "-.": ("dotted", re.compile(r"\s*(\.+-[xo>]?)\s*")),
}
_TIPS: dict[str, Tip] = {">": "arrow", "<": "arrow", "o": "circle", "x": "cross"}
_FRONT = re.compile(r"\s*---[ \t]*\n(?P<matter>.*?)\n[ \t]*---[ \t]*\n", re.S)
_COMMENT = re.compile(r"%%\{.*?\}%%|(?m:^[ \t]*%%[^\n]*)", re.S)
_SUBGRAPH = re.compile(r"subgraph\b[ \t]*(.*)$")
_STYLE = re.compile(r"(classDef|style|class)\s+([\w.,-]+(?:\s*,\s*[\w.-]+)*)\s+(.+)$")
_CLICK = re.compile(r'click\s+(?P<id>[\w.-]+)\s+(?:href\s+)?"(?P<url>[^"]+)"(?:\s+"[^"]*")?(?:\s+_\w+)?$')
_SAFE_URL = re.compile(r"(?:https?://|mailto:|(?![A-Za-z][\w+.-]*:))[^\s\"'<>]+$")
_CALLED = re.compile(r"(accTitle|accDescr)\s*(?::\s*(.*)|\{([^}]*)\})$", re.S)
_PLAIN_TAG = re.compile(r"</?(?:b|strong|i|em|u|span|small|code|center|div|p)\b[^<>]*>", re.I)
_ICON = re.compile(r"\bfa[brsl]?:fa-[\w-]+\s*")
_NUMBER = re.compile(r"#(\d+);")
_NAMED = re.compile(r"#(\w+);")


def is_flowchart(source: str) -> bool:
    """Whether a diagram says that it is one."""
    text, _ = _body(source)
    return re.match(r"\s*(?:graph|flowchart)\b(?!-)", text) is not None


def read(source: str) -> Flowchart:
    """The flowchart in `source`. Raises UnreadError."""
    text, title = _body(source)
    header = _HEADER.match(text, len(text) - len(text.lstrip()))
    if not header:
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        raise UnreadError(first, 0)
    builder = Builder(_DIRECTIONS[header[1] or "TB"], title)
    line = text.count("\n", 0, header.end())
    for statement, offset in _statements(text[header.end() :]):
        try:
            _Statement(statement, builder).read()
        except UnreadError as error:
            raise UnreadError(error.what, line + offset) from None
    return builder.chart()


def _body(source: str) -> tuple[str, str]:
    """The text without front matter, comments and directives, line for line, and the title in the front matter."""
    title = ""
    if front := _FRONT.match(source):
        found = re.search(r"^title:\s*(.+?)\s*$", front["matter"], re.M)
        title = found[1].strip("\"'") if found else ""
        source = "\n" * front[0].count("\n") + source[front.end() :]
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source), title


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """Each statement with the number of line feeds before it: they end at line feeds and semicolons.

    Within quotation marks and brackets both are text; a semicolon after `#35` ends a character's name.
    """
    start, quoted, depth = 0, False, 0
    for at, char in enumerate(text + "\n"):
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char in "[({":
            depth += 1
        elif char in "])}":
            depth = max(depth - 1, 0)
        elif (char == "\n" and not depth) or (char == ";" and not re.search(r"#\w+$", text[start:at])):
            if statement := text[start:at].strip():
                first = start + len(text[start:at]) - len(text[start:at].lstrip())
                yield statement, text.count("\n", 0, first)
            start, depth = at + 1, 0
    if statement := text[start:].strip():
        yield statement, text.count("\n", 0, start)


class _Statement:
    """Reads one statement from its beginning."""

    def __init__(self, text: str, builder: Builder) -> None:
        self.text, self.builder, self.at = text, builder, 0

    def read(self) -> None:
        text, builder = self.text, self.builder
        if text == "end":
            if not builder.leave():
                raise UnreadError(text, 0)
        elif found := _SUBGRAPH.match(text):
            self._subgraph(found[1].strip())
        elif found := re.match(r"direction\s+(TB|TD|BT|LR|RL)$", text):
            builder.turn(_DIRECTIONS[found[1]])
        elif found := _STYLE.match(text):
            names = [name.strip() for name in found[2].split(",")]
            builder.dress(found[1], names, found[3])
        elif re.match(r"linkStyle\s", text):
            return
        elif found := _CLICK.match(text):
            if not _SAFE_URL.match(found["url"]):
                raise UnreadError(text, 0)
            builder.links_to[found["id"]] = found["url"]
        elif found := _CALLED.match(text):
            builder.called[found[1]] = " ".join((found[2] or found[3] or "").split())
        else:
            self._chain()

    def _subgraph(self, rest: str) -> None:
        """What follows the word: an id, an id and a title in brackets, or a title alone."""
        found = _ID.match(rest)
        after = rest[found.end() :].lstrip() if found else ""
        if found and after.startswith("["):
            self.text, self.at = after, 0
            id, (_, title) = found[0], self._shape()
        elif found and not after:
            id = title = rest
        else:
            id = title = label(rest)
        if not self.builder.enter(id, title):
            raise UnreadError(f"subgraph {rest}", 0)

    def _chain(self) -> None:
        """`A & B -- label --> C --> D`."""
        starts = self._nodes()
        while self.at < len(self.text):
            link = self._link()
            ends = self._nodes()
            for start in starts:
                for end in ends:
                    self.builder.join(start, end, link)
            starts = ends

    def _nodes(self) -> list[str]:
        found = [self._node()]
        while match := re.compile(r"\s*&\s*").match(self.text, self.at):
            self.at = match.end()
            found.append(self._node())
        return found

    def _node(self) -> str:
        match = _ID.match(self.text, self.at)
        if not match:
            raise UnreadError(self.text, 0)
        id, self.at = match[0], match.end()
        # `A--x B` is a link with a cross, `Ax` a node: an id never ends where a line begins
        shape, text = self._shape() if self.text[self.at : self.at + 1] in tuple("([{>") else (None, "")
        dressed = re.compile(r":::([\w-]+)").match(self.text, self.at)
        if dressed:
            self.at = dressed.end()
        self.builder.node(id, shape, text, dressed[1] if dressed else "")
        return id

    def _shape(self) -> tuple[Shape, str]:
        for opening, closings in _SHAPES:
            if not self.text.startswith(opening, self.at):
                continue
            start = self.at + len(opening)
            quoted = re.compile(r'\s*"([^"]*)"\s*').match(self.text, start)
            found = [
                (end, closing, shape)
                for closing, shape in closings
                if (end := quoted.end() if quoted else self.text.find(closing, start)) >= 0
                and self.text.startswith(closing, end)
            ]
            if found:
                end, closing, shape = min(found)
                self.at = end + len(closing)
                return shape, label(quoted[1] if quoted else self.text[start:end])
        raise UnreadError(self.text, 0)

    def _link(self) -> Link:
        if found := _WHOLE.match(self.text, self.at):
            self.at = found.end()
            stroke = next(name for name in ("plain", "thick", "dotted", "invisible") if found[name])
            return _link(stroke, found[stroke], found["start"], found["label"] or "")
        opening = _OPENING.match(self.text, self.at)
        if opening:
            stroke, closing = _CLOSINGS[opening["line"]]
            if found := closing.search(self.text, opening.end()):
                self.at = found.end()
                text = self.text[opening.end() : found.start()]
                return _link(stroke, found[1], opening["start"], text)
        raise UnreadError(self.text, 0)


def _link(stroke: str, line: str, start: str, text: str) -> Link:
    tip = _TIPS.get(line[-1], "")
    length = line.count(".") if stroke == "dotted" else len(line) - 2
    if stroke == "invisible":
        return Link("", "", "", "invisible", "", "", max(length, 1))
    kind = {"plain": "plain", "dotted": "dotted", "thick": "thick"}[stroke]
    return Link("", "", label(text), kind, _TIPS.get(start, ""), tip, max(length, 1))  # type: ignore[arg-type]


def label(text: str) -> str:
    """The text of a label: quotation marks, emphasis, icons and names of characters become what they stand for.

    Raises UnreadError where it holds a formula, a picture or other markup that changes what is said.
    """
    text = " ".join(text.strip().strip('"').strip("`").split())
    if "$$" in text:
        raise UnreadError(text, 0)
    text = re.sub(r"\s*(?:<br\s*/?>|\\n)\s*", "\n", text, flags=re.I)
    text = _ICON.sub("", _PLAIN_TAG.sub("", text))
    if re.search(r"</?[A-Za-z]", text):
        raise UnreadError(text, 0)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return unescape(_NAMED.sub(r"&\1;", _NUMBER.sub(r"&#\1;", text))).strip()
