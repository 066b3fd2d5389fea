"""What a cell leaves running: threads that work for the author, and tasks of the notebook's loop."""

from __future__ import annotations

import asyncio
import sys
import threading
import types
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from nbpublish.model import Observation, Version

BACKGROUND = "<background>"
_HOUSEKEEPERS = {
    *("concurrent", "multiprocessing", "joblib", "loky", "tqdm", "asyncio", "zmq", "tornado", "ipykernel", "IPython"),
    *("nbpublish", "threadpoolctl", "dask", "distributed", "ray", "numba", "pyarrow", "polars"),
    *("marimo", "tensorboard"),
}
"""Packages whose threads wait until they are given something to do."""


class Background:
    """Follows the threads and tasks through the cells of a session."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._space = namespace
        self._ours = frozenset(threading.enumerate())
        self._threads: set[threading.Thread] = set()
        self._tasks: set[Any] = set()
        self.loop: asyncio.AbstractEventLoop | None = None

    def left(self) -> tuple[Version | None, list[Observation]]:
        """After a cell: the state of what goes on, if something does that had not begun before, and what that is."""
        working = [thread for thread in self._working() if thread not in self._threads]
        tasks = [task for task in self._pending() if task not in self._tasks]
        self._threads.update(working)
        self._tasks.update(tasks)
        seen = [Observation("running", f"thread {thread.name}", "") for thread in working]
        seen += [Observation("running", f"task {task.get_coro().__qualname__}", "") for task in tasks]
        return (Version(None) if seen else None), seen

    def goes_on(self) -> bool:
        """Whether anything runs the author's code beside the cells."""
        return bool(self._working() or self._pending())

    def _working(self) -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread not in self._ours and self._works(thread)]

    def _pending(self) -> list[Any]:
        return [] if self.loop is None or self.loop.is_closed() else list(asyncio.all_tasks(self.loop))

    def _works(self, thread: threading.Thread) -> bool:
        """Whether a thread does something for the author: a library's own threads wait and change nothing."""
        frame = sys._current_frames().get(thread.ident or 0)
        while frame is not None:
            if frame.f_globals is self._space:
                return True
            frame = frame.f_back
        return any(map(self._is_work, _begun_with(thread)))

    def _is_work(self, function: Any) -> bool:
        module = getattr(function, "__module__", None) or ""
        return module.partition(".")[0] not in _HOUSEKEEPERS


def _begun_with(thread: threading.Thread) -> Iterator[Any]:
    """The functions that a thread was given to run."""
    own = [getattr(thread, name, None) for name in ("_target", "function")]
    if type(thread).run is not threading.Thread.run and type(thread) is not threading.Timer:
        own.append(type(thread).run)
    for function in own:
        with suppress(AttributeError):
            function = function.__func__  # type: ignore[union-attr]
        if isinstance(function, types.FunctionType | types.BuiltinFunctionType):
            yield function
