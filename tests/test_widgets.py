"""What readers can move, what follows it, and what is worth computing."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from programs import marimo, percent

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.limits import Limits
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.graph.analyse import analyse
from nbpublish.model import MOST_PLACES, Budget, Cell, Control, Graph, Run, Trace, Widget
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.page.shard import Follower, shard
from nbpublish.store.memory import MemoryStore
from nbpublish.widgets.ahead import with_states
from nbpublish.widgets.annotations import notes_in
from nbpublish.widgets.domain import grid, widget_of
from nbpublish.widgets.follow import followers
from nbpublish.widgets.plan import Costs, plan, settings, states

# --- places -----------------------------------------------------------------------------------------------------------


def places(kind: str, initial: Any, **properties: Any) -> tuple[tuple[str, ...], int]:
    widget = widget_of(Control("k", (), kind, "id", initial, properties), "cell")
    assert widget
    return widget.labels, widget.initial


def test_a_slider_has_the_places_between_its_ends() -> None:
    assert places("slider", 3, start=1, stop=4) == (("1", "2", "3", "4"), 2)
    assert places("slider", 0.5, start=0.0, stop=1.0, step=0.25) == (("0", "0.25", "0.5", "0.75", "1"), 2)
    assert places("slider", 1, steps=[1, 10, 100]) == (("1", "10", "100"), 1)
    assert places("slider", 2.5, start=1, stop=4)[0] == ("1", "2", "2.5", "3", "4")


def test_a_slider_without_a_step_moves_over_round_numbers() -> None:
    assert len(grid(0.0, 1.0, None)) == 21
    assert grid(0.0, 0.6, None)[:3] == [0.0, 0.025, 0.05]
    assert len(grid(0, 10**6, 1)) == MOST_PLACES


def test_a_logarithmic_slider_with_more_places_than_there_may_be_keeps_both_ends() -> None:
    labels, initial = places("slider", 1.0, start=-3.0, stop=3.0, step=0.01, base=10.0)
    assert (len(labels), labels[0], labels[initial], labels[-1]) == (MOST_PLACES, "0.001", "1", "1000")


def test_a_fine_slider_is_counted_with_the_places_that_it_does_not_offer() -> None:
    run = ran(percent("k = 1  # widget: slider(1, 500)", "print(k)"), Budget(states=10**4))
    assert [(each.extent, each.wanted, each.computed) for each in run.decisions] == [("some", 500, MOST_PLACES)]
    ends = widget_of(Control("k", (), "range-slider", "id", [0, 50], {"start": 0, "stop": 50, "step": 1}), "cell")
    assert ends
    assert (ends.wanted, len(ends.values)) == (51 * 52 // 2, 91)


def test_choices_have_their_options() -> None:
    assert places("dropdown", ["b"], options=["a", "b"]) == (("a", "b"), 1)
    assert places("dropdown", [], options=["a"], **{"allow-select-none": True}) == (("–", "a"), 0)
    assert places("multiselect", [], options=["x", "y"])[0] == ("–", "x", "y", "x, y")
    assert places("date", "2024-02-29", start="2024-02-28", stop="2024-03-01")[0][1] == "2024-02-29"
    assert widget_of(Control("k", (), "multiselect", "id", [], {"options": list("abcdefg")}), "c") is None
    assert widget_of(Control("k", (), "number", "id", 1, {"start": 0}), "c") is None


# --- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_makes_a_constant_a_widget() -> None:
    [note] = notes_in('k = 5  # widget: slider(1, 20, label="neighbours")')
    assert (note.name, note.kind, note.values, note.initial, note.label) == (
        *("k", "slider", tuple(range(1, 21)), 5, "neighbours"),
    )
    [note] = notes_in("x = -0.5  # widget: values(-1, 0)")
    assert note.values == (-0.5, -1, 0)
    [note] = notes_in("on: bool = True  # widget: switch()")
    assert note.values == (False, True)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("print(1)  # widget: slider(1, 2)", "no name"),
        ("k = 1  # widget: slider(1)", "a first and a last value"),
        ("k = 1  # widget: knob(1, 2)", "is no widget"),
        ("k = 1  # widget: slider(__import__('os').remove('x'), 2)", "malformed"),
        ("k = 1  # widget: slider", "is no widget"),
    ],
)
def test_a_note_that_cannot_be_followed_says_why(code: str, why: str) -> None:
    [note] = notes_in(code)
    assert why in note.fault
    run = ran(percent(code))
    assert [problem.code for problem in run.problems if problem.severity == "warning"] == ["widget-note"]


def test_what_looks_like_a_note_within_a_string_is_none() -> None:
    assert notes_in("k = '# widget: slider(1, 2)'") == []


# --- who follows ------------------------------------------------------------------------------------------------------


def ran(notebook: Any, budget: Budget | None = None, **settings: Any) -> Run:

    root = Path(settings.pop("root", None) or tempfile.mkdtemp(prefix="nbpublish-test-"))
    world = ThisMachine(root)
    store = settings.pop("store", None) or MemoryStore()
    return build(
        notebook, store=store, executor=InlineExecutor(root), world=world, budget=budget or Budget(), **settings
    )


def follows(*codes: str) -> dict[str, tuple[str, ...]]:
    """By the first line of each cell that shows something, what it follows."""
    run = ran(percent(*codes))
    return {run.notebook.cell(each.cell).source.split("\n")[0]: each.widgets for each in run.decisions}


K, N = "k = 1  # widget: values(0, 1, 2)", "n = 1  # widget: values(0, 1, 2)"


def test_only_what_meets_in_a_cell_multiplies() -> None:
    assert follows(K, N, "print(k)", "print(n)", "print(k, n)", "print('neither')") == {
        "print(k)": ("k",),
        "print(n)": ("n",),
        "print(k, n)": ("k", "n"),
    }


def test_what_does_not_show_where_the_widgets_stand_is_found_by_the_graph() -> None:
    found = follows("on = False  # widget: switch()", K, "if on:\n    print(k)")
    assert found == {"if on:": ("on", "k")}
    book = percent(K, "x = k", "if x > 9:\n    print(x)", "print('neither')")
    known = Widget("k", "k", (), book.cells[0].id, "slider", "", ("0", "1"), ("0", "1"), 1, "none")
    assert list(followers(book, analyse(book), [known], {})) == [cell.id for cell in book.cells[:3]]


def test_what_a_state_alone_shows_to_follow_is_planned_again() -> None:
    """Where the reader begins, `b` is no other name of `a`."""
    found = follows("on = False  # widget: switch()", "a = [0]", K, "b = a if on else [1]", "b.append(k)", "print(a)")
    assert found["print(a)"] == ("on", "k")


def test_a_constant_that_another_cell_binds_too_is_no_widget() -> None:
    run = ran(percent("k = 1  # widget: slider(1, 3)", "print(k)", "k = 5"))
    assert run.widgets == ()
    assert [(each.code, "bound in another cell" in each.message) for each in run.problems] == [("widget-note", True)]


def test_values_changed_through_another_name_and_random_states_follow() -> None:
    assert follows("a = [0]\nb = a", K, "b.append(k)", "print(a)")["print(a)"] == ("k",)
    assert follows(K, "import random; random.seed(k)", "print(random.random())")["print(random.random())"] == ("k",)
    assert follows("def f():\n    return k", K, "print(f())")["print(f())"] == ("k",)


def test_a_cell_that_only_lays_controls_out_follows_none() -> None:
    codes = ("import marimo as mo", "k = 1", "mo.hstack([k, mo.md(f'{k}')])", "mo.hstack([k, k + 1])", "k")
    book = marimo(*codes)
    widget = Widget("k", "k", (), book.cells[1].id, "slider", "", ("0", "1"), ("0", "1"), 1)
    found = followers(book, analyse(book), [widget], {})
    assert list(found) == [book.cells[3].id]


# --- what is computed -------------------------------------------------------------------------------------------------


def widget(key: str, count: int, kind: str = "slider", initial: int = 0) -> Widget:
    labels = tuple(map(str, range(count)))
    return Widget(key, key, (), "cell", kind, "", labels, labels, initial)


def decided(widgets: list[Widget], follows: dict[str, tuple[str, ...]], budget: Budget, **costs: Any) -> Any:
    known = Costs(follows, frozenset(follows), *(costs.get(name, {}) for name in ("seconds", "bytes", "barred")))
    return {decision.cell: decision for decision in plan(widgets, known, budget)}


def test_all_is_computed_where_it_fits() -> None:
    one = decided([widget("a", 21), widget("b", 3)], {"x": ("a", "b"), "y": ("b",)}, Budget())
    assert [(each.extent, each.computed) for each in one.values()] == [("all", 63), ("all", 3)]


def test_sliders_become_coarser_for_the_whole_page_with_their_ends_and_their_start() -> None:
    found = decided([widget("a", 21, initial=7), widget("b", 21)], {"x": ("a", "b"), "y": ("a",)}, Budget(states=300))
    assert (found["x"].extent, found["x"].cause, found["y"].extent) == ("some", "states", "some")
    assert found["x"].computed <= 300
    assert found["x"].places[0] == found["y"].places[0]
    assert {0, 7, 20} <= set(found["x"].places[0])


def test_what_explodes_moves_one_at_a_time_and_else_not_at_all() -> None:
    many = [widget(key, 11) for key in "abcdef"]
    found = decided(many, {"x": tuple("abcdef")}, Budget(states=300))["x"]
    assert (found.extent, found.wanted, found.computed, len(found.places[0])) == ("axes", 11**6, 61, 11)
    fine = [widget(key, 401) for key in "abcd"]
    found = decided(fine, {"x": tuple("abcd")}, Budget(states=300))["x"]
    assert found.extent == "axes"
    assert 200 < found.computed <= 300
    choices = [widget(key, 30, "dropdown") for key in "abcdef"]
    found = decided(choices, {"x": tuple("abcdef")}, Budget(states=100))["x"]
    assert (found.extent, found.computed, found.cause) == ("default", 1, "states")


def test_what_moves_one_at_a_time_keeps_its_ends_and_its_start_before_nothing_moves() -> None:
    many = [widget(key, 21, initial=7) for key in "abcdefgh"]
    known = {"follows": {"x": tuple("abcdefgh")}, "budget": Budget(bytes=2_000_000)}
    found = decided(many, **known, bytes={"x": 120_000.0})["x"]
    assert (found.extent, found.computed) == ("axes", 17)
    assert found.places == ((0, 7, 20),) * 8
    assert decided(many, **known, bytes={"x": 200_000.0})["x"].extent == "default"


def test_of_many_buttons_each_can_be_pressed_less_often() -> None:
    found = decided([widget(key, 11, "button") for key in "abcd"], {"x": tuple("abcd")}, Budget(states=100))["x"]
    assert (found.extent, found.places, found.computed) == ("some", ((0, 1, 2),) * 4, 81)


def test_seconds_and_bytes_are_limits_too() -> None:
    long = decided([widget("a", 101)], {"x": ("a",)}, Budget(seconds=10), seconds={"x": 1.0})["x"]
    assert (long.extent, long.cause) == ("some", "seconds")
    assert long.computed <= 11
    shared = {"s": ("a",), "x": ("a", "b")}
    found = decided([widget("a", 11), widget("b", 3)], shared, Budget(seconds=15), seconds={"s": 1.0})
    assert found["x"].extent == "all", "what two groups need runs once for each place"
    large = decided([widget("a", 101)], {"x": ("a",)}, Budget(bytes=10_000), bytes={"x": 1000.0})["x"]
    assert (large.extent, large.cause) == ("some", "bytes")


def test_bytes_are_limited_for_each_output_as_well() -> None:
    sliders, follows = [widget("a", 101), widget("b", 101)], {"small": ("a",), "large": ("b",)}
    weights = {"small": 50.0, "large": 1000.0}
    found = decided(sliders, follows, Budget(output_bytes=10_000), bytes=weights)
    assert found["small"].extent == "all", "what another cell shows does not count"
    assert (found["large"].extent, found["large"].cause) == ("some", "bytes")
    assert 5 <= found["large"].computed <= 11
    assert decided(sliders, follows, Budget(), bytes=weights)["large"].extent == "all"


CHART = """class Chart:
    def _repr_mimebundle_(self, include=None, exclude=None):
        data = [{"x": ["x" * 50_000], "y": [str(k) * 3000]}]
        return {"application/vnd.plotly.v1+json": {"data": data, "layout": {}}}
