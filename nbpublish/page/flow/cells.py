"""A run → what its flow drawing shows: the cells that hang together, each with a label, and their edges."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from nbpublish.model import Cell, Names, Run
from nbpublish.page.math import MathError, to_mathml

_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Node:
    """A cell in the drawing."""

    id: str
    number: int
    """Its place among the cells of code in the file's order, from 1."""
    label: str
    defs: tuple[str, ...]
    """The names that it defines and others use, unless the label says them already."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Cells in the order they run, and edges from who defines a name to who uses it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]


def flow_of(run: Run) -> Flow:
    """The cells that feed others or are fed by them.

    Cells of imports feed nearly all others, which says nothing: they are left out with their edges.
    """
    order = [run.notebook.cell(id) for id in run.graph.order]
    drawn = {cell.id for cell in order if not _imports_only(cell.code)}
    edges = tuple(
        (parent, cell.id)
        for cell in order
        if cell.id in drawn
        for parent in run.graph.parents.get(cell.id, ())
        if parent in drawn
    )
    ends = {id for edge in edges for id in edge}
    used = {name for id in ends for name in run.graph.names.get(id, Names()).refs}
    numbers = _numbers(run)
    nodes = tuple(_node(cell, numbers[cell.id], run, used) for cell in order if cell.id in ends)
    return Flow(nodes, edges)


def _numbers(run: Run) -> dict[str, int]:
    code = [cell.id for cell in run.notebook.cells if cell.kind == "code"]
    return {id: number for number, id in enumerate(code, 1)}


def _node(cell: Cell, number: int, run: Run, used: set[str]) -> Node:
    defs = tuple(sorted(run.graph.names.get(cell.id, Names()).defs & used))
    named = cell.name and cell.name.strip("_")
    label = cell.name if named else ", ".join(defs) or _prose(cell.code) or _first_line(cell.source)
    return Node(cell.id, number, label or "", defs if named and defs != (cell.name,) else ())


def _prose(code: str) -> str:
    """The first words of what a cell says that only shows prose, such as `mo.callout(mo.md("…"))`; else nothing."""
    body = _parsed(code)
    if len(body) != 1 or not isinstance(shown := body[0], ast.Expr) or not isinstance(shown.value, ast.Call):
        return ""
    if not any(isinstance(node, ast.Attribute) and node.attr == "md" for node in ast.walk(shown)):
        return ""
    texts = (node.value for node in ast.walk(shown) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    lines = (re.sub(r"\*\*|`|^[>\s]+", "", _FORMULA.sub(_spoken, _first_line(text))).strip() for text in texts)
    return next((line for line in lines if len(line) > 2), "")


_FORMULA = re.compile(r"\$([^$\n]+)\$?")


def _spoken(formula: re.Match[str]) -> str:
    """The letters and signs of a formula, one that a value cuts off included: a drawing has no room for more."""
    try:
        return re.sub(r"<[^>]*>", "", to_mathml(formula[1].strip(), display=False))
    except MathError:
        return formula[1]


def _first_line(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first.lstrip("# ") or first


def _imports_only(code: str) -> bool:
    body = _parsed(code)
    return any(isinstance(node, _IMPORTS) for node in body) and all(
        isinstance(node, _IMPORTS) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in body
    )


def _parsed(code: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
