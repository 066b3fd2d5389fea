"""Where in a cell a name stands. Looked up only for a message, so that analysis need not keep it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from nbpublish.graph.syntax import Malformed, parse


def definition_line(code: str, name: str) -> int:
    """Line of the cell, from 1, on which the code first binds `name`; 1 where that cannot be seen."""
    return _first(code, lambda node: name in _binds(node))


def reference_line(code: str, name: str) -> int:
    """Line of the cell, from 1, on which the code first reads `name`; 1 where that cannot be seen."""
    return _first(code, lambda node: isinstance(node, ast.Name) and node.id == name)


def is_imported(code: str, name: str) -> bool:
    """Whether what `code` binds as `name` is an import."""
    line = definition_line(code, name)
    return any(
        isinstance(node, ast.Import | ast.ImportFrom) and node.lineno == line and name in _binds(node)
        for node in _nodes(code)
    )


def _nodes(code: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(parse(code))
    except Malformed:
        return


def _first(code: str, fits: Callable[[ast.AST], bool]) -> int:
    return min((node.lineno for node in _nodes(code) if fits(node)), default=1)  # type: ignore[attr-defined]


def _binds(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id, ast.Store()):
            return {id}
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            return {name}
        case ast.Import(names) | ast.ImportFrom(names=names):
            return {alias.asname or alias.name.partition(".")[0] for alias in names}
        case ast.MatchAs(name=str() as name) | ast.MatchStar(str() as name) | ast.MatchMapping(rest=str() as name):
            return {name}
    return set()
