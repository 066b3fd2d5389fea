"""Kernels of this machine, for builds that may need none: until the first starts, nothing is loaded for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nbpublish.executors.folders import tidy
from nbpublish.executors.limits import Limits
from nbpublish.model import Notebook

if TYPE_CHECKING:
    from nbpublish.executors.local import LocalExecutor, LocalKernel
    from nbpublish.executors.spare import Spare


class WhenNeeded:
    """A `LocalExecutor` for the folder `root`, made when the first kernel is asked for."""

    def __init__(self, root: Path, limits: Limits | None = None, spare: Spare | None = None) -> None:
        self._root = root
        self._limits = limits
        self._spare = spare
        self._executor: LocalExecutor | None = None
        self._lock = threading.Lock()
        tidy()

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[LocalKernel]:
        """A kernel in a process of its own. It is to be left in the thread that entered it."""
        with self._made().start(notebook) as kernel:
            yield kernel

    def _made(self) -> LocalExecutor:
        with self._lock:
            if self._executor is None:
                from nbpublish.executors.local import LocalExecutor

                self._executor = LocalExecutor(self._root, self._limits, self._spare)
            return self._executor

    def close(self) -> None:
        """End all kernels that run. May come from any thread."""
        if self._executor:
            self._executor.close()
