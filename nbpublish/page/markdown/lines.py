"""Where a block ends: by its indentation, or at the fence that closes it."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it.rules_block import StateBlock


def text_of(state: StateBlock, line: int) -> str:
    """A line without its indentation and without trailing spaces."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def indented_end(state: StateBlock, start: int, end: int) -> tuple[int, int]:
    """Where the block that is indented below line `start` ends, and by how many columns it is indented, at most four.

    Blank lines belong to it when an indented line follows.
    """
    base = state.sCount[start]
    last, indent = start, 4
    for line in range(start + 1, end):
        if state.isEmpty(line):
            continue
        depth = state.sCount[line] - base
        if depth < 2 or (last > start and depth < indent):
            break
        if last == start:
            indent = min(depth, 4)
        last = line
    return last + 1, indent


@lru_cache(64)
def _fence(marker: str) -> re.Pattern[str]:
    return re.compile(rf"({re.escape(marker)}{{3,}})(?!{re.escape(marker)})[ \t]*(\S.*)?")


_CODE_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")


def fenced_end(state: StateBlock, start: int, end: int, marker: str) -> int | None:
    """The line that closes the block whose fence of `marker`s stands on line `start`, None where there is none.

    Blocks inside may have fences of the same length when they are closed themselves; fences in code do not count.
    """
    opening = _fence(marker).match(text_of(state, start))
    assert opening
    length, depth, code = len(opening[1]), 1, ""
    for line in range(start + 1, end):
        if not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            return None
        text = text_of(state, line)
        if fence := _CODE_FENCE.match(text) if marker not in "`~" else None:
            if not code:
                code = fence[1]
            elif fence[1].startswith(code) and not fence[2].strip():
                code = ""
        elif not code and (match := _fence(marker).match(text)) and len(match[1]) == length:
            depth += 1 if match[2] else -1
            if not depth:
                return line
        elif not code and match and len(match[1]) > length and not match[2] and marker in "`~":
            return line
    return None
