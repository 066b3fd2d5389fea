"""Cells that run as they stand, binding names again and again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Graph, Notebook


def graph(*codes: str) -> Graph:
    cells = tuple(Cell(str(i), "code", code, 10 * i + 1) for i, code in enumerate(codes))
    return analyse(Notebook("n.py", "percent", cells))


def parents(*codes: str) -> list[str]:
    """The parents of each cell, as one word of digits each."""
    return ["".join(of) for of in graph(*codes).parents.values()]


def test_a_cell_depends_on_the_last_binding_above() -> None:
    assert parents("x = 1", "x = 2", "print(x)", "x = 3", "x") == ["", "", "1", "", "3"]


def test_what_is_bound_below_is_no_parent_and_no_problem() -> None:
    found = graph("print(x)", "x = 1")
    assert found.order == ("0", "1")
    assert found.parents["0"] == ()
    assert found.problems == ()


def test_to_count_on_is_to_depend_on_the_count_so_far() -> None:
    assert parents("x = 1", "x += 1", "x = x + 1", "x") == ["", "0", "1", "2"]


def test_a_deletion_is_the_last_thing_that_happened_to_a_name() -> None:
    assert parents("x = 1", "del x", "x") == ["", "0", "1"]


def test_private_names_are_names_like_others() -> None:
    assert parents("_x = 1", "_x") == ["", "0"]


def test_a_function_reads_what_was_bound_since_it_was_defined() -> None:
    assert parents("k = 1", "def f(): return k", "k = 2", "f()") == ["", "0", "", "12"]
    assert parents("def f(): return k", "def g(): return f()", "k = 2", "g()") == ["", "0", "", "12"]
    assert parents("class A:\n    def m(self): return k", "k = 2", "A().m()") == ["", "", "01"]
    assert parents("f = lambda: k", "k = 2", "f()") == ["", "", "01"]


def test_a_function_defined_anew_no_longer_reads_what_the_old_one_did() -> None:
    assert parents("def f(): return k", "def f(): return 1", "k = 2", "f()") == ["", "", "", "1"]


def test_all_cells_below_depend_on_a_dynamic_one_and_it_on_all_above() -> None:
    assert parents("x = 1", "y = 2", "from math import *", "z = pi", "1 + 1") == ["", "", "01", "2", ""]
    assert graph("from math import *").problems == ()


def test_a_cell_that_is_not_python_is_still_known_by_what_it_meant_to_bind() -> None:
    found = graph("x = 1", "x = (", "x")
    assert found.order == ("0", "2")
    assert found.parents["2"] == ("1",)
    assert found.problems[0].line == 11


def test_a_name_that_nothing_defines_is_left_to_run_time() -> None:
    assert graph("lenght").problems == ()


# --- property: what a cell reads when it runs was bound by one of its parents


STATEMENTS = st.one_of(
    st.tuples(st.just("{a} = 0"), st.sampled_from("xyz"), st.just("")),
    st.tuples(st.just("{a} = {b}"), st.sampled_from("xyz"), st.sampled_from("xyz")),
    st.tuples(st.just("{a} += {b}"), st.sampled_from("xyz"), st.sampled_from("xyz")),
    st.tuples(st.just("def {a}(): return {b}"), st.sampled_from("fg"), st.sampled_from("xyz")),
    st.tuples(st.just("def {a}(): return {b}()"), st.sampled_from("fg"), st.sampled_from("fg")),
    st.tuples(st.just("{a} = {b}()"), st.sampled_from("xyz"), st.sampled_from("fg")),
    st.tuples(st.just("if {b}:\n    {a} = 1"), st.sampled_from("xyz"), st.sampled_from("xyz")),
    st.tuples(st.just("del {a}"), st.sampled_from("xyz"), st.just("")),
)
CELLS = st.lists(STATEMENTS.map(lambda s: s[0].format(a=s[1], b=s[2])), min_size=1, max_size=3).map("\n".join)


class Noted(dict):
    """A namespace that notes which cell bound each name, and which names are read."""

    def __init__(self) -> None:
        super().__init__({"__builtins__": {}})  # functions look names up through `__getitem__` as well
        self.cell = ""
        self.bound_by: dict[str, str] = {}
        self.read_from: set[str] = set()

    def __getitem__(self, name: str) -> object:
        if name in self.bound_by:
            self.read_from.add(self.bound_by[name])
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: object) -> None:
        self.bound_by[name] = self.cell
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.bound_by[name] = self.cell
        super().__delitem__(name)


@given(st.lists(CELLS, min_size=1, max_size=6))
def test_a_cell_reads_only_what_its_parents_bound(codes: list[str]) -> None:
    found = graph(*codes)
    space, failed = Noted(), set()
    for id, code in zip(found.order, codes, strict=True):
        if failed & set(found.parents[id]):
            failed.add(id)
            continue
        space.cell, space.read_from = id, set()
        try:
            exec(code, space)
        except (NameError, TypeError, RecursionError):
            failed.add(id)
        assert space.read_from - {id} <= set(found.parents[id]), codes
