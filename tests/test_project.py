"""A project reads the notebooks of a folder and runs several at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nbpublish.model import Cell, Names, Notebook, Observation, Trace, Version
from nbpublish.project import Demand, Project, Settings, open_cache, reader
from nbpublish.project.threads import at_once
from nbpublish.store.memory import MemoryStore


def notebook(path: str, *sources: str) -> Notebook:
    cells = (Cell(f"c{n}", "code", source, n + 1) for n, source in enumerate(sources))
    return Notebook(path, "percent", tuple(cells))


class Recorder:
    """An executor that runs nothing and remembers which notebooks were started, and how many at once."""

    def __init__(self, run: Callable[[str], None] = lambda source: None) -> None:
        self.live: dict[str, Version] = {}
        self.found: set[Observation] = set()
        self.given_up = False
        self.started: list[str] = []
        self.ended: list[str] = []
        self.most_at_once = 0
        self.closed = threading.Event()
        self._run = run
        self._lock = threading.Lock()

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[Recorder]:
        with self._lock:
            self.started.append(notebook.path)
            self.most_at_once = max(self.most_at_once, len(self.started) - len(self.ended))
        try:
            yield self
        finally:
            self.ended.append(notebook.path)

    def run(self, cell: Cell, names: Names, task: object, put: object) -> Trace:
        self._run(cell.source)
        return Trace("", ())

    def close(self) -> None:
        self.closed.set()


def test_runs_come_back_in_the_order_given_and_the_longest_notebook_starts_first(tmp_path: Path) -> None:
    recorder = Recorder()
    project = Project(tmp_path, Settings(jobs=1), executor=recorder)
    runs = project.runs([notebook("short.py", "1"), notebook("long.py", "1", "2 + 2", "3"), notebook("mid.py", "10")])
    assert list(runs) == ["short.py", "long.py", "mid.py"]
    assert recorder.started == ["long.py", "mid.py", "short.py"]


def test_as_many_notebooks_run_at_once_as_there_are_jobs(tmp_path: Path) -> None:
    barrier = threading.Barrier(3, timeout=10)  # breaks unless three notebooks are inside at the same time
    recorder = Recorder(lambda source: barrier.wait() and None)
    project = Project(tmp_path, Settings(jobs=3), executor=recorder)
    runs = project.runs(notebook(f"{name}.py", "1") for name in "abcdef")
    assert recorder.most_at_once == 3
    assert not any(run.problems for run in runs.values())


def test_without_execution_no_kernel_starts_and_cells_say_so(tmp_path: Path) -> None:
    recorder = Recorder()
    run = Project(tmp_path, Settings(execute=False), executor=recorder).runs([notebook("a.py", "1")])["a.py"]
    assert recorder.started == []
    assert [reason.cause for reason in run.reasons.values()] == ["not-executed"]


def test_a_notebook_that_did_not_change_is_not_run_again(tmp_path: Path) -> None:
    recorder = Recorder()
    project = Project(tmp_path, executor=recorder)
    project.runs([notebook("a.py", "1"), notebook("b.py", "1")])
    project.runs([notebook("a.py", "1"), notebook("b.py", "2")])
    assert sorted(recorder.started) == ["a.py", "b.py", "b.py"]


def actions(project: Project, book: Notebook) -> list[str]:
    return [reason.action for reason in project.runs([book])[book.path].reasons.values()]


@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_what_a_changed_file_reaches_runs_again(tmp_path: Path, kept: str) -> None:
    (tmp_path / "data.txt").write_text("1")
    (tmp_path / "a.py").touch()
    book = notebook("a.py", "text = open('data.txt').read()", "print(text)", "print('other')")
    store = MemoryStore() if kept == "in memory" else open_cache(tmp_path / ".nbpublish")
    with Project(tmp_path, store=store) as project:
        assert actions(project, book) == ["run", "run", "run"]
        assert actions(project, book) == ["reused", "reused", "reused"]
        (tmp_path / "data.txt").write_text("2")
        assert actions(project, book) == ["run", "run", "reused"]


def test_the_next_process_finds_what_this_one_kept(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    book = notebook("a.py", "x = 1", "print(x)")
    for expected in (["run", "run"], ["reused", "reused"]):
        with open_cache(tmp_path / ".nbpublish") as store, Project(tmp_path, store=store) as project:
            assert actions(project, book) == expected


def test_a_frozen_project_executes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    store = MemoryStore()
    with Project(tmp_path, store=store) as project:
        actions(project, notebook("a.py", "x = 1", "print(x)"))
    with Project(tmp_path, store=store, demand=Demand(frozen=True)) as project:
        assert actions(project, notebook("a.py", "x = 1", "print(x)")) == ["reused", "reused"]
        assert actions(project, notebook("a.py", "x = 1", "print(x, x)")) == ["reused", "not_run"]


def test_notebooks_without_execution_show_nothing_that_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    store, book = MemoryStore(), notebook("a.py", "print(1)")
    with Project(tmp_path, store=store) as project:
        actions(project, book)
    with Project(tmp_path, Settings(execute=False), store=store) as project:
        assert actions(project, book) == ["not_run"]


def test_an_interrupt_ends_all_kernels_and_is_raised_again(tmp_path: Path) -> None:
    recorder = Recorder()
    both = threading.Barrier(2, timeout=10)
    main = threading.main_thread().ident
    assert main
    let_go: list[bool] = []

    def until_closed(source: str) -> None:
        both.wait()
        if source == "0":
            signal.pthread_kill(main, signal.SIGINT)
        let_go.append(recorder.closed.wait(10))

    recorder._run = until_closed
    with pytest.raises(KeyboardInterrupt):
        Project(tmp_path, Settings(jobs=2), executor=recorder).runs([notebook("a.py", "0"), notebook("b.py", "1")])
    assert let_go == [True, True]
    assert sorted(recorder.ended) == ["a.py", "b.py"]


def test_what_begins_just_as_an_interrupt_ends_all_is_ended_too() -> None:
    stopped, main = threading.Semaphore(0), threading.main_thread().ident
    assert main
    ended: list[bool] = []

    def work(book: Notebook) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        ended.extend(stopped.acquire(timeout=10) for _ in range(2))  # the first one came too early for it

    with pytest.raises(KeyboardInterrupt):
        at_once([notebook("a.py", "0")], work, 1, stopped.release)
    assert ended == [True, True]


def test_progress_is_told_from_one_thread_at_a_time(tmp_path: Path) -> None:
    inside = threading.Lock()
    told: list[str] = []

    def report(notebook: Notebook, cell: Cell, reason: object) -> None:
        assert inside.acquire(blocking=False)
        time.sleep(0.001)
        told.append(f"{notebook.path} {cell.id}")
        inside.release()

    project = Project(tmp_path, Settings(jobs=4), executor=Recorder())
    runs = project.runs([notebook(f"{n}.py", "1", "2", "3") for n in range(8)], report)
    assert not any(run.problems for run in runs.values())
    assert len(told) == 24


def test_an_unexpected_exception_is_a_problem_of_its_notebook_alone(tmp_path: Path) -> None:
    def fails(source: str) -> None:
        if source == "bad":
            raise RuntimeError("unforeseen")

    runs = Project(tmp_path, executor=Recorder(fails)).runs([notebook("good.py", "1"), notebook("bad.py", "bad")])
    assert runs["good.py"].problems == ()
    (problem,) = runs["bad.py"].problems
    assert (problem.code, problem.path) == ("internal-error", "bad.py")
    assert "RuntimeError: unforeseen at tests/test_project.py:" in problem.message


def test_an_unexpected_exception_while_reading_is_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(reader, "read", fails)
    (tmp_path / "a.py").write_text("# %%\n1\n")
    read = Project(tmp_path).read("a.py")
    assert read
    assert [problem.code for problem in read.problems] == ["internal-error"]


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    read = Project(tmp_path).read("gone.py")
    assert read
    assert [problem.code for problem in read.problems] == ["unreadable"]


def test_a_notebook_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "chapter.py").write_text("# %%\nprint(1)\n")
    (tmp_path / "helper.py").write_text("def f():\n    return 1\n")
    project = Project(tmp_path)
    read = project.read("chapter.py")
    assert read
    assert [cell.source for cell in read.cells] == ["print(1)"]
    assert project.read("helper.py") is None


def test_include_and_exclude_choose_among_files(tmp_path: Path) -> None:
    project = Project(tmp_path, Settings(include=("lectures/",), exclude=("lectures/tools/*.py",)))
    names = ["lectures/one.py", "lectures/tools/x.py", "other.py", "lectures/data.csv", "lectures/__marimo__/one.py"]
    assert [name for name in names if project.takes(name)] == ["lectures/one.py"]
