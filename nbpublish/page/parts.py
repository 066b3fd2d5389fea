"""Parts: a figure may consist of several, (a), (b), …, each with a caption and a label of its own.

The number of a part is that of the whole with its letter: figure 3.2 (a). At the part itself its letter stands alone.
"""

from __future__ import annotations

from nbpublish.page.html import attributes
from nbpublish.page.labels import Kind, number_mark

CLASS = "nb-parts"
"""Of a figure that has parts."""
COLUMNS = "--nb-columns"
"""How many parts its author wants beside each other."""


def letter(index: int) -> str:
    """The letter of a part, counted from 0: a … z, aa, ab, …"""
    rest, last = divmod(index, 26)
    return (letter(rest - 1) if rest else "") + chr(ord("a") + last)


def columns(count: object) -> str:
    """A style that asks for so many parts beside each other; empty where that is no small number."""
    text = str(count or "")
    return f"{COLUMNS}:{int(text)}" if text.isdecimal() and 0 < int(text) <= 12 else ""


def label_of(whole: str, index: int) -> str:
    """The label of a part that a cell shows, as in Quarto."""
    return f"{whole}-{index + 1}"


def part(html: str, words: str, index: int, whole: str | None, kind: Kind, classes: str) -> str:
    """A part of the figure with the label `whole`, if it has one."""
    label = label_of(whole, index) if whole else ""
    mark = number_mark(kind, label, 0, "caption" if words else "alone", part=letter(index), whole=whole)
    caption = f"<figcaption>{mark}{words}</figcaption>"
    inside = caption + html if kind in ("table", "listing") else html + caption
    return f"<figure{attributes(class_=f'{classes} nb-part', id=label or None)}>{inside}</figure>"
