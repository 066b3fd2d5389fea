"""The kernel of a build: cells that run in it, values that are loaded into it, and the account of what is live."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from nbpublish.errors import OutOfTime, Superseded
from nbpublish.model import Cell, Graph, Notebook, Observation, Task, Trace, Version
from nbpublish.traces.closure import LASTING, is_state
from nbpublish.traces.files import FILES, UNCHANGED, ascertained, found_now, undone
from nbpublish.traces.lasting import with_lasting
from nbpublish.traces.listings import LISTINGS, made
from nbpublish.traces.plan import Load, Point, set_alone, what_is_set
from nbpublish.traces.verify import World, folder_shown, lines_shown
from nbpublish.traces.versions import settled
from nbpublish.walk.doors import Executor, Kernel, Store

_DEAR = 0.5
"""Seconds of execution that nobody should lose who ends a build in the middle."""
_FOUND = FILES | {"directory", "glob", "distribution"}
"""Kinds of observations of what lies outside the process, and may be another thing when the next build begins."""


@dataclass
class Executions:
    """Executes cells of one notebook, in a kernel that is started when it is first needed.

    Leaving the context ends the kernel. Values that take more than `keep` seconds to have again are put into the
    store.
    """

    notebook: Notebook
    graph: Graph
    store: Store
    executor: Executor | None
    keep: float | None
    engine: str = ""
    world: World | None = None
    network: bool = True
    """Whether cells may use it."""
    state_seconds: float | None = None
    """How long all states of widgets together may run."""
    aside: bool = False
    """Whether what runs is not the notebook itself, but a state of its widgets."""
    _over: bool = False
    """Whether the time for states is over."""
    _kernel: Kernel | None = None
    _has_died: bool = False
    waiting: dict[str, Trace] = field(default_factory=dict)
    """By id, traces that are written together with the next ones: in states of widgets, most are made in no time."""
    _waiting_for: set[str] = field(default_factory=set)
    """Their keys."""
    _at_stake: float = 0.0
    """Seconds that they took."""
    set_by: dict[str, str] = field(default_factory=dict)
    """By id of a trace by which a control was set, what that was before."""
    _stack: ExitStack = field(default_factory=ExitStack)
    _timers: ExitStack = field(default_factory=ExitStack)
    _blobs: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Executions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timers.close()
        try:
            self.write()
        finally:
            self._stack.__exit__(kind, error, trace)

    @property
    def possible(self) -> bool:
        """Whether anything can be executed."""
        return self.executor is not None

    @property
    def live(self) -> dict[str, Version]:
        """The versions of the names that the kernel has."""
        return self.kernel.live

    def files(self, versions: Mapping[str, Version]) -> dict[str, Version]:
        """The files among the versions as they are on the disk now."""
        return found_now(versions, self.world.digest) if self.world else {}

    def undone(self, versions: Mapping[str, Version]) -> dict[str, Observation]:
        """By trace that left them, files among the versions that are not so any longer."""
        found = undone(versions, self.world.digest) if self.world else ()
        return {version.trace: seen for version, seen in found}

    @property
    def kernel(self) -> Kernel:
        """The notebook's kernel, started when it is first needed."""
        if self.aside and self._over:
            raise OutOfTime
        if self._kernel is None:
            assert self.executor
            self._kernel = self._stack.enter_context(self.executor.start(self.notebook))
            if not self._finds_all(self._kernel):
                self.start_again()
                self._kernel = self._stack.enter_context(self.executor.start(self.notebook))
            if self.aside and self._over:
                raise OutOfTime
        return self._kernel

    @property
    def given_up(self) -> bool:
        """Whether somebody has ended what ran, because nobody waits for it any longer."""
        return self._kernel is not None and self._kernel.given_up

    def _finds_all(self, kernel: Kernel) -> bool:
        """Whether libraries would find what they found when they were loaded, in an earlier build: a process loads them
        once."""
        return self.world is None or all(
            self.world.digest(seen.kind, seen.subject) in (seen.digest, UNCHANGED) for seen in kernel.found
        )

    def _begin_states(self) -> None:
        """Give the states that follow their time, from now on. A cell that runs when it is over is ended."""
        if self.state_seconds is not None:
            timer = threading.Timer(self.state_seconds, self._end)
            timer.daemon = True
            timer.start()
            self._timers.callback(timer.cancel)

    def _end(self) -> None:
        self._over = True
        if kernel := self._kernel:
            kernel.stop()

    def turn_to(self, notebook: Notebook, graph: Graph, *, network: bool) -> None:
        """Go on with the same notebook in another state. A kernel that has died is left behind."""
        if not self.aside:
            self._begin_states()
        self.notebook, self.graph, self.network, self.aside = notebook, graph, network, True
        if self._kernel is not None and self._has_died:
            self.start_again()

    def start_again(self) -> None:
        """Go on in another kernel, where nothing has run yet."""
        if self._kernel:
            self._kernel.spent = True
        self._stack.close()
        self._kernel, self._has_died = None, False

    def run(self, point: Point, key: str, inputs: Mapping[str, str], effort: float) -> Trace:
        """Run a cell whose inputs are live, and took `effort` seconds to make.

        Raises OutOfTime in a state, once the time for states is over; Superseded where somebody has ended it.
        """
        cell, code, kernel = self.notebook.cell(point.cell), point.code, self.kernel
        keep = None if code.definition else self.keep
        targets, network, sets = code.ambient.targets, self.network, set_alone(point)
        task = Task(
            *(point.inputs, code.private, code.futures, keep, effort, targets, network, code.result),
            unread=code.unread,
            sets=sets,
        )
        when = time.time()
        trace = kernel.run(cell, self.graph.names[cell.id], task, self.store.put)
        if self.world:
            self.world.forget()
            trace = ascertained(trace, self.world.digest)
        trace = with_lasting(settled(trace, uuid.uuid4().hex, code), code, point.inputs)
        seen = trace.observations + lines_shown(trace, self.notebook, cell, code)
        seen += folder_shown(trace, self.world.digest("folder", "")) if self.world else ()
        trace = replace(trace, when=when, key=key, place=code.place, code=code.digest, engine=self.engine)
        seen += tuple(made(listing, point.inputs) for listing in seen if listing.kind in LISTINGS)
        trace = replace(trace, inputs=inputs, observations=seen)
        kernel.found.update(_unnamed(trace, cell))
        kept = (*point.inputs, *LASTING)
        for name in [n for n in kernel.live if n in trace.deleted or (is_state(n) and n not in kept)]:
            del kernel.live[name]
        kernel.live.update(trace.versions)
        if code.sets and trace.exit == "ok":
            self.set_by[trace.id] = what_is_set(point.inputs)
        if trace.exit == "died":
            kernel.live.clear()
            self._has_died = True
        if self.aside and kernel.given_up:
            raise OutOfTime if self._over else Superseded
        return trace

    # --- what is kept of it -----------------------------------------------------------------------------------------

    def remember(self, *traces: Trace, at_once: bool = False) -> None:
        """Have the store remember traces, the last one before the others: at once, or when it is worth its while."""
        for trace in traces:
            self.waiting.pop(trace.id, None)
            self.waiting[trace.id] = trace
            self._waiting_for.add(trace.key)
            self._at_stake += trace.seconds
        if at_once or self._at_stake > _DEAR:
            self.write()

    def write(self) -> None:
        """Have the store remember what waits."""
        if self.waiting:
            self.store.keep(*self.waiting.values())
            self.waiting.clear()
            self._waiting_for.clear()
            self._at_stake = 0.0

    def find(self, key: str) -> Sequence[Trace]:
        """The traces with a key, those that wait among them: cells that are alike share one."""
        if key in self._waiting_for:
            self.write()
        return self.store.find(key)

    def has(self, digest: str) -> bool:
        """Whether a blob is at hand."""
        if digest not in self._blobs:
            self._blobs[digest] = self.store.locate(digest) or self.store.blob(digest)
        return self._blobs[digest] is not None

    def load(self, step: Load) -> bool:
        """Bring values to life from a blob; False where it cannot be read, and then it is not asked for again."""
        if self.has(step.blob) and self.kernel.load(tuple(step.versions), self._blobs[step.blob]):
            self.kernel.live.update(step.versions)
            return True
        self._blobs[step.blob] = None
        return False

    def restored(self, versions: Mapping[str, Version]) -> bool:
        """Let states be what they were; False where one cannot be brought back."""
        return all(self.load(Load(version.blob or "", {name: version})) for name, version in versions.items())


def _unnamed(trace: Trace, cell: Cell) -> Iterator[Observation]:
    """What a cell that imports something has found although its code does not name it: a library may have."""
    for seen in trace.observations if "import" in cell.code else ():
        if seen.kind in _FOUND and seen.subject.rpartition("/")[2] not in cell.code:
            yield seen
