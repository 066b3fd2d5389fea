"""A marimo file becomes pieces: its statements, and where Python cannot read it, what can still be told apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbpublish.formats.text import parse

_STARTER = re.compile(
    r"@app\.(?:cell|function|class_definition)\b|(?:async\s+)?with\s+app\.setup\b|app\._unparsable_cell\b"
    r"|if\s+__name__\s*==|import\s+marimo\b|app\s*=\s*\w+\.App\b|__generated_with\b"
)
_MERGES = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement with its decorators, or lines that are no Python. Lines count from 1, both ends included."""

    start: int
    end: int
    node: ast.stmt | None = None
    error: SyntaxError | None = None
    limit: int = 0
    """Last line before the next piece; 0 for the file's end."""

    @property
    def error_line(self) -> int:
        """Line of the file on which Python gave up."""
        inside = (self.error.lineno if self.error else 1) or 1
        return min(self.start + max(inside, 1) - 1, self.end)


def pieces_of(text: str) -> list[Piece]:
    """All statements in order. A part that Python cannot read is one piece, and spoils no other."""
    try:
        found = list(_statements(parse(text), 0))
    except SyntaxError:
        found = list(_recovered(text.split("\n")))
    limits = [*(piece.start - 1 for piece in found[1:]), 0]
    return [replace(piece, limit=limit) for piece, limit in zip(found, limits, strict=False)]


def _statements(tree: ast.Module, offset: int) -> Iterator[Piece]:
    for node in tree.body:
        if offset:
            ast.increment_lineno(node, offset)
        decorators = getattr(node, "decorator_list", [])
        yield Piece(min([node.lineno, *(d.lineno for d in decorators)]), node.end_lineno or node.lineno, node)


def _recovered(lines: list[str]) -> Iterator[Piece]:
    """Cut at the lines that begin a cell, then read each part on its own.

    A part that cannot be read may have been cut inside a string; it is tried together with the next few, and
    counts as cut wrongly only if they make exactly one statement.
    """
    cuts = [*_cuts(lines), len(lines)]
    n = 0
    while n < len(cuts) - 1:
        start = cuts[n]
        first: SyntaxError | None = None
        for stop in range(n + 1, min(n + 2 + _MERGES, len(cuts))):
            try:
                tree = parse("\n".join(lines[start : cuts[stop]]))
            except SyntaxError as error:
                first = first or error
                continue
            if first is None or len(tree.body) == 1:
                yield from _statements(tree, start)
                n = stop
                break
        else:
            end = cuts[n + 1]
            while end > start + 1 and not lines[end - 1].strip():
                end -= 1
            yield Piece(start + 1, end, error=first)
            n += 1


def _cuts(lines: list[str]) -> Iterator[int]:
    """Indices of the lines at which a part begins, decorators above a cell's own included; 0 first."""
    yield 0
    last = 0
    for n, line in enumerate(lines):
        if n and _STARTER.match(line):
            while n - 1 > last and lines[n - 1].startswith("@") and not _STARTER.match(lines[n - 1]):
                n -= 1
            if n > last:
                yield n
                last = n