Chart()"""


def test_a_chart_weighs_what_is_not_the_same_in_all_states() -> None:
    notebook = percent("k = 1  # widget: slider(1, 9)", CHART)
    [found] = ran(notebook, Budget(bytes=15_000)).decisions
    assert (found.extent, found.cause) == ("some", "bytes")
    assert 3 <= found.computed <= 5
    [found] = ran(notebook, Budget(bytes=90_000)).decisions
    assert found.extent == "all"
    states = [f'<script>{{"x":"{"x" * 999}","y":"{at}","z":3}}</script>' for at in range(9)]
    assert shard({"c": Follower(("k",), (9,), False, states)}).count("x" * 999) == 1


def test_what_takes_longer_than_the_budget_is_not_even_tried() -> None:
    notebook = percent(K, "import time; time.sleep(0.05 + 0 * k)", "print(k)")
    base = replace(ran(notebook), widgets=(), decisions=(), states=())
    tried: list[Any] = []

    def walk(widgets: Any, given: Any) -> Run:
        tried.append(given)
        return base

    found = with_states(base, walk, Budget(seconds=0.1))
    assert (tried, {each.extent for each in found.decisions}) == ([], {"default"})
    assert {each.cause for each in found.decisions} == {"seconds"}
    with_states(base, walk, Budget(seconds=10))
    assert tried


def test_a_state_that_takes_too_long_or_ends_python_spoils_no_other(tmp_path: Path) -> None:
    code = "import os, time\nif k == 1:\n    time.sleep(60)\nif k == 2:\n    os._exit(3)\nprint(k)"
    notebook = percent("k = 0  # widget: values(0, 1, 2, 3)", code, "print('below', k)")
    executor = LocalExecutor(tmp_path, Limits(cell=2))
    run = build(notebook, store=MemoryStore(), executor=executor, world=ThisMachine(tmp_path), budget=Budget())
    [problem] = run.problems
    assert problem.code == "state-failed"
    assert "k = 1 (Timeout)" in problem.message
    assert "k = 2 (Crash)" in problem.message
    shown = {state.given.get("k", 0): state.traces.get(notebook.cells[2].id) for state in (run, *run.states)}
    printed = {at: trace and trace.outputs[0].data["text/plain"] for at, trace in shown.items()}
    assert printed == {0: "below 0\n", 1: "below 1\n", 2: None, 3: "below 3\n"}


def test_a_state_that_takes_too_long_is_not_waited_for_again_until_the_limit_is_another_one(tmp_path: Path) -> None:
    slow, store = "print(k, flush=True)\ntime.sleep(60 * (k == 1))\nprint('end')", MemoryStore()

    def printed(first: int, limit: float, **how: Any) -> tuple[list[str], list[str]]:
        """The problems, and the states in which the cell ran."""
        notebook = percent("import time", f"k = {first}  # widget: values(0, 1)", slow)
        world, executor = ThisMachine(tmp_path, seconds=limit), LocalExecutor(tmp_path, Limits(cell=limit))
        run = build(notebook, store=store, executor=executor, world=world, budget=Budget(), **how)
        cell = notebook.cells[-1].id
        ran = [each.traces[cell].outputs[0].data["text/plain"][0] for each in (run, *run.states) if ran_in(each, cell)]
        return [problem.code for problem in run.problems], ran

    assert printed(0, 0.5) == (["state-failed"], ["0", "1"])
    assert printed(0, 0.5) == (["state-failed"], [])
    assert printed(0, 0.6) == (["state-failed"], ["1"])
    assert printed(0, 0.6, refresh=True) == (["state-failed"], ["1"])
    assert printed(1, 0.6)[1] == ["1"]  # where the reader begins it is tried each time


def ran_in(run: Run, cell: str) -> bool:
    return run.reasons[cell].action == "run"


def test_what_ends_python_where_the_reader_begins_is_not_tried_elsewhere(tmp_path: Path) -> None:
    notebook = percent(K, "import os\nos._exit(k)", "print(k)")
    executor = LocalExecutor(tmp_path, Limits(cell=20))
    run = build(notebook, store=MemoryStore(), executor=executor, world=ThisMachine(tmp_path), budget=Budget())
    assert {(each.extent, each.cause) for each in run.decisions} == {("default", "died")}


def test_what_changes_the_world_does_not_run_in_other_states() -> None:
    widgets, follows = [widget("a", 3), widget("b", 3)], {"w": ("a",), "x": ("a",), "y": ("b",)}
    found = decided(widgets, follows, Budget(), barred={"w": "writes"})
    assert [(each.extent, each.cause) for each in found.values()] == [
        *[("default", "writes"), ("default", "writes"), ("all", "")],
    ]


def test_states_are_those_that_the_decisions_ask_for_each_once() -> None:
    widgets = [widget("a", 3, initial=1), widget("b", 2)]
    found = decided(widgets, {"x": ("a", "b"), "y": ("a",)}, Budget())
    assert sorted(map(str, states(widgets, found.values()))) == sorted(
        map(str, [{"a": 0}, {"a": 2}, {"b": 1}, {"a": 0, "b": 1}, {"a": 2, "b": 1}])
    )
    few = decided(widgets, {"x": ("a", "b"), "y": ("b",)}, Budget()).values()
    assert states(widgets, few)[0] == {"b": 1}, "what follows few widgets comes first"
    order = list(settings(found["x"], {"a": 1, "b": 0}))
    assert [b for _, b in order] == [0, 0, 0, 1, 1, 1], "each time the others begin anew, more is set again"
    assert len(set(order)) == 6


# --- how they run -----------------------------------------------------------------------------------------------------


def test_an_edit_of_a_leaf_runs_that_cell_once_for_each_state(tmp_path: Any) -> None:
    store = MemoryStore()
    before = (K, "big = list(range(9))", "x = sum(big) + k", "print(x)")
    ran(percent(*before), root=tmp_path, store=store, keep=0.0)
    after = ran(percent(*before[:3], "print('x', x)"), root=tmp_path, store=store, keep=0.0)
    for state in after.states:
        ran_now = [id for id, reason in state.reasons.items() if reason.action == "run"]
        assert [after.notebook.cell(id).source for id in ran_now] == ["print('x', x)"]


def test_a_further_value_runs_one_state_and_a_build_without_a_change_none(tmp_path: Any) -> None:
    store, rest = MemoryStore(), ("print(k)", "print(k, n)")
    ran(percent(K, N, *rest), root=tmp_path, store=store)
    more = ran(percent("k = 1  # widget: values(0, 1, 2, 3)", N, *rest), root=tmp_path, store=store)
    new = [state.given for state in more.states if any(reason.action == "run" for reason in state.reasons.values())]
    assert new
    assert all(given["k"] == 3 for given in new)
    again = ran(percent("k = 1  # widget: values(0, 1, 2, 3)", N, *rest), root=tmp_path, store=store)
    assert not [r for state in again.states for r in state.reasons.values() if r.action == "run"]


class Counting(MemoryStore):
    """A store that knows how often it was written to, and what it was given each time."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[Trace, ...]] = []

    def keep(self, *traces: Trace) -> None:
        self.kept.append(traces)
        super().keep(*traces)


