"""Through the cells in their order, with an account of what every name means, and without having a single value.

A cell for which a recorded trace holds is reused; for any other its inputs are brought to life in a kernel, where it
runs. Where that shows that a cell gives other values than were recorded, the walk begins again with what is known now,
so that a page never mixes two samples.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from nbpublish.model import Cell, Graph, Notebook, Reason, Run, Trace, Version
from nbpublish.traces.closure import is_module
from nbpublish.traces.effort import effort
from nbpublish.traces.faults import fault
from nbpublish.traces.obstacles import left_out, obstacle
from nbpublish.traces.plan import Load, Point, Replay, Restart, Step, plan, what_is_set
from nbpublish.traces.recall import Recall, Recalled
from nbpublish.traces.unknown import Unknown
from nbpublish.traces.verify import may_be_kept, reaches_further, shows_lines
from nbpublish.traces.versions import applied, gave_the_same, has_opaque, other_states, renewed
from nbpublish.walk.doors import Listener, Report
from nbpublish.walk.executions import Executions

_NOTED = 0.02
"""Seconds besides its cells from which on it is noted what a state takes; most take thousandths."""


@dataclass
class Walks:
    """The walks of one build, and what is known from one to the next."""

    notebook: Notebook
    graph: Graph
    recall: Recall
    executions: Executions
    report: Report
    listener: Listener
    ran: dict[str, Reason] = field(default_factory=dict)
    """Cells that have run, with the first reason for it."""
    told: set[str] = field(default_factory=set)
    kept: dict[str, set[str]] = field(default_factory=dict)
    """By key, the traces that this build has kept."""
    wrote_again: set[str] = field(default_factory=set)
    """Cells that run again because a file was not as they had left it; once for each is enough."""
    shared: frozenset[str] = frozenset()
    """In a state: the traces of the notebook as it stands without a reader."""
    began: float = field(default_factory=time.monotonic)
    left: int = field(init=False)
    """How many walks may still begin again; after them all cells run, in their order, as if nothing were known."""

    def __post_init__(self) -> None:
        self.left = 2 * len(self.graph.order) + 2
        self.shared = frozenset(known.point.trace.id for known in self.recall.before.values() if known.point.trace)
        self.recall.find = self.executions.find

    def run(self) -> Run:
        """Walk until nothing new turns up."""
        try:
            while True:
                walk = _Walk(self, is_clean=self.left <= 0)
                if walk.is_clean:
                    self.executions.start_again()
                if walk.through():
                    self._hold(walk.points)
                    return Run(self.notebook, self.graph, self._with_cost(walk), walk.reasons)
                self.left -= 1
        finally:
            if not self.recall.before:
                self.executions.write()

    def tell(self, id: str, reason: Reason) -> None:
        """Report a cell, the first time that something is decided of it."""
        if id not in self.told:
            self.told.add(id)
            self.report(self.notebook, self.notebook.cell(id), reason)

    def keep(self, trace: Trace, place: str = "") -> None:
        """Know a trace from now on, and have the store remember it where it may."""
        self.recall.remember(trace, place or trace.place)
        if may_be_kept(trace, in_state=bool(self.recall.before)):
            self.kept.setdefault(trace.key, set()).add(trace.id)
            self.executions.remember(trace, at_once=not self.recall.before)

    def _with_cost(self, walk: _Walk) -> Mapping[str, Trace]:
        """The traces of a walk; in a state, what it took besides them is noted in the last that ran for its sake."""
        ran = [point for point in walk.points if walk.reasons[point.cell].action == "run" and point.trace]
        beside = time.monotonic() - self.began - sum(point.trace.seconds for point in ran if point.trace)
        if not (self.recall.before and ran and beside > _NOTED):
            return walk.traces
        before = {id: known.inputs for id, known in self.recall.before.items()}
        followers = [point for point in ran if walk.traces[point.cell].inputs != before.get(point.cell)]
        last = (followers or ran)[-1]
        assert last.trace
        self.keep(replace(last.trace, beside=beside))
        return {**walk.traces, last.cell: replace(walk.traces[last.cell], beside=beside)}

    def _hold(self, points: Iterable[Point]) -> None:
        """Keep once more what shares its key with something newer, so that the next build finds it first.

        That is what was reused, beside what was kept: the store keeps a few for each key. And it is what made opaque
        values, which a build at the same time may have made as well: one value of ours and one of theirs would fit no
        cell below.
        """
        again: dict[str, Trace] = {}
        for trace in (point.trace for point in points if point.trace):
            beside_others = trace.id not in self.kept.get(trace.key, {trace.id})
            if beside_others or (self.kept and has_opaque(trace) and may_be_kept(trace)):
                again[trace.id] = trace
        self.executions.remember(*again.values())


@dataclass
class _Walk:
    walks: Walks
    is_clean: bool = False
    """Whether no trace is reused and nothing is brought to life, because all cells run."""
    reasons: dict[str, Reason] = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Unknown)

    def through(self) -> bool:
        """Go through the cells; False where it must be done again, because more is known now."""
        for id, reason in left_out(self.walks.graph).items():
            self._tell(id, reason)
        return all(self._reach(self.walks.notebook.cell(id)) for id in self.walks.graph.order) and self._leave()

    def _leave(self) -> bool:
        """Whether the files that cells write are as the last of these cells has left them, or else it runs again."""
        walks = self.walks
        if self.is_clean or not walks.executions.possible:
            return True
        found = walks.executions.undone(self.versions)
        writers = {walks.recall.cells[trace]: seen for trace, seen in found.items()}
        writers = {cell: seen for cell, seen in writers.items() if cell not in walks.wrote_again}
        for cell, seen in writers.items():
            walks.recall.write_again(walks.recall.codes[cell].place, self.traces[cell], seen)
        walks.wrote_again |= writers.keys()
        return not writers

    def _reach(self, cell: Cell) -> bool:
        if blocked := obstacle(cell, self.walks.graph, self.traces, self.reasons):
            self._tell(cell.id, blocked)
            return True
        found = self.walks.recall(cell, self.versions)
        if not self.walks.executions.possible and (found.point.trace is None or self.unknown.concerns(found)):
            self._tell(cell.id, Reason("not_run", "not-executed", because=self.unknown.reason(found)))
            self.unknown.add(found, self.walks.graph.names[cell.id])
            return True
        if found.point.trace and not self.is_clean:
            self._tell(cell.id, self.walks.ran.get(cell.id, found.reason))
            self._pass(found, found.point.trace)
            return True
        return self._execute(cell, found)

    def _tell(self, id: str, reason: Reason) -> None:
        self.reasons[id] = reason
        self.walks.tell(id, reason)

    def _pass(self, found: Recalled, trace: Trace) -> None:
        """Go past a cell that has its trace."""
        notebook, point = self.walks.notebook, found.point
        if point.trace is not trace:
            point = replace(point, trace=trace)
            found = replace(found, point=point)
        self.walks.recall.cells[trace.id] = point.cell
        self.walks.recall.passed[point.cell] = found
        self.points.append(point)
        self.versions = applied(self.versions, trace)
        cell = notebook.cell(point.cell)
        problem = fault(notebook, cell, trace)
        self.traces[point.cell] = trace if problem == trace.problem else replace(trace, problem=problem)
        self.walks.listener.passes(cell, self.traces[point.cell])

    # --- in the kernel ----------------------------------------------------------------------------------------------

    def _execute(self, cell: Cell, found: Recalled) -> bool:
        """Run a cell; False where more is known now than when the walk began."""
        reason = found.reason if found.reason.action == "run" else Reason("run", "differs")
        self._tell(cell.id, self.walks.ran.setdefault(cell.id, reason))
        exact = found.point.code.reads_lines
        if not self._prepare(found.point, lines=exact):
            return False
        exact = exact or self._plan(found.point, lines=True) == []
        trace = self._run(found.point, found.key, found.inputs)
        if not exact and shows_lines(trace, self.walks.notebook):  # functions may stand on the lines of another day
            if not self._prepare(found.point, lines=True):
                return False
            trace = self._run(found.point, found.key, found.inputs)
        self.walks.keep(trace)
        if reaches_further(trace, self.versions) and cell.id not in self.walks.recall.dynamic:
            self.walks.recall.dynamic.add(cell.id)
            return False
        self._pass(found, trace)
        return True

    def _run(self, point: Point, key: str, inputs: Mapping[str, str]) -> Trace:
        walks = self.walks
        trace = walks.executions.run(point, key, inputs, effort(point, self.points, walks.shared))
        walks.listener.ran(walks.notebook.cell(point.cell))
        return trace

    def _plan(self, goal: Point, *, lines: bool) -> list[Step] | None:
        executions = self.walks.executions
        if self.is_clean:
            return []
        live = executions.live | executions.files(self.versions)
        return plan(goal, self.points, live, executions.has, lines=lines, set_by=executions.set_by)

    def _prepare(self, goal: Point, *, lines: bool) -> bool:
        """Bring the inputs of a cell to life; False where more is known now than when the walk began."""
        steps = self._plan(goal, lines=lines)
        if steps is not None and not self.is_clean and self._has_gone_ahead(steps):
            self.walks.executions.start_again()
            steps = self._plan(goal, lines=lines)
        if steps is None:
            self.walks.left = 0
            return False
        return all(self._take(step, goal) for step in steps)

    def _take(self, step: Step, goal: Point) -> bool:
        if isinstance(step, Restart):
            self.walks.executions.start_again()
            return True
        return self.walks.executions.load(step) if isinstance(step, Load) else self._replay(step.point, goal)

    def _has_gone_ahead(self, steps: list[Step]) -> bool:
        """Whether the kernel has modules that hold more than they should: what was done to them cannot be undone."""
        live = set(filter(is_module, self.walks.executions.live))
        made = [step.point.trace.versions for step in steps if isinstance(step, Replay) and step.point.trace]
        return bool(live - self.versions.keys()) or any(not live.isdisjoint(versions) for versions in made)

    def _replay(self, point: Point, goal: Point) -> bool:
        """Run a cell again for its values; False where it gives others than were recorded."""
        recorded = point.trace
        assert recorded
        if self.reasons[point.cell].action == "reused":
            self.reasons[point.cell] = Reason("reused", "replayed", goal.cell)
        unseen = frozenset(name for name, version in recorded.versions.items() if version.unseen)
        again = self._run(replace(point, code=replace(point.code, unread=unseen)), recorded.key, recorded.inputs)
        others = other_states(recorded, again)
        there = self.walks.executions.files(others)
        others = {
            name: version
            for name, version in others.items()
            if name not in there or not (point.code.definition or there[name].fingerprint == version.fingerprint)
        }
        if gave_the_same(recorded, again) and (point.code.definition or not others):
            recorded = renewed(recorded, again)
            self.walks.keep(recorded, point.code.place)
            live = {name: version for name, version in recorded.versions.items() if name not in others}
            self.walks.executions.live.update(live)
            if point.code.sets:
                self.walks.executions.set_by[recorded.id] = what_is_set(point.inputs)
            return self.walks.executions.restored(others)
        if shows_lines(again, self.walks.notebook):
            self.walks.recall.distrusted.add(recorded.id)
        else:
            self.walks.keep(again)
        self.walks.ran.setdefault(point.cell, Reason("run", "differs", goal.cell))
        return False
