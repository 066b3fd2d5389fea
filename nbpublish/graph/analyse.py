"""A notebook becomes its graph: which cell feeds which, in which order they run, and what stands in the way."""

from __future__ import annotations

from nbpublish.graph.cycles import cycles
from nbpublish.graph.dataflow import dataflow_parents, topological_order
from nbpublish.graph.document import document_parents
from nbpublish.graph.names import Reading, read, shared_names
from nbpublish.graph.rules import circle, multiple_definitions, setup_rules, star_import
from nbpublish.graph.salvage import salvaged_defs
from nbpublish.graph.syntax import Malformed, without_warnings
from nbpublish.graph.undefined import undefined_names
from nbpublish.model import Cell, Graph, Names, Notebook, Problem

Parents = dict[str, set[str]]


def analyse(notebook: Notebook) -> Graph:
    """The graph of a notebook. Never raises for what its author wrote: what is wrong becomes a problem of a cell."""
    with without_warnings():
        readings, problems = _read(notebook)
        shared = shared_names(readings.values())
        names = {id: reading.among(shared) for id, reading in readings.items()}
        if notebook.order == "dataflow":
            names, parents, found = _dataflow(notebook, readings, names)
            problems += found
        else:
            parents = document_parents(names, readings)
    spoiled = {p.cell for p in (*notebook.problems, *problems) if p.severity == "error"}
    order = [id for id in names if id not in spoiled]
    if notebook.order == "dataflow":
        order = topological_order(sorted(order, key=(notebook.setup or "").__ne__), parents)
    place = {id: i for i, id in enumerate(names)}
    in_order = {id: tuple(sorted(of, key=place.__getitem__)) for id, of in parents.items()}
    return Graph(tuple(order), names, in_order, tuple(problems))


def _read(notebook: Notebook) -> tuple[dict[str, Reading], list[Problem]]:
    readings: dict[str, Reading] = {}
    problems: list[Problem] = []
    broken: list[Cell] = []
    told = {p.cell for p in notebook.problems if p.severity == "error"}
    for cell in (cell for cell in notebook.cells if cell.kind == "code"):
        try:
            readings[cell.id] = read(cell.code, private=notebook.order == "dataflow")
        except Malformed as error:
            readings[cell.id] = Reading(Names())
            broken.append(cell)
            if cell.id not in told:
                message = f"Python cannot read this cell: {error}. Correct it; cells that do not need it still run."
                problems.append(Problem("syntax", message, notebook.path, cell.line + error.line - 1, cell.id))
    known = frozenset[str]().union(*(reading.names.defs for reading in readings.values()))
    for cell in broken:
        defs = salvaged_defs(cell.code) - (known if notebook.order == "dataflow" else set())
        readings[cell.id] = Reading(Names(defs))
        known |= defs
    return readings, problems


def _dataflow(
    notebook: Notebook, readings: dict[str, Reading], names: dict[str, Names]
) -> tuple[dict[str, Names], Parents, list[Problem]]:
    parents = dataflow_parents(names, notebook.setup)
    if circles := cycles(list(names), parents):
        # a word in a text may name something else than our variable, so no circle is blamed on it
        names = names | {id: readings[id].names for group in circles for id in group}
        parents = dataflow_parents(names, notebook.setup)
        circles = cycles(list(names), parents)
    problems = [
        *multiple_definitions(notebook, names),
        *(problem for group in circles for problem in circle(notebook, group, names, parents)),
        *setup_rules(notebook, names),
        *(star_import(notebook, cell, star) for cell in notebook.cells if (star := _star(readings, cell))),
        *undefined_names(notebook, readings, names),
    ]
    return names, parents, problems


def _star(readings: dict[str, Reading], cell: Cell) -> int | None:
    return readings[cell.id].star if cell.id in readings else None