class Ends:
    """Who follows a build, and ends it when a cell says this for the second time."""

    def __init__(self, code: str) -> None:
        self.code, self.left = code, 2

    def begins(self, graph: Graph) -> None: ...

    def passes(self, cell: Cell, trace: Trace) -> None: ...

    def computes(self, done: int, total: int) -> None: ...

    def ran(self, cell: Cell) -> None:
        self.left -= cell.source == self.code
        if not self.left:
            raise KeyboardInterrupt


def test_what_quick_cells_give_in_states_is_written_together_once_a_slow_one_has_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nbpublish.walk.executions._DEAR", 0.5)  # a loaded machine makes quick cells slow
    monkeypatch.setattr("nbpublish.walk.walk._NOTED", 100)
    store, codes = Counting(), (K, "a = k + 1", "b = a + 1", "import time\ntime.sleep(0.6 * (k == 2))\nc = b", "c")
    ran(percent(*codes), store=store)
    found = [[trace.seconds > 0.5 for trace in traces] for traces in store.kept]
    assert found[len(codes) :] == [[*[False] * 8, True], [False]]


def test_a_build_that_is_ended_in_a_state_has_kept_what_ran_before(tmp_path: Path) -> None:
    store, codes = MemoryStore(), (K, "a = k + 1", "b = a + 1", "b")
    with pytest.raises(KeyboardInterrupt):
        ran(percent(*codes), store=store, root=tmp_path, listener=Ends("b"))
    again = runs_of(ran(percent(*codes), store=store, root=tmp_path))
    assert [cell for cell, given in again if given == again[0][1]] == ["b"]


