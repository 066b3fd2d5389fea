"""One piece of a marimo file becomes the draft of a cell, with exactly the text its author wrote in the editor."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable
from typing import Any

from nbpublish.formats.draft import Draft
from nbpublish.formats.marimo_pieces import Piece
from nbpublish.formats.strings import continued
from nbpublish.formats.text import parse, trimmed
from nbpublish.model import Options, Problem

CELL_KINDS = frozenset({"cell", "function", "class_definition"})
_LAYOUT = frozenset({"column", "expand_output"})
_ANONYMOUS = frozenset({"_", "__"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef

_BROKEN_START = re.compile(r"@app\.(cell|function|class_definition)\b|(?:async\s+)?with\s+app\.(setup)\b")
_DEF = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)")


def cell_of(
    path: str, lines: list[str], piece: Piece, kind: str, said: Iterable[tuple[str, Any, int]], end: int
) -> Draft:
    """Draft of the cell in `piece`, whose tail comments reach to line `end`; `said` are its decorator's options."""
    node = piece.node
    assert node
    if kind == "unparsable":
        return _unparsable(path, node)
    if isinstance(node, ast.With | ast.AsyncWith):
        source, line = _body(lines, node, end, _after(lines, node.items[0].context_expr))
        draft = Draft("code", source, line, "setup", "setup")
    elif kind == "cell" and isinstance(node, _Function):
        source, line = _body(lines, node, end, _signature_end(lines, node))
        name = None if node.name in _ANONYMOUS else node.name
        draft = _prose(node, source, line, name) or Draft("code", source, line, name, name)
    else:
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        source, line = _definition(lines, node, kind, end)
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
            draft.name = draft.id = None if value in _ANONYMOUS else value
        elif key not in _LAYOUT:
            message = f"The cell option `{key}` is unknown and has no effect."
            draft.problems.append(Problem("cell-option", message, path, line, severity="warning"))
    draft.options = Options(code="fold" if hidden else None, disabled=disabled)


def _decorations(draft: Draft, path: str, lines: list[str], piece: Piece) -> None:
    """What stands between a cell's decorator and its signature belongs to no cell's text."""
    node = piece.node
    assert isinstance(node, _Function | ast.ClassDef)
    decorated = {n for d in node.decorator_list for n in range(d.lineno, (d.end_lineno or d.lineno) + 1)}
    for n in range(piece.start, node.lineno):
        if n not in decorated and lines[n - 1].strip():
            message = "This comment stands above the cell's signature, where marimo drops it. Move it into the cell."
            draft.problems.append(Problem("stray-comment", message, path, n, severity="warning"))
    for decorator in node.decorator_list:
        if len(node.decorator_list) > 1 and not ast.unparse(decorator).startswith("app.cell"):
            message = "marimo ignores and drops further decorators of a cell. Remove it, or decorate a function inside."
            draft.problems.append(Problem("decorated-cell", message, path, decorator.lineno, severity="warning"))


# --- the text of a cell ---------------------------------------------------------------------------------------------


def _column(lines: list[str], line: int, offset: int) -> int:
    """Index of a character, from the UTF-8 offset that `ast` gives."""
    text = lines[line - 1]
    return offset if text.isascii() else len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def _after(lines: list[str], node: ast.AST) -> tuple[int, int]:
    """Line and column just after the `:` that follows `node`."""
    line = node.end_lineno  # type: ignore[attr-defined]
    return _colon(lines, line, _column(lines, line, node.end_col_offset))  # type: ignore[attr-defined]


def _colon(lines: list[str], line: int, column: int) -> tuple[int, int]:
    while line <= len(lines):
        text = lines[line - 1]
        comment = text.find("#", column)
        colon = text.find(":", column, None if comment < 0 else comment)
        if colon >= 0:
            return line, colon + 1
        line, column = line + 1, 0
    return len(lines), len(lines[-1])


def _signature_end(lines: list[str], node: _Function) -> tuple[int, int]:
    """After the last annotation, default or parameter only brackets, commas and comments come before the `:`."""
    arguments = node.args
    parts: list[ast.AST | None] = [
        *(*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg),
        *(*arguments.defaults, *arguments.kw_defaults, node.returns, *getattr(node, "type_params", [])),
    ]
    ends = [(p.end_lineno, p.end_col_offset) for p in parts if p]  # type: ignore[attr-defined]
    line, offset = max([(node.lineno, node.col_offset), *ends])
    return _colon(lines, line, _column(lines, line, offset))


def _body(
    lines: list[str], node: _Function | ast.With | ast.AsyncWith, end: int, colon: tuple[int, int]
) -> tuple[str, int]:
    """Text of a block without its indentation and without the `return` or `pass` that marimo puts at its end."""
    first, last = node.body[0], node.body[-1]
    inline = first.lineno == colon[0]
    start = colon[0] if inline else colon[0] + 1
    decorators = getattr(first, "decorator_list", [])
    column = _column(lines, first.lineno, min([first.col_offset, *(d.col_offset - 1 for d in decorators)]))
    block = lines[start - 1 : end]
    if isinstance(last, ast.Return) or (isinstance(last, ast.Pass) and last is first and not inline):
        _cut(block, lines, last, start)
    if inline:
        block[0] = block[0][column:] if len(block[0]) > column else ""
        return trimmed(block, start)
    return trimmed(_dedented(block, lines[first.lineno - 1][:column]), start)


