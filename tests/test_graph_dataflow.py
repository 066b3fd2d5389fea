"""Cells that run by their dependencies: edges, order, circles, and the rules of marimo."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbpublish.graph.analyse import analyse
from nbpublish.graph.cycles import cycles
from nbpublish.graph.dataflow import topological_order
from nbpublish.model import Cell, Graph, Notebook, Options, Problem

CASES = {case["name"]: case for case in json.loads((Path(__file__).parent / "data/marimo_graphs.json").read_text())}
"""What marimo 0.25.2 reports, cells numbered from 0."""


def notebook(*codes: str, setup: str | None = None, problems: tuple[Problem, ...] = ()) -> Notebook:
    """A notebook of the cells "0", "1", …, cell n starting on line 10 n + 1; with a setup, that is cell "setup"."""
    cells = [Cell(str(i), "code", code, 10 * i + 1) for i, code in enumerate(codes)]
    if setup is not None:
        cells.append(Cell("setup", "code", setup, 901))
    return Notebook("n.py", "marimo", tuple(cells), "dataflow", "setup" if setup is not None else None, {}, problems)


def graph(*codes: str, **how: object) -> Graph:
    return analyse(notebook(*codes, **how))  # type: ignore[arg-type]


def told(graph: Graph) -> list[str]:
    return [str(problem) for problem in graph.problems if problem.code != "undefined-name"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_edges_order_and_errors_are_those_of_marimo(case: dict) -> None:
    found = graph(*case["cells"])
    edges = sorted([int(parent), int(child)] for child, parents in found.parents.items() for parent in parents)
    assert edges == sorted(case["edges"])
    assert found.spoiled == set(case["errors"])
    # marimo lets cells with several definitions into the order and refuses to run the notebook
    assert list(found.order) == [str(i) for i in case["order"] if str(i) not in case["errors"]]


def test_a_circle_names_the_way_round_at_each_of_its_cells() -> None:
    found = graph("a = c", "x = 1\nb = a", "c = b", "d = c", "e = x", "f = 1")
    assert found.order == ("3", "4", "5")  # that 3 and 4 lack something shows when the notebook is built
    assert told(found)[1] == (
        "n.py:11: The cell depends on itself by way of others: line 21 needs `b` of line 12; line 1 needs `c` of "
        "line 21; line 12 needs `a` of line 1. Move what one of them needs into another cell. [cycle]"
    )
    assert found.spoiled == {"0", "1", "2"}
    assert found.parents["3"] == ("2",)


def test_two_cells_that_delete_the_same_name_are_a_circle() -> None:
    assert "line 21 deletes `x`, which line 11 uses" in told(graph("x = 1", "del x", "del x"))[0]


def test_a_name_defined_twice_is_a_problem_on_the_lines_of_both() -> None:
    found = graph("def y():\n    x = 0\nx = 1", "x = 2", "z = x", "w = 1")
    assert told(found) == [
        "n.py:3: `x` is also defined on line 11, in another cell. "
        "Rename one of them, or write `_x` to keep it inside its cell. [multiple-definitions]",
        "n.py:11: `x` is also defined on line 3, in another cell. "
        "Rename one of them, or write `_x` to keep it inside its cell. [multiple-definitions]",
    ]
    assert found.parents["2"] == ("0", "1")
    assert set(found.order) == {"2", "3"}


def test_a_module_imported_twice_needs_one_import_less() -> None:
    assert told(graph("import os", "import os.path"))[0] == (
        "n.py:1: `os` is also defined on line 11, in another cell. Import it in one of them. [multiple-definitions]"
    )


def test_two_cells_that_count_with_the_same_name_are_no_circle_besides() -> None:
    found = graph("for i in range(3): pass\nprint(i)", "for i in range(3): pass\nprint(i)")
    assert {problem.code for problem in found.problems} == {"multiple-definitions"}


def test_the_setup_cell_runs_first_wherever_it_stands() -> None:
    found = graph("y = 1", "x = np", setup="import numpy as np")
    assert found.order == ("setup", "0", "1")
    assert found.parents["1"] == ("setup",)


def test_the_setup_cell_may_not_use_other_cells_nor_replace_the_app() -> None:
    found = graph("y = x", setup="import a\nx = y\napp = 1")
    assert found.parents["setup"] == ()
    assert told(found) == [
        "n.py:902: The setup cell runs before all others and uses `y`, which another cell defines. Define it in the "
        "setup cell, or move the code that uses it into another cell. [setup-refs]",
        "n.py:903: The setup cell defines `app`, the name of the marimo app itself. Choose another name. [setup-refs]",
    ]


def test_an_import_of_everything_is_a_problem_of_its_cell_only() -> None:
    found = graph("x = 1", "y = 2\nfrom math import *", "z = x")
    assert told(found) == [
        "n.py:12: `import *` hides which names the cell defines. "
        "Import the names you use, or the module itself. [import-star]"
    ]
    assert found.order == ("0", "2")


def test_a_cell_that_is_not_python_spoils_itself_and_those_that_need_it() -> None:
    found = graph("x = (\ny, z = 1, 2", "a = y", "b = 1", "import os as system\nreturn", "system.name")
    assert told(found) == [
        "n.py:1: Python cannot read this cell: '(' was never closed. "
        "Correct it; cells that do not need it still run. [syntax]",
        "n.py:32: Python cannot read this cell: 'return' outside function. "
        "Correct it; cells that do not need it still run. [syntax]",
    ]
    assert found.parents["1"] == ("0",)
    assert found.parents["4"] == ("3",)
    assert found.order == ("1", "2", "4")


def test_a_problem_told_by_the_format_is_not_told_again() -> None:
    problem = Problem("unparsable", "…", "n.py", 1, "0")
    found = graph("x = (", "y = 1", problems=(problem,))
    assert found.problems == ()
    assert found.order == ("1",)


def test_prose_has_no_place_in_the_graph() -> None:
    prose = Cell("p", "markdown", "# x = 1", 1)
    assert analyse(Notebook("n.py", "marimo", (prose,), "dataflow")) == Graph((), {}, {})


def test_a_disabled_cell_keeps_its_place() -> None:
    off = Cell("0", "code", "x = 1", 1, options=Options(disabled=True))
    found = analyse(Notebook("n.py", "marimo", (off, Cell("1", "code", "x", 2)), "dataflow"))
    assert found.order == ("0", "1")


def test_a_name_that_nothing_defines_is_a_warning_on_its_line() -> None:
    found = graph("x = 1\ny = lenght(x)", "def f(a):\n    return a + len(_b)", "__file__, __name__, print")
    assert list(map(str, found.problems)) == [
        "n.py:2: Nothing defines `lenght`. Define or import it in a cell. [undefined-name]",
        "n.py:12: `_b` is not defined in this cell. "
        "A name that starts with an underscore is never shared: rename it. [undefined-name]",
    ]
    assert {problem.severity for problem in found.problems} == {"warning"}
    assert found.order == ("0", "1", "2")


@pytest.mark.parametrize("hidden", ["exec(text)", "globals().update(y=1)", "y = ("])
def test_no_name_is_called_undefined_where_definitions_may_be_hidden(hidden: str) -> None:
    assert not [p for p in graph("z = y", hidden).problems if p.code == "undefined-name"]


# --- properties


@st.composite
def dags(draw: st.DrawFn) -> tuple[list[str], dict[str, set[str]]]:
    """Cells in the file's order and their parents, without a circle, edges pointing both up and down the file."""
    size = draw(st.integers(0, 9))
    rank = draw(st.permutations(range(size)))
    pairs = [(a, b) for a in range(size) for b in range(size) if rank[a] < rank[b]]
    edges = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    return [f"c{i}" for i in range(size)], {f"c{b}": {f"c{a}" for a, c in edges if c == b} for b in range(size)}


