"""A drawing → the same drawing in fewer characters, fit to stand in an address."""

from __future__ import annotations

import re

_DROPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_GEOMETRY = re.compile(r' (?:d|x|y|x1|y1|x2|y2|width|height|points|transform)="[^"]*"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_SPACE = re.compile(r"\s+")
_BETWEEN = re.compile(r">\s+<")


def slimmed(svg: str) -> str:
    """matplotlib's SVG without what does not show: more than two decimals of a point, comments, blank space."""
    if "matplotlib" not in svg[:2000].lower() and "<!-- " not in svg[:400]:
        return svg
    svg = _DROPPED.sub("", svg).strip()
    svg = _GEOMETRY.sub(lambda match: _LONG.sub(_short, match[0]), svg)
    return _BETWEEN.sub("><", svg) if "<text" not in svg else _BETWEEN.sub(">\n<", svg)


def _short(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def as_address(svg: str) -> str:
    """The drawing as a `data:` address. What an address may not hold is written in its way, all else stays text."""
    text = _SPACE.sub(" ", svg).replace("%", "%25").replace("#", "%23")
    if "'" not in text:
        text = text.replace('"', "'")
    return f"data:image/svg+xml,{text}"
