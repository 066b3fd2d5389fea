"""Kernels that live on from build to build: quick, and never told from new ones."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from law import Way, as_outside_pytest, check, which_ran
from programs import marimo, percent

from nbpublish.build import build
from nbpublish.errors import Superseded
from nbpublish.executors.limits import Limits
from nbpublish.executors.warm import WarmExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Cell, Graph, Notebook, Run, Trace
from nbpublish.store.memory import MemoryStore


class Desk:
    """An author's folder, and kernels that live on."""

    def __init__(self, root: Path, **limits: int) -> None:
        self.root = root
        self.executor = WarmExecutor(root, Limits(cell=20), **limits)
        self.store = MemoryStore()
        self.listener = Listening()

    def build(self, notebook: Notebook) -> Run:
        (self.root / notebook.path).touch()
        return build(
            notebook, store=self.store, executor=self.executor, world=ThisMachine(self.root), listener=self.listener
        )

    def pid(self, *more: str) -> int:
        """The number of the kernel's process, told by a cell that always runs."""
        run = self.build(percent(*more, f"import os  # {time.monotonic_ns()}\nos.getpid(), {time.monotonic_ns()}"))
        return int(str(run.traces[run.notebook.cells[-1].id].outputs[0].data["text/plain"]).strip("(").split(",")[0])


class Listening:
    """Hears of a build, and ends it where it is asked to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.over = False

    def begins(self, graph: Graph) -> None:
        self.heard = []

    def ran(self, cell: Cell) -> None:
        if self.over:
            raise Superseded("another one")

    def passes(self, cell: Cell, trace: Trace) -> None:
        self.heard.append(cell.source)

    def computes(self, done: int, total: int) -> None: ...


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with as_outside_pytest():
        found = Desk(tmp_path)
        yield found
        found.executor.close()


# --- the law ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [Way(steps=7), Way(keep=0.0, steps=7), Way(dataflow=True, steps=7)], ids=str)
def test_a_kernel_that_lives_on_gives_what_a_plain_run_gives(
    tmp_path: Path, way: Way, request: pytest.FixtureRequest
) -> None:
    count = 40 if request.config.getoption("--long") else 2
    executors: list[WarmExecutor] = []

    def executor(root: Path) -> WarmExecutor:
        executors.append(WarmExecutor(root))
        return executors[-1]

    try:
        check(count, tmp_path, way, executor=executor)
    finally:
        for each in executors:
            each.close()


# --- it lives on ------------------------------------------------------------------------------------------------------


def test_the_next_build_finds_the_values_live(desk: Desk) -> None:
    slow = "import time\ntime.sleep(0.4)\ndata = object()"
    desk.build(percent(slow, "print(type(data))"))
    begun = time.monotonic()
    run = desk.build(percent(slow, "print(type(data), 'again')"))
    assert which_ran(run) == [1]
    assert time.monotonic() - begun < 0.4, "the opaque value was made again"
    assert run.reasons[run.notebook.cells[0].id].cause != "replayed"


def test_one_process_serves_all_builds_of_a_notebook(desk: Desk) -> None:
    assert desk.pid() == desk.pid("x = 1") == desk.pid("x = 2")


def test_no_more_are_kept_than_asked_for(tmp_path: Path) -> None:
    with as_outside_pytest():
        desk = Desk(tmp_path, most=2)
        for name in "abc":
            desk.build(Notebook(f"{name}.py", "percent", percent("x = 1").cells))
        assert list(desk.executor._kept) == ["b.py", "c.py"]
        desk.executor.keep_only(["c.py"])
        assert list(desk.executor._kept) == ["c.py"]
        kernel = desk.executor._kept["c.py"].kernel
        desk.executor.close()
        assert not psutil.pid_exists(kernel._process.pid)


def test_one_that_takes_more_memory_than_there_is_room_for_ends(tmp_path: Path) -> None:
    with as_outside_pytest():
        desk = Desk(tmp_path, memory=1)
        desk.build(percent("x = 1"))
        desk.executor.make_room()
        assert not desk.executor._kept
        desk.executor.close()


@pytest.mark.parametrize("make", [percent, marimo])
def test_what_no_cell_has_any_longer_is_given_up(desk: Desk, make: Callable[..., Notebook]) -> None:
    """Also what was private to a cell that has been edited, and nothing that the notebook still speaks of."""
    sizes = []
    for number in range(7):
        big = f"_private = bytearray(40_000_000)\nnamed_{number} = bytearray(40_000_000)"
        later = "kept = object()" if number < 4 else "# kept"
        desk.build(make(big, later, f"print({number})"))
        (kernel,) = [kept.kernel for kept in desk.executor._kept.values()]
        sizes.append(kernel.memory / 1e6)
        assert [name for name in kernel.live if name.startswith("named")] == [f"named_{number}"]
        assert "kept" in kernel.live
    assert sizes[-1] < sizes[1] + 60, sizes


# --- it is a new one where it could be told ---------------------------------------------------------------------------


def test_a_module_that_changed(desk: Desk) -> None:
    helper = desk.root / "helper.py"
    helper.write_text("VALUE = 1\n")
    first = desk.pid("import helper", "print(helper.VALUE)")
    helper.write_text("VALUE = 22\n")
    run = desk.build(percent("import helper", "print(helper.VALUE)"))
    assert run.traces[run.notebook.cells[1].id].outputs[0].data["text/plain"] == "22\n"
    assert desk.pid() != first


def test_a_module_that_takes_the_place_of_a_library(desk: Desk) -> None:
    first = desk.pid("import colorsys", "print(hasattr(colorsys, 'mine'))")
    (desk.root / "colorsys.py").write_text("mine = True\n")
    run = desk.build(percent("import colorsys", "print(hasattr(colorsys, 'mine'))"))
    assert run.traces[run.notebook.cells[1].id].outputs[0].data["text/plain"] == "True\n"
    assert desk.pid() != first


def test_a_variable_of_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of MkDocs's may set one between two builds."""
    cell = "import os\nos.environ.get('NB_WARM')"
    monkeypatch.setenv("NB_WARM", "one")
    assert shows(desk, cell) == "'one'"
    desk.executor.prepare(percent(cell))
    desk.executor._keeper.submit(lambda: None).result()
    assert desk.executor._spare._spawned
    monkeypatch.setenv("NB_WARM", "two")
    assert shows(desk, cell) == "'two'"


