"""Kernels in this very process, for tests and for debugging a notebook with a debugger.

Time and memory are not limited, a crash is a crash of everything, and a module beside the notebook cannot take the
place of one that this process has loaded.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbpublish.executors.limits import Limits
from nbpublish.kernel.capture import DESCRIPTORS, Stream
from nbpublish.kernel.events import Event
from nbpublish.kernel.session import Session
from nbpublish.kernel.surroundings import ENVIRONMENT
from nbpublish.kernel.transcript import Transcript
from nbpublish.model import Cell, Names, Notebook, Observation, Task, Trace, Version

Put = Callable[[Iterable[Any]], str]


class InlineExecutor:
    """Runs notebooks below the folder `root`, one at a time."""

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.root = root.resolve()
        self.limits = limits or Limits()

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[InlineKernel]:
        with tempfile.TemporaryDirectory(prefix="nbpublish-") as folder:
            files: dict[Stream, Path] = {stream: Path(folder, stream) for stream in DESCRIPTORS}
            with _environment(), _descriptors(files):
                yield from self._serve(notebook, files)

    def _serve(self, notebook: Notebook, files: Mapping[Stream, Path]) -> Iterator[InlineKernel]:
        kernel = InlineKernel()
        native = frozenset(sys.modules)
        with Session(notebook, self.root, files, kernel.hear, limit=self.limits.output, native=native) as session:
            session.read(notebook)
            kernel.session = session
            yield kernel


class InlineKernel:
    """The session itself, with a transcript of the cell that runs."""

    session: Session

    def __init__(self) -> None:
        self.live: dict[str, Version] = {}
        self.found: set[Observation] = set()
        self.spent = False
        self.given_up = False
        self._transcript = Transcript()

    def hear(self, event: Event) -> None:
        self._transcript.add(event)

    def run(self, cell: Cell, names: Names, task: Task | None = None, put: Put | None = None) -> Trace:
        self._transcript = Transcript()
        ended = self.session.run(cell, names, task)
        trace = Trace("", self._transcript.outputs(), ended.exit, seconds=ended.seconds, cut=self._transcript.is_cut)
        return ended.account.onto(trace, put)

    def stop(self) -> None:
        """Cells in this very process come to their own end."""

    def load(self, names: Sequence[str], blob: Any) -> bool:
        return self.session.ledger.load(tuple(names), blob)


@contextmanager
def _descriptors(files: Mapping[Stream, Path]) -> Iterator[None]:
    """Let file descriptors 1 and 2 point to files for a while."""
    sys.stdout.flush()
    sys.stderr.flush()
    before = {stream: os.dup(descriptor) for stream, descriptor in DESCRIPTORS.items()}
    try:
        for stream, descriptor in DESCRIPTORS.items():
            with files[stream].open("ab") as file:
                os.dup2(file.fileno(), descriptor)
        yield
    finally:
        for stream, descriptor in DESCRIPTORS.items():
            os.dup2(before[stream], descriptor)
            os.close(before[stream])


@contextmanager
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
