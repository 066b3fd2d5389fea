"""What has a label on the pages of a site, and how its number is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from nbpublish.page.labels import Kind, Number, kind_of
from nbpublish.page.messages import Words


@dataclass(frozen=True, slots=True)
class Written:
    """A page with its marks, and what its numbers depend on besides."""

    path: str
    address: str
    title: str
    """As HTML without markup."""
    language: str
    chapter: str
    html: str


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be referred to."""

    kind: Kind
    label: str
    number: str
    """As it is written at the thing; of a section its heading, of a cell its name."""
    page: Written
    line: int


def place_of(thing: Thing) -> str:
    """Where it is, for messages."""
    return f"{thing.page.path}:{thing.line}" if thing.line else thing.page.path


def shown_number(mark: Number, number: str, words: Words) -> str:
    """The number at the thing itself."""
    if mark.place == "nowhere" or not number:
        return ""
    if mark.kind == "equation":
        return words.html("label.equation-number", number=escape(number))
    if mark.part:
        name = f'<span class="nb-caption-number">{words.html("label.letter", part=escape(number))}</span>'
        return f"{name} " if mark.place == "caption" else name
    name = f'<span class="nb-caption-number">{words.html(f"label.{mark.kind}", number=escape(number))}</span>'
    return words.html("label.caption", name=name) if mark.place == "caption" else name


_SECTION = re.compile(
    r'(?:<a id="(?P<before>[^"]+)"></a>\s*)?<h(?P<level>[1-6])\b[^>]*?\sid="(?P<id>[^"]+)"[^>]*>'
    r"(?P<html>.*?)</h(?P=level)>",
    re.DOTALL,
)
_SELF_LINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)


def sections(page: Written) -> Iterator[Thing]:
    """Headings that their author gave a label: `{#sec-…}` after them, or MyST's `(label)=` before them."""
    for match in _SECTION.finditer(page.html):
        for label in (match["before"], match["id"] if kind_of(unescape(match["id"])) == "section" else None):
            if label:
                html = re.sub(r"</?a\b[^>]*>", "", _SELF_LINK.sub("", match["html"])).strip()
                yield Thing("section", unescape(label), html, page, 0)
