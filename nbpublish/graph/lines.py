"""Where in a cell a name stands. Looked up only for a message, so that analysis need not keep it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbpublish.graph.syntax import Malformed, parse


def definition_line(code: str, name: str) -> int:
    """Line of the cell, from 1, on which the code first binds `name`."""
    lines = [node.lineno for node in _bindings(code, name)]
    return min(lines) if lines else _word_line(code, name)


def reference_line(code: str, name: str) -> int:
    """Line of the cell, from 1, on which the code first reads `name`."""
    lines = [node.lineno for node, _ in _nodes(code) if isinstance(node, ast.Name) and node.id == name]
    return min(lines) if lines else _word_line(code, name)


def is_imported(code: str, name: str) -> bool:
    """Whether all that binds `name` are imports."""
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in _bindings(code, name))


def is_table(code: str, name: str) -> bool:
    """Whether `name` is bound in SQL text only."""
    return not _bindings(code, name)


def _bindings(code: str, name: str) -> list[ast.stmt | ast.Name]:
    """At module level, else within a function, where `global` lets it bind."""
    nodes = [(node, depth) for node, depth in _nodes(code) if name in _binds(node)]
    outermost = min((depth for _, depth in nodes), default=0)
    return [node for node, depth in nodes if depth == outermost]  # type: ignore[misc]


def _word_line(code: str, name: str) -> int:
    """For names inside strings; 1 where there is none."""
    word = re.search(rf"\b{re.escape(name.rpartition('.')[2])}\b", code, re.IGNORECASE)
    return code.count("\n", 0, word.start()) + 1 if word else 1


def _nodes(code: str) -> Iterator[tuple[ast.AST, int]]:
    """All nodes of the tree, with the number of functions and classes around each."""
    try:
        waiting: list[tuple[ast.AST, int]] = [(parse(code), 0)]
    except Malformed:
        return
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        inner = depth + isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))


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
