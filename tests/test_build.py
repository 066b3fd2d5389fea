"""What becomes of each cell of a notebook: run, reused or not run, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from nbpublish.build import build
from nbpublish.executors.postmortem import out_of_time
from nbpublish.kernel.failure import error_output
from nbpublish.model import (
    ERROR,
    Cell,
    Names,
    Notebook,
    Observation,
    Options,
    Output,
    Problem,
    Reason,
    Run,
    Task,
    Trace,
    Version,
)
from nbpublish.store.memory import MemoryStore
from nbpublish.traces.faults import fault
from nbpublish.walk import walk


class Here:
    """An executor and a kernel in one: runs cells in a dictionary of its own, and notes what it did.

    A StopIteration stands for `mo.stop`, a MemoryError for the end of the process. Values are identified by what they
    print as, or as `tells` says.
    """

    def __init__(self) -> None:
        self.live: dict[str, Version] = {}
        self.found: set[Observation] = set()
        self.started = 0
        self.ended = 0
        self.ran: list[str] = []
        self.tells: Callable[[Any], str | None] = repr
        self._space: dict[str, Any] = {}

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[Here]:
        self.started += 1
        self._space = {}
        self.live = {}
        self._path = notebook.path
        try:
            yield self
        finally:
            self.ended += 1

    def run(self, cell: Cell, names: Names, task: Task, put: object) -> Trace:
        trace = self._run(cell)
        values = {name: self.tells(value) for name, value in self._space.items() if name != "__builtins__"}
        versions = {name: Version(value, group=(name,)) for name, value in values.items()}
        known = {name: version.fingerprint for name, version in task.inputs.items()}
        changed = {name: version for name, version in versions.items() if known.get(name, "") != version.fingerprint}
        return replace(trace, versions={name: version for name, version in changed.items() if name in names.defs})

    def load(self, names: Sequence[str], blob: object) -> bool:
        raise AssertionError("no blobs are made here")

    def _run(self, cell: Cell) -> Trace:
        self.ran.append(cell.id)
        try:
            exec(cell.code, self._space)
        except StopIteration as stop:
            return Trace("", (Output("result", {"text/plain": str(stop)}),), "stopped")
        except Exception as error:
            inner = error.__traceback__ and error.__traceback__.tb_next
            line = inner.tb_lineno - 1 if inner else 0
            frame = {"path": self._path, "line": cell.line + line, "function": "", "code": "", "library": False}
            data = {"name": type(error).__name__, "message": str(error), "frames": [frame]}
            exit = "died" if isinstance(error, MemoryError) else "failed"
            return Trace("", (Output("error", {ERROR: data}),), exit)
        return Trace("", ())


def notebook(*codes: str | tuple[str, Options], **how: Any) -> Notebook:
    """Cells "a", "b", …, the n-th starting on line 10 n."""
    pairs = [(code, Options()) if isinstance(code, str) else code for code in codes]
    cells = [
        Cell(id, "code", code, 10 * i, options=options)
        for i, (id, (code, options)) in enumerate(zip("abcdefghij", pairs, strict=False), start=1)
    ]
    return Notebook("n.py", "marimo", tuple(cells), "dataflow", **how)


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def fates(run: Run) -> dict[str, str]:
    """Each cell's fate in a word or two, in the order of the file."""
    told = {}
    for cell in run.notebook.cells:
        if cell.id in run.reasons:
            reason = run.reasons[cell.id]
            why = " ".join(filter(None, (reason.cause, reason.cell)))
            told[cell.id] = why if reason.action == "not_run" else reason.action
    return told


def test_cells_run_once_each_in_the_order_of_their_dependencies(here: Here, store: MemoryStore) -> None:
    run = build(notebook("z = x + y", "y = x", "x = 1"), store=store, executor=here)
    assert here.ran == ["c", "b", "a"] == list(run.traces)
    assert fates(run) == {"a": "run", "b": "run", "c": "run"}
    assert (here.started, here.ended) == (1, 1)
    assert run.problems == ()


def test_a_failing_cell_stops_what_depends_on_it_and_nothing_else(here: Here, store: MemoryStore) -> None:
    run = build(notebook("x = 1\nx / 0", "y = x", "z = y", "w = 1"), store=store, executor=here)
    assert fates(run) == {"a": "run", "b": "ancestor-failed a", "c": "ancestor-failed a", "d": "run"}
    assert list(map(str, run.problems)) == ["n.py:11: ZeroDivisionError: division by zero [cell-failed]"]
    assert set(run.traces) == {"a", "d"}


