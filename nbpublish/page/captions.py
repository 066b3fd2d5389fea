"""Labelled things in finished HTML: what another renderer of Markdown, or an author by hand, has written.

Images, tables, figures and code with the id of a label become figures whose captions have a mark for their number, as
`markdown/captions.py` makes them of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from nbpublish.page.labels import PREFIXES, Kind, kind_of, number_mark


def with_captions(html: str) -> str:
    """The page with marks for the numbers of what has a label; nothing else changes."""
    if not _LABEL.search(html):
        return html
    for pattern, write in _STEPS:
        html = pattern.sub(write, html)
    return html


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


def _captioned(match: re.Match[str]) -> str:
    """A figure that is one already, with or without a caption."""
    label = unescape(match["label"])
    kind = kind_of(label) or "figure"
    inside = match["inside"]
    if "<nb-no" in inside:
        return match[0]
    caption = re.search(r"<figcaption\b[^>]*>\s*(?:<p>)?", inside)
    if caption is None:
        return match["opening"] + _inside(inside, kind, label, "") + "</figure>"
    inside = inside.replace(caption[0], caption[0] + number_mark(kind, label, 0, "caption"), 1)
    return f"{match['opening']}{inside}</figure>"


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
    (re.compile(rf"(?P<opening><figure\b(?=[^<>]*{_ID}){_REST}>)(?P<inside>.*?)</figure>", re.DOTALL), _captioned),
)
