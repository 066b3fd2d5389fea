"""Pictures of Vega's charts that follow the page into the dark; see `dark`.

Vega says of each part of a drawing which role it has. Its own black and greys are exchanged where they are axes,
legends, titles and grids; marks, which are the data, keep their colours.
"""

from __future__ import annotations

import re

from nbpublish.page.dark import INK, LEAST_CONTRAST, LINE, PAPER, contrast

_SHEET = re.compile(r'<svg [^>]*class="marks"[^>]*>\s*<rect [^>]*fill="(?:white|#fff|#ffffff)"/>')
_COLOUR = re.compile(r'\b(?:fill|stroke)="([^"]+)"')
_BRUSH = re.compile(r'<g class="mark-rect role-mark \w+_brush_bg".*?</g>')
"""The ground of a selection, which is dark and nearly transparent."""
_SOFT = ("#ddd", "#888", "#979797")
_EXCHANGED = {"none", "transparent", "white", "#fff", "#ffffff", "#000", "black", *_SOFT}
_RULES = (
    "@media(prefers-color-scheme:dark){"
    'svg.marks>rect[fill="white"],svg.marks>rect[fill^="#fff"]{fill:none}'
    f'text[fill="#000"],text[fill="black"]{{fill:{INK}}}'
    + ",".join(f'[stroke="{grey}"]' for grey in _SOFT)
    + f"{{stroke:{LINE}}}"
    "}"
)


def themed(svg: str) -> str | None:
    """The drawing with rules for the dark; None where it is not Vega's on white, or better stays on paper."""
    if not _SHEET.search(svg) or "<image" in svg or "Gradient" in svg or "role-mark" not in svg:
        return None
    if "mark-text role-mark" in svg:  # text on what it labels, where black may be the only legible colour
        return None
    known = [_hex(colour) for colour in set(_COLOUR.findall(_BRUSH.sub("", svg))) - _EXCHANGED]
    if any(colour is None or contrast(colour, PAPER) < LEAST_CONTRAST for colour in known):
        return None
    end = svg.index(">", svg.index("<svg")) + 1
    return f"{svg[:end]}<style>{_RULES}</style>{svg[end:]}"


def _hex(colour: str) -> str | None:
    """A colour as `#rrggbb`; None for one that is written otherwise."""
    if found := re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", colour):
        return "#" + "".join(digit * 2 for digit in found.groups())
    if found := re.fullmatch(r"rgb\((\d+), ?(\d+), ?(\d+)\)", colour):
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in found.groups())
    return colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else None
