"""The corridor: a notebook goes in, a run comes out. Read this file second, after `model/`.

`build` joins the rooms and knows none of them from inside. What it needs of the world it asks for at four doors: a
`Store` that remembers traces and blobs, an `Executor` that starts a `Kernel`, and a `World` that tells what is there
now. They are declared in `walk/doors.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from nbpublish.errors import OutOfTime
from nbpublish.graph.analyse import analyse
from nbpublish.graph.syntax import without_warnings
from nbpublish.model import Budget, Cell, Given, Graph, Notebook, Reason, Run, Widget
from nbpublish.traces.code import Code, codes_of, digest, with_changed
from nbpublish.traces.recall import Recall
from nbpublish.traces.refresh import Refresh
from nbpublish.traces.verify import World, may_be_kept
from nbpublish.walk.doors import Aside, Executor, Kernel, Listener, Nobody, Put, Report, Store
from nbpublish.walk.executions import Executions
from nbpublish.walk.walk import Walks
from nbpublish.widgets.ahead import with_states
from nbpublish.widgets.given import Setting, with_given
from nbpublish.widgets.loops import ROUNDS, again, getters_of, settled, unsettled

__all__ = ["Executor", "Kernel", "Listener", "Put", "Report", "Store", "World", "build", "may_be_kept"]


_GRACE = 1.25
"""A state that has begun within the time for states may take a quarter of it more, before it is ended in its midst."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a notebook before any cell runs."""

    graph: Graph
    codes: Mapping[str, Code]


def build(
    notebook: Notebook,
    *,
    store: Store,
    executor: Executor | None,
    world: World | None = None,
    report: Report | None = None,
    listener: Listener | None = None,
    keep: float | None = 0.05,
    refresh: bool = False,
    aged: bool | None = None,
    former: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Run:
    """Run those cells of `notebook` for which no recorded trace holds, and reuse the traces of the others.

    Without an `executor` nothing is executed, and cells without a trace say that they were not run. Values that
    take more than `keep` seconds to have again are kept as blobs; None keeps none. With `refresh`, cells run again
    whose results may differ from one execution to the next. How old a result may be is looked at where cells can be
    executed, or as `aged` says. `former` tells by id which place a cell had in the last build; it only makes reasons
    better. `listener` hears what becomes of each cell while the others still run. With a `budget`, the run has
    a run for each state of the notebook's widgets that is worth it.
    """
    analysis = _analysed(notebook, store, world)
    graph, codes = analysis.graph, analysis.codes
    hears = listener or Nobody()
    hears.begins(graph)
    due = Refresh(time.time(), refresh) if aged or (executor and aged is None) else None
    recall = Recall(notebook, graph, codes, store.find, store.latest, world, due, former or {})
    with Executions(notebook, graph, store, executor, keep, recall.engine, world) as executions:
        run = Walks(notebook, graph, recall, executions, report or _nobody, hears).run()
        getters = getters_of(notebook) if budget else {}

        def in_state(widgets: Iterable[Widget], given: Given) -> Run | None:
            setting = with_given(notebook, graph, widgets, given)
            for _ in range(ROUNDS):
                try:
                    found = in_setting(setting)
                except OutOfTime:
                    return None
                if not (getters and (more := again(setting, found, getters))):
                    return replace(settled(found), given=dict(given))
                setting = more
            return replace(settled(found), given=dict(given), remarks=tuple(unsettled(run, getters)))

        def in_setting(setting: Setting) -> Run:
            changed = with_changed(codes, setting.notebook, setting.graph, setting.changed, setting.setters)
            there = recall.elsewhere(setting.notebook, setting.graph, changed)
            executions.turn_to(setting.notebook, setting.graph, network=bool(budget and budget.network))
            return Walks(setting.notebook, setting.graph, there, executions, _nobody, Aside(hears)).run()

        if budget is None or executions.given_up:
            return run
        executions.state_seconds = budget.seconds * _GRACE
        return with_states(run, in_state, budget, hears.computes)


def _nobody(notebook: Notebook, cell: Cell, reason: Reason) -> None:
    """Is told of cells, and needs to know nothing."""


def _analysed(notebook: Notebook, store: Store, world: World | None) -> Analysis:
    """The analysis of a notebook, from the store where the same text was analysed before, by the same code."""

    def analysis() -> Analysis:
        graph = analyse(notebook)
        with without_warnings():
            return Analysis(graph, codes_of(notebook, graph))

    if world is None:
        return analysis()
    key = digest(notebook, world.digest("engine", ""), _own_code())
    return store.derive(f"analysis {notebook.path}", key, Analysis, analysis)


@cache
def _own_code() -> str:
    """Tells our analysis from an edited one that is installed under the same version."""
    folder = Path(__file__).parent
    files = [path for room in ("graph", "traces") for path in sorted((folder / room).glob("*.py"))]
    return digest([(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files])
