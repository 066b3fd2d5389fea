"""What a save asks for: pages that somebody looks at are made at once, the whole site behind them.

The site is only ever made by the build that also publishes it, so what is served soon after each save is what a clean
build gives. A build of the site that a later save overtakes is given up.
"""

from __future__ import annotations

import functools
import gc
import logging
import shutil
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from nbpublish.build import Report
from nbpublish.errors import NbpublishError, Superseded
from nbpublish.frontends import configuration, site
from nbpublish.frontends.mkdocs import NbpublishPlugin
from nbpublish.frontends.preview.again import Site
from nbpublish.frontends.preview.behind import Ending, Rest
from nbpublish.frontends.preview.bench import Bench
from nbpublish.frontends.preview.board import Board
from nbpublish.frontends.preview.memory import forget, give_back, share_one_pool
from nbpublish.frontends.preview.outside import Noticing
from nbpublish.frontends.preview.progress import Progress
from nbpublish.frontends.preview.terminal import Later, Terminal
from nbpublish.frontends.preview.watch import Changes
from nbpublish.model import Cell, Notebook, Reason, Run
from nbpublish.page.kept_states import KeptStates
from nbpublish.project import Demand, DiskStore, Settings, open_cache
from nbpublish.project.warm import WarmExecutor, warm

log = logging.getLogger("mkdocs.plugins.nbpublish.preview")

STYLES = (".css",)
BEHIND = 0.1
"""Seconds that the whole site waits after the open pages are made, so that it does not hold up their way to readers."""