def _cut(block: list[str], lines: list[str], node: ast.stmt, start: int) -> None:
    """Take a last statement out of its block, and leave its lines in place."""
    end_line = node.end_lineno or node.lineno
    before = lines[node.lineno - 1][: _column(lines, node.lineno, node.col_offset)]
    after = lines[end_line - 1][_column(lines, end_line, node.end_col_offset or 0) :].lstrip(" \t;")
    before = before.rstrip("; \t") if before.strip() else before
    block[node.lineno - start] = before + ("  " if before.strip() and after else "") + after
    for n in range(node.lineno + 1, end_line + 1):
        block[n - start] = ""


def _dedented(block: list[str], indent: str) -> list[str]:
    """Lines without `indent`. A string with a line further left was not indented with its cell and is left alone."""
    inside = continued("\n".join(block))
    result = list(block)
    n = 0
    while n < len(block):
        if n not in inside:
            result[n] = block[n].removeprefix(indent) if block[n].strip() else ""
            n += 1
            continue
        stop = n
        while stop in inside:
            stop += 1
        if all(not text.strip() or not text[: len(indent)].strip() for text in block[n:stop]):
            result[n:stop] = [_shifted(text, len(indent)) for text in block[n:stop]]
        n = stop
    return result


def _shifted(text: str, width: int) -> str:
    """The line with at most `width` characters of white space taken off its head."""
    return text[min(width, len(text) - len(text.lstrip(" \t"))) :]


def _definition(lines: list[str], node: _Function | ast.ClassDef, kind: str, end: int) -> tuple[str, int]:
    """Text of a function or class that is a cell itself, with its further decorators."""
    first = min(decorator.lineno for decorator in node.decorator_list)
    block = lines[first - 1 : end]
    for decorator in node.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(name, ast.Attribute) and ast.unparse(name) == f"app.{kind}":
            for n in range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1):
                block[n - first] = ""
    return trimmed(block, first)


# --- prose ----------------------------------------------------------------------------------------------------------


def _prose(node: _Function, source: str, line: int, name: str | None) -> Draft | None:
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
    if found is None or lines[last - 1][_column(lines, last, again.end_col_offset or 0) :].lstrip().startswith(";"):
        return None  # a `;` keeps it from being displayed
    value, place = found
    head, _, rest = value.partition("\n")
    rows = [*(row.rstrip() for row in [head.lstrip()]), *textwrap.dedent(rest).split("\n")]
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


# --- what cannot be read --------------------------------------------------------------------------------------------


def _unparsable(path: str, node: ast.stmt) -> Draft:
    """marimo's own way to store a cell that is not Python."""
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    text, line = ast.unparse(node), node.lineno
    match node.value.args:
        case [ast.Constant(str() as value) as place]:
            rows = textwrap.dedent(value).split("\n")
            text, offset = trimmed(rows, 0)
            line = place.lineno + min(offset, (place.end_lineno or place.lineno) - place.lineno)
    draft = Draft("code", text, line)
    said = [
        (keyword.arg or "**", keyword.value.value, keyword.value.lineno)
        for keyword in node.value.keywords
        if isinstance(keyword.value, ast.Constant)
    ]
    _configure(draft, said, path)
    try:
        parse(text)
        message, where = "marimo stored this cell as one it could not read. Open and save the notebook in marimo.", line
    except SyntaxError as error:
        message, where = _spoiled(error), line + max((error.lineno or 1) - 1, 0)
    draft.problems.append(Problem("syntax", message, path, where))
    return draft


def broken_cell(path: str, lines: list[str], piece: Piece) -> Draft | None:
    """Draft of a cell that Python cannot read, cut by its lines; None for a piece that is no cell."""
    assert piece.error
    block = lines[piece.start - 1 : piece.end]
    kinds = [found[1] or found[2] for found in map(_BROKEN_START.match, block) if found]
    if not kinds:
        return None
    kind = kinds[0]
    row = next(n for n, text in enumerate(block) if _BROKEN_START.match(text))
    opened = row if kind == "setup" else next((n for n in range(row, len(block)) if _DEF.match(block[n])), None)
    name = "setup" if kind == "setup" else None
    if kind != "setup" and opened is not None:
        found = _DEF.match(block[opened])
        name = found[1] if found and found[1] not in _ANONYMOUS else None
    first = row + 1
    if kind in {"cell", "setup"} and opened is not None:
        first = _block_start(block, opened)
    rows = block[first:]
    indent = next((text[: len(text) - len(text.lstrip())] for text in rows if text.strip()), "")
    if kind == "cell":
        rows = _without_return(rows, indent)
    source, line = trimmed([text.removeprefix(indent) for text in rows], piece.start + first)
    draft = Draft("code", source, line, name, name)
    draft.problems.append(Problem("syntax", _spoiled(piece.error), path, piece.error_line))
    return draft


def _block_start(block: list[str], opened: int) -> int:
    """Index of the line below the signature that begins on line `opened`."""
    for n in range(opened, len(block)):
        bare = block[n].split("#")[0].rstrip()
        if bare.endswith(":") and (n == opened or bare.startswith(")")):
            return n + 1
    return opened + 1


def _without_return(rows: list[str], indent: str) -> list[str]:
    """The rows without the last `return`, if nothing but its own continuation follows it."""
    starts = [n for n, text in enumerate(rows) if re.match(re.escape(indent) + r"return\b", text)]
    if not starts or not indent:
        return rows
    rest = rows[starts[-1] + 1 :]
    own = all(not text.strip() or text.startswith((indent + " ", indent + "\t", indent + ")")) for text in rest)
    return rows[: starts[-1]] if own else rows


def _spoiled(error: SyntaxError) -> str:
    return f"Python cannot read this cell: {error.msg}. It does not run; correct it on this line."
