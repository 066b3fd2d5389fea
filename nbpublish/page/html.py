"""Pieces of HTML: escaped, parsed, closed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable
from functools import cache
from html import escape as _escape
from html import unescape as _unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, TypeGuard

from nbpublish.remembered import remembered

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString
    from bs4.formatter import HTMLFormatter

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)


def escape(text: object) -> str:
    """Text for an element or a quoted attribute."""
    return _escape(str(text), quote=True)


def spoken(message: str) -> str:
    """The message of a problem, with what stands in backquotes as code."""
    return re.sub(r"(`+)(.+?)\1(?!`)", r"<code>\2</code>", escape(message))


def attributes(**values: object) -> str:
    """Attributes with a leading space each: None and False are left out, True stands alone, `_` becomes `-`."""
    parts = []
    for name, value in values.items():
        name = name.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            parts.append(f' {name}="{escape(value)}"')
    return "".join(parts)


# Beautiful Soup takes as long to load as all else that a page of plain results needs, so it is loaded for the first
# markup of others. For the same reason no other file of this room loads it.


def parse(html: str) -> BeautifulSoup:
    """A tree of any text; what no parser reads as HTML becomes text."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        return BeautifulSoup(html, "html.parser")
    except (ParserRejectedMarkup, AssertionError, ValueError):
        return BeautifulSoup(escape(html), "html.parser")


def is_tag(node: object) -> TypeGuard[Tag]:
    """Whether a node of a tree is an element."""
    from bs4 import Tag

    return isinstance(node, Tag)


def is_text(node: object) -> TypeGuard[NavigableString]:
    """Whether a node of a tree is text."""
    from bs4.element import NavigableString

    return isinstance(node, NavigableString)


def of_kinds(tree: Tag, kinds: Container[str]) -> list[Tag]:
    """The elements of some kinds. `find_all` with several names asks each element for each of them."""
    return [found for found in tree.find_all(True) if found.name in kinds]


def with_style(tree: Tag, pattern: re.Pattern[str]) -> list[Tag]:
    """The elements whose own style says something."""
    return [found for found in tree.find_all(True) if "style" in found.attrs and pattern.search(str(found["style"]))]


def with_class(tree: Tag, element: str, name: str) -> list[Tag]:
    """The elements of a kind that have a class. A selector would ask every element for each part of it."""
    return [found for found in tree.find_all(element) if name in classes(found)]


def classes(element: Tag | None) -> list[str]:
    """The classes of an element, also where they were set as one text."""
    found = element.get("class") if element else None
    return str(found).split() if isinstance(found, str) else list(found or [])


def as_text(text: str) -> NavigableString:
    """Text as a node of a tree."""
    from bs4.element import NavigableString

    return NavigableString(text)


@cache
def _plain() -> HTMLFormatter:
    """Attributes in their own order, empty ones without a value, void elements without a slash."""
    from bs4.dammit import EntitySubstitution
    from bs4.formatter import HTMLFormatter

    class Plain(HTMLFormatter):
        def attributes(self, tag: Tag) -> Iterable[tuple[str, Any]]:
            return ((name, None if value == "" else value) for name, value in tag.attrs.items())

    return Plain(EntitySubstitution.substitute_xml, void_element_close_prefix="")


def serialize(tag: Tag) -> str:
    """The HTML of an element or a whole tree."""
    return tag.decode(formatter=_plain())


def tidied(html: str) -> str:
    """The HTML as it is written out again; of text alone nobody needs a tree."""
    is_text_alone = html.strip() and not _MARKUP.search(html)
    return html.replace(">", "&gt;") if is_text_alone else serialize(parse(html))


_MARKUP = re.compile("[<&]")


def inside(tag: Tag) -> str:
    """The HTML of what an element holds."""
    return tag.decode_contents(formatter=_plain())


def replace(element: Tag, html: str) -> None:
    """Put HTML in the place of an element."""
    element.replace_with(*list(parse(html).contents))


def text_of(html: str) -> str:
    """Its words without the markup, separated by single spaces."""
    return " ".join(parse(html).get_text(" ").split())


def read_out(html: str) -> str:
    """A label as it is read out: its words, and of a formula its letters and signs, as `a₁` is "a1".

    A name in MathML is none to all that read a page: a control whose label is a formula says it as text.
    """
    text = _unescape(re.sub(r"<[^>]*>", "", html))
    return " ".join(text.translate(_UNSEEN).split())


_UNSEEN = dict.fromkeys(range(0x2061, 0x2065))
"""Operators of MathML that nobody sees, as that between a function and what it is of."""


def closed(html: str) -> str:
    """The same HTML, in which every element that opens closes; untouched where it already does."""
    return html if is_closed(html) else serialize(parse(html))


def is_closed(html: str) -> bool:
    """Whether every element is closed in the right order, and none is closed that was not opened."""
    answer = _answer(hashlib.blake2b(html.encode("utf-8", "surrogatepass"), digest_size=16).digest())
    if not answer:
        answer.append(_is_closed(html))
    return answer[0]


@remembered
def _answer(digest: bytes) -> list[bool]:
    """Where the answer is kept: of HTML nothing but its digest, as pages are long and edited often."""
    return []


def _is_closed(html: str) -> bool:
    checker = _Checker()
    try:
        feed(checker, _CELLS.sub("", html), code=lambda tokens: None)
    except (AssertionError, ValueError):
        return False
    # what is left is a tag or comment that never ends, and would swallow what follows on the page
    return checker.good and not checker.open and "<" not in checker.rawdata


_CELLS = re.compile(r"(?:<(?P<cell>t[dh])(?:\s[^<>]*+)?>[^<>]*+</(?P=cell)>\s*+)++")
"""Cells that hold text alone are closed, and there may be thousands of them."""
_NAMES = r'(?:[^<]++|<code>[^<]*+</code>|<a href="[^"<>]*+"><code>[^<]*+</code></a>)*+'
_CARD = re.compile(
    r'(?<=<code class="language-)[^"<>]*">(?P<code>(?:[^<]++|<span class="[^"<>]*+">[^<]*+</span>)++)(?=</code>)'
    rf'|(?P<names><p class="nb-names">(?:<span class="nb-\w++">{_NAMES}</span>|[^<]++)*+</p>)'
)


def feed(parser: HTMLParser, html: str, *, code: Callable[[str], None]) -> None:
    """Feed HTML to a parser; of code cards the tokens go to `code`, as text and spans that close, the names to nobody.

    They hold most of the tags of a page, and parsing them one by one would take most of the time.
    """
    at = 0
    for card in _CARD.finditer(html):
        kind = card.lastgroup or ""
        parser.feed(html[at : card.start(kind)])
        at = card.start(kind)
        if not parser.rawdata and not parser.cdata_elem:  # it waits for no end of a tag, comment or script
            if kind == "code":
                code(card[kind])
            at = card.end()
    parser.feed(html[at:])


class _Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.good = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A browser reads `<div/>` as `<div>`; only drawings and formulas close themselves.
        if tag not in VOID and not {"svg", "math"} & {*self.open, tag}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self.open or self.open.pop() != tag:
            self.good = False