def test_cells_that_are_alike_run_once_in_a_state() -> None:
    run = ran(percent(K, "print(k)", "print(k)"))
    twins = [[trace.id for id, trace in state.traces.items() if id != "k"][-2:] for state in run.states]
    assert len(twins) == 2
    assert all(one == other for one, other in twins)


def runs_of(run: Run) -> list[tuple[str, dict[str, int]]]:
    """The author's cells that ran, by their first lines, with the state in which each did."""
    return [
        (run.notebook.cell(id).source.split("\n")[0], dict(each.given))
        for each in (run, *run.states)
        for id, reason in each.reasons.items()
        if reason.action == "run" and id in run.graph.names
    ]


def test_a_control_with_a_further_place_runs_what_reads_its_value_at_that_place_only(tmp_path: Path) -> None:
    pytest.importorskip("marimo")
    store = MemoryStore()

    def slider(last: int) -> tuple[str, ...]:
        made = f"k = mo.ui.slider(1, {last})\nk"
        return ("import marimo as mo", made, "x = k.value * 2", "print(x)", "print(k.value, k.stop)")

    ran(marimo(*slider(3)), root=tmp_path, store=store)
    more = runs_of(ran(marimo(*slider(4)), root=tmp_path, store=store))
    assert [cell for cell, given in more if not given] == ["k = mo.ui.slider(1, 4)", "print(k.value, k.stop)"]
    assert [(cell, given) for cell, given in more if "stop" not in cell and given] == [
        *[("x = k.value * 2", {"k": 3}), ("print(x)", {"k": 3})],
    ]


def test_what_changes_a_control_itself_runs_again_where_it_is_another_one(tmp_path: Path) -> None:
    pytest.importorskip("marimo")
    store = MemoryStore()

    def chosen(options: str) -> tuple[str, ...]:
        made = f"k = mo.ui.multiselect({options}, value=['a'])\nk"
        return ("import marimo as mo", made, "k.value.append('more')", "print(k.value, len(k.options))")

    ran(marimo(*chosen("['a', 'b']")), root=tmp_path, store=store)
    notebook = marimo(*chosen("['a', 'b', 'c']"))
    after = ran(notebook, root=tmp_path, store=store)
    clean = ran(notebook, root=tmp_path)
    assert [trace.outputs for trace in after.traces.values()] == [trace.outputs for trace in clean.traces.values()]
    assert "k.value.append('more')" in [cell for cell, given in runs_of(after) if not given]


def test_a_state_that_fails_is_told_and_spoils_no_other() -> None:
    run = ran(percent(K, "print(1 / k)"))
    assert [problem.code for problem in run.problems] == ["state-failed"]
    assert "k = 0 (ZeroDivisionError)" in run.problems[0].message
    last = run.notebook.cells[1].id
    assert "0.5\n" in [output.data.get("text/plain") for state in run.states for output in state.traces[last].outputs]


def test_a_cell_that_is_to_fail_need_not_do_so_in_every_state() -> None:
    notebook = percent("k = 0  # widget: values(0, 1, 2)", "print(1 / k)")
    first, last = notebook.cells
    run = ran(replace(notebook, cells=(first, replace(last, options=replace(last.options, raises=True)))))
    assert [each.traces[last.id].exit for each in (run, *run.states)] == ["failed", "ok", "ok"]
    assert run.problems == ()


CHANGES = {
    "a value in place": ("a = [0]", "a.append(k)", "print(sum(a))"),
    "a class": ("class A:\n    x = 0", "A.x += k", "print(A.x)"),
    "chance": ("import random", "random.seed(1)", "[random.random() for _ in range(k)]", "print(random.random())"),
    "the environment": ("import os", "os.environ['N'] = os.environ.get('N', '') + 'x' * k", "print(os.environ['N'])"),
    "settings of matplotlib": (
        *("import matplotlib as m", "m.rcParams['lines.linewidth'] += k", "print(m.rcParams['lines.linewidth'])"),
    ),
    "options of numpy": (
        *("import numpy as np", "np.set_printoptions(np.get_printoptions()['precision'] + k)", "print(np.ones(1) / 3)"),
    ),
}