class Desk:
    """Keeps what is shown up to date with the folder. `changed` is to be called from one thread."""

    def __init__(
        self, source: tuple[Path, Path | None], jobs: int | None, room: Path, board: Board, terminal: Terminal
    ) -> None:
        self._source, self._jobs, self._room, self._board, self._terminal = source, jobs, room, board, terminal
        self.changes = Changes()
        self._benches: dict[str, Bench] = {}
        self._runs: dict[str, Run] = {}
        """By path, the last runs of open notebooks."""
        self._project: Noticing | None = None
        self._rest: Rest | None = None
        self._looking: Noticing | None = None
        self._executor: WarmExecutor | None = None
        self._cache: DiskStore | None = None
        self._number = self._saves = 0
        self._states = KeptStates()
        self._later = Later()
        self._wake = threading.Condition()
        self._due = False
        self._given_up = threading.Event()
        self._running: set[str] = set()
        """Notebooks whose cells the build of the site runs."""
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="nbpublish site", daemon=True)
        self.watch: Callable[[MkDocsConfig], None] = lambda _: None
        """Told of each configuration, so that what it is made from is watched."""
        self.watch_too: Callable[[Collection[str]], None] = lambda _: None
        """Told what cells have looked at outside the docs folder."""
        self._outside: set[str] = set()

    # --- the site ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Build the site for the first time, and keep it up to date from now on."""
        share_one_pool()
        gc.freeze()  # what is loaded stays, and need not be looked at each time
        self._build_site()
        self._thread.start()

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or (self._due and self._is_quiet()))
                overtaken = self._wake.wait_for(lambda: self._closed or not self._is_quiet(), BEHIND)
                if self._closed:
                    return
                if overtaken:
                    continue
                self._due = False
                self._given_up.clear()
            give_back()  # before, not after: who has the site given up is waiting for the next page
            with suppress(Superseded):
                self._build_site()

    def _is_quiet(self) -> bool:
        return all(bench.idle for bench in self._benches.values())

    def _build_site(self) -> None:
        """Build once; what goes wrong is printed and shown, and the last good site stays."""
        try:
            self._build()
        except Superseded:
            raise
        except NbpublishError as error:
            self._broke(str(error))
        except Exception as error:  # of a hook or a theme, before MkDocs's build, or of ours: the next save may mend it
            log.debug("the site cannot be built", exc_info=error)
            self._broke(f"The site cannot be built: {type(error).__name__}: {error}")

    def _broke(self, why: str) -> None:
        self._later(lambda: self._terminal.broke(why))
        self._board.broke(why)

    def _build(self) -> None:
        counts = {address: bench.count for address, bench in self._benches.items()}
        config = configuration.load(*self._source)
        settings = configuration.settings(config, jobs=self._jobs)
        self.watch(config)
        plugin = config.plugins[configuration.PLUGIN]
        assert isinstance(plugin, NbpublishPlugin)
        plugin.states = self._states
        rest = self._project_for(config, settings)
        rest.made = dict(self._runs)
        self._number += 1
        folder = self._room / f"site-{self._number}"
        ending = config.plugins["nbpublish-ending"] = Ending(self._given_up)
        try:
            with self._terminal.site() as progress:
                summary = site.make_site(config, folder, rest, report=self._heard(progress))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self._running.clear()
            ending.is_over = True
        plugin.project = rest  # single pages are made with this plugin from now on
        now = Site(folder, config, plugin.files, summary.problems, self._number)
        before = self._board.site
        moved = self._tell_of_gone(before, now) if before else {}
        self._board.built(now, lambda address: self._is_current(address, counts), moved)
        if before:
            shutil.rmtree(before.folder, ignore_errors=True)
        self._later(lambda: self._terminal.built(summary, Path(config.docs_dir)))
        self.watch_too(self._outside)
        self.look()

    def _tell_of_gone(self, before: Site, now: Site) -> dict[str, str]:
        """Tell the author of pages that are no longer there though their file is, or that stand elsewhere: by the
        address at which a page was, where it is."""
        moved = {}
        for path in [path for path in before.sources if path not in now.sources]:
            if path.exists():
                self._later(functools.partial(self._terminal.no_page, path, is_left_out=now.leaves_out(path)))
                continue
            successor = self.changes.moves.get(path)
            if successor and successor in now.sources:
                old, new = before.sources[path][1], now.sources[successor][1]
                moved[old] = new
                self._later(functools.partial(self._terminal.moved, successor, old, new))
        return moved

    def _is_current(self, address: str, counts: dict[str, int]) -> bool:
        """Whether a page was not woken since a build of the site has begun."""
        bench = self._benches.get(address)
        return bench is None or (bench.idle and bench.count == counts.get(address, 0))

    def _heard(self, progress: Report) -> Report:
        def heard(notebook: Notebook, cell: Cell, reason: Reason) -> None:
            if self._given_up.is_set():
                raise Superseded("the site")
            if reason.action == "run":
                self._running.add(notebook.path)
            progress(notebook, cell, reason)

        return heard

    def _project_for(self, config: MkDocsConfig, settings: Settings) -> Rest:
        """The project of the last build, or a new one where docs folder or settings are other ones."""
        docs = Path(config.docs_dir)
        if self._rest and (self._rest.root, self._rest.settings) == (docs, settings):
            return self._rest
        self._leave()
        self._cache = open_cache(configuration.work_of(config))
        self._executor = warm(docs, settings)
        self._project = Noticing(docs, settings, self._cache, self._executor)
        self._looking = Noticing(docs, settings, self._cache, demand=Demand(frozen=True))
        self._rest = Rest(docs, settings, self._cache)
        for project in (self._project, self._looking, self._rest):
            project.outside = self._outside
        return self._rest

    # --- pages that somebody looks at -------------------------------------------------------------------------------

    def look(self) -> None:
        """Have a bench for every page that somebody looks at, and none for others."""
        shown, project, executor, looking = self._board.site, self._project, self._executor, self._looking
        if not (shown and project and executor and looking) or self._closed:
            return
        with self._wake:
            wanted = [address for address in self._board.looked_at() if address in shown.pages]
            for address in wanted:
                if address not in self._benches:
                    self._benches[address] = Bench(address, shown, self._board, project, executor, looking, self)
            gone = [self._benches.pop(address) for address in list(self._benches) if address not in wanted]
        for bench in gone:
            bench.close()
        executor.keep_only([shown.pages[address].file.src_uri for address in wanted])

    def made(self, path: str, run: Run, progress: Progress) -> None:
        """An open notebook has been built."""
        self._runs[path] = run
        self.watch_too(self._outside)
        seconds = time.monotonic() - progress.begun
        self._later(lambda: self._terminal.made(path, progress, seconds))

    def goes_on(self, path: str, progress: Progress) -> None:
        self._terminal.goes_on(path, progress)

    def rests(self, path: str) -> None:
        self._terminal.rests(path)

    def idle(self) -> None:
        with self._wake:
            self._wake.notify_all()

    # --- changes ----------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Wait for changes, and see to them, until interrupted."""
        while changed := self.changes.wait():
            self.changed(changed)

    def changed(self, paths: Collection[Path]) -> None:
        """These files are others now, new, or gone."""
        shown = self._board.site
        self._saves += 1
        forget(self._saves, self._cache)
        self.look()
        with self._wake:
            self._given_up.set()
            self._due = True
            sources = shown.sources if shown else {}
            elsewhere = [path for path in paths if path not in sources and path.suffix not in STYLES]
            modules = any(path.suffix == ".py" for path in elsewhere)
            made = dict(sources[path] for path in paths if path in sources)
            if shown:
                self._swap_styles(shown, paths)
                for address, bench in self._benches.items():
                    if elsewhere or address in made.values():
                        bench.wake(shown, modules=modules)
            in_vain = bool(self._running) and (modules or not self._running.isdisjoint(made))
            self._wake.notify_all()
        if in_vain and self._rest:
            self._rest.close()
        self._later(lambda: self._terminal.changed(paths))

    def _swap_styles(self, shown: Site, paths: Collection[Path]) -> None:
        """Style sheets need nothing made: they are served as they are at once."""
        for file in shown.files.css_files():
            if file.abs_src_path and Path(file.abs_src_path) in paths and Path(file.abs_src_path).exists():
                self._board.styled(f"/{file.url}", Path(file.abs_src_path))

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._given_up.set()
            self._wake.notify_all()
        self.changes.close()
        for bench in self._benches.values():
            bench.close()
        if self._rest:
            self._rest.close()
        if self._thread.is_alive():
            self._thread.join(10)
        self._leave()
        self._later.close()

    def _leave(self) -> None:
        for bench in self._benches.values():
            bench.close()
        self._benches.clear()
        self._runs.clear()
        for project in (self._project, self._rest):
            if project:
                project.close()
        if self._cache:
            self._cache.tidy()
            self._cache.close()
