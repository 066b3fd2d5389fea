"""On which line of its file a piece of Markdown stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token


def offset(text: str, source: str) -> int:
    """How many lines into a cell's source its prose begins, where that is a string in code; 0 where it is not found."""
    if text == source:
        return 0
    lines = text.splitlines()
    index = next((index for index, line in enumerate(lines) if line.strip()), None)
    if index is None:
        return 0
    matches = (number for number, line in enumerate(source.splitlines()) if lines[index].strip() in line)
    return max(next(matches, index) - index, 0)


def with_lines(tokens: Sequence[Token], first: int) -> Iterator[tuple[Token, int]]:
    """All tokens of all levels, each with the line of the file it stands on; `first` is the first line's number."""
    line = first
    for token in tokens:
        if token.map:
            line = first + token.map[0]
        yield token, line
        yield from _inline_with_lines(token.children or (), line)


def _inline_with_lines(tokens: Sequence[Token], line: int) -> Iterator[tuple[Token, int]]:
    for token in tokens:
        breaks = token.content.count("\n") if token.type in ("math_inline", "html_inline", "code_inline") else 0
        yield token, line
        line += breaks or (token.type in ("softbreak", "hardbreak") or bool(token.meta.get("joined")))
        if token.type == "image":
            yield from ((child, line) for child in token.children or ())
