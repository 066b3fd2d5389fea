"""Labels: names under which figures, tables, equations, listings, sections and cells are referred to.

A page is written before anybody knows which numbers the things on it have, because they depend on other pages. So it
holds *marks*: `<nb-no of="fig-loss" kind="figure">` where a number belongs, `<nb-ref to="fig-loss">` where another
thing is referred to. Once all pages are written, `numbering.py` puts numbers and links in their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Literal, cast

from nbpublish.page.html import attributes

Kind = Literal["figure", "table", "equation", "listing", "section", "cell"]

PREFIXES: Mapping[str, Kind] = {
    "fig": "figure",
    "tbl": "table",
    "tab": "table",
    "eq": "equation",
    "lst": "listing",
    "sec": "section",
    "cell": "cell",
}
"""How the label of a thing begins, before a hyphen or a colon: `fig-loss`, and as LaTeX writes it `fig:loss`."""
NUMBERED = frozenset({"figure", "table", "equation", "listing"})
PREFIX = rf"(?:{'|'.join(PREFIXES)})[-:]"
_PREFIX = re.compile(rf"({'|'.join(PREFIXES)})[-:]\S")


def kind_of(label: str) -> Kind | None:
    """What a label says that it labels, by its prefix; None where it has none."""
    match = _PREFIX.match(label)
    return PREFIXES[match[1]] if match else None


Place = Literal["caption", "alone", "nowhere"]
"""Where a number is written: before a caption, or where there is none, or nowhere."""
Form = Literal["name", "number", "text"]
"""What a reference shows: `Figure 3.2`, `3.2`, or the author's own words."""


@dataclass(frozen=True, slots=True)
class Number:
    """A mark where the number of something stands."""

    kind: Kind
    label: str
    """Empty for an equation that is numbered and has no label."""
    place: Place
    line: int
    """Line of the file; 0 where it is not known."""
    tag: str | None = None
    """What stands in place of a number: LaTeX's `\\tag`."""
    part: str = ""
    """Letter of a part of a figure."""
    whole: str = ""
    """Label of the figure that it is a part of."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A mark where something is referred to."""

    label: str
    form: Form
    line: int
    html: str
    """The author's own text; `%s` in it stands for the number."""
    loose: bool = False
    """The label may be followed by more letters: what is known of its beginning is meant."""
    inner: bool = False
    """It stands within a link, where no other link can stand."""


def number_mark(
    kind: Kind,
    label: str,
    line: int,
    place: Place,
    tag: str | None = None,
    part: str | None = None,
    whole: str | None = None,
) -> str:
    """A mark for the number of the thing with this label."""
    of, line_or_none = label or None, line or None
    attrs = attributes(kind=kind, of=of, place=place, line=line_or_none, tag=tag, part=part, whole=whole or None)
    return f"<nb-no{attrs}></nb-no>"


def reference_mark(label: str, form: Form, line: int, html: str = "") -> str:
    """A mark for a reference."""
    return f"<nb-ref{attributes(to=label, form=form, line=line or None)}>{html}</nb-ref>"


_MARK = re.compile(
    r"<nb-no(?P<number>(?:\s[\w-]+(?:=\"[^\"]*\")?)*)\s*></nb-no>"
    r"|<nb-ref(?P<reference>(?:\s[\w-]+(?:=\"[^\"]*\")?)*)\s*>(?P<html>.*?)</nb-ref>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w-]+)(?:=\"([^\"]*)\")?")


def has_marks(html: str) -> bool:
    """Whether numbers or references are still to be put into a page."""
    return "<nb-no" in html or "<nb-ref" in html


def marks_of(html: str) -> Iterator[Number | Reference]:
    """All marks of a page, in their order."""
    if has_marks(html):
        for match in _MARK.finditer(html):
            yield _mark(match)


def with_marks_replaced(html: str, write: Callable[[Number | Reference], str]) -> str:
    """The page with each mark replaced by what `write` makes of it."""
    return _MARK.sub(lambda match: write(_mark(match)), html) if has_marks(html) else html


def _mark(match: re.Match[str]) -> Number | Reference:
    written = match["number"] if match["number"] is not None else match["reference"]
    values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(written)}
    line = int(values.get("line", "0"))
    if match["number"] is not None:
        kind, place = cast(Kind, values["kind"]), cast(Place, values["place"])
        part, whole = values.get("part", ""), values.get("whole", "")
        return Number(kind, values.get("of", ""), place, line, values.get("tag"), part, whole)
    form = cast(Form, values.get("form", "name"))
    return Reference(values["to"], form, line, match["html"], "loose" in values, "inner" in values)