def naive_order(cells: list[str], parents: dict[str, set[str]]) -> list[str]:
    """Again and again the first cell of the file whose parents have all run."""
    order: list[str] = []
    while ready := [cell for cell in cells if cell not in order and parents[cell] <= set(order)]:
        order.append(ready[0])
    return order


@settings(deadline=None)
@given(dags())
def test_the_order_is_the_naive_one(dag: tuple[list[str], dict[str, set[str]]]) -> None:
    cells, parents = dag
    assert topological_order(cells, parents) == naive_order(cells, parents)
    assert cycles(cells, parents) == []


@settings(deadline=None)
@given(st.integers(1, 6).flatmap(lambda n: st.sets(st.tuples(st.integers(0, n), st.integers(0, n)), max_size=12)))
def test_a_circle_holds_exactly_the_cells_that_reach_themselves(edges: set[tuple[int, int]]) -> None:
    cells = [str(i) for i in range(7)]
    parents = {cell: {str(a) for a, b in edges if str(b) == cell and a != b} for cell in cells}
    reach = {cell: set(of) for cell, of in parents.items()}
    for _ in cells:
        reach = {cell: of.union(*(reach[parent] for parent in of)) for cell, of in reach.items()}
    groups = cycles(cells, parents)
    assert sorted(cell for group in groups for cell in group) == [cell for cell in cells if cell in reach[cell]]
    for group in groups:
        assert all(b in reach[a] for a, b in permutations(group, 2))


@settings(deadline=None)
@given(dags())
def test_the_graph_of_generated_cells_is_the_graph_they_were_generated_from(
    dag: tuple[list[str], dict[str, set[str]]],
) -> None:
    cells, parents = dag
    codes = [f"{cell} = [{', '.join(sorted(parents[cell]))}]" for cell in cells]
    found = graph(*codes)
    assert found.problems == ()
    assert {f"c{id}": {f"c{p}" for p in of} for id, of in found.parents.items()} == parents
    assert [f"c{id}" for id in found.order] == naive_order(cells, parents)
