"""Why a cell cannot run."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.model import Cell, Graph, Reason, Trace


def left_out(graph: Graph) -> dict[str, Reason]:
    """The cells that have no place in the order, by id, with the reason: an error found before running."""
    ordered = frozenset(graph.order)
    return {id: Reason("not_run", "problem") for id in graph.names if id not in ordered}


def obstacle(cell: Cell, graph: Graph, traces: Mapping[str, Trace], reasons: Mapping[str, Reason]) -> Reason | None:
    """The reason for not running a cell with nothing wrong in its own text; None where nothing stands in the way.

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
    if trace and trace.problem and trace.problem.severity == "error":
        return Reason("not_run", "ancestor-failed", parent)
    if trace and trace.exit == "stopped":
        return Reason("not_run", "ancestor-stopped", parent)
    if trace or reason is None or reason.cause == "not-executed":
        return None
    if reason.cause == "problem":
        return Reason("not_run", "ancestor-failed", parent)
    return Reason("not_run", reason.cause, reason.cell or parent)
