"""One piece of a marimo file becomes the draft of a cell, with exactly the text its author wrote in the editor."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable
from typing import Any

from nbpublish.formats.draft import Draft
from nbpublish.formats.marimo_broken import ANONYMOUS, unparsable_cell
from nbpublish.formats.marimo_pieces import Piece
from nbpublish.formats.marimo_text import Function, after, block_text, column_of, definition_text, signature_end
from nbpublish.formats.text import parse, trimmed
from nbpublish.model import Options, Problem

CELL_KINDS = frozenset({"cell", "function", "class_definition"})
_LAYOUT = frozenset({"column", "expand_output"})


def cell_of(
    path: str, lines: list[str], piece: Piece, kind: str, said: Iterable[tuple[str, Any, int]], end: int
) -> Draft:
    """Draft of the cell in `piece`, whose tail comments reach to line `end`; `said` are its decorator's options."""
    node = piece.node
    assert node
    if kind == "unparsable":
        draft = unparsable_cell(path, node)
    elif isinstance(node, ast.With | ast.AsyncWith):
        source, line = block_text(lines, node, end, after(lines, node.items[0].context_expr))
        draft = Draft("code", source, line, "setup", "setup")
    elif kind == "cell" and isinstance(node, Function):
        source, line = block_text(lines, node, end, signature_end(lines, node))
        name = None if node.name in ANONYMOUS else node.name
        draft = _prose(node, source, line, name) or Draft("code", source, line, name, name)
    else:
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        source, line = definition_text(lines, node, kind, end)
        draft = Draft("code", source, line, node.name, node.name)
    _configure(draft, said, path)
    if kind == "cell":
        _decorations(draft, path, lines, piece)
    return draft


def _configure(draft: Draft, said: Iterable[tuple[str, Any, int]], path: str) -> None:
    hidden = disabled = False
    for key, value, line in said:
        if key == "hide_code":
            hidden = bool(value)
        elif key == "disabled":
            disabled = bool(value)
        elif key == "name" and isinstance(value, str):
            draft.name = draft.id = None if value in ANONYMOUS else value
        elif key not in _LAYOUT:
            message = f"The cell option `{key}` is unknown and has no effect."
            draft.problems.append(Problem("cell-option", message, path, line, severity="warning"))
    draft.options = Options(code="fold" if hidden else None, disabled=disabled)


def _decorations(draft: Draft, path: str, lines: list[str], piece: Piece) -> None:
    """What stands between a cell's decorator and its signature belongs to no cell's text."""
    node = piece.node
    assert isinstance(node, Function | ast.ClassDef)
    decorated = {n for d in node.decorator_list for n in range(d.lineno, (d.end_lineno or d.lineno) + 1)}
    for n in range(piece.start, node.lineno):
        if n not in decorated and lines[n - 1].strip():
            message = "This comment stands above the cell's signature, where marimo drops it. Move it into the cell."
            draft.problems.append(Problem("stray-comment", message, path, n, severity="warning"))
    for decorator in node.decorator_list:
        if len(node.decorator_list) > 1 and not ast.unparse(decorator).startswith("app.cell"):
            message = "marimo ignores and drops further decorators of a cell. Remove it, or decorate a function inside."
            draft.problems.append(Problem("decorated-cell", message, path, decorator.lineno, severity="warning"))


# --- prose ----------------------------------------------------------------------------------------------------------


def _prose(node: Function, source: str, line: int, name: str | None) -> Draft | None:
    """A cell that is nothing but `mo.md` of a constant is prose, and needs no Python to be read."""
    body = node.body[:-1] if isinstance(node.body[-1], ast.Return) else node.body
    if len(body) != 1 or _constant(body[0]) is None:
        return None
    try:
        (again,) = parse(source).body  # read again, because the indentation is out of the string now
    except (SyntaxError, ValueError):
        return None
    found = _constant(again)
    lines = source.split("\n")
    last = again.end_lineno or 1
    if found is None or lines[last - 1][column_of(lines, last, again.end_col_offset or 0) :].lstrip().startswith(";"):
        return None  # a `;` keeps it from being displayed
    value, place = found
    head, _, rest = value.partition("\n")
    rows = [head.lstrip(), *textwrap.dedent(rest).split("\n")]
    spread = (place.end_lineno or place.lineno) - place.lineno
    prose, offset = trimmed(rows, 0)
    return Draft("markdown", prose, line + place.lineno - 1 + min(offset, spread), name, name)


def _constant(node: ast.AST) -> tuple[str, ast.expr] | None:
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("mo"), "md"), [argument], [])):
            match argument:
                case ast.Constant(str() as value):
                    return value, argument
                case ast.JoinedStr([ast.Constant(str() as value)]):
                    return value, argument
                case ast.JoinedStr([]):
                    return "", argument
    return None
