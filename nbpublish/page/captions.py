"""Labelled things in finished HTML: what another renderer of Markdown, or an author by hand, has written.

Images, tables, figures and code with the id of a label become figures whose captions have a mark for their number, as
`markdown/captions.py` makes them of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape

from nbpublish.page.labels import PREFIXES, Kind, kind_of, number_mark
from nbpublish.page.parts import CLASS, letter


def with_captions(html: str) -> str:
    """The page with marks for the numbers of what has a label; nothing else changes."""
    if not _LABEL.search(html):
        return html
    for pattern, write in _STEPS:
        html = pattern.sub(write, html)
    return _figures(html)


_KINDS = "|".join(prefix for prefix, kind in PREFIXES.items() if kind in ("figure", "table", "listing"))
_LABEL = re.compile(rf"(?:#|\bid=[\"'])(?:{_KINDS})[-:]")
_ID = rf'\sid="(?P<label>(?:{_KINDS})[-:][^"\s]+)"'
_BRACES = rf"\{{:?\s*\#(?P<braces>(?:{_KINDS})[-:][^\s{{}}]+)(?P<more>[^{{}}<>]*)\}}"
_REST = r'(?:[^<>"]|"[^"]*")*'


def _image(match: re.Match[str]) -> str:
    """An image alone in its paragraph, its label an id or still in braces; its text is the caption."""
    image, label = match["image"], match["braces"]
    if not label:
        found = re.search(_ID, image)
        if not found:
            return match[0]
        label, image = found["label"], image.replace(found[0], "", 1)
    alt = re.search(r'\salt="([^"]*)"', image)
    own = re.search(r'\sfig-alt="([^"]*)"', image)
    words = alt[1] if alt else ""
    if own:
        image = image.replace(own[0], "").replace(alt[0] if alt else "", f' alt="{own[1]}"', 1)
    return _figure(f"{match['before'] or ''}{image}{match['after'] or ''}", unescape(label), words)


def _table(match: re.Match[str]) -> str:
    """A table and the paragraph with its caption."""
    label, text = match["braces"], match["text"].strip()
    return _figure(match["table"], unescape(label), text) if label else match[0]


def _code(match: re.Match[str]) -> str:
    """Code with a label, which stands on the element around it."""
    opening = match["opening"].replace(f' id="{match["label"]}"', "", 1)
    return _figure(opening + match["inside"], unescape(match["label"]), "")


def _bare_table(match: re.Match[str]) -> str:
    """A table with a label and no caption below it, or with one of HTML's own."""
    label = unescape(match["label"])
    if caption := re.search(r"<caption\b[^>]*>", match[0]):
        mark = number_mark(kind_of(label) or "table", label, 0, "caption")
        return match[0].replace(caption[0], caption[0] + mark, 1)
    return _figure(match[0].replace(f' id="{match["label"]}"', "", 1), label, "")


@dataclass
class _Open:
    """A figure while its end is looked for."""

    opening: str
    inside: str = ""
    own: str = ""
    """What is in it and in none of its parts, with `\\0` for each of these."""
    parts: list[str] = field(default_factory=list)
    """Labels of its parts."""

    @property
    def label(self) -> str:
        found = re.search(_ID, self.opening)
        return unescape(found["label"]) if found else ""


def _figures(html: str) -> str:
    """Figures that are some already, with marks; those within one with a label are its parts."""
    around = [_Open("")]
    for piece in _FIGURE_TAG.split(html):
        if piece.startswith("<figure"):
            around.append(_Open(piece))
        elif piece == "</figure>" and len(around) > 1:
            figure = around.pop()
            whole = next((other for other in reversed(around) if other.label), None)
            around[-1].inside += _closed(figure, whole)
            around[-1].own += "\0"
        else:
            around[-1].inside += piece
            around[-1].own += piece
    return "".join(figure.opening + figure.inside for figure in around)


def _closed(figure: _Open, whole: _Open | None) -> str:
    """A figure with a mark for its number, if it has a label."""
    label, opening, inside = figure.label, figure.opening, figure.inside
    if not label:
        return f"{opening}{inside}</figure>"
    kind, part = kind_of(label) or "figure", {}
    if whole:
        part = {"part": letter(len(whole.parts)), "whole": whole.label}
        whole.parts.append(label)
        opening = _with_class(opening, "nb-part")
    if figure.parts:
        opening = _with_class(opening, CLASS)
    if "<nb-no" in figure.own:  # an image that became a figure
        said = "".join(f' {name}="{escape(value)}"' for name, value in part.items())
        inside = inside.replace(' of="', f'{said} of="', 1)
        return f"{opening}{inside}</figure>"
    caption = re.search(r"<figcaption\b[^>]*>\s*(?:<p>)?", figure.own)
    if caption is None:
        mark = f"<figcaption>{number_mark(kind, label, 0, 'alone', **part)}</figcaption>"
        inside = mark + inside if kind in ("table", "listing") else inside + mark
    else:
        at = inside.rindex(caption[0]) if figure.own.rfind("\0") < caption.start() else inside.index(caption[0])
        at += len(caption[0])
        inside = inside[:at] + number_mark(kind, label, 0, "caption", **part) + inside[at:]
    return f"{opening}{inside}</figure>"


def _with_class(opening: str, name: str) -> str:
    found = re.search(r'\sclass="([^"]*)"', opening)
    if found:
        return opening.replace(found[0], f' class="{found[1]} {name}"', 1)
    return opening.replace("<figure", f'<figure class="nb-figure {name}"', 1)


def _figure(html: str, label: str, words: str) -> str:
    kind = kind_of(label) or "figure"
    return f'<figure class="{_CLASSES[kind]}" id="{escape(label)}">{_inside(html, kind, label, words)}</figure>'


def _inside(html: str, kind: Kind, label: str, words: str) -> str:
    caption = f"<figcaption>{number_mark(kind, label, 0, 'caption' if words else 'alone')}{words}</figcaption>"
    return caption + html if kind in ("table", "listing") else html + caption


_CLASSES: dict[Kind, str] = {
    "figure": "nb-figure",
    "table": "nb-figure nb-figure-table",
    "listing": "nb-figure nb-figure-code",
}
_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(
            rf"<p>\s*(?P<before><a\b{_REST}>)?(?P<image><img\b{_REST}>)(?P<after></a>)?\s*(?:{_BRACES})?\s*</p>"
        ),
        _image,
    ),
    (
        re.compile(
            rf"(?P<table><table\b{_REST}>(?:(?!<table\b).)*?</table>)"
            rf"\s*<p>: +(?P<text>(?:(?!</p>).)*?)\s*{_BRACES}\s*</p>",
            re.DOTALL,
        ),
        _table,
    ),
    (re.compile(rf"<table\b(?=[^<>]*{_ID}){_REST}>.*?</table>", re.DOTALL), _bare_table),
    (
        re.compile(
            rf"(?P<opening><(?:(?P<box>div)|pre)\b(?=[^<>]*{_ID}){_REST}>)"
            r"(?P<inside>(?:(?!</pre>).)*</pre>(?(box)\s*</div>))",
            re.DOTALL,
        ),
        _code,
    ),
)
_FIGURE_TAG = re.compile(rf"(<figure\b{_REST}>|</figure>)")
