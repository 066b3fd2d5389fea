"""A live bar in a terminal while cells run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nbpublish.build import Report
from nbpublish.model import Cell, Notebook, Reason


@contextmanager
def progress_bar(console: Console) -> Iterator[Report]:
    """Shows a bar within, and gives the `Report` that moves it."""
    columns = (TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        yield _Bar(bar)


class _Bar:
    """One bar for all notebooks; its total grows with every notebook that starts."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("Reading", total=0)
        self._total = 0
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, notebook: Notebook, cell: Cell, reason: Reason) -> None:
        with self._lock:
            if notebook.path not in self._seen:
                self._seen.add(notebook.path)
                self._total += sum(cell.kind == "code" for cell in notebook.cells)
            self._bar.update(self._task, description=notebook.path, total=self._total, advance=1)
