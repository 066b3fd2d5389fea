"""Pages → the index that the theme's search reads: a section an entry, `[url, page, title, text]`.

The index is a classic script, because a page opened from the disk may run scripts but not fetch files. Nothing is cut
into words: the reader's words are looked for as substrings, which is exact for Japanese.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from nbpublish.page.html import feed

Section = tuple[str, str, str, str]
"""Address relative to the site, title of the page, title of the section, text."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
SILENT = frozenset({"script", "style", "svg", "template", "annotation", "annotation-xml", "button", "select"})
# fmt: off
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "ruby",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtext", "munder", "munderover", "semantics",
})
# fmt: on
BREAK = "\0"
"""Stands where a block begins or ends, as it cannot stand in HTML."""
LINK_TO_SELF = frozenset({"headerlink", "nb-anchor"})
_TAG = re.compile(r"<[^>]*>")
_WIDE = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"


def search_index(pages: Iterable[tuple[str, str | None, str | None]]) -> str:
    """The text of the index of `pages`, each its address relative to the site, its title and its HTML."""
    return index_of(section for url, title, html in pages for section in sections(url, title or "", html or ""))


def index_of(found: Iterable[Section]) -> str:
    """The text of the index of pages that have been cut into sections."""
    entries = list(found)
    data = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return f"window.nb={{...window.nb,index:{data}}};\n"


def sections(url: str, title: str, html: str) -> list[Section]:
    """A page cut at its headings that have an id; what stands before the first of them belongs to the page itself."""
    page = _squeeze(unescape(_TAG.sub("", title)))
    parser = _Cutter(page)
    feed(parser, html, code=lambda tokens: parser.handle_data(unescape(_TAG.sub("", tokens))))
    parser.close()
    found = []
    for part in parser.parts:
        section, text = _squeeze("".join(part.heading)) or page, _squeeze("".join(part.text))
        if text or section != page or part.anchor is None:
            found.append((f"{url}#{part.anchor}" if part.anchor else url, page, section, text))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """A section while it is read, its heading and its text in pieces."""

    anchor: str | None
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Cutter(HTMLParser):
    """Collects the parts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts = [_Part(None, [page])]
        self._heading: str | None = None
        self._silent: list[str] = []
        """Elements that are open and not read, from the outermost."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._silent:
            if tag == self._silent[0]:
                self._silent.append(tag)
        elif tag in SILENT or _is_noise(tag, values):
            self._silent.append(tag)
        elif tag in HEADINGS and values.get("id"):
            self._heading = tag
            # the title of the page leads to its top, not to an anchor just below it
            if tag != "h1" or len(self.parts) > 1:
                self.parts.append(_Part(values["id"]))
            else:
                self.parts[0].heading.clear()
        elif tag not in INLINE:
            self.handle_data(BREAK)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE:
            self.handle_data(BREAK)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[0]:
                self._silent.pop()
        elif tag == self._heading:
            self._heading = None
        elif tag not in INLINE:
            self.handle_data(BREAK)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            part = self.parts[-1]
            (part.heading if self._heading else part.text).append(data)


def _is_noise(tag: str, attributes: dict[str, str | None]) -> bool:
    """Links of headings to themselves, and displayed formulas: without its layout, ½ would read as 12."""
    displayed = tag == "math" and attributes.get("display") == "block"
    return displayed or bool(LINK_TO_SELF & set((attributes.get("class") or "").split()))


def _squeeze(text: str) -> str:
    """One space for any white space; none for a line break between Japanese characters, where it makes no gap."""
    text = re.sub(f"(?<={_WIDE})[ \t]*\n[ \t]*(?={_WIDE})", "", text)
    return " ".join(text.replace(BREAK, " ").split())
