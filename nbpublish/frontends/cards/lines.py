"""A title → the lines in which it reads best, Japanese or not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise

_NEVER_FIRST = frozenset(
    ")]}）］｝」』】〉》〕’”、。，．・：；？！!?:;,.％%ー々ゝゞ…‥〜～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_PAUSES = frozenset(" )]}）］｝」』】〉》〕’”、。，．・：；？！!?:;,.…‥〜～")
_NEVER_LAST = frozenset("([{（［｛「『【〈《〔‘“")
_BREAKS = {
    ("HIRAGANA", "CJK"): 0.02,
    ("HIRAGANA", "KATAKANA"): 0.02,
    ("HIRAGANA", "LATIN"): 0.02,
    ("CJK", "CJK"): 0.6,
    ("KATAKANA", "KATAKANA"): 1.5,
    ("HIRAGANA", "HIRAGANA"): 0.25,
    ("CJK", "HIRAGANA"): 0.8,
    ("KATAKANA", "HIRAGANA"): 0.8,
    ("LATIN", "HIRAGANA"): 0.8,
}
"""What it costs to break a line between two scripts, where 1 is a line left empty. Most phrases of Japanese end in
hiragana and begin in another script; a line that begins with a particle or tears a word reads badly."""
_OTHER = 0.5
_LINE = 0.3
"""What one more line costs."""
TORN = 0.4
"""Cost from which on a break is one that a reader stumbles over."""


def lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`text` in lines that `width` allows: few, of even lengths, and broken where a reader pauses.

    Words of other scripts are not torn unless one is longer than a line, and the rules of Japanese typesetting hold on
    which characters begin and end no line (JIS X 4051).
    """
    parts = [piece for part in _parts(" ".join(text.split())) for piece in _fitting(part, width, measure)]
    if not parts:
        return []

    @cache
    def best(start: int) -> tuple[float, int]:
        """What the lines from a part on cost, and where the next line begins."""
        found: list[tuple[float, int]] = []
        for end in range(start + 1, len(parts) + 1):
            room = measure("".join(parts[start:end]).strip())
            if room > width and end > start + 1:
                break
            cost = _LINE + max(0.0, 1 - room / width) ** 2
            if end < len(parts):
                cost += best(end)[0] + _cost(parts[end - 1], parts[end])
            found.append((cost, end))
        return min(found)

    result, start = [], 0
    while start < len(parts):
        end = best(start)[1]
        result.append("".join(parts[start:end]).strip())
        start = end
    return result


def _parts(text: str) -> Iterator[str]:
    """Pieces between which a line may break."""
    piece = ""
    for char in text:
        if piece and not _stay_together(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _stay_together(before: str, after: str) -> bool:
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return True
    return before != " " and not _is_wide(before) and not _is_wide(after)


def _fitting(part: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """A part in pieces that fit a line each."""
    piece = ""
    for char in part if measure(part.strip()) > width else ():
        if piece and measure(piece + char) > width:
            yield piece
            piece = ""
        piece += char
    yield piece or part


def _cost(before: str, after: str) -> float:
    """Of a line break between two parts."""
    if before[-1] in _PAUSES or after[0] in _NEVER_LAST:
        return 0.0
    return _BREAKS.get((_script(before[-1]), _script(after[0])), _OTHER)


def worst(found: Sequence[str]) -> float:
    """What the worst break between lines costs; one at a space is none to a reader."""
    wide = [(one, other) for one, other in pairwise(found) if _is_wide(one[-1]) or _is_wide(other[0])]
    return max((_cost(one, other) for one, other in wide), default=0.0)


def _script(char: str) -> str:
    return "KATAKANA" if char == "ー" else unicodedata.name(char, "").partition(" ")[0]


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
