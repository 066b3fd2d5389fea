"""Several notebooks at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from nbpublish.build import Report
from nbpublish.model import Cell, Notebook, Reason

T = TypeVar("T")


def at_once(
    notebooks: Iterable[Notebook], work: Callable[[Notebook], T], jobs: int | None, stop: Callable[[], None]
) -> dict[str, T]:
    """What `work` gives for each notebook, by path and in the order given; the longest come first.

    As many threads work as there are `jobs`, by default one a processor core. What is raised, an interrupt (Ctrl-C)
    included, is raised again after `stop` was called and all threads have ended.
    """
    notebooks = list(notebooks)
    pool = ThreadPoolExecutor(jobs or os.cpu_count() or 1, "nbpublish")
    submitted = threading.Event()
    begun: list[Future[T]] = []

    def run(notebook: Notebook) -> T:
        submitted.wait()  # an interrupt within `submit` can leave a thread behind that the pool does not know
        return work(notebook)

    try:
        longest_first = sorted(notebooks, key=lambda notebook: -sum(len(cell.code) for cell in notebook.cells))
        for notebook in longest_first:
            begun.append(pool.submit(run, notebook))
        futures = dict(zip((notebook.path for notebook in longest_first), begun, strict=True))
        submitted.set()
        # A wait without an end can miss an interrupt that arrives just before it begins.
        while wait(futures.values(), timeout=0.5).not_done:
            pass
        return {notebook.path: futures[notebook.path].result() for notebook in notebooks}
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        submitted.set()
        stop()
        while going := [future for future in begun if not future.done()]:
            wait(going, timeout=0.2)
            stop()  # they may have been starting what it ends
        raise
    finally:
        submitted.set()
        pool.shutdown()


def one_at_a_time(report: Report) -> Report:
    """The same, called from one thread at a time."""
    lock = threading.Lock()

    def told(notebook: Notebook, cell: Cell, reason: Reason) -> None:
        with lock:
            report(notebook, cell, reason)

    return told
