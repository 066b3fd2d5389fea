"""Cells that run as they stand, binding names again and again."""

from __future__ import annotations

from hypothesis import given, settings
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


def test_what_one_branch_binds_may_also_come_from_further_up() -> None:
    assert parents("x = 1", "if c: x = 2", "x") == ["", "", "01"]
    assert parents("x = 1", "if c: x = 2\nelse: x = 3", "x") == ["", "", "1"]
    assert parents("x = 1", "for x in range(3): y = x", "x, y") == ["", "", "1"]
    assert parents("x = 1", "for x in range(n): y = x", "x") == ["", "", "01"]
    assert parents("x = 1", "for i in [1, 2]:\n    if i: break\n    x = i", "x") == ["", "", "01"]
    assert parents("x = 1", "with suppress(KeyError): x = d['x']", "x") == ["", "", "01"]
    assert parents("x = 1", "with open(p) as f: x = f.read()", "x") == ["", "", "1"]
    assert parents("def f(): return k", "if c:\n    def f(): return 1", "k = 2", "f()") == ["", "", "", "012"]


def test_what_is_bound_below_is_no_parent_and_no_problem() -> None:
    found = graph("print(x)", "x = 1")
    assert found.order == ("0", "1")
    assert found.parents["0"] == ()
    assert found.problems == ()


def test_to_count_on_is_to_depend_on_the_count_so_far() -> None:
    assert parents("x = 1", "x += 1", "x = x + 1", "x") == ["", "0", "1", "2"]


def test_a_deletion_is_the_last_thing_that_happened_to_a_name() -> None:
    assert parents("x = 1", "del x", "x") == ["", "0", "01"]


def test_private_names_are_names_like_others() -> None:
    assert parents("_x = 1", "_x") == ["", "0"]


def test_a_function_reads_what_was_bound_since_it_was_defined() -> None:
    assert parents("k = 1", "def f(): return k", "k = 2", "f()") == ["", "0", "", "12"]
    assert parents("def f(): return k", "def g(): return f()", "k = 2", "g()") == ["", "0", "", "12"]
    assert parents("class A:\n    def m(self): return k", "k = 2", "A().m()") == ["", "", "01"]
    assert parents("f = lambda: k", "k = 2", "f()") == ["", "", "01"]


def test_who_mentions_a_function_that_binds_a_global_may_bind_it() -> None:
    count = "def count():\n    global n\n    n += 1"
    assert parents("n = 0", count, "count()", "n") == ["", "0", "1", "012"]
    assert parents("n = 0", count, "count()", "count()") == ["", "0", "1", "012"]
    assert parents("n = 0", count, "def twice(): count(); count()", "twice()", "n") == ["", "0", "1", "2", "0123"]


def test_a_function_defined_anew_no_longer_reads_what_the_old_one_did() -> None:
    assert parents("def f(): return k", "def f(): return 1", "k = 2", "f()") == ["", "", "", "1"]


def test_all_cells_below_depend_on_a_dynamic_one_and_it_on_all_above() -> None:
    assert parents("x = 1", "y = 2", "from math import *", "z = pi", "1 + 1") == ["", "", "01", "2", ""]
    assert graph("from math import *").problems == ()


def test_a_cell_that_is_not_python_is_still_known_by_what_it_meant_to_bind() -> None:
    found = graph("x = 1", "x = (", "x")
    assert found.order == ("0", "2")
    assert found.parents["2"] == ("0", "1")
    assert found.problems[0].line == 11


def test_a_name_that_nothing_defines_is_left_to_run_time() -> None:
    assert graph("lenght").problems == ()


# --- property: what a cell reads when it runs was bound by a parent, or a parent's parent, …


NAMES, FUNCTIONS = st.sampled_from("xy"), st.sampled_from("fg")
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, st.sampled_from(["0", "1", "x", "y", "f()", "g()"])),
    st.sampled_from(["f()", "g()"]),
    st.builds("{} += {}".format, NAMES, NAMES),
    st.builds("if {}:\n    {} = 1".format, st.sampled_from(["0", "1", "x"]), NAMES),
    st.builds("for {} in range({}): {} = 1".format, NAMES, st.sampled_from("02"), NAMES),
    st.builds("try: {} = f()\nexcept NameError: pass".format, NAMES),
    st.builds("def {}(): return {}".format, FUNCTIONS, st.sampled_from(["x", "y", "f()"])),
    st.builds("{} = lambda: {}".format, FUNCTIONS, NAMES),
    st.builds("del {}".format, NAMES),
)
CELLS = st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join)
FIRST = "x = 0\ny = 1\ndef f(): return x\ndef g(): return f()"


class Noted(dict):
    """A namespace that notes which cell bound each name, and which names are read."""

    def __init__(self) -> None:
        # functions look names up by `__getitem__` as well, since this is no plain dict
        super().__init__({"__builtins__": {"range": range, "NameError": NameError}})
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


@settings(max_examples=800, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=5))
def test_a_cell_reads_only_what_cells_it_depends_on_bound(codes: list[str]) -> None:
    codes = [FIRST, *codes]  # so that most programs run to their end
    found = graph(*codes)
    above: dict[str, set[str]] = {}
    space, failed = Noted(), set()
    for id, code in zip(found.order, codes, strict=True):
        above[id] = {id}.union(*(above[parent] for parent in found.parents[id]))
        if failed & above[id]:
            failed.add(id)
            continue
        space.cell, space.read_from = id, set()
        try:
            exec(code, space)
        except (NameError, TypeError, RecursionError):
            failed.add(id)
        assert space.read_from <= above[id], codes
