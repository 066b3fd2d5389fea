"""Whatever stands in a cell, the graph is found and the rest of the notebook runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Graph, Notebook

PIECES = [
    *("x", "y", "_z", "__", "1", "'a'", "f'{x}'", "(", ")", "[", "]", "{", "}", ":", "=", "+=", ":=", ",", ";", "\\"),
    *("\n", "\n\t", "@", "#", "*", "def", "class", "for", "in", "if", "else", "try", "except", "as", "with", "match"),
    *("case", "import", "from", "lambda", "global", "nonlocal", "del", "return", "await", "async", "yield"),
    "get_ipython().run_cell_magic(",
]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec=None), max_size=20),  # lone surrogates included
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
)
ROOM = Path(__file__).parent.parent / "nbpublish/graph"
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py"))]
ORDERS: list[Literal["dataflow", "document"]] = ["dataflow", "document"]


def graph(order: Literal["dataflow", "document"], *codes: str) -> Graph:
    cells = tuple(Cell(str(i), "code", code, 1000 * i + 1) for i, code in enumerate(codes))
    return analyse(Notebook("n.py", "percent", cells, order, setup="0" if order == "dataflow" else None))


def check(found: Graph, codes: list[str]) -> None:
    ids = [str(i) for i in range(len(codes))]
    assert list(found.names) == ids == list(found.parents)
    assert set(found.order) == set(ids) - found.spoiled
    for problem in found.problems:
        code = codes[int(problem.cell or "")]
        assert 0 <= problem.line - (1000 * int(problem.cell or "") + 1) <= len(code.splitlines())
        assert problem.message


@settings(deadline=None)
@given(st.sampled_from(ORDERS), st.lists(TEXTS, max_size=4))
def test_any_text_is_analysed(order: Literal["dataflow", "document"], codes: list[str]) -> None:
    check(graph(order, *codes), codes)


@settings(deadline=None)
@given(st.sampled_from(ORDERS), st.sampled_from(SOURCES), st.integers(0, 8000), st.integers(0, 8000))
def test_any_piece_of_a_program_is_analysed(
    order: Literal["dataflow", "document"], source: str, start: int, length: int
) -> None:
    codes = [source[:start], source[start : start + length]]
    check(graph(order, *codes), codes)


DEEP = {
    "parentheses": "'(' * 150 + ')' * 150",
    "brackets": "'[' * 5_000",
    "signs": "'-' * 50_000 + '1'",
    "attributes": "'a' + '.b' * 50_000",
    "sums": "'1' + '+1' * 50_000",
    "calls": "'a' + '()' * 20_000",
    "lambdas": "'lambda: ' * 3_000 + '1'",
    "branches": "'if a: pass\\n' + 'elif b: pass\\n' * 20_000",
    "choices": "'a if b else ' * 20_000 + 'c'",
    "blocks": "''.join(' ' * i + 'def f():\\n' for i in range(95)) + ' ' * 95 + 'x'",
    "braces": "\"get_ipython().run_cell_magic('time', '', '\" + '(' * 400 + \"')\"",
}


@pytest.mark.parametrize("expression", DEEP.values(), ids=DEEP)
def test_depth_ends_no_process(expression: str) -> None:
    """Run apart: where Python's own parser runs out of stack, there is nobody left to catch it."""
    script = (
        "from nbpublish.graph.analyse import analyse\nfrom nbpublish.model import Cell, Notebook\n"
        f"deep = Cell('deep', 'code', {expression}, 1)\n"
        "found = analyse(Notebook('n.py', 'marimo', (deep, Cell('next', 'code', 'y = 2', 2)), 'dataflow'))\n"
        "print('next' in found.order)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.stdout == "True\n", ran.stderr


def test_python_is_not_heard_to_complain_of_odd_syntax(recwarn: pytest.WarningsRecorder) -> None:
    graph("document", "x is 1", r"'\d'")
    assert not recwarn.list


def test_the_programs_tried_are_programs() -> None:
    for source in SOURCES:
        ast.parse(source)
    assert len(SOURCES) > 10
