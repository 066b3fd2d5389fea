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
from nbpublish.traces.obstacles import obstacle


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
    traces: dict[str, Trace] = {}
    reasons = {id: Reason("not_run", "problem") for id in graph.names if id in graph.spoiled}
    with ExitStack() as stack:
        kernel: Kernel | None = None
        for cell in map(notebook.cell, graph.order):
            trace = store.find(keys[cell.id])
            reason = obstacle(cell, graph, traces, reasons)
            if reason is None and trace is None and executor is None:
                reason = Reason("not_run", "not-executed")
            elif reason is None:
                reason = Reason("reused", "unchanged") if trace else Reason("run", "new")
            reasons[cell.id] = reason
            if report:
                report(notebook, cell, reason)
            if reason.action == "run" and executor:
                kernel = kernel or stack.enter_context(executor.start(notebook))
                trace = replace(kernel.run(cell, graph.names[cell.id]), key=keys[cell.id])
                trace = replace(trace, problem=fault(notebook, cell, trace))
            if trace and reason.action != "not_run":
                traces[cell.id] = trace
    for trace in traces.values():  # all or none: a kernel starts at the first cell, never in the middle
        store.keep(trace)
    return Run(notebook, graph, traces, reasons)
