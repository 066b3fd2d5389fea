"""What the author reads beside the editor: a line for each save, problems that are new, and how far cells are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from nbpublish.build import Report
from nbpublish.frontends import report
from nbpublish.frontends.places import shown
from nbpublish.frontends.preview.progress import Progress
from nbpublish.frontends.summary import Summary
from nbpublish.model import Cell, Notebook, Problem, Reason

SIGNS = {"reused": "·", "ran": "●", "failed": "✗", "not_run": "○", "running": "▸", "waiting": "…"}
"""What becomes of a cell, as one letter."""
THE_SITE = "site"
_NO_CELLS = (
    "no cell was found in it. Let one begin with `# %%`, or with `@app.cell` below `app = marimo.App()`, and it is one "
    "again"
)
_MOVED = "Readers of the published site find nothing at the old address, unless mkdocs-redirects leads on from there."
LATER = 0.03
"""Seconds that a line for the terminal waits for those who look at a page: to print one takes as long as to send it."""


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
        self._console.print(f"[dim]{escape(shown(first))}{more} changed[/]")

    def no_page(self, path: Path, *, is_left_out: bool) -> None:
        """A file is there, but nothing is made of it any longer."""
        why = "mkdocs.yml leaves it out. Change `exclude_docs` there to have it back" if is_left_out else _NO_CELLS
        self._console.print(f"[yellow]{escape(f'{shown(path)} is no page any longer: {why}.')}[/]")

    def moved(self, path: Path, old: str, new: str) -> None:
        """A page stands at another address, as its source has another name."""
        self._console.print(f"[yellow]{escape(f'{shown(path)}: the page {old} is {new} from now on. {_MOVED}')}[/]")

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


class Later:
    """Does one thing after the other, each a moment after it was asked for."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[float, Callable[[], object]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="nbpublish terminal", daemon=True)
        self._thread.start()

    def __call__(self, act: Callable[[], object]) -> None:
        self._asked.put((time.monotonic() + LATER, act))

    def _work(self) -> None:
        while asked := self._asked.get():
            when, act = asked
            time.sleep(max(0.0, when - time.monotonic()))
            with suppress(OSError):  # nobody reads the terminal any longer, and the preview goes on
                act()

    def close(self) -> None:
        """Do what is left, and end."""
        self._asked.put(None)
        self._thread.join(5)


def signs(progress: Progress) -> str:
    """One for each cell of code, as they stand in the notebook."""
    cells = (cell.id for cell in progress.notebook.cells if cell.kind == "code")
    return "".join(SIGNS[progress.cells.get(id, "reused")] for id in cells)
