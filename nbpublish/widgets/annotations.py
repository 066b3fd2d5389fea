"""Comments that turn a constant into a widget, or say more of one: `k = 5  # widget: slider(1, 20)`.

What stands after `widget:` is read as Python's literals are, and never executed.

    slider(start, stop, step)   numbers            number(start, stop, step)   the same, typed
    values(a, b, …)             a slider over these
    dropdown(a, b, …)           one of these       radio(a, b, …)              the same, all in sight
    checkbox()   switch()       True or False      text(a, b, …)               one of these, written out
    static                      no widget

`label="…"` may stand last within the parentheses.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbpublish.widgets.domain import as_json, grid, grid_size
from nbpublish.widgets.given import constant_at, is_interact

_COMMENT = re.compile(r"#\s*widget:\s*(.+?)\s*$")
_NUMBERS = ("slider", "number")
_KINDS = {"values": "slider", "examples": "text"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the author says of the name that is assigned on a line."""

    name: str
    line: int
    """From 1, in its cell."""
    kind: str
    values: tuple[Any, ...]
    """Values in JSON types; empty where the comment names none, or cannot be read."""
    label: str
    is_constant: bool
    """Whether a constant is assigned there."""
    initial: Any = None
    fault: str = ""
    """What is wrong with the comment."""
    whole: int = 0
    """How many values there are in all, where those of a slider are too many."""
    is_argument: bool = False
    """It is an argument of `interact` of ipywidgets, and no comment."""

    @property
    def is_static(self) -> bool:
        """Whether there shall be no widget."""
        return self.kind == "static" or bool(self.fault)


def notes_in(code: str) -> list[Annotation]:
    """The widgets that comments in a cell speak of, in their order. Never raises."""
    if "widget:" not in code:
        return []
    try:
        comments = [(token.start[0], token.string) for token in _tokens(code) if token.type == tokenize.COMMENT]
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return []
    names = {node.end_lineno: name for node in body if (name := _assigned(node))}
    found = ((line, _COMMENT.fullmatch(text)) for line, text in comments)
    return [_read(code, names.get(line), line, match[1]) for line, match in found if match]


def interacts_in(code: str) -> list[Annotation]:
    """The arguments of `interact(f, k=(1, 9))` of ipywidgets, as notes on constants. Never raises."""
    if "interact" not in code:
        return []
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: dict[tuple[int, int], Annotation] = {}
    for node in nodes:
        if isinstance(node, ast.Call) and is_interact(node.func):
            for word in node.keywords:
                if word.arg and (note := _argument(word.arg, word.value)):
                    found[word.value.lineno, word.value.col_offset] = note
    return [found[place] for place in sorted(found)]


def _argument(name: str, value: ast.expr) -> Annotation | None:
    """What ipywidgets makes of an abbreviation; None where it is none, or its value is not known beforehand."""
    given = _abbreviated(value)
    kind, values, whole = "", list[Any](), 0
    initial: Any = None
    match given:
        case bool():
            kind, values, initial = "checkbox", [False, True], given
        case list() as items if items and all(isinstance(item, str | int | float) for item in items):
            kind, values, initial = "dropdown", items, items[0]
        case tuple((int() | float() as start, int() | float() as stop, *rest)) if len(rest) < 2 and stop > start:
            numbered = all(isinstance(item, int) for item in (start, stop, *rest))
            step = rest[0] if rest else (1 if numbered else 0.1)
            middle = start + (int((stop - start) / 2) if numbered else (stop - start) / 2)
            initial = start + int((middle - start) / step) * step if rest else middle
            kind, values, whole = "slider", [*grid(start, stop, step)], grid_size(start, stop, step)
            values = values if initial in values else sorted([*values, initial])
    if len(values) < 2:
        return None
    return Annotation(name, value.lineno, kind, tuple(values), name, True, initial, whole=whole, is_argument=True)


def _abbreviated(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value) if value.lineno == value.end_lineno else None
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(code).readline)


def _assigned(node: ast.stmt) -> str | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _read(code: str, name: str | None, line: int, text: str) -> Annotation:
    if name is None:
        return Annotation("", line, "static", (), "", False, fault="no name is assigned on this line")
    constant = constant_at(code, name, line)
    initial = _literal(constant) if constant else None
    known = constant is not None and initial is not _UNKNOWN
    if text == "static":
        return Annotation(name, line, "static", (), "", known, initial)
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise ValueError(f"`{text}` is no widget")
        given = [ast.literal_eval(argument) for argument in call.args]
        said = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
        label = str(said.pop("label", ""))
        values = _values(call.func.id, given, said, initial if known else _UNKNOWN)
        whole = grid_size(*_bounds(call.func.id, given, said)) if call.func.id in _NUMBERS else 0
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        return Annotation(name, line, "static", (), "", known, initial, str(error) or f"`{text}` cannot be read")
    return Annotation(name, line, _KINDS.get(call.func.id, call.func.id), values, label, known, initial, whole=whole)


_UNKNOWN = object()


def _literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
        as_json(value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return _UNKNOWN
    return value if isinstance(value, bool | int | float | str | None) else _UNKNOWN


def _bounds(kind: str, given: list[Any], said: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The ends of a slider and its step, where it has one. Raises ValueError."""
    names = ("start", "stop", "step")
    bounds = {**dict(zip(names, given, strict=False)), **said}
    if len(given) > 3 or not {"start", "stop"} <= bounds.keys() <= set(names):
        raise ValueError(f"`{kind}` wants a first and a last value, and perhaps a step")
    return bounds["start"], bounds["stop"], bounds.get("step")


def _values(kind: str, given: list[Any], said: dict[str, Any], initial: Any) -> tuple[Any, ...]:
    """The values that a comment names, with the constant's own among them. Raises ValueError or TypeError."""
    values: list[Any]
    if kind in _NUMBERS:
        values = [*grid(*_bounds(kind, given, said))]
    elif kind in ("checkbox", "switch"):
        values = [False, True]
    elif kind in ("values", "dropdown", "radio", "text", "examples"):
        values = list(given)
    else:
        raise ValueError(f"`{kind}` is no widget that a constant can have")
    if initial is not _UNKNOWN and as_json(initial) not in map(as_json, values):
        if any(value == initial and not isinstance(value, bool) for value in values):
            values = [initial if value == initial else value for value in values]
        elif kind in _NUMBERS and isinstance(initial, int | float) and not isinstance(initial, bool):
            values = sorted([*values, initial])
        else:
            values = [initial, *values]
    if len(values) < 2:
        raise ValueError(f"`{kind}` has fewer than two values")
    return tuple(values)
