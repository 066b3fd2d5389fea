"""Notebooks made of code, and what a plain run of one gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbpublish.build import Kernel
from nbpublish.executors.inline import InlineExecutor, InlineKernel
from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Notebook, Output, Run, Trace
from nbpublish.traces.closure import is_state
from nbpublish.traces.faults import fault
from nbpublish.traces.obstacles import left_out, obstacle

Shown = list[tuple[str, tuple[Output, ...]] | None]
"""By cell, in the file's order: how it ended and what it showed; None where it did not run."""


def percent(*codes: str) -> Notebook:
    return _notebook("percent", "document", codes)


def marimo(*codes: str) -> Notebook:
    return _notebook("marimo", "dataflow", codes)


def _notebook(format: str, order: str, codes: tuple[str, ...]) -> Notebook:
    cells, line, twins = [], 1, dict[str, int]()
    for code in codes:
        twins[code] = twins.get(code, 0) + 1
        cells.append(Cell(f"{code!r}{twins[code]}", "code", code, line))
        line += code.count("\n") + 2
    return Notebook("book.py", format, tuple(cells), order)  # type: ignore[arg-type]


# --- what a plain run gives -------------------------------------------------------------------------------------------


def plainly(notebook: Notebook, root: Path, executor: Any = None) -> Shown:
    """Run the cells one after another as they stand in the order, in one namespace and without any account."""
    graph = analyse(notebook)
    traces: dict[str, Trace] = {}
    reasons = left_out(graph)
    with (executor or InlineExecutor(root)).start(notebook) as kernel:
        for cell in map(notebook.cell, graph.order):
            if blocked := obstacle(cell, graph, traces, reasons):
                reasons[cell.id] = blocked
                continue
            trace = kernel.run(cell, graph.names[cell.id])
            traces[cell.id] = Trace("", trace.outputs, trace.exit, fault(notebook, cell, trace))
    return [_shown(traces.get(cell.id)) for cell in notebook.cells]


def shown(run: Run) -> Shown:
    return [_shown(run.traces.get(cell.id)) for cell in run.notebook.cells]


def _shown(trace: Trace | None) -> tuple[str, tuple[Output, ...]] | None:
    return trace and (trace.exit, trace.outputs)


class Warm(InlineExecutor):
    """An executor whose one kernel lives on."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._context = None
        self._kernel: InlineKernel | None = None

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[Kernel]:  # type: ignore[override]
        if self._kernel and self._kernel.spent:
            self.close()
        if self._kernel is None:
            self._context = super().start(notebook)
            self._kernel = self._context.__enter__()
        self._kernel.session.read(notebook)
        yield self._kernel
        self._kernel.session.ledger.rest()  # a plain run in this process begins with the states of a new one
        for name in [name for name in self._kernel.live if is_state(name)]:
            del self._kernel.live[name]

    def close(self) -> None:
        if self._context:
            self._context.__exit__(None, None, None)
        self._kernel = self._context = None