def test_a_package_that_was_installed(desk: Desk) -> None:
    installed = desk.root / "elsewhere" / "site-packages"
    installed.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(installed))
        first = desk.pid()
        (installed / "other-1.0.dist-info").mkdir()
        assert desk.pid() != first


def test_what_a_library_has_read_when_it_was_loaded(desk: Desk) -> None:
    """The process would not read it twice."""
    (desk.root / "matplotlibrc").write_text("figure.dpi: 50\n")
    cell = "import matplotlib\nprint(matplotlib.rcParams['figure.dpi'])"
    desk.build(percent(cell))
    (desk.root / "matplotlibrc").write_text("figure.dpi: 75\n")
    run = desk.build(percent(cell))
    assert run.traces[run.notebook.cells[0].id].outputs[0].data["text/plain"] == "75.0\n"


def installed(folder: Path, name: str, code: str, version: str = "1.0") -> None:
    """A package in a folder where packages are installed."""
    info = folder / f"{name}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(code)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(f"{name}.py,,\n{name}.dist-info/METADATA,,\n")


@pytest.fixture
def library(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a library that reads its settings when it is loaded."""
    folder = desk.root / "elsewhere" / "site-packages"
    installed(folder, "settled", "VALUE = open('settings.ini').read()\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(folder)]))
    return folder


def test_what_a_library_of_others_has_read_when_it_was_loaded(desk: Desk, library: Path) -> None:
    settings = desk.root / "settings.ini"
    for value in ("one", "two", "one"):
        settings.write_text(value)
        assert shows(desk, "import settled\nprint(settled.VALUE)") == f"{value}\n"


def test_a_cell_that_is_new_finds_no_library_that_another_one_has_loaded_before_its_settings_changed(
    desk: Desk, library: Path
) -> None:
    """It would have read nothing of them, and what it gave would be kept as if they did not matter."""
    settings = desk.root / "settings.ini"
    settings.write_text("one")
    assert shows(desk, "import settled\nprint(settled.VALUE)") == "one\n"
    settings.write_text("two")
    assert shows(desk, "import settled\nprint('now', settled.VALUE)") == "now two\n"
    settings.write_text("three")
    assert shows(desk, "import settled\nprint('now', settled.VALUE)") == "now three\n"


def test_a_cell_that_finds_a_library_loaded_depends_on_its_settings(desk: Desk, library: Path) -> None:
    settings = desk.root / "settings.ini"
    settings.write_text("one")
    assert shows(desk, "import settled\nprint(settled.VALUE)") == "one\n"
    assert shows(desk, "import settled\nprint('now', settled.VALUE)") == "now one\n"
    settings.write_text("two")
    assert shows(desk, "import settled\nprint('now', settled.VALUE)") == "now two\n"


def test_data_that_a_cell_names_are_no_reason_to_begin_anew(desk: Desk) -> None:
    """They are read again by the cell itself; the kernel and its values stay."""
    data = desk.root / "data.txt"
    numbers = []
    for value in ("one", "two"):
        data.write_text(value)
        cell = "import os\nprint(open('data.txt').read(), os.getpid())"
        said, number = shows(desk, cell).split()
        assert said == value
        numbers.append(number)
    assert numbers[0] == numbers[1]


def shows(desk: Desk, cell: str) -> str:
    """What a cell prints below one that does nothing."""
    run = desk.build(percent("x = 1", cell))
    return str(run.traces[run.notebook.cells[1].id].outputs[0].data["text/plain"])


def test_what_libraries_found_is_looked_at(desk: Desk, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, the proofs above fail."""
    monkeypatch.setattr("nbpublish.walk.executions._unnamed", lambda *_: ())
    with pytest.raises(AssertionError):
        test_what_a_library_of_others_has_read_when_it_was_loaded(desk, library)


def test_a_module_that_no_cell_loads_for_a_while(desk: Desk) -> None:
    """Its name is given up, but the process has it, as it was."""
    helper = desk.root / "helper.py"
    for value in ("one", "three", "fourteen"):  # of other lengths, or Python's own cache of a second ago would hold
        helper.write_text(f"VALUE = {value!r}\n")
        assert shows(desk, f"import helper\nprint('{value}:', helper.VALUE)") == f"{value}: {value}\n"
        desk.build(percent("x = 1"))


def test_a_module_whose_state_a_cell_has_changed(desk: Desk) -> None:
    """It is another one than a new process would load, until who wants it as it was begins anew."""
    (desk.root / "helper.py").write_text("seen = []\n")
    load, change = "import helper", "helper.seen.append({})\nprint(helper.seen)"
    first = desk.pid(load, change.format(1))
    assert desk.pid(load, change.format(1), "unrelated = 2") == first, "nobody wants it otherwise"
    run = desk.build(percent(load, change.format(2)))
    assert run.traces[run.notebook.cells[1].id].outputs[0].data["text/plain"] == "[2]\n"
    assert desk.pid(load, change.format(2)) != first


FAULT = """from nbpublish.kernel.versions import Ledger
def broken(self, seconds, ledger=Ledger, whole=Ledger._account):
    ledger._account = whole
    raise KeyError("ours")
Ledger._account = broken"""
"""A cell after which keeping account of it fails."""


def test_a_fault_of_ours_takes_no_names_is_not_kept_and_the_next_build_has_another_process(desk: Desk) -> None:
    first = desk.pid("kept = 'still there'")
    notebook = percent("kept = 'still there'", FAULT, "print(kept)")
    for _ in range(2):
        run = desk.build(notebook)
        assert ["nbpublish itself failed" in problem.message for problem in run.problems] == [True]
        assert run.traces[notebook.cells[2].id].outputs[0].data["text/plain"] == "still there\n"
        assert run.reasons[notebook.cells[1].id].action == "run"
    assert desk.pid("kept = 'still there'") != first


def test_a_build_that_breaks_off_leaves_no_kernel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.pid("x = 1")
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "keep", lambda trace: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.build(percent("x = 2"))
    assert desk.pid("x = 1") != first


def test_another_kind_of_notebook(desk: Desk) -> None:
    desk.build(percent("x = 1", "display(x)"))
    book = marimo("x = 1", "display(x)")
    assert book.path == percent().path
    assert desk.build(book).problems, "a marimo notebook has no `display`"


# --- superseded -------------------------------------------------------------------------------------------------------


def _stopped(desk: Desk, notebook: Notebook, after: float = 0.6) -> float:
    """Build, let the build be superseded while a cell runs; seconds until it had ended."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            desk.build(notebook)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(after)
    desk.listener.over = True
    begun = time.monotonic()
    desk.executor.stop(notebook.path)
    thread.join(15)
    seconds = time.monotonic() - begun
    desk.listener.over = False
    desk.executor.resume(notebook.path)
    assert [type(error) for error in failed] == [Superseded]
    return seconds


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n    count = 1",
        "import time\ntime.sleep(60)",
        "while True:\n    try:\n        import time; time.sleep(1)\n    except BaseException:\n        pass",
        "import subprocess\nsubprocess.run(['sleep', '60'])",
    ],
    ids=["computes", "sleeps", "does not listen", "waits for a program"],
)
def test_a_cell_that_nobody_waits_for_is_ended_and_leaves_no_trace(desk: Desk, loop: str) -> None:
    before = set(psutil.Process().children(recursive=True))
    desk.build(percent("x = [1]", "print(x)"))
    _stopped(desk, percent("x = [1]", f"x.append(2)\n{loop}", "print(x)"))
    run = desk.build(percent("x = [1]", "x.append(3)", "print(x)"))
    assert run.traces[run.notebook.cells[2].id].outputs[0].data["text/plain"] == "[1, 3]\n"
    left = [child for child in set(psutil.Process().children(recursive=True)) - before if "sleep" in child.cmdline()]
    assert not left


def test_a_cell_that_listens_is_ended(desk: Desk) -> None:
    test_a_cell_that_nobody_waits_for_is_ended_and_leaves_no_trace(desk, "while True:\n    count = 1")


def test_values_from_before_are_still_live_afterwards(desk: Desk) -> None:
    slow = "import time\ntime.sleep(0.5)\ndata = object()"
    desk.build(percent(slow, "print(1)"))
    _stopped(desk, percent(slow, "while True:\n    pass"))
    run = desk.build(percent(slow, "print(type(data))"))
    assert run.reasons[run.notebook.cells[0].id].cause == "unchanged", "not replayed"


def test_a_build_tells_of_each_cell_as_it_comes(desk: Desk) -> None:
    desk.build(percent("x = 1", "y = x"))
    assert desk.listener.heard == ["x = 1", "y = x"]


def test_what_stands_around_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, the proof above fails."""
    monkeypatch.setattr("nbpublish.executors.warm._around", lambda *_: ())
    with as_outside_pytest():
        desk = Desk(tmp_path)
        try:
            with pytest.raises((AssertionError, KeyError)):
                test_a_package_that_was_installed(desk)
        finally:
            desk.executor.close()
