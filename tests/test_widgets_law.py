"""The law of states: whatever a reader moves, the page shows what running the notebook with those values would show.

Random programs that mutate, alias, draw random numbers, fail and call functions that read globals get two widgets. The
states that a build computes ahead are compared, for every combination of their values, with a plain run.
"""

from __future__ import annotations

import random
import re
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from law import as_outside_pytest
from nursery import elsewhere
from programs import Shown, marimo, percent, plainly
from random_programs import begin, first_dataflow, first_program

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.graph.analyse import analyse
from nbpublish.kernel.hidden import Hidden
from nbpublish.kernel.versions import Ledger
from nbpublish.model import Budget, Notebook, Run, Trace
from nbpublish.store.memory import MemoryStore
from nbpublish.traces.faults import fault
from nbpublish.traces.obstacles import left_out, obstacle
from nbpublish.traces.plan import _Planner

ABOUT = ("values", "values", "looking", "functions", "closures", "classes", "instances", "opaque", "random", "failing")
ABOUT += ("files", "reaching", "numbers")
VALUES = (0, 1, 2)
USES = (
    "a = [{w}]",
    "a.append({w})",
    "b = [a, {w}]",
    "if {w} > 1:\n    a = b",
    "if {w} == 0:\n    a[-1].append(1)",
    "import random; random.seed({w})",
    "def f():\n    return [{w}]",
    "def g():\n    return f() + [{w}]",
    "print({w})",
    "print(1 / {w})",
    "c = lambda: ({w}, a)",
    "if {w}:\n    print('more')",
    "if {w} == 2:\n    del b",
    "print(open('in' + str({w}) + '.txt').read())",
    "a = b = [open('in' + str({w}) + '.txt').read()]",
    "print(globals().get('abc'[{w}]))",
    "b = [eval('abc'[{w}])]",
    "exec('a = [' + str({w}) + ']')",
    "b = a\nb.append({w})",
    "import numpy as np; np.random.seed({w})",
    "import numpy as np; print(np.random.rand())",
    "import random; b = [random.random(), {w}]",
    "class K:\n    z = [{w}]",
)


def program(r: random.Random, cells: int) -> list[str]:
    """A random program in which two constants are widgets and decide about what follows."""
    codes = first_program(r, cells, ABOUT)
    for name in "vw":
        for _ in range(3):
            codes.insert(r.randint(3, len(codes)), r.choice(USES).replace("{w}", name))
    for name in "wv":
        codes.insert(r.randint(0, 3), f"{name} = 1  # widget: values(0, 1, 2)")
    return codes


def with_values(codes: list[str], v: int, w: int) -> list[str]:
    """The program as an author would write it who prefers other constants."""
    for name, value in (("v", v), ("w", w)):
        codes = [re.sub(rf"^{name} = 1(?=  # widget)", f"{name} = {value}", code) for code in codes]
    return codes


def shown_at(run: Run, places: dict[str, int]) -> Shown:
    """What the page shows of each cell where its reader has put the widgets to these places."""
    decided = {decision.cell: decision for decision in run.decisions}
    states = {tuple(sorted(state.given.items())): state for state in (run, *run.states)}
    found: Shown = []
    for cell in run.notebook.cells:
        keys = decided[cell.id].widgets if cell.id in decided else ()
        moved = run.counted({key: places[key] for key in keys})
        trace = states[tuple(sorted(moved.items()))].traces.get(cell.id)
        found.append(trace and (trace.exit, trace.outputs))
    return found


def check(notebook: Notebook, run: Run, plain: list[tuple[dict[str, int], Shown]]) -> None:
    for places, expected in plain:
        for cell, got, want in zip(notebook.cells, shown_at(run, places), expected, strict=True):
            assert got == want, f"{places}, cell {cell.source!r}\n" + "\n---\n".join(c.source for c in notebook.cells)


