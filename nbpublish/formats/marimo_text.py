"""Where the text of a marimo cell begins and ends in its file, and that text without its indentation."""

from __future__ import annotations

import ast

from nbpublish.formats.strings import continued
from nbpublish.formats.text import trimmed

Function = ast.FunctionDef | ast.AsyncFunctionDef


def column_of(lines: list[str], line: int, offset: int) -> int:
    """Index of a character, from the UTF-8 offset that `ast` gives."""
    text = lines[line - 1]
    return offset if text.isascii() else len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def after(lines: list[str], node: ast.AST) -> tuple[int, int]:
    """Line and column just after the `:` that follows `node`."""
    line = node.end_lineno  # type: ignore[attr-defined]
    return _colon(lines, line, column_of(lines, line, node.end_col_offset))  # type: ignore[attr-defined]


def _colon(lines: list[str], line: int, column: int) -> tuple[int, int]:
    while line <= len(lines):
        text = lines[line - 1]
        comment = text.find("#", column)
        colon = text.find(":", column, None if comment < 0 else comment)
        if colon >= 0:
            return line, colon + 1
        line, column = line + 1, 0
    return len(lines), len(lines[-1])


def signature_end(lines: list[str], node: Function) -> tuple[int, int]:
    """After the last annotation, default or parameter only brackets, commas and comments come before the `:`."""
    arguments = node.args
    parts: list[ast.AST | None] = [
        *(*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg),
        *(*arguments.defaults, *arguments.kw_defaults, node.returns, *getattr(node, "type_params", [])),
    ]
    ends = [(p.end_lineno, p.end_col_offset) for p in parts if p]  # type: ignore[attr-defined]
    line, offset = max([(node.lineno, node.col_offset), *ends])
    return _colon(lines, line, column_of(lines, line, offset))


def block_text(
    lines: list[str], node: Function | ast.With | ast.AsyncWith, end: int, colon: tuple[int, int]
) -> tuple[str, int]:
    """Text of a block without its indentation and without the `return` or `pass` that marimo puts at its end."""
    first, last = node.body[0], node.body[-1]
    inline = first.lineno == colon[0]
    start = colon[0] if inline else colon[0] + 1
    decorators = getattr(first, "decorator_list", [])
    column = column_of(lines, first.lineno, min([first.col_offset, *(d.col_offset - 1 for d in decorators)]))
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
    before = lines[node.lineno - 1][: column_of(lines, node.lineno, node.col_offset)]
    after = lines[end_line - 1][column_of(lines, end_line, node.end_col_offset or 0) :].lstrip(" \t;")
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


def definition_text(lines: list[str], node: Function | ast.ClassDef, kind: str, end: int) -> tuple[str, int]:
    """Text of a function or class that is a cell itself, with its further decorators."""
    first = min(decorator.lineno for decorator in node.decorator_list)
    block = lines[first - 1 : end]
    for decorator in node.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(name, ast.Attribute) and ast.unparse(name) == f"app.{kind}":
            for n in range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1):
                block[n - first] = ""
    return trimmed(block, first)
