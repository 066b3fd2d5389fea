"""Simple tables of reStructuredText, whose columns stand below rows of `=`, become tables of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_BORDER = re.compile(r"\s*=+(?:\s+=+)+\s*$")


def simple_table(lines: list[str], inline: Callable[[str], str]) -> list[str] | None:
    """The rows of a Markdown table; None where `lines` are no simple table, or one whose cells Markdown cannot hold.

    `inline` turns the text of one cell into Markdown.
    """
    borders = [n for n, line in enumerate(lines) if _BORDER.match(line)]
    if len(borders) not in (2, 3) or borders[0] != 0 or borders[-1] != len(lines) - 1:
        return None
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    ends: list[int | None] = [*starts[1:], None]  # text may hang over the end of the last column
    head: list[list[str]] = []
    body: list[list[str]] = []
    for n, line in enumerate(lines):
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        if n in borders or not any(cells):
            continue
        if any(start and not line[start - 1 : start].isspace() for start in starts if start < len(line)):
            return None  # a cell over several columns
        rows = head if len(borders) == 3 and n < borders[1] else body
        if rows and not cells[0]:  # goes on with the row above
            rows[-1] = [" ".join(filter(None, pair)) for pair in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    if len(head) > 1:
        head = [[" ".join(filter(None, column)) for column in zip(*head, strict=True)]]
    table = [*(head or [[""] * len(starts)]), ["---"] * len(starts), *body]
    return [_row(map(inline, row)) for row in table]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
