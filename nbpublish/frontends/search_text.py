"""A page's HTML → what a search looks through: its sections, with prose, code and outputs apart.

Nothing is cut into words: the reader's words are looked for as substrings, which is exact for Japanese.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser
from typing import Literal, NamedTuple

from nbpublish.page.html import VOID, feed

OUTPUT = 1500
"""Characters that are kept of what the cells of one section printed and showed: a table would drown all else."""

Kind = Literal["prose", "code", "output", "silent"]


class Section(NamedTuple):
    """A part of a page, from one heading to the next."""

    anchor: str
    """Id of its heading; empty for the page itself."""
    title: str
    prose: str = ""
    code: str = ""
    """As lines."""
    output: str = ""
    """The beginning of what its cells printed and showed, as lines."""


_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_SILENT_TAGS = frozenset({"script", "style", "svg", "template", "annotation", "annotation-xml", "button", "select"})
_SILENT_CLASSES = frozenset({"nb-names", "nb-notrun", "nb-flow-section", "nb-about", "headerlink", "nb-anchor"})
_PROSE_CLASSES = frozenset({"nb-markdown", "nb-callout", "nb-accordion", "nb-tab"})
"""What is prose though a cell has computed it."""
_LINES = frozenset({"br", "div", "dt", "h5", "h6", "li", "ol", "p", "pre", "summary", "table", "tr", "ul"})
"""Elements that begin a line of an output."""
# fmt: off
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "ruby",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtext", "munder", "munderover", "semantics",
})
# fmt: on
_SPACE, _LINE = "\0", "\1"
"""Stand where a block or a line begins or ends, as they cannot stand in HTML."""
_TAG = re.compile(r"<[^>]*>")
_WIDE = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_VARIANTS = re.compile("[^\0-\x7f\u2025\u2026！-／：-＠［-｀｛-～]+")


def sections(title: str, html: str) -> list[Section]:
    """A page cut at its headings that have an id; what stands before the first of them belongs to the page itself."""
    page = plain(title)
    parser = _Cutter(page)
    feed(parser, html, code=lambda tokens: parser.handle_data(unescape(_TAG.sub("", tokens))))
    parser.close()
    found = []
    for part in parser.parts:
        section = Section(
            part.anchor,
            _prose("".join(part.heading)) or page,
            _prose("".join(part.texts["prose"])),
            _lines("".join(part.texts["code"])),
            _lines("".join(part.texts["output"]), squeezed=True)[:OUTPUT],
        )
        if any(section[2:]) or section.title != page or not part.anchor:
            found.append(section)
    return found


def plain(html: str) -> str:
    """The text of a title."""
    return _prose(unescape(_TAG.sub("", html)))


class _Part:
    """A section while it is read, its heading and its texts in pieces."""

    def __init__(self, anchor: str, heading: str = "") -> None:
        self.anchor = anchor
        self.heading = [heading]
        self.texts: dict[Kind, list[str]] = {"prose": [], "code": [], "output": []}


class _Cutter(HTMLParser):
    """Collects the parts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts = [_Part("", page)]
        self._heading: str | None = None
        self._open: list[tuple[str, Kind]] = []
        """Elements that are open and change the kind, and those of the same names within them."""
        self._folded = False
        """Whether the element before was one whose summary only says what it hides."""

    @property
    def _kind(self) -> Kind:
        return self._open[-1][1] if self._open else "prose"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        kind = self._kind_of(tag, values)
        self._folded = tag == "details" and "nb-fold" in (values.get("class") or "").split()
        if (kind != self._kind and tag not in VOID) or (self._open and self._open[-1][0] == tag):
            self._open.append((tag, kind))
        if kind == "silent":
            return
        if tag in _HEADINGS and values.get("id"):
            self._heading = tag
            # the title of the page leads to its top, not to an anchor just below it
            if tag != "h1" or len(self.parts) > 1:
                self.parts.append(_Part(values["id"] or ""))
            else:
                self.parts[0].heading.clear()
        elif tag == "img":
            self.handle_data(f"{_LINE}{values.get('alt') or ''}{_LINE}")
        else:
            self._break(tag)

    def _kind_of(self, tag: str, attributes: dict[str, str | None]) -> Kind:
        """To which kind of text an element belongs that begins here."""
        classes = set((attributes.get("class") or "").split())
        # of a displayed formula only the layout tells ½ from 12
        displayed = tag == "math" and attributes.get("display") == "block"
        if self._kind == "silent" or tag in _SILENT_TAGS or classes & _SILENT_CLASSES or displayed:
            return "silent"
        if "data-search-exclude" in attributes or (tag == "summary" and self._folded):
            return "silent"
        if classes & _PROSE_CLASSES or tag == "figcaption" or tag in _HEADINGS:
            return "prose"
        if "nb-outputs" in classes:
            return "output"
        if tag == "pre" and self._kind == "prose":
            return "code"
        return self._kind

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._kind != "silent":
            if tag == self._heading:
                self._heading = None
            self._break(tag)
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            self.handle_data(_LINE if tag in _LINES else _SPACE)

    def handle_data(self, data: str) -> None:
        if self._kind != "silent":
            part = self.parts[-1]
            (part.heading if self._heading else part.texts[self._kind]).append(data)


def _prose(text: str) -> str:
    """One space for any white space; none for a line break between Japanese characters, where it makes no gap."""
    text = re.sub(f"(?<={_WIDE})[ \t]*\n[ \t]*(?={_WIDE})", "", text)
    return _settled(" ".join(re.sub(f"[{_SPACE}{_LINE}]", " ", text).split()))


def _lines(text: str, *, squeezed: bool = False) -> str:
    """The lines that are not blank, with or without the white space within them."""
    lines = text.replace(_LINE, "\n").replace(_SPACE, " ").split("\n")
    shown = (" ".join(line.split()) if squeezed else line.rstrip() for line in lines)
    return _settled("\n".join(line for line in shown if line))


def _settled(text: str) -> str:
    """Half-width kana, full-width letters, ligatures and the like as what they stand for (NFKC).

    Punctuation stays as it is written, because it is shown to the reader; `search.js` takes （ for ( all the same.
    """
    return text if text.isascii() else _VARIANTS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