def test_a_module_that_is_missing_comes_with_its_remedy(here: Here, store: MemoryStore) -> None:
    run = build(notebook("import no_such_module.part"), store=store, executor=here)
    assert run.problems[0].message == (
        "ModuleNotFoundError: No module named 'no_such_module'. "
        "Install it where nbpublish runs: `pip install no_such_module`."
    )


@pytest.mark.parametrize(("limit", "setting"), [("cell", "timeout"), ("notebook", "notebook_timeout")])
def test_the_remedy_of_a_timeout_names_the_limit_that_was_met(limit: str, setting: str) -> None:
    cell = Cell("a", "code", "wait()", 1)
    trace = Trace("", (error_output(out_of_time(limit, 60)),), "died")
    problem = fault(Notebook("n.py", "marimo", (cell,)), cell, trace)
    assert problem is not None
    assert f"The {limit} took longer than 60 s" in problem.message
    assert f"raise `{setting}`" in problem.message


def test_data_that_no_network_brings_comes_with_a_remedy(here: Here, store: MemoryStore) -> None:
    said = [f"raise URLError({text!r})" for text in ("no such host", "long " * 100)]
    run = build(notebook("from urllib.error import URLError", *said), store=store, executor=here)
    short, long = (problem.message for problem in run.problems)
    remedy = "Look whether the network is there, or keep a copy of the data beside the notebook."
    assert short == f"URLError: <urlopen error no such host>. {remedy}"
    assert long.endswith(f" long … {remedy}")


@pytest.mark.parametrize(("said", "end"), [("word " * 100, " word …"), ("語" * 500, "語 …"), ("a " + "b" * 500, "b …")])
def test_a_long_message_is_cut_sensibly(said: str, end: str, here: Here, store: MemoryStore) -> None:
    run = build(notebook(f"raise ValueError({said!r})"), store=store, executor=here)
    [problem] = run.problems
    assert problem.message.endswith(end)
    assert 150 < len(problem.message) < 220
    assert run.traces["a"].outputs[0].data[ERROR]["message"] == said, "the page keeps all of it"


def test_a_stop_is_no_problem_and_its_output_stays(here: Here, store: MemoryStore) -> None:
    run = build(notebook("raise StopIteration('choose a file')\nx = 1", "y = x", "z = 1"), store=store, executor=here)
    assert fates(run) == {"a": "run", "b": "ancestor-stopped a", "c": "run"}
    assert run.problems == ()
    assert run.traces["a"].outputs[0].data == {"text/plain": "choose a file"}


def test_a_disabled_cell_and_what_depends_on_it_do_not_run(here: Here, store: MemoryStore) -> None:
    run = build(notebook(("x = 1", Options(disabled=True)), "y = x", "z = y", "w = 1"), store=store, executor=here)
    assert fates(run) == {"a": "disabled", "b": "disabled a", "c": "disabled a", "d": "run"}
    assert run.problems == ()


def test_an_expected_exception_stands_in_nobodys_way(here: Here, store: MemoryStore) -> None:
    run = build(notebook(("x = 1\nx / 0", Options(raises=True)), "y = x"), store=store, executor=here)
    assert fates(run) == {"a": "run", "b": "run"}
    assert run.problems == ()


def test_an_expected_exception_that_does_not_come_is_a_warning_only(here: Here, store: MemoryStore) -> None:
    run = build(notebook(("x = 1", Options(raises=True)), "y = x"), store=store, executor=here)
    assert fates(run) == {"a": "run", "b": "run"}
    assert [(p.code, p.severity, p.line) for p in run.problems] == [("no-exception", "warning", 10)]


def test_a_cell_that_stops_where_an_exception_was_expected_is_no_problem(here: Here, store: MemoryStore) -> None:
    assert build(notebook(("raise StopIteration", Options(raises=True))), store=store, executor=here).problems == ()


def test_when_the_kernel_dies_no_further_cell_runs(here: Here, store: MemoryStore) -> None:
    run = build(notebook("x = 1", "raise MemoryError('out of memory')", "z = 1", "y = z"), store=store, executor=here)
    assert fates(run) == {"a": "run", "b": "run", "c": "kernel-died b", "d": "kernel-died b"}
    assert list(map(str, run.problems)) == ["n.py:20: MemoryError: out of memory [kernel-died]"]
    assert here.ended == 1