@pytest.mark.parametrize("changes", CHANGES)
def test_no_state_leaves_anything_to_the_next(changes: str, tmp_path: Path) -> None:
    """Each adds to what it finds, so that what another one has left would show."""
    codes = CHANGES[changes]
    for name in ("numpy", "matplotlib"):
        if name in changes:
            pytest.importorskip(name)
    run = ran(percent("k = 1  # widget: slider(0, 4)", *codes), root=tmp_path)
    alone = [printed_in(ran(percent(f"k = {at}", *codes), root=tmp_path))[""] for at in range(5)]
    assert printed_in(run) == {"" if at == 1 else f"k {at}": text for at, text in enumerate(alone)}
    assert len({*alone}) == 5


STATE = "get, put = mo.state(0)"


def test_what_a_control_sets_through_a_state_is_seen_above_it_too() -> None:
    pytest.importorskip("marimo")
    doubled = "x = get() * 2"
    slider = "k = mo.ui.slider(1, 3, on_change=put)\nk"
    run = ran(marimo("import marimo as mo", STATE, "print(get())", doubled, "print('x', x)", slider, "print(k.value)"))
    assert printed_in(run, 2) == {"": "0", "k 2": "2", "k 3": "3"}
    assert printed_in(run, 4) == {"": "x 0", "k 2": "x 4", "k 3": "x 6"}
    assert [each.extent for each in run.decisions] == ["all"] * 3
    assert not run.problems


def test_states_that_set_each_other_settle_or_are_told_of() -> None:
    pytest.importorskip("marimo")
    other, slider = "seen, see = mo.state(0)", "k = mo.ui.slider(1, 3, on_change=put)\nk"
    copies = "if seen() != get():\n    see(get())"
    run = ran(marimo("import marimo as mo", STATE, other, "print(seen())", copies, slider))
    assert printed_in(run, 3) == {"": "0", "k 2": "2", "k 3": "3"}
    endless = ("if get():\n    see(seen() + get())", "if seen():\n    put(get() + seen())")
    run = ran(marimo("import marimo as mo", STATE, other, *endless, slider))
    assert {problem.code for problem in run.problems} == {"state-unsettled"}


def test_a_cell_that_sets_a_state_which_it_reads_does_not_run_again_for_that() -> None:
    pytest.importorskip("marimo")
    counts = "if k.value > 1 and get() < 9:\n    put(get() + k.value)"
    run = ran(marimo("import marimo as mo", STATE, "k = mo.ui.slider(1, 3)\nk", counts, "print(get())"))
    assert printed_in(run) == {"": "0", "k 2": "2", "k 3": "3"}


def test_two_controls_that_show_one_state_move_each_other() -> None:
    pytest.importorskip("marimo")
    one = "a = mo.ui.slider(0, 3, value=get(), on_change=put)\na"
    other = "b = mo.ui.number(0, 3, value=get(), on_change=put)\nb"
    run = ran(marimo("import marimo as mo", STATE, one, other, "print(a.value, b.value)"))
    found = printed_in(run)
    assert (found[""], found["a 2"], found["b 3"]) == ("0 0", "2 2", "3 3")


def test_the_network_is_refused_where_only_another_value_asks_for_it() -> None:
    code = "import urllib.request\nif k:\n    urllib.request.urlopen('http://127.0.0.1:9/')\nprint(k)"
    run = ran(percent("k = 0  # widget: values(0, 1)", code))
    assert "k = 1 (NoNetworkError)" in run.problems[0].message
    run = ran(percent("k = 0  # widget: values(0, 1)", code), Budget(network=True))
    assert "k = 1 (URLError)" in run.problems[0].message


def test_programs_are_refused_where_only_another_value_starts_them(tmp_path: Path) -> None:
    """They may be asked for a paid service as well as the network itself."""
    code = f"import subprocess\nif k:\n    subprocess.run(['touch', '{tmp_path}/ran'])\nprint(k)"
    notebook = percent("k = 0  # widget: values(0, 1)", code)
    run = ran(notebook)
    assert "k = 1 (NoNetworkError)" in run.problems[0].message
    assert not (tmp_path / "ran").exists()
    run = ran(notebook, Budget(network=True))
    assert (run.problems, (tmp_path / "ran").exists()) == ((), True)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))", "network"),
        ("import subprocess\nsubprocess.run(['true'])", "programs"),
        ("import os\nos.urandom(1)", "chance"),
    ],
    ids=["the network", "other programs", "chance"],
)
def test_what_reaches_outside_stays_until_its_author_says_otherwise(code: str, cause: str) -> None:
    notebook = percent(K, f"{code}\nprint(k)", "print('also', k)", N, "print(n)")
    for budget, expected in ((Budget(), cause), (Budget(network=True), cause if cause == "chance" else "")):
        run = ran(notebook, budget)
        stays = ("default", cause) if expected else ("all", "")
        assert [(each.extent, each.cause) for each in run.decisions] == [stays, stays, ("all", "")]


def test_a_generator_with_a_seed_draws_no_chance_when_its_kept_value_is_tried() -> None:
    """numpy's generators ask for random bytes when they are loaded, before they take the state that they are given."""
    pytest.importorskip("numpy")
    drawn = "rng = np.random.default_rng(k)\nprint(rng.random())"
    run = ran(percent("import numpy as np", "k = 1  # widget: values(1, 2)", drawn), keep=0.0)
    assert [trace.impure for trace in run.traces.values()] == [(), (), ()]
    assert [decision.extent for decision in run.decisions] == ["all"]


def test_cells_that_write_files_stay_where_they_are(tmp_path: Any) -> None:
    run = ran(percent(K, "open('out.txt', 'w').write(str(k))", "print(k)"), root=tmp_path)
    found = {run.notebook.cell(each.cell).source[:5]: (each.extent, each.cause) for each in run.decisions}
    assert found == {"open(": ("default", "writes"), "print": ("default", "writes")}
    codes = (K, "open('out.txt', 'w').write(str(k)).bit_count()", N, "print(n, open('out.txt').read())")
    run = ran(percent(*codes), root=tmp_path)
    reads = next(each for each in run.decisions if each.cell == run.notebook.cells[-1].id)
    assert (reads.widgets, reads.extent, reads.cause) == (("k", "n"), "default", "writes"), "it follows what is written"


JUPYTER = """import ipywidgets as w
n = w.IntSlider(value=3, min=1, max=4)
kind = w.Dropdown(options=["odd", "even"])
exact = w.Checkbox()
w.VBox([n, kind, exact])"""


