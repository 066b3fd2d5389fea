"""`mo.state` in a state of widgets: what a control sets is read by cells above it too, which then run again.

marimo runs all cells that read a state once it has been set, wherever they stand, but not the one that set it. Here the
order of cells is a fixed one, so they stand in it once more, below what has set the state; and again, until nothing
changes any more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nbpublish.model import Notebook, Problem, Run
from nbpublish.widgets.follow import modules, parsed
from nbpublish.widgets.given import Setting

ROUNDS = 12
"""How often cells may run again before a state counts as one that never settles."""
_AGAIN = " again "


def getters_of(notebook: Notebook) -> dict[str, str]:
    """By name that reads a state of marimo's, the cell that makes it: `get` of `get, put = mo.state(0)`."""
    imported = modules(notebook)
    found = {}
    for cell in notebook.cells:
        for node in ast.walk(parsed(cell.code)) if "state" in cell.code else ():
            match node:
                case ast.Assign(
                    targets=[ast.Tuple(elts=[ast.Name(id=getter), *_])],
                    value=ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr="state")),
                ) if module in imported:
                    found[getter] = cell.id
    return found


def original(id: str) -> str:
    """The cell of the notebook that stands once more under an id."""
    return id.rpartition(_AGAIN)[2]


def again(setting: Setting, run: Run, getters: Mapping[str, str]) -> Setting | None:
    """The setting with cells once more that have read a state before it was set; None where there are none."""
    known: dict[str, str] = {}
    for at, id in enumerate(setting.graph.order):
        trace = run.traces.get(id)
        own = setting.changed.get(id, id)  # of what sets a control: the cell that makes it
        found = {name: trace.versions[name] for name in getters if trace and name in trace.versions}
        now = {name: version.setting or version.identity for name, version in found.items()}
        changed = [name for name, value in now.items() if getters[name] != own and value != known.get(name)]
        known |= now
        if changed and (stale := _stale(setting, at, own, changed)):
            return _with_copies(setting, at, stale)
    return None


def _stale(setting: Setting, at: int, own: str, changed: Sequence[str]) -> list[str]:
    """Cells, with all that follows from them, that ran before the place `at` only and have read what changed there.

    The cell `own`, which changed it, does not run again for that.
    """
    graph, order = setting.graph, setting.graph.order
    before, after = [original(id) for id in order[: at + 1]], {original(id) for id in order[at + 1 :]}
    found: dict[str, None] = {}
    for id in dict.fromkeys(before):
        reads = not graph.names[id].refs.isdisjoint(changed)
        if id != own and setting.notebook.cell(id).source and (reads or not found.keys().isdisjoint(graph.parents[id])):
            found[id] = None
    return [id for id in found if id not in after]


def _with_copies(setting: Setting, at: int, stale: Sequence[str]) -> Setting:
    graph, notebook = setting.graph, setting.notebook
    count = sum(_AGAIN in id for id in graph.order)
    copies = {f"{count + number}{_AGAIN}{id}": id for number, id in enumerate(stale)}
    return replace(
        setting,
        notebook=replace(
            notebook, cells=(*notebook.cells, *(replace(notebook.cell(id), id=new) for new, id in copies.items()))
        ),
        graph=replace(
            graph,
            order=(*graph.order[: at + 1], *copies, *graph.order[at + 1 :]),
            names={**graph.names, **{new: graph.names[id] for new, id in copies.items()}},
            parents={**graph.parents, **{new: graph.parents[id] for new, id in copies.items()}},
        ),
        changed={**setting.changed, **copies},
    )


def settled(run: Run) -> Run:
    """A run in which each cell has the trace of its last execution."""
    last = {original(id): id for id in run.graph.order}
    traces = {id: run.traces[last.get(id, id)] for id in run.traces}
    reasons = {id: run.reasons[last.get(id, id)] for id in run.reasons}
    return replace(run, traces=traces | {id: run.traces[id] for id in run.traces if _AGAIN in id}, reasons=reasons)


def unsettled(run: Run, getters: Mapping[str, str]) -> Iterator[Problem]:
    """What to tell the author of a notebook in which states set each other without end."""
    for name, id in getters.items():
        cell = run.notebook.cell(id)
        said = (
            f"Cells set the state that `{name}` reads again and again for some values of widgets, and it never "
            "settles. Set it only where it has to change."
        )
        yield Problem("state-unsettled", said, run.notebook.path, cell.line, id, "warning")
