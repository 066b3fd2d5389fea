"""A notebook becomes its graph: which cell feeds which, in which order they run, and what stands in the way."""

from __future__ import annotations

from nbpublish.graph.names import names_of
from nbpublish.graph.order import cycles, dataflow_parents, document_parents, topological_order
from nbpublish.graph.syntax import Malformed, without_warnings
from nbpublish.model import Cell, Graph, Names, Notebook, Problem


def analyse(notebook: Notebook) -> Graph:
    """The graph of a notebook. Never raises for what its author wrote: what is wrong becomes a problem of a cell."""
    problems: list[Problem] = []
    names: dict[str, Names] = {}
    with without_warnings():
        for cell in notebook.cells:
            if cell.kind == "code":
                names[cell.id] = _names(notebook, cell, problems)
    flows = notebook.order == "dataflow"
    parents = (dataflow_parents if flows else document_parents)(names)
    if flows:
        problems += _multiple(notebook, names)
        for group in cycles(names, parents):
            problems += _cycle(notebook, group, names, parents)
    place = {id: i for i, id in enumerate(names)}
    spoiled = {p.cell for p in (*notebook.problems, *problems) if p.severity == "error"}
    runnable = [id for id in names if id not in spoiled]
    order = topological_order(runnable, parents) if flows else runnable
    sorted_parents = {id: tuple(sorted(of, key=place.__getitem__)) for id, of in parents.items()}
    return Graph(tuple(order), names, sorted_parents, tuple(problems))


def _names(notebook: Notebook, cell: Cell, problems: list[Problem]) -> Names:
    try:
        return names_of(cell.code, private=notebook.order == "dataflow")
    except Malformed as error:
        if not any(p.cell == cell.id and p.severity == "error" for p in notebook.problems):
            message = f"{error}. Correct the cell; the rest of the notebook is not affected."
            problems.append(Problem("syntax", message, notebook.path, cell.line + error.line - 1, cell.id))
        return Names()


def _multiple(notebook: Notebook, names: dict[str, Names]) -> list[Problem]:
    definers: dict[str, list[str]] = {}
    for id, own in names.items():
        for name in own.defs:
            definers.setdefault(name, []).append(id)
    found = []
    for name, ids in definers.items():
        for id in ids if len(ids) > 1 else ():
            other = next(i for i in ids if i != id)
            message = f"`{name}` is also defined by the cell on line {notebook.cell(other).line}. Rename one of them."
            found.append(Problem("multiple-definitions", message, notebook.path, notebook.cell(id).line, id))
    return found


def _cycle(notebook: Notebook, group: list[str], names: dict[str, Names], parents: dict[str, set[str]]) -> list[Problem]:
    message = "The cells depend on each other in a circle. Move what one of them needs into a cell of its own."
    return [Problem("cycle", message, notebook.path, notebook.cell(id).line, id) for id in group]