def test_controls_of_ipywidgets_are_set_one_by_one() -> None:
    pytest.importorskip("ipywidgets")
    run = ran(percent(JUPYTER, "print(n.value, kind.value)", "print(exact.value)"))
    assert [(each.widgets, each.wanted) for each in run.decisions] == [(("kind", "n"), 8), (("exact",), 2)]
    printed = {}
    for state in run.states:
        ids = [state.notebook.cells[at].id for at in (-2, -1)]
        printed[tuple(sorted(state.given.items()))] = [state.traces[id].outputs[0].data["text/plain"] for id in ids]
        if "exact" not in state.given:
            assert state.reasons[ids[1]].action == "reused"
    assert printed[("kind", 1), ("n", 0)] == ["1 even\n", "False\n"]
    assert printed[(("exact", 1),)] == ["3 odd\n", "True\n"]


def test_what_observes_a_control_of_ipywidgets_is_called() -> None:
    pytest.importorskip("ipywidgets")
    observing = "seen = []\nn.observe(lambda change: seen.append(change.new), 'value')"
    run = ran(percent(JUPYTER.replace("w.VBox([n, kind, exact])", "n"), observing, "print(seen)"))
    assert run.widgets
    assert [each.extent for each in run.decisions] == ["all"] * len(run.decisions)


def test_interact_calls_its_function_with_each_value() -> None:
    pytest.importorskip("ipywidgets")
    code = "from ipywidgets import interact\ndef f(k, on):\n    print(k, on)\ninteract(f, k=(1, 4), on=[True, False]);"
    run = ran(percent(code))
    found = [(widget.key, widget.kind, widget.initial) for widget in run.widgets]
    assert found == [("k", "slider", 1), ("on", "dropdown", 0)]
    last = run.notebook.cells[0].id
    printed = [each.traces[last].outputs[0].data["text/plain"] for each in (run, *run.states)]
    assert printed[0] == "2 True\n"
    assert sorted(printed) == sorted(f"{k} {on}\n" for k in range(1, 5) for on in (True, False))


def test_interact_as_a_decorator_shows_what_the_function_returns() -> None:
    pytest.importorskip("ipywidgets")
    run = ran(percent("from ipywidgets import interact\n@interact(x=(0.0, 1.0, 0.5))\ndef f(x):\n    return x * 2"))
    found = {tuple(each.given.values()): each.traces[each.notebook.cells[0].id].outputs for each in (run, *run.states)}
    shown = {key: outputs[0].data["text/plain"] for key, outputs in found.items()}
    assert shown == {(): "1.0", (0,): "0.0", (2,): "2.0"}


@pytest.mark.parametrize(
    ("makes", "printed"),
    [
        (
            "mo.ui.slider(0, n.value)",
            {"": "0", "m 1": "1", "n 2": "0", "m 1, n 2": "1", "m 2, n 2": "2"},
        ),
        (
            "mo.ui.slider(1, 3, value=n.value)",
            {"": "1", "m 2": "2", "m 3": "3", "n 2": "2", "m 1, n 2": "1", "m 3, n 2": "3"},
        ),
        (
            "mo.ui.dropdown(['b', 'a'][: n.value], value='b')",
            {"": "b", "n 2": "b", "m a, n 2": "a"},
        ),
        (
            "mo.ui.array([mo.ui.checkbox() for _ in range(n.value)])",
            {
                "": "[False]",
                "m.0 ✓": "[True]",
                "n 2": "[False, False]",
                "m.1 ✓, n 2": "[False, True]",
                "m.0 ✓, n 2": "[True, False]",
                "m.0 ✓, m.1 ✓, n 2": "[True, True]",
            },
        ),
        ("mo.ui.slider(1, 2) if n.value == 2 else mo.ui.text()", {"": "", "n 2": "1", "m 2, n 2": "2"}),
        ("mo.ui.slider(1, 2) if n.value == 2 else mo.ui.checkbox()", {"": "False", "n 2": "1"}),  # it is of two kinds
    ],
)
def test_a_control_that_another_one_s_value_makes_moves_among_what_it_is_then(
    makes: str, printed: dict[str, str]
) -> None:
    pytest.importorskip("marimo")
    run = ran(marimo("import marimo as mo", "n = mo.ui.slider(1, 2)\nn", f"m = {makes}\nm", "print(m.value)"))
    assert printed_in(run) == printed


@pytest.mark.parametrize(
    ("made", "budget"),
    [
        (["k = mo.ui.slider(1, n.value)\nk", "print(k.value)"], Budget(states=5)),
        (["m = mo.ui.switch()\nm", "k = mo.ui.slider(m.value, n.value)\nk", "print(k.value)"], Budget(states=14)),
        (["m = mo.ui.slider(1, n.value)\nm", "k = mo.ui.slider(0, m.value)\nk", "print(k.value)"], Budget(states=10)),
        (["k = mo.ui.button(value=n.value, on_click=lambda value: value + 1)\nk", "print(k.value)"], Budget(states=32)),
    ],
    ids=["too many states", "by two", "by one that is made itself", "a button"],
)
def test_a_control_that_another_one_s_value_makes_may_have_to_stay(made: list[str], budget: Budget) -> None:
    pytest.importorskip("marimo")
    run = ran(marimo("import marimo as mo", "n = mo.ui.slider(1, 3, value=2)\nn", *made), budget=budget)
    assert {each.key: each.cause for each in run.still or ()} == {"k": "states"}
    moved = {key for state in run.states for key in state.given}
    assert "n" in moved
    assert "k" not in moved


def test_what_a_control_of_marimo_sets_through_a_state_is_seen_below_it() -> None:
    pytest.importorskip("marimo")
    codes = (
        "import marimo as mo",
        "get, put = mo.state(0)",
        "k = mo.ui.slider(1, 3, on_change=lambda value: put(value * 10))\nk",
        "print(get())",
    )
    run = ran(marimo(*codes))
    last = run.notebook.cells[-1].id
    printed = [each.traces[last].outputs[0].data["text/plain"] for each in (run, *run.states)]
    assert printed == ["0\n", "20\n", "30\n"]
    assert [(each.cell, each.widgets) for each in run.decisions] == [(last, ("k",))]


