"""The law: after any edit, with any store, a build gives what a clean build gives, and a second build runs nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from programs import Warm, edit_world, edited, first_program, marimo, percent, plainly, shown, write_module

from nbpublish.build import Executor, build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Notebook, Run
from nbpublish.store.memory import MemoryStore


class Author:
    """Builds one notebook again and again, in a folder with a few files, and sees what ran."""

    def __init__(self, root: Path, *, warm: bool = False, keep: float | None = None) -> None:
        self.root = root
        self.store = MemoryStore()
        self.executor: Executor = Warm(root) if warm else InlineExecutor(root)
        self.keep = keep

    def build(self, notebook: Notebook) -> Run:
        (self.root / notebook.path).touch()
        world = ThisMachine(self.root)
        return build(notebook, store=self.store, executor=self.executor, world=world, keep=self.keep)

    def ran(self, notebook: Notebook) -> list[int]:
        """Numbers of the cells that a build runs."""
        run = self.build(notebook)
        return [n for n, cell in enumerate(notebook.cells) if run.reasons[cell.id].action == "run"]


def sequence(seed: int, root: Path, steps: int = 6, cells: int = 8, *, warm: bool, blobs: bool) -> str | None:
    """Edit a random notebook again and again. What is wrong, if something is."""
    r = random.Random(seed)
    for n in (0, 1):
        (root / f"in{n}.txt").write_text("0")
    (root / "in2.txt").unlink(missing_ok=True)
    write_module(root, 0)
    os.environ.pop("NB_W", None)
    author = Author(root, warm=warm, keep=0 if blobs else None)
    codes = first_program(r, cells)
    past = [codes]
    try:
        for step in range(steps):
            if step:
                codes = edited(r, codes, past)
                past.append(codes)
                edit_world(r, root, os.environ.__setitem__)
            notebook = percent(*codes)
            ours, plain = shown(author.build(notebook)), plainly(notebook, root)
            if ours != plain:
                at = next(n for n, pair in enumerate(zip(ours, plain, strict=True)) if pair[0] != pair[1])
                return f"seed {seed} step {step} cell {at}: {ours[at]}\nplain: {plain[at]}\n" + "\n".join(
                    f"{n}: {code!r}" for n, code in enumerate(codes)
                )
            run = author.build(notebook)
            if again := {id: reason for id, reason in run.reasons.items() if reason.action == "run"}:
                return f"seed {seed} step {step}: a second build ran {again}\n" + "\n".join(map(repr, codes))
    finally:
        if isinstance(author.executor, Warm):
            author.executor.close()
    return None
