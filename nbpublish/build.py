"""The corridor: a notebook goes in, a run comes out. Read this file second, after `model.py`.

`build` joins the rooms and knows none of them from inside. What it needs of the world it asks for at two doors:
a `Store` that remembers traces, and an `Executor` that starts kernels. Whoever fits through a door may be passed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from typing import Protocol

from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Names, Notebook, Reason, Run, Trace
from nbpublish.traces.faults import fault
from nbpublish.traces.key import keys_of
from nbpublish.traces.obstacles import left_out, obstacle
from nbpublish.traces.recall import plan, recall


class Kernel(Protocol):
    """Runs the cells of one notebook, one after another, in one process. Never raises for what the author wrote."""

    def run(self, cell: Cell, names: Names) -> Trace: ...


class Executor(Protocol):
    """Starts kernels. Leaving the context ends the kernel and every process it started."""

    def start(self, notebook: Notebook) -> AbstractContextManager[Kernel]: ...


class Store(Protocol):
    """Remembers traces by key."""

    def find(self, key: str) -> Trace | None: ...

    def keep(self, trace: Trace) -> None: ...


Report = Callable[[Notebook, Cell, Reason], None]
"""Told of every code cell: just before it runs, or that it is reused or not run."""


def build(notebook: Notebook, *, store: Store, executor: Executor | None, report: Report | None = None) -> Run:
    """Run the cells of `notebook` in the order of its graph, or reuse the traces of an equal notebook.

    Without an `executor` nothing is executed, and cells without a trace say that they were not run.
    """
    graph = analyse(notebook)
    keys = keys_of(notebook, graph)
    known = recall(notebook, graph, keys, store.find)
    traces: dict[str, Trace] = {}
    reasons = left_out(graph)
    report = report or (lambda *_: None)
    for id, reason in reasons.items():
        report(notebook, notebook.cell(id), reason)
    with ExitStack() as stack:
        kernel: Kernel | None = None
        for cell in map(notebook.cell, graph.order):
            reason = obstacle(cell, graph, traces, reasons) or plan(known.get(cell.id), can_run=executor is not None)
            reasons[cell.id] = reason
            report(notebook, cell, reason)
            if reason.action == "reused":
                traces[cell.id] = known[cell.id]
            elif reason.action == "run" and executor:
                kernel = kernel or stack.enter_context(executor.start(notebook))
                trace = replace(kernel.run(cell, graph.names[cell.id]), key=keys[cell.id])
                traces[cell.id] = replace(trace, problem=fault(notebook, cell, trace))
    if all(trace.exit != "died" for trace in traces.values()):  # else the next build tries again
        for trace in traces.values():
            store.keep(trace)
    return Run(notebook, graph, traces, reasons)
