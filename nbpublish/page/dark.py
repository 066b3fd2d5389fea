"""Drawings of matplotlib that follow the page into the dark.

A browser tells a picture whether the page around it is dark: its `prefers-color-scheme` is the `color-scheme` of the
`img` element (CSS Color Adjustment, section 2.4). So one file serves light, dark and paper, and nothing of what the
author drew is touched: only black, white and the greys of matplotlib's own styles are exchanged, where they are ink,
paper and grid.
"""

from __future__ import annotations

import re

CLASS = "nb-themed"
"""Of an `img` whose drawing needs no sheet of white paper in the dark."""

PAPER, INK, LINE = "#14171c", "#e4e6ea", "#464d59"
"""As the tokens of `nb-content.css` have them in the dark."""
_BLACK = ("#000000", "#111111", "#1a1a1a", "#222222", "#262626", "#333333", "#444444", "#555555")
_GREY = ("#b0b0b0", "#bfbfbf", "#cbcbcb", "#cccccc", "#d3d3d3", "#dddddd", "#e5e5e5", "#eaeaf2")
LEAST_CONTRAST = 2.0
"""Between a colour of the author's and the dark page; with less, it is better on paper."""

_COLOUR = re.compile(r"\b(?:fill|stroke): ?(#[0-9a-f]{6})\b")
_SHEET = re.compile(r'<g id="patch_1">\s*<path [^>]*?style="fill: (?:#ffffff|none)')
_OTHER = re.compile(r'<image\b|<linearGradient\b|id="QuadMesh_')
"""Pictures of data, whose labels are chosen to be read upon them."""
_HEAD = '<style type="text/css">'


def _rule(property: str, colours: tuple[str, ...], to: str) -> str:
    selector = ",".join(f'[style*="{property}: {colour}"]' for colour in colours)
    return f"{selector}{{{property}:{to}!important}}"


_RULES = (
    "@media(prefers-color-scheme:dark){"
    f"text{{fill:{INK}}}"
    + _rule("fill", _BLACK, INK)
    + _rule("stroke", _BLACK, INK)
    + _rule("stroke", _GREY, LINE)
    + '[id^="patch_"]>[style*="fill: #ffffff"]{fill:none!important}'
    f'[id^="legend_"]>[id^="patch_"]>[style*="fill: #ffffff"]{{fill:{PAPER}!important}}'
    "}"
)


def themed(svg: str) -> str | None:
    """The drawing with rules for the dark; None where it is not matplotlib's on white, or better stays on paper."""
    if not _SHEET.search(svg) or _HEAD not in svg or _OTHER.search(svg):
        return None
    own = set(_COLOUR.findall(svg)) - {*_BLACK, *_GREY, "#ffffff"}
    if any(contrast(colour, PAPER) < LEAST_CONTRAST for colour in own):
        return None
    return svg.replace(_HEAD, _HEAD + _RULES, 1)


def contrast(one: str, other: str) -> float:
    """Of two colours, from 1 to 21 (WCAG 2, section 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
