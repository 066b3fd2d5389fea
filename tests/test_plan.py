"""How the inputs of a cell that must run come to life: the cheapest way that there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hazards import ran
from programs import Warm, percent

from nbpublish.build import Executor, build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Notebook
from nbpublish.store.memory import MemoryStore
from nbpublish.traces.plan import Load, Replay, Restart, Step
from nbpublish.walk import walk

LECTURE = ("def f(x):\n    return x + 1", "a = [f(1)]", "b = [a, 2]", "print(b)")
DRAWN = ("g = iter([1, 2, 3])", "print(next(g))", "print(next(g))", "print(list(g))")
PATCHED = ("import fractions as q", "g = iter([q.Fraction(1)])", "q.Fraction.half = 2", "h = 1", "print(list(g))")


class Author:
    """Builds a notebook with all values kept, and notes the steps before the first cell that runs, and all of them."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.store, self.steps, self.more = root, MemoryStore(), list[Step](), list[Step]()
        self.executor: Executor = InlineExecutor(root)
        self.ran: list[int] = []
        real = walk.plan

        def noted(*arguments: Any, **how: Any) -> list[Step] | None:
            found = real(*arguments, **how)
            self.steps = self.steps or found or []
            self.more += found or []
            return found

        patch.setattr(walk, "plan", noted)

    def build(self, *codes: str) -> list[str]:
        """The steps: what was loaded, by names, and which cells ran again, by number."""
        self.steps = []
        notebook = percent(*codes)
        run = build(notebook, store=self.store, executor=self.executor, world=ThisMachine(self.root), keep=0.0)
        self.ran = ran(run)
        return [_told(step, notebook) for step in self.steps]


def _told(step: Step, notebook: Notebook) -> str:
    if isinstance(step, Load):
        return f"load {' '.join(step.versions)}"
    if isinstance(step, Replay):
        return f"run {[cell.id for cell in notebook.cells].index(step.point.cell)}"
    assert isinstance(step, Restart)
    return "restart"


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Author:
    (tmp_path / "book.py").touch()
    return Author(tmp_path, monkeypatch)


def test_definitions_are_run_again_and_values_are_loaded(author: Author) -> None:
    author.build(*LECTURE)
    assert author.build(*LECTURE[:3], "print(b, 1)") == ["load a b"]
    assert author.build(*LECTURE[:3], "print(f(5), b)") == ["run 0", "load a b"]


def test_without_a_blob_its_cells_are_run_again_in_their_order(author: Author) -> None:
    author.build(*LECTURE)
    author.store._blobs.clear()
    assert author.build(*LECTURE[:3], "print(b, 1)") == ["run 0", "run 1", "run 2"]


def test_what_lives_is_used_as_it_is(author: Author) -> None:
    author.executor = warm = Warm(author.root)
    author.build(*LECTURE)
    assert author.build(*LECTURE[:3], "print(f(5), b)") == []
    assert author.ran == [3]
    warm.close()


def test_what_cannot_be_kept_is_made_again_from_where_it_began(author: Author) -> None:
    author.build(*DRAWN)
    assert author.build(*DRAWN[:3], "print(list(g), 1)") == ["run 0", "run 1", "run 2"]


def test_what_cannot_be_undone_begins_in_another_process(author: Author) -> None:
    author.build(*PATCHED)
    author.more.clear()
    author.build(*PATCHED[:3], "h = 2", "print(list(g), h)")
    assert any(isinstance(step, Restart) for step in author.more), "what is read there was made before the patch"