def test_a_cell_whose_kernel_died_is_tried_again(here: Here, store: MemoryStore) -> None:
    dying = notebook("x = 1", "raise MemoryError")
    build(dying, store=store, executor=here)
    again = build(dying, store=store, executor=here)
    assert here.ran == ["a", "b", "b"]
    assert fates(again) == {"a": "reused", "b": "run"}


@pytest.mark.parametrize("error", ["Timeout", "Interrupted"])
def test_a_cell_that_was_cut_off_is_tried_again(error: str, here: Here, store: MemoryStore) -> None:
    cut = notebook(f"class {error}(Exception): ...", f"raise {error}", "x = 1")
    build(cut, store=store, executor=here)
    again = build(cut, store=store, executor=here)
    assert fates(again) == {"a": "reused", "b": "run", "c": "reused"}


def test_a_cell_with_an_error_found_before_running_stops_what_needs_it(here: Here, store: MemoryStore) -> None:
    run = build(notebook("x = 1 +", "y = x", "a = b", "b = a", "c = a", "w = 1"), store=store, executor=here)
    assert fates(run) == {
        "a": "problem",
        "b": "ancestor-failed a",
        "c": "problem",
        "d": "problem",
        "e": "ancestor-failed c",
        "f": "run",
    }
    assert [p.code for p in run.problems] == ["syntax", "cycle", "cycle"]


def test_a_cell_that_could_not_be_read_does_not_run_either(here: Here, store: MemoryStore) -> None:
    problem = Problem("unsupported-magic", "…", "n.py", 10, "a")
    run = build(notebook("x = 1", "y = 2", problems=(problem,)), store=store, executor=here)
    assert fates(run) == {"a": "problem", "b": "run"}


def test_without_an_executor_nothing_runs(store: MemoryStore) -> None:
    run = build(notebook("x = 1", "y = x", ("z = 1", Options(disabled=True))), store=store, executor=None)
    assert fates(run) == {"a": "not-executed", "b": "not-executed", "c": "disabled"}
    assert run.traces == {}


def test_an_equal_notebook_is_reused_and_no_kernel_starts(here: Here, store: MemoryStore) -> None:
    first = build(notebook("x = 1", "y = x\nx / 0", "y"), store=store, executor=here)
    again = build(notebook("x = 1", "y = x\nx / 0", "y"), store=store, executor=here)
    assert here.started == 1
    assert fates(again) == {"a": "reused", "b": "reused", "c": "ancestor-failed b"}
    assert (again.traces, again.problems) == (first.traces, first.problems)
    assert build(notebook("x = 1", "y = x\nx / 0", "y"), store=store, executor=None).traces == first.traces


@pytest.mark.parametrize(
    ("edited", "ran"),
    [
        (notebook("x = 1", "y = x + 1"), "b"),
        (notebook("x = 1", "y = x", "z = 1"), "c"),
        (notebook("x = 1"), ""),
        (notebook("x = 1  # one", "y = (x)"), ""),
        (notebook("x = 1", ("y = x", Options(raises=True, caption="A caption"))), ""),
        (notebook("x = 2 - 1", "y = x"), "a"),
        (notebook("x = 2", "y = x"), "ab"),
        (Notebook("m.py", "marimo", notebook("x = 1", "y = x").cells, "dataflow"), "ab"),
        (Notebook("n.py", "percent", notebook("x = 1", "y = x").cells, "document"), "ab"),
    ],
    ids=["code", "cell added", "cell removed", "comment", "options", "equal value", "value", "path", "format"],
)
def test_an_edit_runs_what_it_reaches(here: Here, store: MemoryStore, edited: Notebook, ran: str) -> None:
    build(notebook("x = 1", "y = x"), store=store, executor=here)
    run = build(edited, store=store, executor=here)
    assert "".join(id for id, reason in run.reasons.items() if reason.action == "run") == ran


def test_an_option_that_says_what_is_a_problem_counts_without_a_run(here: Here, store: MemoryStore) -> None:
    build(notebook("1 / 0"), store=store, executor=here)
    run = build(notebook(("1 / 0", Options(raises=True))), store=store, executor=here)
    assert (here.ran, run.problems) == (["a"], ())


