"""How long states may take: what the budget of seconds counts, where it ends them, and what Ctrl-C does."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from programs import marimo, percent, shown

from nbpublish.build import build
from nbpublish.executors.limits import Limits
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Budget, Cell, Given, Graph, Notebook, Run, Trace, Widget
from nbpublish.store.memory import MemoryStore
from nbpublish.widgets.ahead import with_states
from nbpublish.widgets.plan import settings
from nbpublish.widgets.within import within


class Counts:
    """Follows a build, and counts how often each cell runs."""

    def __init__(self) -> None:
        self.ran_: Counter[str] = Counter()

    def begins(self, graph: Graph) -> None: ...

    def passes(self, cell: Cell, trace: Trace) -> None: ...

    def computes(self, done: int, total: int) -> None: ...

    def ran(self, cell: Cell) -> None:
        self.ran_[cell.id] += 1


def ran(notebook: Notebook, root: Path, budget: Budget | None = None, **how: object) -> Run:
    store = how.pop("store", None) or MemoryStore()
    limits = Limits(cell=how.pop("limit", 60))  # type: ignore[arg-type]
    executor, world = LocalExecutor(root, limits), ThisMachine(root)
    return build(notebook, store=store, executor=executor, world=world, budget=budget or Budget(), **how)  # type: ignore[arg-type]


def printed(run: Run) -> dict[int, str]:
    """By place of the only widget, what the last cell has printed."""
    last, [widget] = run.notebook.cells[-1].id, run.widgets
    traces = {each.given.get(widget.key, widget.initial): each.traces[last] for each in (run, *run.states)}
    return {at: "".join(str(output.data["text/plain"]) for output in trace.outputs) for at, trace in traces.items()}


# --- what runs again --------------------------------------------------------------------------------------------------


def test_a_cell_that_gives_something_else_when_it_runs_again_runs_once_for_each_state(tmp_path: Path) -> None:
    drawn = "import os\ng = (x for x in [os.urandom(2)] * 20)"
    counts = Counts()
    notebook = percent(drawn, "k = 1  # widget: slider(0, 4)", "next(g)\nprint(k)")
    run = ran(notebook, tmp_path, listener=counts)
    assert printed(run) == {at: f"{at}\n" for at in range(5)}
    assert counts.ran_[notebook.cells[0].id] <= 5


def test_a_function_with_a_cache_beside_private_functions_runs_again_as_it_ran(tmp_path: Path) -> None:
    """`mo.cache` copies all globals, those private to other cells included."""
    counts = Counts()
    cached = "@mo.cache\ndef twice(x):\n    print('computing', x)\n    return [2 * x]"
    private = "def _one():\n    return 1\nmo.md(f'{_one()}')"
    notebook = marimo(
        "import marimo as mo", private, cached, "k = mo.ui.slider(0, 4)\nk", "print(twice(k.value), twice(1))"
    )
    run = ran(notebook, tmp_path, listener=counts)
    expected = {at: f"computing {at}\n{'computing 1' + chr(10) if at != 1 else ''}[{2 * at}] [2]\n" for at in range(5)}
    assert printed(run) == expected  # each state begins with an empty cache
    assert counts.ran_[notebook.cells[1].id] == 1
    assert counts.ran_[notebook.cells[2].id] <= 5
    assert not any(name.startswith("_cell") for trace in run.traces.values() for name in trace.versions)


# --- seconds ----------------------------------------------------------------------------------------------------------

SLOW = "import time\ntime.sleep(0.1 * (0 < k < 100 and k != 50))\nprint(k)"
"""Quick where it is tried, and slow for nearly all other values."""


def test_states_end_when_their_time_is_over_and_what_there_is_is_spread_and_decided_again(tmp_path: Path) -> None:
    notebook, store = percent("k = 0  # widget: slider(0, 100)", SLOW), MemoryStore()
    run = ran(notebook, tmp_path, Budget(seconds=1), store=store)
    [decision] = run.decisions
    [places] = decision.places
    assert (decision.extent, decision.cause, decision.wanted) == ("some", "seconds", 101)
    assert {0, 100} < set(places)
    assert decision.computed == len(places) == len(run.states) + 1
    assert max(after - before for before, after in pairwise(places)) <= 50
    took = [state.traces[notebook.cells[1].id].seconds for state in run.states]
    assert sum(took) <= 1 + max(took)  # the last one began before its time was over
    again = ran(notebook, tmp_path, Budget(seconds=1), store=store)
    assert again.decisions == run.decisions
    assert shown(again) == shown(run)


def test_a_state_without_an_end_is_ended_with_the_time_for_states_and_the_others_stay(tmp_path: Path) -> None:
    endless = "import time\ntime.sleep(600 * (k == 2))\nprint(k)"
    run = ran(percent("k = 0  # widget: slider(0, 4)", endless), tmp_path, Budget(seconds=2), limit=None)
    assert printed(run).items() >= {0: "0\n", 4: "4\n"}.items()
    [decision] = run.decisions
    assert (2 in decision.places[0], decision.cause) == (False, "seconds")
    assert not run.problems


def test_what_a_state_takes_besides_its_cells_is_noted_and_counted_by_the_planner(tmp_path: Path) -> None:
    """What changes a library needs a new process in each state."""
    notebook = percent("k = 1  # widget: slider(0, 100)", "import json\njson.extra = k", "print(json.extra)")
    run = ran(notebook, tmp_path, Budget(seconds=2))
    last = notebook.cells[-1].id
    assert all(state.traces[last].beside > state.traces[last].seconds for state in run.states)
    [decision] = [each for each in run.decisions if each.cell == last]
    assert (decision.cause, decision.computed < 101) == ("seconds", True)
    took = sum(state.traces[last].seconds + state.traces[last].beside for state in run.states)
    longest = max(state.traces[last].seconds + state.traces[last].beside for state in run.states)
    assert took <= 2 + longest


def test_the_planner_does_not_count_what_only_the_first_state_takes(tmp_path: Path) -> None:
    notebook = percent("k = 0  # widget: slider(0, 20)", "print(k)")
    base = replace(ran(notebook, tmp_path), widgets=(), decisions=(), states=())
    last = notebook.cells[-1].id
    took: list[float] = [30.0]

    def walk(widgets: object, given: Given) -> Run:
        beside = took.pop() if took else 0.0
        trace = replace(base.traces[last], id=f"in {given}", beside=beside)
        return replace(base, traces={**base.traces, last: trace}, given=given)

    assert [each.extent for each in with_states(base, walk, Budget(seconds=100)).decisions] == ["all"]
    took += [20.0] * 100
    assert [each.computed for each in with_states(base, walk, Budget(seconds=200)).decisions] == [9]
    assert len(took) == 100 - 8


# --- decisions on what there is ---------------------------------------------------------------------------------------


def widget(key: str, count: int, kind: str = "slider", initial: int = 0) -> Widget:
    labels = tuple(map(str, range(count)))
    return Widget(key, key, (), "cell", kind, "", labels, labels, initial)


def cut(widgets: list[Widget], extent: str, done: int) -> tuple[str, tuple[tuple[int, ...], ...], int]:
    """What is decided where `done` of the states of all these widgets have been computed."""
    from nbpublish.model import Decision

    keys, places = tuple(each.key for each in widgets), tuple(tuple(range(len(each.values))) for each in widgets)
    whole = Decision("x", keys, places, extent, 99, 99)  # type: ignore[arg-type]
    stand = {each.key: each.initial for each in widgets}
    every = [dict(zip(keys, setting, strict=True)) for setting in settings(whole, stand)]
    known = [{key: at for key, at in given.items() if at != stand[key]} for given in every[:done]]
    [found] = within(widgets, [whole], lambda given: given in known or None)  # type: ignore[arg-type, return-value]
    return found.extent, found.places, found.computed


def test_what_is_left_of_several_widgets_has_all_combinations() -> None:
    slider, other, choice = widget("a", 5, initial=3), widget("b", 9), widget("c", 3, "dropdown", initial=1)
    assert cut([slider, other], "all", 45)[0] == "all"
    assert cut([slider, other], "all", 30) == ("some", ((0, 3, 4), tuple(range(9))), 27)
    assert cut([slider, other], "all", 5) == ("some", ((3,), (0, 2, 4, 6, 8)), 5)
    assert cut([choice, other], "all", 20) == ("some", ((1,), tuple(range(9))), 9)  # no choice without the others
    assert cut([slider, other], "all", 1)[0] == "default"
    assert cut([slider, other], "axes", 5) == ("axes", ((0, 1, 2, 3, 4), (0,)), 5)
    assert cut([widget("p", 11, "button")], "all", 4) == ("default", (tuple(range(11)),), 1)


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------

SLIDER = "# %%\nk = 1  # widget: slider(0, 100)\n"
PAGE = SLIDER + "# %%\nimport json, time\njson.extra = k\ntime.sleep(0.5)\n# %%\nprint(k)\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_an_interrupt_ends_a_build_in_the_middle_of_states_and_keeps_those_that_are_done(tmp_path: Path) -> None:
    """Each of these states needs a new process; an interrupt once ended only the one that ran."""
    (tmp_path / "docs").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ntheme: {name: nbpublish}\nplugins: [nbpublish]\n")
    (tmp_path / "docs" / "a.py").write_text(PAGE)
    command = [sys.executable, "-m", "nbpublish", "build", str(tmp_path)]
    building = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    begun: set[int] = set()
    while len(begun) < 4 and building.poll() is None:
        begun |= {child.pid for child in psutil.Process(building.pid).children()}
        time.sleep(0.01)
    building.send_signal(signal.SIGINT)
    output, _ = building.communicate(timeout=25)  # a hundred states take twice as long
    assert (building.returncode, b"interrupted" in output) == (130, True), output
    [index] = (tmp_path / ".nbpublish").rglob("index-0.sqlite")
    with closing(sqlite3.connect(index)) as database:
        kept = database.execute("SELECT COUNT(*) FROM traces WHERE place LIKE 'a.py:% given'").fetchone()[0]
    assert kept >= 2 * (len(begun) - 2)  # the first process was the notebook's own, and the last was ended
