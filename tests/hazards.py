"""An author who edits a notebook, with every build compared with a plain run of the same cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nursery import plain_run
from programs import Shown, percent, plainly, shown

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Notebook, Run
from nbpublish.store.memory import MemoryStore

Build = Callable[..., Run]
"""Builds the notebook of these cells: of a percent script, or by `format`."""


def author_in(root: Path, *, afresh: bool = False) -> Build:
    """An author of a notebook in the folder `root`. Each build has a kernel of its own, in a process of its own.

    `afresh`, so have the plain runs: in the long form, and where it matters what is read while a library is loaded.
    """
    (root / "book.py").touch()
    executor, store = LocalExecutor(root), MemoryStore()

    def built(*codes: str, format: Callable[..., Notebook] = percent) -> Run:
        notebook = format(*codes)
        run = build(notebook, store=store, executor=executor, world=ThisMachine(root), keep=0.0)
        assert shown(run) == (plainly(notebook, root, executor) if afresh else plain_run(notebook, root))
        return run

    return built


def ran(run: Run) -> list[int]:
    """Numbers of the cells that a build has run."""
    return [n for n, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]


def text(shown: Shown, cell: int) -> str:
    """What a cell has printed."""
    found = shown[cell]
    return "".join(output.data.get("text/plain", "") for output in found[1]) if found else ""


def edit(cells: list[str], number: int, code: str) -> list[str]:
    """The cells with another code in one place."""
    return [*cells[:number], code, *cells[number + 1 :]]
