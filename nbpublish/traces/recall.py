"""Which traces of an earlier build hold for this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbpublish.model import Graph, Notebook, Reason, Trace
from nbpublish.traces.obstacles import left_out, obstacle


def recall(
    notebook: Notebook, graph: Graph, keys: Mapping[str, str], find: Callable[[str], Trace | None]
) -> dict[str, Trace]:
    """The traces of all cells that would run, by cell id; none at all where only some are found.

    A kernel starts at the first cell, never in the middle, and a store may forget at any moment.
    """
    traces: dict[str, Trace] = {}
    reasons = left_out(graph)
    for cell in map(notebook.cell, graph.order):
        if reason := obstacle(cell, graph, traces, reasons):
            reasons[cell.id] = reason
        elif trace := find(keys[cell.id]):
            traces[cell.id] = trace
        else:
            return {}
    return traces


def plan(trace: Trace | None, *, can_run: bool) -> Reason:
    """What becomes of a cell that nothing stops, given the trace that holds for it."""
    if trace:
        return Reason("reused", "unchanged")
    return Reason("run", "new") if can_run else Reason("not_run", "not-executed")