def printed_in(run: Run, cell: int = -1) -> dict[str, str]:
    """What a cell prints in each state, by what the state sets."""
    labels = {widget.key: widget.labels for widget in run.widgets}
    found = {}
    for state in (run, *run.states):
        said = ", ".join(f"{key} {labels[key][at]}" for key, at in sorted(state.given.items()))
        outputs = state.traces[run.notebook.cells[cell].id].outputs
        found[said] = "".join(output.data.get("text/plain", "") for output in outputs).strip()
    return found


def test_rows_of_a_small_table_can_be_selected() -> None:
    pytest.importorskip("marimo")
    rows = "[{'n': 1}, {'n': 2}, {'n': 3}]"
    tables = f"one = mo.ui.table({rows}, selection='single')", f"some = mo.ui.table({rows})"
    codes = ("import marimo as mo", f"{tables[0]}\none", f"{tables[1]}\nsome", "print(one.value)", "print(some.value)")
    run = ran(marimo(*codes))
    assert [each.labels for each in run.widgets] == [
        *[("–", "1", "2", "3"), ("–", "1", "2", "3", "1, 2", "1, 3", "2, 3", "1, 2, 3")],
    ]
    assert printed_in(run, 3)["one 2"] == "[{'n': 2}]"
    assert printed_in(run, 4)["some 1, 3"] == "[{'n': 1}, {'n': 3}]"
    page = render(run, PageSettings(), lambda url, line: url).html
    assert page.count('<input type="checkbox" value="1" aria-label="Row 2" disabled') == 2


def test_of_a_data_frame_of_text_no_row_may_be_selected() -> None:
    pytest.importorskip("marimo")
    pytest.importorskip("pandas")
    made = "t = mo.ui.table(pd.DataFrame({'name': ['p', 'q']}), selection='single')\nt"
    run = ran(marimo("import marimo as mo, pandas as pd", made, "print(list(t.value['name']))"))
    assert printed_in(run) == {"": "[]", "t 1": "['p']", "t 2": "['q']"}


def test_rows_are_selected_within_a_layout_too() -> None:
    pytest.importorskip("marimo")
    made = "t = mo.ui.table([{'a': 1}, {'a': 2}], selection='single')\nmo.hstack([t, mo.md(f'again: {t}')])"
    run = ran(marimo("import marimo as mo", made, "print(t.value)"))
    page = render(run, PageSettings(), lambda url, line: url).html
    assert re.findall(r'<input type="checkbox" value="(\d)"', page) == ["0", "1", "0", "1"]


FRAME = "import marimo as mo, pandas as pd, altair as alt\nframe = pd.DataFrame({'p': [1, 2, 3], 'q': [5., 7.5, 7.5]})"


@pytest.mark.parametrize(
    ("chart", "selected"),
    [
        ("mark_circle().encode(x='p', y='q')", {"p 1, q 5": [1], "p 2, q 7.5": [2], "p 3, q 7.5": [3]}),
        ("mark_bar().encode(x='q:N', y='sum(p)')", {"5": [1], "7.5": [2, 3]}),
        ("mark_arc().encode(theta='sum(p)', color='q:N')", {"5": [1], "7.5": [2, 3]}),
        ("mark_point().encode(x='p').add_params(alt.selection_point())", {"1": [1], "2": [2], "3": [3]}),
        ("mark_point().encode(x='p').add_params(alt.selection_point(fields=['q']))", {"5": [1], "7.5": [2, 3]}),
        ("mark_point().encode(x='p').add_params(alt.selection_interval())", {"1": [1], "2": [2], "3": [3]}),
        ("mark_bar().encode(x=alt.X('p', bin=True), y='count()')", {}),
        ("mark_point().encode(x='p', row='q')", {}),
        ("mark_line().encode(x='p', y='q')", {}),
        ("mark_point().transform_filter('datum.p > 1').encode(x='p', y='q')", {}),
        ("mark_bar().encode(x='p:O', y='q')", {"p 1, q 5": [1], "p 2, q 7.5": [2], "p 3, q 7.5": [3]}),
        ("mark_rect().encode(x='q:N', y='mean(p)')", {"5": [1], "7.5": [2, 3]}),
        ("mark_point().encode(x='p', y='q').add_params(alt.param('k', value=3))", {}),  # marimo adds nothing then
        ("mark_point().encode(x='p').add_params(alt.selection_point(value=[{'p': 1}]))", {}),
    ],
)
def test_marks_of_a_chart_can_be_selected_where_rows_belong_to_them(chart: str, selected: dict[str, list[int]]) -> None:
    pytest.importorskip("marimo")
    pytest.importorskip("altair")
    made = f"c = mo.ui.altair_chart(alt.Chart(frame).{chart})\nc"
    found = printed_in(ran(marimo(FRAME, made, "print(list(c.value['p']))")))
    assert {key.removeprefix("c "): value for key, value in found.items() if key} == {
        said: str(rows) for said, rows in selected.items()
    }


@pytest.mark.parametrize(
    "column",
    [
        "pl.Series([0.1, 1 / 3, 1e-7], dtype=pl.Float32)",
        "[datetime.date(2024, 1, 1), datetime.date(2024, 2, 1), datetime.date(2024, 3, 1)]",
        "[datetime.datetime(2024, 1, 1), datetime.datetime(2024, 2, 1, 12, 30), datetime.datetime(2024, 3, 1)]",
        "pl.Series(['a', 'b', 'b'], dtype=pl.Categorical)",
        "[True, False, True]",
    ],
)
def test_what_a_mark_says_finds_its_row_whatever_the_type_of_the_column(column: str) -> None:
    for module in ("marimo", "altair", "polars"):
        pytest.importorskip(module)
    loaded = "import datetime, marimo as mo, polars as pl, altair as alt"
    frame = f"{loaded}\nframe = pl.DataFrame({{'p': [1, 2, 3], 'c': {column}}})"
    made = "c = mo.ui.altair_chart(alt.Chart(frame).mark_point().encode(x='c', y='p'))\nc"
    found = printed_in(ran(marimo(frame, made, "print(list(c.value['p']))")))
    assert list(found.values()) == ["[]", "[1]", "[2]", "[3]"]


def test_no_mark_can_be_selected_whose_row_marimo_would_not_find() -> None:
    for module in ("marimo", "altair", "polars"):
        pytest.importorskip(module)
    frame = "import datetime, marimo as mo, polars as pl, altair as alt\nday = datetime.datetime(2024, 1, 1)"
    times = "pl.DataFrame({'p': [1], 'c': pl.Series([day]).dt.replace_time_zone('Asia/Tokyo')})"
    made = f"c = mo.ui.altair_chart(alt.Chart({times}).mark_point().encode(x='c', y='p'))\nc"
    assert printed_in(ran(marimo(frame, made, "print(list(c.value['p']))"))) == {"": "[]"}


