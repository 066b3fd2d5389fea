"""The corridor: a notebook goes in, a run comes out. Read this file second, after `model.py`.

`build` joins the rooms and knows none of them from inside. What it needs of the world it asks for at three doors: a
`Store` that remembers traces and blobs, an `Executor` that starts kernels, and a `World` that tells what is there now.

It walks the cells in the order of the graph and keeps account of what every name means at each point, without having
a single value. A cell for which a recorded trace holds is reused; for any other a kernel is started, and its inputs
are brought to life there. Where bringing them to life shows that a cell gives other values than were recorded, the
walk begins again with what is known now, so that a page never mixes two samples.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from nbpublish.graph.analyse import analyse
from nbpublish.graph.syntax import without_warnings
from nbpublish.model import Cell, Graph, Names, Notebook, Reason, Run, Task, Trace, Version
from nbpublish.traces.closure import is_state
from nbpublish.traces.code import Code, codes_of
from nbpublish.traces.faults import fault
from nbpublish.traces.obstacles import left_out, obstacle
from nbpublish.traces.plan import Load, Point, Step, plan
from nbpublish.traces.recall import Recall, Recalled
from nbpublish.traces.unknown import Unknown
from nbpublish.traces.verify import World, lines_shown, may_be_kept, reaches_further, shows_lines
from nbpublish.traces.versions import applied, gave_the_same, other_states, renewed, settled

Put = Callable[[Iterable[Any]], str]


class Kernel(Protocol):
    """Runs cells of one notebook, one after another, in one process. Never raises for what the author wrote."""

    live: dict[str, Version]
    """The versions of the names it has; `build` keeps the account."""

    def run(self, cell: Cell, names: Names, task: Task, put: Put) -> Trace: ...

    def load(self, names: Sequence[str], blob: Any) -> bool:
        """Bring names to life from a blob; False where it cannot be read."""


class Executor(Protocol):
    """Starts kernels. Leaving the context ends the kernel and every process it started."""

    def start(self, notebook: Notebook) -> AbstractContextManager[Kernel]: ...


class Store(Protocol):
    """Remembers traces by key, the newest first, and bytes by digest. It may forget anything at any moment."""

    def find(self, key: str) -> Sequence[Trace]: ...

    def latest(self, place: str) -> Trace | None: ...

    def keep(self, trace: Trace) -> None: ...

    def put(self, chunks: Iterable[Any]) -> str: ...

    def blob(self, digest: str) -> Any | None:
        """The bytes with this digest."""

    def locate(self, digest: str) -> Path | None:
        """The file that holds them, where there is one; kernels map it."""


Report = Callable[[Notebook, Cell, Reason], None]
"""Told of every code cell: just before it runs, or that it is reused or not run."""


def build(
    notebook: Notebook,
    *,
    store: Store,
    executor: Executor | None,
    world: World | None = None,
    report: Report | None = None,
    keep: float | None = 0.05,
) -> Run:
    """Run those cells of `notebook` for which no recorded trace holds, and reuse the traces of the others.

    Without an `executor` nothing is executed, and cells without a trace say that they were not run. Values of cells
    that took more than `keep` seconds are kept as blobs; None keeps none.
    """
    graph = analyse(notebook)
    with without_warnings():
        codes = codes_of(notebook, graph)
    with ExitStack() as stack:
        start = (lambda: stack.enter_context(executor.start(notebook))) if executor else None
        recall = Recall(notebook, graph, codes, store.find, store.latest, world)
        building = _Building(notebook, graph, codes, store, start, report or (lambda *_: None), keep, recall)
        while not building.walk():
            pass
    return Run(notebook, graph, building.traces, building.reasons)


@dataclass
class _Building:
    notebook: Notebook
    graph: Graph
    codes: dict[str, Code]
    store: Store
    start: Callable[[], Kernel] | None
    report: Report
    keep: float | None
    recall: Recall
    kernel: Kernel | None = None
    walks: int = 0
    reasons: dict[str, Reason] = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    blobs: dict[str, Any] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    ran: dict[str, Reason] = field(default_factory=dict)

    def walk(self) -> bool:
        """Go through the cells once; False where it must be done again, because more is known now."""
        self.walks += 1
        self.reasons, self.traces, self.versions, self.points = left_out(self.graph), {}, {}, []
        for id in self.reasons:
            self._tell(id)
        unknown = Unknown()
        for cell in map(self.notebook.cell, self.graph.order):
            if blocked := obstacle(cell, self.graph, self.traces, self.reasons):
                self._tell(cell.id, blocked)
                continue
            found = self.recall(cell, self.versions)
            if self.start is None and (found.point.trace is None or unknown.concerns(found)):
                unknown.add(found, self.graph.names[cell.id])
                self._tell(cell.id, Reason("not_run", "not-executed"))
            elif found.point.trace and not self._is_clean:
                self._tell(cell.id, self.ran.get(cell.id, found.reason))
                self._pass(cell, found.point, found.point.trace)
            elif not self._execute(cell, found):
                return False
        return True

    @property
    def _is_clean(self) -> bool:
        """After so many walks something always gives other values: then all cells run, in their order."""
        return self.walks > 2 * len(self.graph.order) + 2

    def _tell(self, id: str, reason: Reason | None = None) -> None:
        if reason:
            self.reasons[id] = reason
        if id not in self.told:
            self.told.add(id)
            self.report(self.notebook, self.notebook.cell(id), self.reasons[id])

    def _pass(self, cell: Cell, point: Point, trace: Trace) -> None:
        """Go past a cell that has its trace."""
        self.recall.cells[trace.id] = cell.id
        self.points.append(replace(point, trace=trace))
        self.versions = applied(self.versions, trace)
        self.traces[cell.id] = replace(trace, problem=fault(self.notebook, cell, trace))

    def _execute(self, cell: Cell, found: Recalled) -> bool:
        """Run a cell; False where more is known now than when the walk began."""
        self.ran.setdefault(cell.id, found.reason if found.reason.action == "run" else Reason("run", "differs"))
        self._tell(cell.id, self.ran[cell.id])
        exact = found.point.code.reads_lines
        if not self._prepare(found.point, lines=exact):
            return False
        exact = exact or self._plan(found.point, lines=True) == []
        trace = self._run(found.point, found.key, found.inputs)
        if not exact and shows_lines(trace, self.notebook):  # functions may stand on the lines where they were once
            if not self._prepare(found.point, lines=True):
                return False
            trace = self._run(found.point, found.key, found.inputs)
        self._keep(trace)
        if reaches_further(trace, self.versions) and cell.id not in self.recall.dynamic:
            return False
        self._pass(cell, found.point, trace)
        return True

    # --- what the kernel does ---------------------------------------------------------------------------------------

    def _plan(self, goal: Point, *, lines: bool) -> list[Step] | None:
        assert self.kernel
        return [] if self._is_clean else plan(goal, self.points, self.kernel.live, self._has, lines=lines)

    def _prepare(self, goal: Point, *, lines: bool) -> bool:
        """Bring the inputs of a cell to life; False where more is known now than when the walk began."""
        assert self.start
        self.kernel = self.kernel or self.start()
        steps = self._plan(goal, lines=lines)
        if steps is None:
            self.walks += 2 * len(self.graph.order) + 2
            return False
        return all(self._load(step) if isinstance(step, Load) else self._replay(step.point, goal) for step in steps)

    def _has(self, digest: str) -> bool:
        if digest not in self.blobs:
            self.blobs[digest] = self.store.locate(digest) or self.store.blob(digest)
        return self.blobs[digest] is not None

    def _load(self, step: Load) -> bool:
        assert self.kernel
        if self.kernel.load(tuple(step.versions), self.blobs[step.blob]):
            self.kernel.live.update(step.versions)
            return True
        self.blobs[step.blob] = None
        return False

    def _replay(self, point: Point, goal: Point) -> bool:
        recorded = point.trace
        assert recorded
        if self.reasons[point.cell].action == "reused":
            self.reasons[point.cell] = Reason("reused", "replayed", goal.cell)
        again = self._run(point, recorded.key, recorded.inputs)
        others = other_states(recorded, again)
        if gave_the_same(recorded, again) and (point.code.definition or not others):
            recorded = renewed(recorded, again)
            self._keep(recorded)
            assert self.kernel
            self.kernel.live.update({n: version for n, version in recorded.versions.items() if n not in others})
            return all(self._has(v.blob or "") and self._load(Load(v.blob or "", {n: v})) for n, v in others.items())
        if shows_lines(again, self.notebook):
            self.recall.distrusted.add(recorded.id)
        else:
            self._keep(again)
        self.ran.setdefault(point.cell, Reason("run", "differs", goal.cell))
        return False

    def _run(self, point: Point, key: str, inputs: Mapping[str, str]) -> Trace:
        """Run a cell whose inputs are live, and keep the account of what is live then."""
        assert self.kernel
        cell, code, live = self.notebook.cell(point.cell), point.code, self.kernel.live
        keep = None if code.definition else self.keep
        task = Task(point.inputs, code.private, code.futures, keep)
        trace = self.kernel.run(cell, self.graph.names[cell.id], task, self.store.put)
        trace = settled(trace, uuid.uuid4().hex, code)
        seen = trace.observations + lines_shown(trace, self.notebook, cell, code)
        trace = replace(trace, key=key, place=code.place, code=code.digest, inputs=inputs, observations=seen)
        for name in [name for name in live if name in trace.deleted or (is_state(name) and name not in point.inputs)]:
            del live[name]
        live.update(trace.versions)
        if trace.exit == "died":
            live.clear()
        return trace

    def _keep(self, trace: Trace) -> None:
        self.recall.remember(trace)
        if may_be_kept(trace):
            self.store.keep(trace)