def test_prose_edited_on_its_own_lines_runs_nothing(here: Here, store: MemoryStore) -> None:
    code = notebook("x = 1").cells
    for text in ("# Title", "# Better title"):
        prose = Cell("p", "markdown", text, 1)
        build(Notebook("n.py", "marimo", (prose, *code), "dataflow"), store=store, executor=here)
    assert here.ran == ["a"]


def test_a_store_that_forgot_one_trace_costs_one_run(here: Here, store: MemoryStore) -> None:
    """The second cell needs what the first defines, which no kernel has: that one runs again for its value."""
    both = notebook("x = 1", "y = x")
    forgotten = build(both, store=store, executor=here).traces["b"].key

    class Forgetful(MemoryStore):
        find = staticmethod(lambda key: () if key == forgotten else store.find(key))  # type: ignore[assignment]

    run = build(both, store=Forgetful(), executor=here)
    assert fates(run) == {"a": "reused", "b": "run"}
    assert run.reasons["a"] == Reason("reused", "replayed", "b")
    assert here.ran == ["a", "b", "a", "b"]
    assert run.problems == ()


def test_a_cell_that_gives_another_value_when_it_runs_again_is_followed(here: Here, store: MemoryStore) -> None:
    """Otherwise the page would show one sample above and another one below."""
    sampled = ["import time\nx = time.perf_counter_ns()", "y = x"]
    build(notebook(*sampled), store=store, executor=here)
    run = build(notebook(*sampled, "z = x"), store=store, executor=here)
    assert fates(run) == {"a": "run", "b": "run", "c": "run"}
    values = [run.traces[id].versions[name].fingerprint for id, name in zip("abc", "xyz", strict=True)]
    assert len(set(values)) == 1


def test_without_a_comparison_two_samples_would_be_mixed(
    here: Here, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "gave_the_same", lambda *_: True)
    with pytest.raises(AssertionError):
        test_a_cell_that_gives_another_value_when_it_runs_again_is_followed(here, store)


def test_where_nothing_else_leads_to_the_inputs_all_cells_run_anew(
    here: Here, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last resort of the walk: a kernel where nothing has run yet, and every cell in its order."""
    build(notebook("x = 1", "y = x", "z = 1"), store=store, executor=here)
    here.ran.clear()
    monkeypatch.setattr(walk, "plan", lambda *_, **__: None)
    run = build(notebook("x = 1", "y = x + 1", "z = 1"), store=store, executor=here)
    assert here.ran == ["a", "b", "c"]
    assert (here.started, here.ended) == (3, 3)
    assert run.traces["b"].versions["y"].fingerprint == "2"
    assert run.problems == ()


def test_what_two_builds_make_at_once_is_not_mixed_by_the_next(here: Here) -> None:
    """An opaque value is known by its execution alone, so cells below fit ours or theirs."""

    class Shared(MemoryStore):
        """Into which another build puts a trace just after ours."""

        theirs = False

        def keep(self, *traces: Trace) -> None:
            super().keep(*traces)
            for trace in traces:
                if "x" in trace.versions and not self.theirs:
                    self.theirs = True
                    versions = {"x": replace(trace.versions["x"], trace="theirs")}
                    super().keep(replace(trace, id="theirs", versions=versions))

    opaque, store = notebook("x = lambda: 1", "y = x", "z = y"), Shared()
    here.tells = lambda value: None if callable(value) else repr(value)
    build(opaque, store=store, executor=here)
    here.ran.clear()
    build(opaque, store=store, executor=here)
    assert store.theirs
    assert here.ran == []


def test_the_reporter_hears_of_every_code_cell_once(here: Here, store: MemoryStore) -> None:
    heard: list[tuple[str, Reason, int]] = []
    cells = notebook("x = (", "y = x", "z = 1").cells
    book = Notebook("n.py", "marimo", (Cell("p", "markdown", "prose", 1), *cells), "dataflow")
    build(book, store=store, executor=here, report=lambda _, cell, why: heard.append((cell.id, why, len(here.ran))))
    assert heard == [
        ("a", Reason("not_run", "problem"), 0),
        ("b", Reason("not_run", "ancestor-failed", "a"), 0),
        ("c", Reason("run", "new"), 0),  # told before it runs
    ]


def test_the_kernel_ends_also_when_the_kernel_itself_breaks(here: Here, store: MemoryStore) -> None:
    def broken(cell: Cell, names: Names, task: Task, put: object) -> Trace:
        raise OSError("no more pipes")

    here.run = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="pipes"):
        build(notebook("x = 1"), store=store, executor=here)
    assert here.ended == 1
