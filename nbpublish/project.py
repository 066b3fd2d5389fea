"""A folder of notebooks with its settings, a store and an executor: what every front end opens.

    with Project(Path("docs"), Settings(jobs=2)) as project:
        notebook = project.read("chapter.py")
        runs = project.runs([notebook])
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar, runtime_checkable

from nbpublish import verification
from nbpublish.build import Executor, Report, Store, World, build, may_be_kept
from nbpublish.errors import NbpublishError
from nbpublish.executors.asked import Asked
from nbpublish.executors.limits import Limits
from nbpublish.executors.when_needed import WhenNeeded
from nbpublish.executors.world import ThisMachine
from nbpublish.formats.detect import decode, formats_available, read
from nbpublish.formats.format import Format
from nbpublish.model import Cell, Graph, Notebook, Observation, Problem, Reason, Run, Visibility
from nbpublish.store.collect import CacheLimits as CacheLimits
from nbpublish.store.disk import DiskStore as DiskStore
from nbpublish.store.export import ExportedStore
from nbpublish.store.export import is_export as is_export
from nbpublish.store.history import History, explained, past_of
from nbpublish.store.history import Past as Past
from nbpublish.store.history import PastCell as PastCell
from nbpublish.store.history import counterparts as counterparts
from nbpublish.store.layers import LayeredStore
from nbpublish.store.memory import MemoryStore
from nbpublish.store.records import Records as Records
from nbpublish.verification import Verdict
from nbpublish.verification import Verified as Verified

T = TypeVar("T")

log = logging.getLogger("mkdocs.plugins.nbpublish.project")  # of the family that `mkdocs --verbose` shows

JUNK = frozenset({"__pycache__", "__marimo__", ".ipynb_checkpoints", ".virtual_documents", "node_modules", "venv"})
"""Folders that tools leave beside notebooks; nothing in them is meant to be published."""
ENVIRONMENT = "pyvenv.cfg"
"""The file by which a folder is known as a virtual environment, whatever its name."""
CACHE = "cache"
"""Folder of the store, in `.nbpublish`."""


def open_cache(work: Path, *, trusted: bool = True) -> DiskStore:
    """The store in the folder `work`, which is `.nbpublish`; made when something is first kept."""
    return DiskStore(work / CACHE, trusted=trusted)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the author decides for all notebooks of a folder."""

    execute: bool = True
    """Without it cells appear with their code only."""
    jobs: int | None = None
    """Notebooks executed at once; None means one a processor core."""
    timeout: float | None = 300
    """Seconds a cell may take; None sets no limit."""
    notebook_timeout: float | None = None
    """Seconds a whole notebook may take."""
    memory: int | None = None
    """Bytes that the processes of one notebook may use together."""
    output: int = 10_000_000
    """Bytes of output of one cell that are kept."""
    outputs: Path | None = None
    """Folder with outputs that `nbpublish cache export` wrote, asked where the store knows nothing."""
    code: Visibility = "show"
    """How the source of a cell is shown that says nothing itself."""
    include: tuple[str, ...] = ()
    """Patterns as in `.gitignore`: only what matches is looked at. Empty means every file."""
    exclude: tuple[str, ...] = ()
    """Patterns as in `.gitignore`: what matches is no notebook, whatever stands in it."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one build is asked for, besides the settings."""

    frozen: bool = False
    """Execute nothing: cells have what the store knows of them, or nothing."""
    aged: bool | None = None
    """Whether results count as stale that are older than their cells allow; None: where cells can be executed."""
    refresh: bool = False
    """Run cells again whose results may differ from one execution to the next."""
    verify: float = 0.0
    """Share of the reused cells to compare with a run of their notebooks from the beginning, 1 for all."""
    seed: int = 0
    """Chooses which notebooks these are."""


@dataclass(frozen=True, slots=True)
class Standing:
    """On what the run of a notebook stands: while that is so, building the notebook again reuses every cell."""

    answers: Mapping[tuple[str, str], str]
    """What the world is found to be, by kind and subject."""
    expires: float | None = None
    """When one of the results becomes too old, in seconds since the epoch."""


@runtime_checkable
class Closing(Protocol):
    """An executor that can end all its kernels at once, from another thread."""

    def close(self) -> None: ...


class Patterns(Protocol):
    """Says of a path whether lines of a `.gitignore` match it."""

    def match_file(self, file: str) -> bool: ...


def _patterns(lines: Iterable[str]) -> Patterns:
    from pathspec.gitignore import GitIgnoreSpec  # few sites have patterns, and it takes longer than the rest of us

    return GitIgnoreSpec.from_lines(lines)


