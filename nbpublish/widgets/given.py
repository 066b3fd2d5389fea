"""A notebook and a state → the notebook that is in that state from the beginning.

A control of a library is set by one more cell, right below the one that makes it; so the state is an input like any
other, and what follows from it is found by the same account of versions. A constant is another constant.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nbpublish.model import Cell, Given, Graph, Names, Notebook, Widget, placed

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A notebook in a state."""

    notebook: Notebook
    graph: Graph
    changed: Mapping[str, str]
    """Cells that it has more, or that are others than in the notebook as written: by id, whose place each has."""
    setters: frozenset[str]
    """Those of them that set a control to what the state gives, whatever it was set to before."""


def setter(name: str) -> str:
    """The id of the cell that sets the controls which the shared name `name` holds."""
    return f"given {name}"


def with_given(notebook: Notebook, graph: Graph, widgets: Iterable[Widget], given: Given) -> Setting:
    """The notebook in the state `given`, with its graph."""
    widgets = list(widgets)
    names_moved = {widget.name for widget in widgets if widget.key in given}
    moved = [widget for widget in widgets if widget.name in names_moved]
    places = placed(widgets, given)
    cells = {cell.id: cell for cell in notebook.cells}
    changed: dict[str, str] = {}
    for widget in (widget for widget in moved if widget.library == "none"):
        cells[widget.cell] = _with_constant(cells[widget.cell], widget, given[widget.key])
        changed[widget.cell] = widget.cell
    below: dict[str, list[Cell]] = {}
    setters: set[str] = set()
    names, parents = dict(graph.names), dict(graph.parents)
    for name, members in _by_name(moved).items():
        maker = cells[members[0].cell]
        new = Cell(setter(name), "code", "", maker.line, python=_setting(name, members, places))
        below.setdefault(maker.id, []).append(new)
        names[new.id], parents[new.id] = Names(refs=frozenset({name})), (maker.id,)
        changed[new.id] = maker.id
        # a button counts on from what it was, and a form that is not sent stays at what it was
        if not any(widget.kind in ("button", "form") for widget in members):
            setters.add(new.id)
    order = [id for each in graph.order for id in (each, *(cell.id for cell in below.get(each, ())))]
    found = [cell for each in notebook.cells for cell in (cells[each.id], *below.get(each.id, ()))]
    return Setting(
        replace(notebook, cells=tuple(found)),
        replace(graph, order=tuple(order), names=names, parents=parents),
        changed,
        frozenset(setters),
    )


def _by_name(widgets: Iterable[Widget]) -> dict[str, list[Widget]]:
    found: dict[str, list[Widget]] = {}
    for widget in widgets:
        if widget.library != "none":
            found.setdefault(widget.name, []).append(widget)
    return found


def _setting(name: str, widgets: Sequence[Widget], placed: Mapping[str, int]) -> str:
    """Code that sets controls, all that one name holds at once, while all widgets are at these places."""
    widgets = [widget for widget in widgets if widget.standing(placed)[1]]  # the others are not made in this state
    places = {widget.path: json.loads(widget.values[placed[widget.key]]) for widget in widgets}
    if widgets[0].library == "ipywidgets":
        return _setting_of_ipywidgets(widgets[0], places[()])
    kinds = {widget.path: widget.kind for widget in widgets}
    forms = [path for path, kind in kinds.items() if kind == "form"]
    held_back = [path for path in forms if not places[path]]
    sent: dict[tuple[str, ...], Any] = {}
    for path, place in places.items():
        if kinds[path] not in ("form", "button") and not any(path[: len(form)] == form for form in held_back):
            sent[_without_forms(path, forms)] = place
    lines = [f"{name}._update({_nested(sent)!r})"] if sent else []
    if () in forms:
        lines = _sending(name, _nested(sent) if sent else None) if places[()] else []
    for path, kind in kinds.items():
        if kind == "button":  # it counts what it is told one by one
            lines += [f"{name}._update({_nested({path: at})!r})" for at in range(1, places[path] + 1)]
    return "\n".join(lines) or "pass"


def _without_forms(path: Path, forms: Iterable[Path]) -> Path:
    """What leads to a control where what leads from a form into it is no step of its own."""
    own = {len(form) for form in forms if path[: len(form)] == form}
    return tuple(key for at, key in enumerate(path) if at not in own)


def _nested(places: Mapping[Path, Any]) -> Any:
    """Values by path as dictionaries in each other; the value itself where that is all."""
    if () in places:
        return places[()]
    value: dict[str, Any] = {}
    for path, place in places.items():
        within = value
        for key in path[:-1]:
            within = within.setdefault(key, {})
        within[path[-1]] = place
    return value


def _sending(name: str, value: Any) -> list[str]:
    """Code that sends a form with a value, or as it stands, unless the author's own check refuses it."""
    said = f"{name}.element._value_frontend" if value is None else repr(value)
    return [f"if not ({name}.validate and {name}.validate({said})):", f"    {name}._update({said})"]


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
