"""Which names a cell binds, reads and deletes: as marimo has it, and where not, why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbpublish.graph.names import names_of, read
from nbpublish.graph.syntax import Malformed
from nbpublish.model import Names

CASES = {case["name"]: case for case in json.loads((Path(__file__).parent / "data/marimo_names.json").read_text())}
"""What marimo 0.25.2 reports, with duckdb and sqlglot installed."""

DIFFERENT = {
    "for x in x": (Names({"x"}, {"x"}), "the iterable is read before the loop binds its variable"),
    "augassign": (Names({"x"}, {"x"}), "`x += 1` reads `x`"),
    "local then global use": (Names({"f"}, {"print"}), "a name bound anywhere in a function is local in all of it"),
    "class": (Names({"A"}, {"Base", "M", "q", "y", "z"}), "methods do not see the names of their class"),
    "class method sees class attr": (Names({"A"}, {"attr"}), "methods do not see the names of their class"),
    "global stmt at top": (Names({"zz"}), "declaring a name does not read it"),
    "exec string": (Names((), {"exec"}, (), True), "marimo does not say that a cell is dynamic"),
    "globals()": (Names((), {"globals"}, (), True), "marimo does not say that a cell is dynamic"),
    "sql": (Names((), {"mo", "val"}), "a table that no cell defines is in the database and is no name of ours"),
    "sql create": (Names({"t1"}, {"mo"}), "a table that no cell defines is in the database and is no name of ours"),
}


def plain(names: Names) -> tuple[set[str], set[str], set[str], bool]:
    return set(names.defs), set(names.refs), set(names.deletes), names.dynamic


@pytest.mark.parametrize("name", CASES)
def test_names_are_those_of_marimo_but_for_the_listed_ones(name: str) -> None:
    case = CASES[name]
    marimo = Names(case["defs"], case["refs"], case["deleted"])
    expected = DIFFERENT[name][0] if name in DIFFERENT else marimo
    assert plain(names_of(case["code"])) == plain(expected)
    assert (plain(expected) != plain(marimo)) == (name in DIFFERENT)


@pytest.mark.parametrize("name", ["sql", "sql create"])
def test_a_table_that_some_cell_defines_is_a_reference_as_in_marimo(name: str) -> None:
    case = CASES[name]
    assert plain(names_of(case["code"], shared=case["refs"])) == plain(Names(case["defs"], case["refs"]))


def refs(code: str, **how: bool) -> set[str]:
    return set(names_of(code, **how).refs)


def test_a_name_bound_in_one_branch_only_may_still_come_from_outside() -> None:
    assert "x" in refs("if c:\n    x = 1\nprint(x)")
    assert "x" not in refs("if c:\n    x = 1\nelse:\n    x = 2\nprint(x)")
    assert "x" not in refs("if c:\n    x = 1\nelse:\n    raise ValueError\nprint(x)")
    assert "x" in refs("for i in y:\n    x = i\nprint(x)")
    assert "x" not in refs("for i in (1, 2):\n    x = i\nprint(x)")
    assert "x" in refs("while c:\n    x = 1\nprint(x)")
    assert "x" in refs("match c:\n    case 1: x = 1\nprint(x)")
    assert "x" not in refs("try:\n    import x\nexcept ImportError:\n    x = None\nx")
    assert "x" in refs("try:\n    import x\nexcept ImportError:\n    pass\nx")
    assert "x" not in refs("with a as x:\n    y = 1\nx")


def test_what_stands_below_a_raise_is_of_the_cell_still() -> None:
    assert plain(names_of("raise error\nx = y")) == plain(Names({"x"}, {"error", "y"}))


def test_a_function_reads_its_globals_when_it_is_called() -> None:
    assert "x" not in refs("def f(): return x\nx = 1\nf()")
    assert "x" in refs("def f(): return x\ny = f()\nx = 1")
    assert "g" not in refs("def f(): return g()\ndef g(): return 1\nf()")
    assert "k" not in refs("f = lambda: k\nk = 1")
    assert "n" in refs("def count():\n    global n\n    n += 1")


def test_a_comprehension_in_a_class_body_does_not_see_the_class() -> None:
    assert "n" in refs("class A:\n    n = 3\n    squares = [n * i for i in range(2)]")
    assert "n" not in refs("class A:\n    n = 3\n    first = [i for i in range(n)]")


def test_names_of_nested_functions_and_of_comprehensions_stay_inside() -> None:
    code = "def f(a):\n    def g(b):\n        return [a + b + c for c in d]\n    return g\n[f(i) for i in e]"
    assert names_of(code) == Names(frozenset({"f"}), frozenset({"d", "e"}))


def test_private_names_are_shared_where_a_notebook_runs_as_it_stands() -> None:
    assert plain(names_of("_x = _y", private=False)) == plain(Names({"_x"}, {"_y"}))
    assert plain(names_of("_x = _y")) == plain(Names())
    assert read("_x = 1\n_x + _y").missing == {"_y"}


def test_a_deleted_name_of_its_own_is_no_business_of_others() -> None:
    assert plain(names_of("for i in r: pass\ndel i")) == plain(Names({"i"}, {"i", "r"}))
    assert plain(names_of("del x\nx = 1\ndel x")) == plain(Names({"x"}, {"x"}, {"x"}))


@pytest.mark.parametrize(
    "code",
    ["exec('x = 1')", "eval(text)", "globals()['x']", "locals()", "vars()", "from math import *", "def f(): exec('x')"],
)
def test_code_that_reaches_for_its_namespace_is_dynamic(code: str) -> None:
    assert names_of(code).dynamic


@pytest.mark.parametrize("code", ["exec(text, {})", "vars(point)", "model.eval()", "eval(text, space)", "x = 1"])
def test_code_that_does_not_is_not(code: str) -> None:
    assert not names_of(code).dynamic


def test_the_code_in_a_magic_belongs_to_the_cell() -> None:
    timed = "get_ipython().run_cell_magic('time', '', 'x = f(y)\\nz = x\\n')"
    assert names_of(timed) == Names(frozenset({"x", "z"}), frozenset({"get_ipython", "f", "y"}))
    assert "y" in refs("def g(): return 1\nget_ipython().run_line_magic('timeit', '-n 10 -r3 g(y)')")
    assert names_of("get_ipython().run_cell_magic('timeit', 's = a', 'x = s')").defs == set()
    assert names_of("get_ipython().run_cell_magic('capture', 'out', 'x = 1')").defs == {"out", "x"}
    assert names_of("get_ipython().run_cell_magic('html', '', '<b>x = 1</b>')").defs == set()
    assert names_of("get_ipython().run_line_magic('run', 'other.py')").dynamic
    assert not names_of("get_ipython().run_line_magic('matplotlib', 'inline')").dynamic
    assert names_of("get_ipython().run_cell_magic('time', '', 'not python')").defs == set()


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\nreturn x", 2),
        ("x = (\n", 1),
        ("x = 1\ny = '\0'", 2),
        ("x = 1\n\ny = '\ud800'", 3),
        ("yield 1", 1),
        ("-" * 50_000 + "1", 1),
        ("a" + ".b" * 50_000, 1),
        ("[" * 5_000, 1),
        ("9" * 5_000, 1),
    ],
)
def test_what_is_not_python_says_on_which_line(code: str, line: int) -> None:
    with pytest.raises(Malformed) as caught:
        names_of(code)
    assert caught.value.line == line


def test_await_is_allowed_outside_functions() -> None:
    assert refs("async with a as b:\n    c = [d async for d in await e]") == {"a", "e"}