class Project:
    """Reads notebooks of the folder `root` and runs several of them at once.

    The `store` that is handed in stays open.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings | None = None,
        store: Store | None = None,
        executor: Executor | None = None,
        *,
        demand: Demand | None = None,
    ) -> None:
        self.root = root
        self.settings = settings or Settings()
        self.demand = demand or Demand()
        self.store: Store = store if store and self.settings.execute else MemoryStore()
        self.cache = self.store if isinstance(self.store, DiskStore) else None
        """The store, where it lasts."""
        if self.settings.outputs and self.settings.execute:
            self.store = LayeredStore(self.store, ExportedStore(self.settings.outputs))
        self.verified: Verified | None = None
        """What verifying found, where it was demanded."""
        self._asked: dict[str, Asked] = {}
        """What was asked of the world for each notebook that ran."""
        self.executor: Executor | None = None
        if self.settings.execute and not self.demand.frozen:
            self.executor = executor or WhenNeeded(root, _limits(self.settings))

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every kernel that still runs."""
        if isinstance(self.executor, Closing):
            self.executor.close()

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        return tuple(formats_available())

    @cached_property
    def _included(self) -> Patterns:
        return _patterns(self.settings.include)

    @cached_property
    def _excluded(self) -> Patterns:
        return _patterns(self.settings.exclude)

    def takes(self, path: str) -> bool:
        """Whether a file of this name may be a notebook, before looking into it."""
        if not path.endswith(tuple(suffix for format in self.formats for suffix in format.suffixes)):
            return False
        if JUNK & set(path.split("/")) or (self.settings.include and not self._included.match_file(path)):
            return False
        return not (self.settings.exclude and self._excluded.match_file(path))

    def read(self, path: str) -> Notebook | None:
        """The notebook in the file `path`, relative to the root; None where the file is something else."""
        try:
            data = (self.root / path).read_bytes()
        except OSError as error:
            message = f"The file cannot be read: {error.strerror or error}. Check that it exists and its permissions."
            return _only(path, Problem("unreadable", message, path, 1))
        return self.parse(path, data)

    def parse(self, path: str, data: bytes) -> Notebook | None:
        """The notebook in `data`, the content of a file that is to be called `path`; None where it is none."""
        try:
            return read(path, decode(data), self.formats)
        except Exception as error:
            return _only(path, unexpected(path, error))

    def runs(self, notebooks: Iterable[Notebook], report: Report | None = None) -> dict[str, Run]:
        """Run several notebooks at once, the longest first; their runs by path, in the order given.

        `report` is called from one thread at a time. An interrupt (Ctrl-C) ends all kernels and is raised again.
        """
        if self.renews and self.cache:
            self.cache.forget_pages()
        world = self.world()
        told = report and _one_at_a_time(report)
        runs = self._at_once(notebooks, lambda notebook: self._run(notebook, world, told))
        return runs | self._verified(runs) if self.demand.verify and self.executor else runs

    def _at_once(self, notebooks: Iterable[Notebook], work: Callable[[Notebook], T]) -> dict[str, T]:
        """What `work` gives for each, by path and in the order given; the longest come first."""
        notebooks = list(notebooks)
        pool = ThreadPoolExecutor(self.settings.jobs or os.cpu_count() or 1, "nbpublish")
        submitted = threading.Event()

        def run(notebook: Notebook) -> T:
            submitted.wait()  # an interrupt within `submit` can leave a thread behind that the pool does not know
            return work(notebook)

        try:
            longest_first = sorted(notebooks, key=lambda notebook: -sum(len(cell.code) for cell in notebook.cells))
            futures = {notebook.path: pool.submit(run, notebook) for notebook in longest_first}
            submitted.set()
            # A wait without an end can miss an interrupt that arrives just before it begins.
            while wait(futures.values(), timeout=0.5).not_done:
                pass
            return {notebook.path: futures[notebook.path].result() for notebook in notebooks}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            self.close()
            raise
        finally:
            submitted.set()
            pool.shutdown()

    def _verified(self, runs: Mapping[str, Run]) -> dict[str, Run]:
        """Run some of the notebooks from the beginning; what their pages shall show."""
        some = verification.chosen(runs.values(), self.demand.verify, self.demand.seed)
        verdicts = self._at_once((run.notebook for run in some), lambda notebook: self._verdict(runs[notebook.path]))
        found = self.verified or Verified(self.demand.seed)
        self.verified = replace(
            found,
            reused=found.reused + sum(len(verification.reused(run)) for run in runs.values()),
            notebooks=found.notebooks + len(verdicts),
            **{
                name: getattr(found, name) + sum(getattr(verdict, name) for verdict in verdicts.values())
                for name in ("cells", "different", "impure")
            },
        )
        return {path: verdict.run for path, verdict in verdicts.items()}

    def _verdict(self, run: Run) -> Verdict:
        def clean(notebook: Notebook) -> Run:
            return build(notebook, store=MemoryStore(), executor=self.executor, world=self.world(), keep=None)

        found = verification.verdict(run, clean)
        if found.run is not run:
            for trace in verification.replaced(run, found.run):
                if may_be_kept(trace):
                    self.store.keep(trace)
            past = self.history.of(run.notebook.path) if self.history else None
            self._note(found.run, past, counterparts(past, run.notebook))
        return found

    @property
    def records(self) -> Records | None:
        """What was made of runs, where the store lasts."""
        return self.cache.records if self.cache else None

    @property
    def renews(self) -> bool:
        """Whether results may be replaced by others although nothing changed: what was made of them says nothing."""
        return self.demand.refresh or bool(self.demand.verify)

    def digest_of(self, path: Path) -> str:
        """SHA-256 of a file's content, without reading it again while it stays as it is; "" where there is none."""
        return (self.cache.files.digest(path) if self.cache else None) or ""

    def settled(self, answers: Iterable[Observation], keys: Iterable[str], world: World) -> bool:
        """Whether the world still gives these answers; then traces with these keys count as used."""
        if not all(world.digest(seen.kind, seen.subject) == seen.digest for seen in answers):
            return False
        if self.cache:
            self.cache.pin(keys)
        return True

    def standing(self, run: Run) -> Standing | None:
        """On what a run of this project stands; None where building the notebook again would execute something.

        Where cells were executed, only another look at what they left tells.
        """
        if self.cache is None or any(p.code == "internal-error" for p in run.problems):
            return None
        asked = self._asked.get(run.notebook.path)
        if asked is None or any(r.action != "not_run" and r.cause != "unchanged" for r in run.reasons.values()):
            asked = Asked(self.world())
            again = build(run.notebook, store=self.store, executor=None, world=asked)
            if _ids(again) != _ids(run) or _left_open(again):
                return None
        if _left_open(run):
            return None
        limits = [(run.notebook.cell(id).options.refresh, trace.when) for id, trace in run.traces.items()]
        ends = [when + limit for limit, when in limits if limit is not None and limit != math.inf]
        if ends and min(ends) <= time.time():
            return None
        return Standing(asked.answers, min(ends, default=None))

    def world(self) -> World:
        """What notebooks would find now. It is asked anew for each build."""
        if self.cache:
            return ThisMachine(self.root, self.cache.files.digest, remember=True)
        return ThisMachine(self.root, remember=True)

    @property
    def history(self) -> History | None:
        """What the last build did with each notebook, where the store lasts."""
        return self.cache.history if self.cache else None

    def _run(self, notebook: Notebook, world: World, report: Report | None) -> Run:
        try:
            past = self.history.of(notebook.path) if self.history else None
            former = counterparts(past, notebook)
            self._asked[notebook.path] = asked = Asked(world)
            run = explained(self._build(notebook, asked, report, former), former)
            self._note(run, past, former)
            return run
        except NbpublishError:
            raise
        except Exception as error:
            broken = _only(notebook.path, *notebook.problems, unexpected(notebook.path, error))
            return Run(broken, Graph((), {}, {}), {}, {})

    def _build(
        self, notebook: Notebook, world: World, report: Report | None, former: Mapping[str, PastCell]
    ) -> Run:
        return build(
            notebook,
            store=self.store,
            executor=self.executor,
            world=world,
            report=report,
            refresh=self.demand.refresh,
            aged=self.demand.aged,
            former={id: f"{notebook.path}:{cell.id}" for id, cell in former.items() if cell.id != id},
        )

    def _note(self, run: Run, past: Past | None, former: Mapping[str, PastCell]) -> None:
        """Let the next build know what this one did."""
        if self.history and self.executor:
            unkept = [id for id, trace in run.traces.items() if not may_be_kept(trace)]
            if note := past_of(run, past, former, unkept, int(time.time())):
                self.history.keep(note)


def _ids(run: Run) -> dict[str, str]:
    return {cell: trace.id for cell, trace in run.traces.items()}


def _left_open(run: Run) -> bool:
    return any(reason.cause == "not-executed" for reason in run.reasons.values())


def _limits(settings: Settings) -> Limits:
    return Limits(
        cell=settings.timeout,
        notebook=settings.notebook_timeout,
        memory=settings.memory,
        output=settings.output,
    )


def unexpected(path: str, error: Exception) -> Problem:
    """A fault of ours as a problem of the notebook that met it, so that all others are still published."""
    log.debug("unexpected exception at %s", path, exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    message = (
        f"nbpublish itself failed on this notebook ({type(error).__name__}: {error}{place}). "
        "That is our bug: please report it with this line and, if you can, the notebook."
    )
    return Problem("internal-error", message, path, 1)


def _only(path: str, *problems: Problem) -> Notebook:
    """A notebook of which nothing is known but its problems."""
    return Notebook(path, "unknown", (), problems=problems)


def _one_at_a_time(report: Report) -> Report:
    lock = threading.Lock()

    def told(notebook: Notebook, cell: Cell, reason: Reason) -> None:
        with lock:
            report(notebook, cell, reason)

    return told
