"""How much room text takes in a drawing, without knowing the font."""

from __future__ import annotations

import unicodedata

_ELLIPSIS = "…"


def width(text: str) -> float:
    """In em: a wide character takes one, any other about half of one."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.56 for char in text)


def shortened(text: str, room: float) -> str:
    """As much of a text as `room` em hold, with an ellipsis where something is missing."""
    if width(text) <= room:
        return text
    kept = ""
    for char in text:
        if width(kept + char + _ELLIPSIS) > room:
            break
        kept += char
    return kept.rstrip() + _ELLIPSIS
