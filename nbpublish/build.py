"""The corridor: a notebook goes in, a run comes out. Read this file second, after `model.py`.

`build` joins the rooms and knows none of them from inside. What it needs of the world it asks for at four doors: a
`Store` that remembers traces and blobs, an `Executor` that starts a `Kernel`, and a `World` that tells what is there
now. They are declared in `walk/doors.py`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from nbpublish.graph.analyse import analyse
from nbpublish.graph.syntax import without_warnings
from nbpublish.model import Notebook, Run
from nbpublish.traces.code import codes_of
from nbpublish.traces.recall import Recall
from nbpublish.traces.refresh import Refresh
from nbpublish.traces.verify import World, may_be_kept
from nbpublish.walk.doors import Executor, Kernel, Put, Report, Store
from nbpublish.walk.executions import Executions
from nbpublish.walk.walk import Walks

__all__ = ["Executor", "Kernel", "Put", "Report", "Store", "World", "build", "may_be_kept"]


def build(
    notebook: Notebook,
    *,
    store: Store,
    executor: Executor | None,
    world: World | None = None,
    report: Report | None = None,
    keep: float | None = 0.05,
    refresh: bool = False,
    aged: bool | None = None,
    former: Mapping[str, str] | None = None,
) -> Run:
    """Run those cells of `notebook` for which no recorded trace holds, and reuse the traces of the others.

    Without an `executor` nothing is executed, and cells without a trace say that they were not run. Values of cells
    that took more than `keep` seconds are kept as blobs; None keeps none. With `refresh`, cells run again whose results
    may differ from one execution to the next. How old a result may be is looked at where cells can be executed, or as
    `aged` says. `former` tells by id which place a cell had in the last build; it only makes reasons better.
    """
    graph = analyse(notebook)
    with without_warnings():
        codes = codes_of(notebook, graph)
    due = Refresh(time.time(), refresh) if aged or (executor and aged is None) else None
    recall = Recall(notebook, graph, codes, store.find, store.latest, world, due, former or {})
    with Executions(notebook, graph, store, executor, keep, recall.engine, world) as executions:
        return Walks(notebook, graph, recall, executions, report or (lambda *_: None)).run()
