"""A folder of notebooks with its settings, a store and an executor."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, runtime_checkable

from nbpublish import verification
from nbpublish.build import Executor, Listener, Report, Store, World, build, may_be_kept
from nbpublish.errors import NbpublishError
from nbpublish.executors.asked import Asked
from nbpublish.executors.spare import Spare
from nbpublish.executors.when_needed import WhenNeeded
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Graph, Notebook, Observation, Run
from nbpublish.project.reader import Reader, only, unexpected
from nbpublish.project.settings import Demand, Settings, limits
from nbpublish.project.standing import Standing, expiry, is_left_open, reuses_all, same_traces
from nbpublish.project.threads import at_once, one_at_a_time
from nbpublish.store.disk import DiskStore
from nbpublish.store.export import ExportedStore
from nbpublish.store.history import History, Past, PastCell, counterparts, explained, past_of
from nbpublish.store.layers import LayeredStore
from nbpublish.store.memory import MemoryStore
from nbpublish.store.records import Records
from nbpublish.verification import Verdict, Verified


@runtime_checkable
class Closing(Protocol):
    """An executor that can end all its kernels at once, from another thread."""

    def close(self) -> None: ...


class Project:
    """Reads notebooks of the folder `root` and runs several of them at once.

    The `store` that is handed in stays open. Where a cell will probably run, `spare` may hold a process for it.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings | None = None,
        store: Store | None = None,
        executor: Executor | None = None,
        *,
        demand: Demand | None = None,
        spare: Spare | None = None,
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
            self.executor = executor or WhenNeeded(root, limits(self.settings), spare)
        self._reader = Reader(root, self.settings)

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

    # --- from files to runs -----------------------------------------------------------------------------------------

    def takes(self, path: str) -> bool:
        """Whether a file of this name may be a notebook, before looking into it."""
        return self._reader.takes(path)

    def read(self, path: str) -> Notebook | None:
        """The notebook in the file `path`, relative to the root; None where the file is something else."""
        return self._reader.read(path)

    def parse(self, path: str, data: bytes) -> Notebook | None:
        """The notebook in `data`, the content of a file that is to be called `path`; None where it is none."""
        return self._reader.parse(path, data)

    def runs(self, notebooks: Iterable[Notebook], report: Report | None = None) -> dict[str, Run]:
        """Run several notebooks at once, the longest first; their runs by path, in the order given.

        `report` is called from one thread at a time. An interrupt (Ctrl-C) ends all kernels and is raised again.
        """
        if self.renews and self.cache:
            self.cache.forget_pages()
        world = self.world()
        told = report and one_at_a_time(report)
        runs = at_once(
            notebooks, lambda notebook: self._run(notebook, world, told), self.settings.jobs, self.close
        )
        return runs | self._verified(runs) if self.demand.verify and self.executor else runs

    def follow(self, notebook: Notebook, report: Report | None = None, listener: Listener | None = None) -> Run:
        """Run one notebook in this thread. Raises what the listener raises, `Superseded` above all."""
        return self._run(notebook, self.world(), report, listener)

    def _run(
        self, notebook: Notebook, world: World, report: Report | None, listener: Listener | None = None
    ) -> Run:
        try:
            past = self.history.of(notebook.path) if self.history else None
            former = counterparts(past, notebook)
            self._asked[notebook.path] = asked = Asked(world)
            run = explained(self._build(notebook, asked, report, former, listener), former)
            self._note(run, past, former)
            return run
        except NbpublishError:
            raise
        except Exception as error:
            broken = only(notebook.path, *notebook.problems, unexpected(notebook.path, error))
            return Run(broken, Graph((), {}, {}), {}, {})

    def _build(
        self,
        notebook: Notebook,
        world: World,
        report: Report | None,
        former: Mapping[str, PastCell],
        listener: Listener | None,
    ) -> Run:
        return build(
            notebook,
            store=self.store,
            executor=self.executor,
            world=world,
            report=report,
            listener=listener,
            refresh=self.demand.refresh,
            aged=self.demand.aged,
            former={id: f"{notebook.path}:{cell.id}" for id, cell in former.items() if cell.id != id},
            budget=self.settings.widgets,
        )

    def _note(self, run: Run, past: Past | None, former: Mapping[str, PastCell]) -> None:
        """Let the next build know what this one did."""
        if self.history and self.executor:
            unkept = [id for id, trace in run.traces.items() if not may_be_kept(trace)]
            if note := past_of(run, past, former, unkept, int(time.time())):
                self.history.keep(note)

    # --- verifying --------------------------------------------------------------------------------------------------

    def _verified(self, runs: Mapping[str, Run]) -> dict[str, Run]:
        """Run some of the notebooks from the beginning; what their pages shall show."""
        some = verification.chosen(runs.values(), self.demand.verify, self.demand.seed)
        notebooks = (run.notebook for run in some)
        verdicts = at_once(notebooks, lambda book: self._verdict(runs[book.path]), self.settings.jobs, self.close)
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
            world, budget = self.world(), self.settings.widgets
            return build(
                notebook, store=MemoryStore(), executor=self.executor, world=world, keep=None, budget=budget
            )

        found = verification.verdict(run, clean)
        if found.run is not run:
            for trace in verification.replaced(run, found.run):
                if may_be_kept(trace):
                    self.store.keep(trace)
            past = self.history.of(run.notebook.path) if self.history else None
            self._note(found.run, past, counterparts(past, run.notebook))
        return found

    # --- what is known of the last build, and what stands from it ---------------------------------------------------

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
        if self.cache is None or any(problem.code == "internal-error" for problem in run.problems):
            return None
        asked = self._asked.get(run.notebook.path)
        if asked is None or not reuses_all(run):
            asked = Asked(self.world())
            again = build(run.notebook, store=self.store, executor=None, world=asked, budget=self.settings.widgets)
            if not same_traces(again, run) or is_left_open(again):
                return None
        end = expiry(run)
        if is_left_open(run) or (end is not None and end <= time.time()):
            return None
        return Standing(asked.answers, end)

    def world(self) -> World:
        """What notebooks would find now. It is asked anew for each build."""
        if self.cache:
            return ThisMachine(self.root, self.cache.files.digest, remember=True, seconds=self.settings.timeout)
        return ThisMachine(self.root, remember=True, seconds=self.settings.timeout)

    @property
    def history(self) -> History | None:
        """What the last build did with each notebook, where the store lasts."""
        return self.cache.history if self.cache else None
