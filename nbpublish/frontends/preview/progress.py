"""What is known of a notebook while its cells run: what to show meanwhile, and whether to go on."""

from __future__ import annotations

import difflib
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nbpublish.errors import Superseded
from nbpublish.model import Cell, Graph, Notebook, Reason, Run, Trace


class Progress:
    """Listens to one build of one notebook. Superseded, it ends the build at the next moment that loses nothing."""

    def __init__(self, notebook: Notebook, before: Run | None) -> None:
        self.notebook = notebook
        self.before = before
        """The run that the page shows."""
        self.graph: Graph | None = None
        self.cells: dict[str, str] = {}
        """By id: `waiting`, `running`, or what became of it: `ran`, `reused`, `failed`, `not_run`."""
        self.begun = time.monotonic()
        self.changed = threading.Event()
        """Something is known that was not when this was cleared."""
        self.waits = threading.Event()
        """What comes next may take a while: a cell that runs, or states of widgets once all cells have run."""
        self.over = threading.Event()
        self.states: tuple[int, int] | None = None
        """Once all cells have run: how many states of widgets are known, and how many there are."""
        self._traces: dict[str, Trace] = {}
        self._reasons: dict[str, Reason] = {}
        self._running: str | None = None
        self._superseded = self._stale = False
        self._lock = threading.Lock()

    @property
    def count(self) -> tuple[int, int]:
        """How many cells need nothing more, and how many there are that can run."""
        total = len(self.graph.order) if self.graph else 0
        return total - sum(state in ("waiting", "running") for state in list(self.cells.values())), total

    @property
    def _spoiled(self) -> set[str]:
        """Cells that cannot run because of an error found in reading the notebook, or in its graph."""
        found = (*self.notebook.problems, *(self.graph.problems if self.graph else ()))
        return {problem.cell for problem in found if problem.cell and problem.severity == "error"}

    @property
    def said(self) -> tuple[int | str, int | str]:
        """How far it is, for a place that shows `2/5`; `2/5 ⇄` for states of widgets."""
        return (self.states[0], f"{self.states[1]} ⇄") if self.states else self.count

    # --- the listener -----------------------------------------------------------------------------------------------

    def begins(self, graph: Graph) -> None:
        self.graph = graph
        known = {cell.id: cell.source for cell in self.before.notebook.cells} if self.before else {}
        edited = {id for id in graph.order if known.get(id) != self.notebook.cell(id).source}
        self.cells = dict.fromkeys(self._spoiled, "failed") | dict.fromkeys(reached(graph, edited), "waiting")
        self.changed.set()

    def report(self, notebook: Notebook, cell: Cell, reason: Reason) -> None:
        """Just before a cell runs, or that it is reused or not run."""
        self._go_on()
        self._reasons[cell.id] = reason
        state = {"run": "running"}.get(reason.action, reason.action)
        self.cells[cell.id] = "failed" if cell.id in self._spoiled else state
        self._running = cell.id if reason.action == "run" else None
        self._tell(cell)

    def ran(self, cell: Cell) -> None:
        if self._stale or (self._superseded and cell.id in self._traces):  # of a state of the widgets
            raise Superseded(self.notebook.path)

    def passes(self, cell: Cell, trace: Trace) -> None:
        self._go_on()
        self._traces[cell.id] = trace
        self._running = None
        action = self._reasons[cell.id].action if cell.id in self._reasons else "reused"
        self.cells[cell.id] = "failed" if trace.problem else {"run": "ran"}.get(action, action)
        self._tell(cell)

    def computes(self, done: int, total: int) -> None:
        self.states = done, total
        self.waits.set()
        self.changed.set()

    def _tell(self, cell: Cell) -> None:
        if self._running or (self.graph and cell.id in self.graph.order[-1:]):
            self.waits.set()
        self.changed.set()

    def ends(self) -> None:
        """There is nothing to wait for any longer."""
        for event in (self.over, self.waits, self.changed):
            event.set()

    def _go_on(self) -> None:
        if self._superseded:
            raise Superseded(self.notebook.path)

    # --- superseded -------------------------------------------------------------------------------------------------

    def supersede(self, notebook: Notebook | None) -> bool:
        """Let the build end, because the notebook is another one, or (None) because its surroundings are.

        Whether the cell that runs need not come to its end, as what it is doing is stale.
        """
        running = self._running
        self._stale = not (notebook and running and self.graph and unchanged(running, self, notebook))
        self._superseded = True
        return self._stale

    # --- what to show -----------------------------------------------------------------------------------------------

    def so_far(self) -> Run | None:
        """The notebook as it is now, cells that have not run yet with what they gave before."""
        if self.graph is None:
            return None
        traces, reasons = dict(self._traces), dict(self._reasons)
        if self.before:
            old = self.before
            for id, former in counterparts(old.notebook.cells, self.notebook.cells).items():
                if id not in traces and former in old.traces:
                    traces[id] = old.traces[former]
                if id not in reasons and former in old.reasons:
                    reasons[id] = old.reasons[former]
        traces = {id: trace for id, trace in traces.items() if id not in self._spoiled}
        run = Run(self.notebook, self.graph, traces, reasons)
        return self._with_states(run)

    def _with_states(self, run: Run) -> Run:
        """With what was computed ahead for widgets before, where the cells that they concern still stand there."""
        old, here = self.before, {cell.id for cell in self.notebook.cells}
        if old is None:
            return run
        concerned = {widget.cell for widget in old.widgets} | {decision.cell for decision in old.decisions}
        if not concerned <= here:
            return run
        return replace(run, widgets=old.widgets, decisions=old.decisions, states=old.states, still=old.still)


def reached(graph: Graph, ids: Iterable[str]) -> set[str]:
    """These cells and all that depend on them."""
    found = set(ids)
    for id in graph.order:
        if not found.isdisjoint(graph.parents.get(id, ())):
            found.add(id)
    return found


def unchanged(id: str, progress: Progress, notebook: Notebook) -> bool:
    """Whether a cell and all that it depends on stand in another notebook as they do in this one."""
    assert progress.graph
    there: Mapping[str, str] = {cell.id: cell.source for cell in notebook.cells}
    wanted, known = [id], set[str]()
    while wanted:
        next = wanted.pop()
        if next in known:
            continue
        known.add(next)
        if there.get(next) != progress.notebook.cell(next).source:
            return False
        wanted += progress.graph.parents.get(next, ())
    return True


def counterparts(old: Iterable[Cell], new: Iterable[Cell]) -> dict[str, str]:
    """By id of each new code cell, which of the old ones it is, or stands in the place of."""
    before = [cell.id for cell in old if cell.kind == "code"]
    now = [cell.id for cell in new if cell.kind == "code"]
    found = {id: id for id in now if id in set(before)}
    for kind, start, end, from_, to in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind == "replace":
            edited = [id for id in now[from_:to] if id not in found]
            found |= dict(zip(edited, (id for id in before[start:end] if id not in found.values()), strict=False))
    return found
