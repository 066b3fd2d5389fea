"""How old a result may be: what `refresh` says of a cell, and what asking for new results does."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from programs import percent

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Options, Run
from nbpublish.store.memory import MemoryStore

DAY = 86_400.0
Build = Callable[..., Run]


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds a notebook whose cell with this `number` says how old its result may be, `at` a time in seconds."""
    (tmp_path / "book.py").touch()
    store, world = MemoryStore(), ThisMachine(tmp_path)

    def built(
        *codes: str, number: int = 0, limit: float | None, at: float, execute: bool = True, refresh: bool = False
    ) -> Run:
        monkeypatch.setattr(time, "time", lambda: at)
        notebook = percent(*codes)
        cells = list(notebook.cells)
        cells[number] = replace(cells[number], options=Options(refresh=limit))
        executor = InlineExecutor(tmp_path) if execute else None
        notebook = replace(notebook, cells=tuple(cells))
        return build(notebook, store=store, executor=executor, world=world, refresh=refresh)

    return built


def why(run: Run) -> list[str]:
    """By cell, why it ran; nothing where it was reused."""
    reasons = [run.reasons[cell.id] for cell in run.notebook.cells]
    return [reason.cause if reason.action == "run" else "" for reason in reasons]


def test_a_cell_may_run_in_every_build_and_only_another_value_goes_on(author: Build) -> None:
    same, other = ("n = 1", "print(n)"), ("n = open('count', 'a+').write('x')\nn = open('count').read()", "print(n)")
    author(*same, limit=0.0, at=0)
    assert why(author(*same, limit=0.0, at=0)) == ["refresh", ""]
    assert why(author(*same, limit=None, at=0)) == ["", ""]
    author(*other, limit=0.0, at=0)
    assert why(author(*other, limit=0.0, at=0)) == ["refresh", "input"]


def test_a_result_that_is_too_old_is_replaced(author: Build) -> None:
    author("1", limit=DAY, at=0)
    assert why(author("1", limit=DAY, at=DAY - 1)) == [""]
    assert why(author("1", limit=DAY, at=DAY)) == ["refresh"]
    assert why(author("1", limit=DAY, at=2 * DAY - 1)) == [""], "the age counts from the last execution"
    assert why(author("1", limit=DAY, at=0)) == ["refresh"], "a result from the future is of no known age"


def test_a_trace_knows_when_it_ran(author: Build) -> None:
    author("1", limit=None, at=5)
    (trace,) = author("1", limit=None, at=9).traces.values()
    assert trace.when == 5


def test_asking_for_new_results_leaves_cells_alone_that_give_the_same_each_time(author: Build) -> None:
    cells = ("x = 1", "import uuid; y = uuid.uuid4().hex", "print(x, y)")
    author(*cells, limit=None, at=0)
    assert why(author(*cells, limit=None, at=1)) == ["", "", ""], "nobody asked"
    assert why(author(*cells, limit=None, at=1, refresh=True)) == ["", "refresh", "input"]
    assert why(author(*cells, number=1, limit=math.inf, at=1, refresh=True)) == ["", "", ""]
    assert why(author(*cells, number=0, limit=DAY, at=1, refresh=True)) == ["refresh", "refresh", "input"]


def test_where_nothing_is_executed_results_are_taken_however_old(author: Build) -> None:
    author("1", limit=0.0, at=0)
    run = author("1", limit=0.0, at=DAY, execute=False, refresh=True)
    assert [reason.action for reason in run.reasons.values()] == ["reused"]
