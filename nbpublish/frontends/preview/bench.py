"""One open page: made again on every save, while its cells still run."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Protocol

from mkdocs.structure.pages import Page

from nbpublish.errors import NbpublishError, Superseded
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.preview.again import Site, made_again
from nbpublish.frontends.preview.board import Board
from nbpublish.frontends.preview.progress import Progress
from nbpublish.frontends.preview.shown import Shown
from nbpublish.model import Notebook, Problem, Run
from nbpublish.project import Project
from nbpublish.project.warm import WarmExecutor

log = logging.getLogger("mkdocs.plugins.nbpublish.preview")

AT_ONCE = 0.05
"""Seconds from when a cell begins to run in which a build that ends is shown in one step."""
AT_LAST = 0.3
"""Seconds after which something is shown though no cell has begun to run."""
PAINT_EVERY = 0.06
"""Seconds between two looks at what is known, while cells run one after another."""


class Told(Protocol):
    """Who is told what becomes of open pages."""

    def goes_on(self, path: str, progress: Progress) -> None: ...

    def rests(self, path: str) -> None: ...

    def made(self, path: str, run: Run, progress: Progress) -> None: ...

    def idle(self) -> None: ...


def _stands(page: Page) -> bool:
    """Whether what a page is made from is still there; else the next build of the site does without the page."""
    source = page.file.abs_src_path
    return source is None or Path(source).exists()


class Bench:
    """Makes the page at `address` again whenever it is woken, in a thread of its own."""

    def __init__(
        self,
        address: str,
        site: Site,
        board: Board,
        project: Project,
        executor: WarmExecutor,
        looking: Project,
        told: Told,
    ) -> None:
        self.address = address
        self.run: Run | None = None
        """The last whole run of its notebook, or what is known of one."""
        self._board, self._project, self._executor, self._told = board, project, executor, told
        self._looking = looking
        """A project that executes nothing."""
        self._site = site
        self._wake = threading.Condition()
        self._wanted = self._done = 0
        self._progress: Progress | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"nbpublish {address}", daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        return self._wanted == self._done

    @property
    def count(self) -> int:
        """How often it has been woken."""
        return self._wanted

    def wake(self, site: Site, *, modules: bool) -> None:
        """The page's source has changed, or something else that its cells may have looked at. Only of `modules` is the
        cell that runs known not to be their writer: it need not come to its end."""
        with self._wake:
            self._site = site
            self._wanted += 1
            progress = self._progress
            if progress:
                now = None if modules else self._read(site)
                if progress.supersede(now):
                    self._executor.stop(progress.notebook.path)
            self._wake.notify_all()

    def close(self) -> None:
        with self._wake:
            self._closed = True
            if self._progress and self._progress.supersede(None):
                self._executor.stop(self._progress.notebook.path)
            self._wake.notify_all()
        self._thread.join(10)

    def _read(self, site: Site) -> Notebook | None:
        page = site.pages.get(self.address)
        return self._project.read(page.file.src_uri) if isinstance(page, NotebookPage) else None

    def _look(self) -> None:
        """Find out what the page shows, and let a kernel get ready for what comes."""
        page = self._site.pages[self.address]
        if isinstance(page, NotebookPage):
            try:
                self.run = self._looking.follow(page.file.notebook)
            except NbpublishError as error:
                log.debug("nothing is known of %s", self.address, exc_info=error)
            self._executor.prepare(page.file.notebook)

    def _work(self) -> None:
        self._look()
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or not self.idle)
                if self._closed:
                    return
                wanted, site = self._wanted, self._site
            try:
                self._make(site)
            except Superseded:
                pass
            except Exception as error:  # a plugin that wants more than one page; the build of the whole site follows
                log.debug("the page %s cannot be made by itself", self.address, exc_info=error)
            with self._wake:
                self._progress = None
                self._done = wanted
            self._told.idle()
            self._executor.make_room()

    def _make(self, site: Site) -> None:
        page = site.pages.get(self.address)
        if page is None or not _stands(page):
            return
        if not isinstance(page, NotebookPage):
            self._paint(site, None, ())
            return
        notebook = self._read(site)
        if notebook is None:
            return
        with self._wake:
            progress = self._progress = Progress(notebook, self.run)
            self._executor.resume(notebook.path)
        painter = threading.Thread(target=self._paint_meanwhile, args=(site, progress), daemon=True)
        painter.start()
        try:
            run = self._project.follow(notebook, progress.report, progress)
        finally:
            progress.ends()
            painter.join()
            self._told.rests(notebook.path)
        self.run = run
        self._paint(site, run, run.problems, progress)
        self._told.made(notebook.path, run, progress)

    def _paint_meanwhile(self, site: Site, progress: Progress) -> None:
        """Show what is known while cells run, unless all have run in a moment."""
        progress.waits.wait(AT_LAST)
        if progress.over.wait(AT_ONCE):
            return
        is_all_shown = False
        while True:
            progress.changed.clear()
            if progress.over.is_set():  # asked after clearing, so that its end is not slept through
                return
            self._told.goes_on(progress.notebook.path, progress)
            have_all_run = progress.states is not None
            if is_all_shown:  # there is nothing new but the count of states
                self._board.change(self.address, lambda shown, _: shown.goes_on(progress.said))
            elif run := progress.so_far():
                try:
                    self._paint(site, run, run.problems, progress, busy=True)
                except Exception as error:
                    log.debug("nothing can be shown meanwhile", exc_info=error)
            is_all_shown = have_all_run
            progress.changed.wait()
            progress.over.wait(PAINT_EVERY)

    def _paint(
        self,
        site: Site,
        run: Run | None,
        problems: tuple[Problem, ...],
        progress: Progress | None = None,
        *,
        busy: bool = False,
    ) -> None:
        made = made_again(site, site.pages[self.address], run)
        found = {*problems, *made.problems}

        def act(shown: Shown, version: int) -> None:
            shown.assets = {**made.assets} if not busy else {**shown.assets, **made.assets}
            shown.cells = dict(progress.cells) if progress else {}
            shown.busy = busy
            shown.count = progress.said if progress and busy else (0, 0)
            shown.becomes(made.page, version)

        self._board.change(self.address, act, found)