def test_who_reads_the_data_of_a_chart_does_not_follow_what_is_selected_in_it() -> None:
    pytest.importorskip("marimo")
    pytest.importorskip("altair")
    made = "c = mo.ui.altair_chart(alt.Chart(frame).mark_point().encode(x='p', y='q'))\nmo.hstack([c, 'beside'])"
    run = ran(marimo(FRAME, made, "print(len(c.value))", "print(frame['p'].sum())"))
    assert [(each.cell, each.widgets) for each in run.decisions] == [(run.notebook.cells[2].id, ("c",))]
    page = render(run, PageSettings(), lambda url, line: url).html
    buttons = re.findall(r'<input type="radio" [^>]*aria-label="([^"]*)"(?: title="[^"]*" style="([^"]*)")?', page)
    assert [label for label, _ in buttons] == ["Nothing selected", "p 1, q 5", "p 2, q 7.5", "p 3, q 7.5"]
    assert [bool(style) for _, style in buttons] == [False, True, True, True]


@pytest.mark.parametrize(
    ("chart", "count"),
    [
        ("mark_bar().encode(x='q:N', y='sum(p)', color='p:N')", 2),
        ("mark_rect().encode(x='q:N', y='p:O', color='mean(q)')", 3),
        ("mark_arc().encode(theta='sum(p)', color='q:N')", 2),
    ],
)
def test_a_button_lies_over_all_that_a_mark_is_made_of(chart: str, count: int) -> None:
    pytest.importorskip("marimo")
    pytest.importorskip("vl_convert")
    run = ran(marimo(FRAME, f"c = mo.ui.altair_chart(alt.Chart(frame).{chart})\nc", "print(len(c.value))"))
    page = render(run, PageSettings(), lambda url, line: url).html
    styles = re.findall(r'title="[^"]*" style="([^"]*)"', page)
    boxes = [tuple(map(float, re.findall(r"([\d.]+)%", style))) for style in styles]
    assert len(boxes) == count
    for number, (left, top, width, height) in enumerate(boxes):
        for x, y, wide, high in boxes[:number]:
            assert abs(x - left) >= (width + wide) / 2 - 0.02 or abs(y - top) >= (height + high) / 2 - 0.02


def test_marks_that_are_selected_together_stand_in_a_list_where_another_is_between_them() -> None:
    pytest.importorskip("marimo")
    pytest.importorskip("altair")
    points = "alt.Chart(frame.assign(r=[5, 7, 5])).mark_point().encode(x='p')"
    chart = f"{points}.add_params(alt.selection_point(fields=['r']))"
    run = ran(marimo(FRAME, f"c = mo.ui.altair_chart({chart})\nc", "print(len(c.value))"))
    page = render(run, PageSettings(), lambda url, line: url).html
    assert re.findall(r"<option[^>]*>(.*?)</option>", page) == ["–", "5", "7"]


def test_a_note_makes_a_constant_of_a_marimo_notebook_a_widget_too() -> None:
    run = ran(marimo("k = 1  # widget: slider(1, 3)", "print(k)"))
    assert printed_in(run) == {"": "1", "k 2": "2", "k 3": "3"}


def test_what_stands_in_a_form_counts_once_it_is_sent() -> None:
    pytest.importorskip("marimo")
    made = "f = mo.md('{n} {word}').batch(n=mo.ui.slider(1, 2), word=mo.ui.text('x')).form()\nf"
    run = ran(marimo("import marimo as mo", made, "print(f.value)"))
    assert [(widget.key, widget.kind, widget.form) for widget in run.widgets] == [
        *[("f", "form", ""), ("f.form.n", "slider", "f")],
    ]
    assert [(each.wanted, each.computed) for each in run.decisions] == [(3, 3)]
    assert printed_in(run) == {
        "": "None",
        "f ✓": "{'n': 1, 'word': 'x'}",
        "f ✓, f.form.n 2": "{'n': 2, 'word': 'x'}",
    }


def test_a_form_around_one_control_is_sent_as_it_stands_and_not_where_its_check_refuses_it() -> None:
    pytest.importorskip("marimo")
    checked = "f = mo.ui.slider(1, 3).form(validate=lambda value: 'too much' if value > 2 else None)\nf"
    run = ran(marimo("import marimo as mo", checked, "g = mo.ui.text('x').form()\ng", "print(f.value, g.value)"))
    found = printed_in(run)
    assert found["f ✓, g ✓"] == "1 x"
    assert (found["f ✓, f.form 2"], found["f ✓, f.form 3"]) == ("2 None", "None None")


def test_a_form_within_others_counts_for_nothing_until_it_is_sent() -> None:
    pytest.importorskip("marimo")
    made = "d = mo.ui.dictionary({'f': mo.ui.slider(1, 2).form(), 's': mo.ui.slider(1, 2)})\nd"
    found = printed_in(ran(marimo("import marimo as mo", made, "print(d.value)")))
    assert found["d.s 2"] == "{'f': None, 's': 2}"
    assert found["d.f ✓, d.f.form 2, d.s 2"] == "{'f': 2, 's': 2}"


def test_a_button_counts_how_often_it_is_pressed_and_a_run_button_once() -> None:
    pytest.importorskip("marimo")
    made = "b = mo.ui.button(value=1, on_click=lambda value: value * 2)\nr = mo.ui.run_button()\nmo.hstack([b, r])"
    run = ran(marimo("import marimo as mo", made, "print(b.value, r.value)"))
    found = printed_in(run)
    assert (found[""], found["b 1"], found["b 3"], found["b 10, r ▶"]) == (
        *("1 False", "2 False", "8 False", "1024 True"),
    )


def test_controls_within_controls_within_controls_are_set() -> None:
    pytest.importorskip("marimo")
    inner = "mo.ui.array([mo.ui.checkbox(), mo.ui.button(value=0, on_click=lambda n: n + 1)])"
    run = ran(marimo("import marimo as mo", f"d = mo.ui.dictionary({{'a': {inner}}})\nd", "print(d.value)"))
    assert printed_in(run)["d.a.0 ✓, d.a.1 2"] == "{'a': [True, 2]}"
