"""What the author reads beside the editor: a line for each save, problems that are new, and how far cells are."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from nbpublish.build import Report
from nbpublish.frontends import configuration, report
from nbpublish.frontends.preview.progress import Progress
from nbpublish.frontends.summary import Summary
from nbpublish.model import Cell, Notebook, Problem, Reason

SIGNS = {"reused": "·", "ran": "●", "failed": "✗", "not_run": "○", "running": "▸", "waiting": "…"}
"""What becomes of a cell, as one letter."""
THE_SITE = "site"


class Terminal:
    """Says on `console` what becomes of saves. May be used from several threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._known: set[Problem] = set()
        """Problems that were told of and that are still there."""
        self._now: dict[str, str] = {}
        """By notebook, how far its cells are; only while some run."""
        self._live: Live | None = None
        self._lock = threading.Lock()

    def changed(self, paths: Collection[Path]) -> None:
        first, *others = sorted(paths)
        more = f" and {len(others)} more" if others else ""
        self._console.print(f"[dim]{escape(configuration.shown(first))}{more} changed[/]")

    def no_pages(self, paths: Iterable[Path]) -> None:
        """These files are there, but nothing is made of them any longer."""
        for path in paths:
            self._console.print(f"[yellow]{escape(configuration.shown(path))} is no page any longer, as it is now.[/]")

    def made(self, path: str, progress: Progress, seconds: float) -> None:
        """All cells of an open notebook have come to their end."""
        self._console.print(f"{escape(path)}  [dim]{signs(progress)}[/]  {seconds:.2f} s")

    def built(self, summary: Summary, docs: Path) -> None:
        """The whole site was built; problems that it had before are only counted."""
        report.show_problems(self._console, tuple(p for p in summary.problems if p not in self._known), docs)
        self._known = set(summary.problems)
        report.show_summary(self._console, summary, did="Built")

    def broke(self, why: str) -> None:
        self._console.print(f"[red]{escape(why)}[/]")

    # --- how far cells are --------------------------------------------------------------------------------------------

    def goes_on(self, path: str, progress: Progress) -> None:
        """Cells of an open notebook run."""
        (done, total), what = (progress.states, "states") if progress.states else (progress.count, "cells")
        self._show(path, f"{path}  {signs(progress)}  {done} of {total} {what}")

    def rests(self, path: str) -> None:
        """None of its cells runs any longer."""
        self._show(path, None)

    @contextmanager
    def site(self) -> Iterator[Report]:
        """Shows how far a build of the site is. Gives the `Report` to hand to it."""
        if not self._console.is_terminal:
            with report.progress(self._console) as told:
                yield told
            return
        totals: dict[str, int] = {}
        done = 0

        def heard(notebook: Notebook, cell: Cell, reason: Reason) -> None:
            nonlocal done
            done += 1
            totals.setdefault(notebook.path, sum(each.kind == "code" for each in notebook.cells))
            self._show(THE_SITE, f"{THE_SITE}  {done} of {sum(totals.values())} cells  {notebook.path}")

        try:
            yield heard
        finally:
            self.rests(THE_SITE)

    def _show(self, name: str, text: str | None) -> None:
        if not self._console.is_terminal:
            return
        with self._lock:
            if text is None:
                self._now.pop(name, None)
            else:
                self._now[name] = text
            if self._now and self._live is None:
                self._live = Live(get_renderable=self._lines, console=self._console, transient=True)
                self._live.start(refresh=True)
            elif not self._now and self._live:
                self._live.stop()
                self._live = None

    def _lines(self) -> Text:
        return Text("\n".join(list(self._now.values())), no_wrap=True, overflow="ellipsis")


def signs(progress: Progress) -> str:
    """One for each cell of code, as they stand in the notebook."""
    cells = (cell.id for cell in progress.notebook.cells if cell.kind == "code")
    return "".join(SIGNS[progress.cells.get(id, "reused")] for id in cells)
