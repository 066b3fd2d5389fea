"""A process and everything that descends from it."""

from __future__ import annotations

import os
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress

import psutil

from nbpublish.kernel.environment import MARK

_ROUNDS = 100
_PAUSE = 0.01
"""How often to look again for processes that take their time or were started meanwhile, and seconds between."""


class Tree:
    """The process `root`, its session and its descendants.

    A daemon leaves its session and its parents behind, but keeps the environment: `mark` is to be put there.
    """

    def __init__(self) -> None:
        self.root: int | None = None
        self.mark = {MARK: f"{os.getpid()}-{uuid.uuid4().hex}"}

    def interrupt(self) -> None:
        """What Ctrl-C in a terminal does."""
        self._signal(signal.SIGINT)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End all of it, and wait until it is gone."""
        for _ in range(_ROUNDS):
            found = list(self._everything())
            if sys.platform != "win32" and found:
                self._signal(signal.SIGKILL)
            for process in found:
                with suppress(psutil.Error):
                    process.kill()
            if not found:
                return
            time.sleep(_PAUSE)

    def memory(self) -> int:
        """Bytes of memory that the root and its descendants have resident."""
        total = 0
        with suppress(psutil.Error):
            root = psutil.Process(self.root)
            for process in [root, *root.children(recursive=True)]:
                with suppress(psutil.Error):
                    total += process.memory_info().rss
        return total

    def _signal(self, number: int) -> None:
        if self.root is None:
            return
        with suppress(OSError):
            if sys.platform == "win32":
                os.kill(self.root, signal.CTRL_BREAK_EVENT if number == signal.SIGINT else number)
            else:
                os.killpg(self.root, number)

    def _everything(self) -> Iterator[psutil.Process]:
        mark = self.mark[MARK]
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                marked = process.environ().get(MARK) == mark
                if (marked or process.pid == self.root) and process.status() != psutil.STATUS_ZOMBIE:
                    yield process


def kill_marked(builder: int) -> None:
    """End what the kernels of the process `builder` have started and could not end themselves, as it was killed."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK, "").startswith(f"{builder}-"):
                process.kill()
