"""Pictures of Plotly's figures that follow the page into the dark; see `dark`.

Plotly's own ground, text and lines, as its templates on white have them, are exchanged; traces keep their colours.
"""

from __future__ import annotations

import re

from nbpublish.page.dark import INK, LEAST_CONTRAST, LINE, PAPER, contrast

_WHITE, _GROUND = "rgb(255, 255, 255)", "rgb(229, 236, 246)"
_TEXTS = ("rgb(42, 63, 95)", "rgb(68, 68, 68)", "rgb(36, 36, 36)")
_LINES = ("rgb(238, 238, 238)", "rgb(235, 240, 248)", "rgb(200, 212, 227)")
_SHEET = re.compile(rf'<svg class="main-svg"[^>]*>\s*<rect [^>]*style="fill: {re.escape(_WHITE)};')
_GROUNDS = re.compile(r'<rect class="bg"[^>]*style="[^"]*?fill: (rgb\([^)]*\))')
_DATA = re.compile(r'class="(?:bartext|textpoint|slicetext|annotation|hm|cbfills?)\b|<image\b|<linearGradient\b')
"""Text among the data, which may be legible on their colours alone, and pictures of data."""
_UNSEEN = re.compile(r"fill: rgb\(0, 0, 0\); fill-opacity: 0\b(?!\.)")
"""Of what a legend's lines are clicked on."""
_COLOUR = re.compile(r"\b(?:fill|stroke): rgb\((\d+), (\d+), (\d+)\)")
_EXCHANGED = {_WHITE, _GROUND, *_TEXTS, *_LINES}
_RULES = (
    "@media(prefers-color-scheme:dark){"
    f'svg.main-svg>rect[style*="fill: {_WHITE}"],.bg{{fill:none!important}}'
    f".legend .bg{{fill:{PAPER}!important}}"
    + ",".join(f'text[style*="fill: {colour}"]' for colour in _TEXTS)
    + f"{{fill:{INK}!important}}"
    f'.points [style*="stroke: {_GROUND}"],.points [style*="stroke: {_WHITE}"]{{stroke:{PAPER}!important}}'
    + ",".join(f'.crisp[style*="stroke: {colour}"]' for colour in (_WHITE, *_TEXTS, *_LINES))
    + f"{{stroke:{LINE}!important}}"
    "}"
)


def themed(svg: str) -> str | None:
    """The drawing with rules for the dark; None where it is not Plotly's on white, or better stays on paper."""
    if not _SHEET.match(svg) or _DATA.search(svg) or set(_GROUNDS.findall(svg)) - {_WHITE, _GROUND}:
        return None
    for parts in set(_COLOUR.findall(_UNSEEN.sub("", svg))):
        if f"rgb({', '.join(parts)})" in _EXCHANGED:
            continue
        colour = "#" + "".join(f"{min(int(part), 255):02x}" for part in parts)
        if contrast(colour, PAPER) < LEAST_CONTRAST:
            return None
    end = svg.index(">") + 1
    return f"{svg[:end]}<style>{_RULES}</style>{svg[end:]}"
