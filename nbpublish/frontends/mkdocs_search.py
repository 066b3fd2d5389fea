"""A page's HTML → the part of it that a search should look through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from nbpublish.page.html import feed

_SKIPPED_TAGS = frozenset({"script", "style", "svg", "template"})
_SKIPPED_CLASSES = frozenset({"nb-outputs", "nb-names", "nb-notrun", "nb-about", "headerlink"})
_KEPT_CLASSES = frozenset({"nb-markdown"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def searchable(html: str, *, bare: bool = False) -> str:
    """The HTML of a notebook's page without what its cells printed and drew.

    A table of a thousand numbers would drown the prose that explains it. Prose that a cell computed is kept, and so
    are headings, wherever they stand.

    With `bare`, a line break stands in place of each tag but those of headings: MkDocs's search separates words where
    it finds a tag or white space, so its index stays the same and is made in a quarter of the time.
    """
    parser = _Sieve(bare)
    feed(parser, html, code=parser.handle_code)
    parser.close()
    return "".join(parser.kept)


_TAG = re.compile(r"<[^<>]*>")


class _Sieve(HTMLParser):
    """Passes on what stands outside skipped elements, or in a kept element within one."""

    def __init__(self, bare: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._bare = bare
        self._open: list[tuple[str, bool]] = []
        """Elements that are open, each with whether its content is passed on."""

    @property
    def _passing(self) -> bool:
        return self._open[-1][1] if self._open else True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = set((dict(attrs).get("class") or "").split())
        passing = self._passing
        if tag in _SKIPPED_TAGS or classes & _SKIPPED_CLASSES:
            passing = False
        elif tag in _HEADINGS or classes & _KEPT_CLASSES:
            passing = True
        if passing:
            self._keep(tag, self.get_starttag_text() or "")
        if tag not in _VOID:
            self._open.append((tag, passing))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._passing and tag not in _SKIPPED_TAGS:
            self._keep(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in (open for open, _ in self._open):
            return
        while self._open:  # elements that were never closed end with the one around them
            open, passing = self._open.pop()
            if open == tag:
                break
        if passing:
            self._keep(tag, f"</{tag}>")

    def _keep(self, tag: str, text: str) -> None:
        self.kept.append(text if tag in _HEADINGS or not self._bare else "\n")

    def handle_code(self, html: str) -> None:
        """What stands in a highlighted listing: words, each in a tag."""
        self.handle_data(_TAG.sub("\n", html) if self._bare else html)

    def handle_data(self, data: str) -> None:
        if self._passing:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")
