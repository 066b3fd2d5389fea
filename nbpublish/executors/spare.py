"""A process that is started before it is known which notebook it will be a kernel of."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from nbpublish.executors.spawn import Spawned, spawn
from nbpublish.kernel.surroundings import needs_marimo
from nbpublish.model import Notebook


class Spare:
    """Starts a process ahead of its use, one at a time; within `with`, what nobody takes is ended. May be used from
    several threads, but Linux ends the process when the thread ends that has started it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spawned: Spawned | None = None

    def __enter__(self) -> Spare:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, *, marimo: bool = False) -> None:
        """Start a process; with `marimo`, one that loads it while we go on, as every notebook of marimo's needs it.

        Raises KernelError where none can be started.
        """
        with self._lock:
            self._spawned = self._spawned or spawn(marimo=marimo)

    def take(self, notebook: Notebook, root: Path) -> Spawned | None:
        """The process, where it cannot be told from one that is started now for this notebook of the folder `root`."""
        spawned = self._handed_over()
        if spawned is None:
            return None
        in_vain = spawned.marimo and not needs_marimo(notebook, (root / notebook.path).parent)
        if in_vain or spawned.environment != os.environ:
            spawned.end()
            return None
        return spawned

    def close(self) -> None:
        """End the process that nobody has taken."""
        if spawned := self._handed_over():
            spawned.end()

    def _handed_over(self) -> Spawned | None:
        with self._lock:
            spawned, self._spawned = self._spawned, None
        return spawned
