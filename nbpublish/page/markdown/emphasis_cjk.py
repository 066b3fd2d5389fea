"""Emphasis beside Chinese, Japanese and Korean text.

CommonMark decides by spaces and punctuation whether `**` opens or closes. Text without spaces between words defeats
that: `これは**「強調」**です` would keep its asterisks. The amendment is that of the markdown-cjk-friendly
specification (https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md): CJK punctuation counts as a
letter, and other punctuation may touch a delimiter that has a CJK character on its other side. Without CJK characters
nothing changes.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned


def emphasis_cjk(md: MarkdownIt) -> None:
    md.inline.ruler.at("emphasis", _emphasis)
    md.inline.ruler.at("strikethrough", _strikethrough)


@lru_cache(4096)
def is_cjk(char: str) -> bool:
    """Whether a character belongs to a script written without spaces, to its punctuation, or to Hangul."""
    if "\U000e0100" <= char <= "\U000e01ef":  # variants of ideographs
        return True
    if unicodedata.east_asian_width(char) in "WFH":
        return unicodedata.category(char) != "So" or "\u3000" <= char <= "\u33ff"  # most wide symbols are emoji
    return "\u1100" <= char <= "\u11ff" or "\ua960" <= char <= "\ua97f" or "\ud7b0" <= char <= "\ud7ff"


def is_punctuation(char: str) -> bool:
    """Whether CommonMark counts a character as punctuation: ASCII's, or Unicode's categories P and S."""
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def scan(state: StateInline, can_split_word: bool) -> Scanned:
    """`StateInline.scanDelims` with the amendment: what a run of delimiters at the state's position may do."""
    start = end = state.pos
    while end < state.posMax and state.src[end] == state.src[start]:
        end += 1
    # the line's start and end count as white space
    before = _before(state.src, start) if start > 0 else " "
    after = state.src[end] if end < state.posMax else " "

    space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    cjk_before, cjk_after = is_cjk(before), is_cjk(after)
    mark_before, mark_after = is_punctuation(before), is_punctuation(after)
    barrier_before = mark_before and not cjk_before
    barrier_after = mark_after and not cjk_after

    left = not space_after and (not barrier_after or space_before or barrier_before or cjk_before)
    right = not space_before and (not barrier_before or space_after or barrier_after or cjk_after)
    return Scanned(
        can_open=left and (can_split_word or not right or mark_before),
        can_close=right and (can_split_word or not left or mark_after),
        length=end - start,
    )


def _before(src: str, position: int) -> str:
    """The character before `position`, without the variation selectors that follow it."""
    index = position - 1
    while index > 0 and "\ufe00" <= src[index] <= "\ufe0e":
        index -= 1
    return src[index]


def _emphasis(state: StateInline, silent: bool) -> bool:
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = scan(state, marker == "*")
    for _ in range(scanned.length):
        _push(state, marker, marker, scanned.length, scanned)
    state.pos += scanned.length
    return True


def _strikethrough(state: StateInline, silent: bool) -> bool:
    """`~~text~~`; a single tilde is a subscript, see `marks.py`."""
    if silent or state.src[state.pos] != "~":
        return False
    scanned = scan(state, True)
    if scanned.length < 2:
        return False
    if scanned.length % 2:
        state.push("text", "", 0).content = "~"
    for _ in range(scanned.length // 2):
        _push(state, "~", "~~", 0, scanned)  # length 0: the rule of three is not for tildes
    state.pos += scanned.length
    return True


def _push(state: StateInline, marker: str, content: str, length: int, scanned: Scanned) -> None:
    state.push("text", "", 0).content = content
    position = len(state.tokens) - 1
    state.delimiters.append(Delimiter(ord(marker), length, position, -1, scanned.can_open, scanned.can_close))
