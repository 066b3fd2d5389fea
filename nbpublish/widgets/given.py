"""A notebook and a state → the notebook that is in that state from the beginning.

A control of a library is set by one more cell, right below the one that makes it; so the state is an input like any
other, and what follows from it is found by the same account of versions. A constant is another constant.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nbpublish.model import Cell, Given, Graph, Names, Notebook, Widget


@dataclass(frozen=True, slots=True)
class Setting:
    """A notebook in a state."""

    notebook: Notebook
    graph: Graph
    changed: Mapping[str, str]
    """Cells that it has more, or that are others than in the notebook as written: by id, whose place each has."""


def setter(name: str) -> str:
    """The id of the cell that sets the controls which the shared name `name` holds."""
    return f"given {name}"


def with_given(notebook: Notebook, graph: Graph, widgets: Iterable[Widget], given: Given) -> Setting:
    """The notebook in the state `given`, with its graph."""
    widgets = list(widgets)
    names_moved = {widget.name for widget in widgets if widget.key in given}
    moved = [widget for widget in widgets if widget.name in names_moved]
    cells = {cell.id: cell for cell in notebook.cells}
    changed: dict[str, str] = {}
    for widget in (widget for widget in moved if widget.library == "none"):
        cells[widget.cell] = _with_constant(cells[widget.cell], widget, given[widget.key])
        changed[widget.cell] = widget.cell
    below: dict[str, list[Cell]] = {}
    names, parents = dict(graph.names), dict(graph.parents)
    for name, members in _by_name(moved).items():
        maker = cells[members[0].cell]
        new = Cell(setter(name), "code", "", maker.line, python=_setting(name, members, given))
        below.setdefault(maker.id, []).append(new)
        names[new.id], parents[new.id] = Names(refs=frozenset({name})), (maker.id,)
        changed[new.id] = maker.id
    order = [id for each in graph.order for id in (each, *(cell.id for cell in below.get(each, ())))]
    found = [cell for each in notebook.cells for cell in (cells[each.id], *below.get(each.id, ()))]
    return Setting(
        replace(notebook, cells=tuple(found)),
        replace(graph, order=tuple(order), names=names, parents=parents),
        changed,
    )


def _by_name(widgets: Iterable[Widget]) -> dict[str, list[Widget]]:
    found: dict[str, list[Widget]] = {}
    for widget in widgets:
        if widget.library != "none":
            found.setdefault(widget.name, []).append(widget)
    return found


def _setting(name: str, widgets: Iterable[Widget], given: Given) -> str:
    """Code that sets controls, all that one name holds at once."""
    value: Any = {}
    for widget in widgets:
        place = json.loads(widget.values[given.get(widget.key, widget.initial)])
        if widget.library == "ipywidgets":
            return _setting_of_ipywidgets(widget, place)
        if not widget.path:
            return f"{name}._update({place!r})"
        within = value
        for key in widget.path[:-1]:
            within = within.setdefault(key, {})
        within[widget.path[-1]] = place
    return f"{name}._update({value!r})"


def _setting_of_ipywidgets(widget: Widget, place: Any) -> str:
    if widget.kind in ("dropdown", "radio"):
        return f"{widget.name}.label = {(place[0] if isinstance(place, list) else place)!r}"
    if widget.steps:
        return f"{widget.name}.index = {place!r}"
    return f"{widget.name}.value = {place!r}"


def _with_constant(cell: Cell, widget: Widget, place: int) -> Cell:
    """The cell with another constant on the line of the widget, all other code where it was."""
    code = cell.code
    constant = constant_at(code, widget.name, widget.line)
    node = constant or _argument_at(code, widget.name, widget.line)
    if node is None:
        return cell
    lines = code.split("\n")
    at, line = node.lineno - 1, lines[node.lineno - 1].encode()
    text = repr(json.loads(widget.values[place]))
    value = (text if constant else f"__import__('ipywidgets').fixed({text})").encode()
    lines[at] = (line[: node.col_offset] + value + line[node.end_col_offset :]).decode()
    return replace(cell, python="\n".join(lines))


def is_interact(function: ast.expr) -> bool:
    """Whether what is called is `interact` of ipywidgets, by its name."""
    return "interact" in (getattr(function, "id", None), getattr(function, "attr", None))


def _argument_at(code: str, name: str, line: int) -> ast.expr | None:
    """The argument `name` of `interact` on a line."""
    calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and is_interact(node.func))
    words = (word.value for call in calls for word in call.keywords if word.arg == name and word.value.lineno == line)
    return next(words, None)


def constant_at(code: str, name: str, line: int) -> ast.expr | None:
    """The value of the assignment of a constant to `name` on a line, from 1; None where there is none."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) | ast.AnnAssign(
                target=ast.Name(id=found), value=ast.expr() as value
            ):
                if found == name and node.lineno == line == value.end_lineno == value.lineno:
                    return value
    return None