def test_every_state_of_a_script_is_what_a_plain_run_with_those_constants_gives(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    elsewhere(_check_scripts, 400 if request.config.getoption("--long") else 8, tmp_path)


@as_outside_pytest()
def _check_scripts(count: int, folder: Path) -> None:
    @settings(max_examples=count, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(st.integers(0, 10**9))
    def check_one(seed: int) -> None:
        root = folder / str(seed)
        if not root.exists():
            _check_script(seed, root)
            shutil.rmtree(root)

    check_one()


def _check_script(seed: int, root: Path) -> None:
    root.mkdir()
    begin(root)
    r = random.Random(seed)
    codes = program(r, 6)
    notebook = percent(*codes)
    run = _built(notebook, root, r)
    assert not [decision for decision in run.decisions if decision.extent != "all"]
    plain = []
    for v, w in product(VALUES, VALUES):
        plain.append(({"v": VALUES.index(v), "w": VALUES.index(w)}, plainly(percent(*with_values(codes, v, w)), root)))
    check(notebook, run, plain)


def _built(notebook: Notebook, root: Path, r: random.Random) -> Run:
    """The run of an incremental build, after one in which a cell was missing."""
    store, budget = MemoryStore(), Budget(states=10**4, seconds=10**6, bytes=10**12)
    less = [cell for cell in notebook.cells if re.search("# widget|slider|import", cell.source) or r.random() < 0.8]
    for cells in (less, notebook.cells):
        book = Notebook(notebook.path, notebook.format, tuple(cells), notebook.order)
        keep, executor, world = r.choice((0.0, None)), InlineExecutor(root), ThisMachine(root)
        run = build(book, store=store, executor=executor, world=world, budget=budget, keep=keep)
    again = build(notebook, store=store, executor=None, world=ThisMachine(root), budget=budget)
    assert [state.given for state in again.states] == [state.given for state in run.states]
    for one, other in zip((run, *run.states), (again, *again.states), strict=True):
        assert one.traces.keys() == other.traces.keys()
    return run


def _remains(live: Any, wanted: Any) -> bool:
    return live is not None


def _unnoticed(ledger: Any, name: str, group: Any, print: Any) -> bool:
    return name in ledger._task.inputs


def _kept(hidden: Any, inputs: Any) -> None:
    hidden._before = {state.name: state.read() for state in hidden._loaded()}


APART: dict[str, tuple[type, str, Any]] = {
    "values of another state are taken": (_Planner, "_is_live", lambda planner, live, wanted: _remains(live, wanted)),
    "changes in place are not noticed": (Ledger, "_is_as_before", _unnoticed),
    "states of the process go on": (Hidden, "open", _kept),
}


@pytest.mark.parametrize("fault", APART)
def test_the_law_fails_where_states_are_not_kept_apart(fault: str, tmp_path: Path) -> None:
    assert elsewhere(_fails, fault, tmp_path)


@as_outside_pytest()
def _fails(fault: str, folder: Path) -> bool:
    _check_script(0, folder / "sound")
    setattr(*APART[fault])
    for seed in range(40):
        try:
            _check_script(seed, folder / str(seed))
        except Exception:  # whatever is shown, it is not what a plain run gives
            return True
    return False


# --- marimo -----------------------------------------------------------------------------------------------------------

DATAFLOW_USES = (
    "v{n} = [{w}.value]",
    "v0.append({w}.value)",
    "v{n} = [v1, {w}.value]",
    "def f{n}():\n    return [{w}.value]",
    "print({w}.value)",
    "print(1 / ({w}.value - 2))",
    "import random as _r; _r.seed({w}.value)",
    "mo.stop({w}.value == 3)\nv{n} = [0]",
    "if {w}.value == 2:\n    v1.append(7)",
)


def dataflow_program(r: random.Random, cells: int, *, made: bool) -> list[str]:
    """A random program with two sliders; one of them may be made by the value of the other."""
    codes = first_dataflow(r, cells)
    codes = [code for code in codes if not re.search(r"open\(|os\.|_P\(|helper|pack", code)]
    for at in range(6):
        codes.insert(r.randint(3, len(codes)), r.choice(DATAFLOW_USES).replace("{w}", r.choice("xy")).format(n=90 + at))
    most = {"x": "3", "y": "x.value" if made else "3"}
    controls = [f"{name} = mo.ui.slider(1, {most[name]}, value=1)\n{name}" for name in "xy"]
    return ["import marimo as mo", *controls, *codes]


def plainly_with(notebook: Notebook, root: Path, values: dict[str, int]) -> Shown:
    """Run the cells in their order, and set each slider right below the cell that makes it."""
    graph = analyse(notebook)
    traces: dict[str, Trace] = {}
    reasons = left_out(graph)
    with InlineExecutor(root).start(notebook) as kernel:
        for cell in map(notebook.cell, graph.order):
            if blocked := obstacle(cell, graph, traces, reasons):
                reasons[cell.id] = blocked
                continue
            trace = kernel.run(cell, graph.names[cell.id])
            traces[cell.id] = Trace("", trace.outputs, trace.exit, fault(notebook, cell, trace))
            for name in values.keys() & graph.names[cell.id].defs:
                if values[name] != 1:
                    kernel.session.namespace[name]._update(values[name])
    found = [traces.get(cell.id) for cell in notebook.cells]
    return [trace and (trace.exit, trace.outputs) for trace in found]


@pytest.mark.parametrize("made", [False, True], ids=["two sliders", "one makes the other"])
def test_every_state_of_a_marimo_notebook_is_what_a_plain_run_with_those_sliders_gives(
    tmp_path: Path, request: pytest.FixtureRequest, made: bool
) -> None:
    pytest.importorskip("marimo")
    elsewhere(_check_dataflow, 200 if request.config.getoption("--long") else 4, tmp_path, made=made)


@as_outside_pytest()
def _check_dataflow(count: int, folder: Path, *, made: bool) -> None:
    for seed in range(count):
        root = folder / str(seed)
        root.mkdir()
        begin(root)
        r = random.Random(seed)
        notebook = marimo(*dataflow_program(r, 5, made=made))
        run = _built(notebook, root, r)
        plain = []
        for x, y in product((1, 2, 3), repeat=2):
            if made and y > x:
                continue
            plain.append(({"x": x - 1, "y": y - 1}, plainly_with(notebook, root, {"x": x, "y": y})))
        check(notebook, run, plain)
