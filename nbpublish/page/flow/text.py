"""How much room text takes in a drawing, without knowing the font."""

from __future__ import annotations

import unicodedata

_ELLIPSIS = "…"


def width(text: str) -> float:
    """In em: a wide character takes one, any other about half of one."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.56 for char in text)


_NARROW = frozenset("fijlrtI!|'`.,:;()[]{}/\\- ")
_BROAD = frozenset("mwMWQO@%—")
_NOT_FIRST = frozenset("、。，．・：；？！）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々,.:;?!)]}%…")
"""Characters that may not begin a line, after the Japanese standard JIS X 4051."""


def proportional(text: str) -> float:
    """The width in em of one line in a font of the page's text, rather a little more than less."""
    return sum(map(_proportion, text))


def _proportion(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    if char in _NARROW:
        return 0.36
    return 0.92 if char in _BROAD else 0.7 if char.isupper() else 0.58


def wrapped(text: str, room: float) -> list[str]:
    """Lines of at most `room` em, broken at spaces and between wide characters; a longer word stays whole."""
    lines: list[str] = []
    for written in text.split("\n"):
        line = ""
        for piece in _pieces(written):
            if line.strip() and proportional((line + piece).rstrip()) > room:
                lines.append(line.strip())
                line = ""
            line += piece
        lines.append(line.strip())
    return lines


def _pieces(line: str) -> list[str]:
    """Words with the spaces after them, and wide characters each with those that may not begin a line."""
    pieces: list[str] = []
    joins = False
    for char in line:
        wide = unicodedata.east_asian_width(char) in "WF"
        if pieces and (char in _NOT_FIRST or char == " " or (joins and not wide)):
            pieces[-1] += char
        else:
            pieces.append(char)
        joins = not wide and char != " "
    return pieces


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
