"""Why a cell cannot run, although nothing is wrong with its own text."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.model import Cell, Graph, Reason, Trace


def obstacle(
    cell: Cell, graph: Graph, traces: Mapping[str, Trace], reasons: Mapping[str, Reason]
) -> Reason | None:
    """The reason for not running `cell`, given what became of the cells before it; None where nothing does.

    The reason names the cell where the trouble began, not the last link of the chain. An exception that the author
    expects (`Options.raises`) stands in nobody's way.
    """
    if cell.options.disabled:
        return Reason("not_run", "disabled")
    for id, trace in traces.items():
        if trace.exit == "died":
            return Reason("not_run", "kernel-died", id)
    for parent in graph.parents.get(cell.id, ()):
        if reason := _spreads(parent, traces.get(parent), reasons.get(parent)):
            return reason
    return None


def _spreads(parent: str, trace: Trace | None, reason: Reason | None) -> Reason | None:
    if trace and trace.problem:
        return Reason("not_run", "ancestor-failed", parent)
    if trace and trace.exit == "stopped":
        return Reason("not_run", "ancestor-stopped", parent)
    if trace or reason is None or reason.cause == "not-executed":
        return None
    if reason.cause == "problem":
        return Reason("not_run", "ancestor-failed", parent)
    return Reason("not_run", reason.cause, reason.cell or parent)
