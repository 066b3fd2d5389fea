"""Runs → what is known of the cells that follow widgets: what their states cost, and which may not run in others."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from statistics import median
from typing import Any

from nbpublish.model import Budget, Run, Trace
from nbpublish.widgets.plan import Costs

_SMALLER = 0.7
"""What a raster of a state weighs beside the PNG that it was: WebP without loss takes 34 to 71 % of it."""
_SHARED = 0.06
"""What a further state of text adds to a page: most of it is as in the other states."""


def costs_of(
    tried: Sequence[Run], follows: Mapping[str, tuple[str, ...]], shows: frozenset[str], barred: Mapping[str, str]
) -> Costs:
    """What the cells that follow widgets cost, by the runs that were tried, the default one first."""
    seconds: dict[str, float] = {}
    weights: dict[str, float] = {}
    base = {trace.id for trace in tried[0].traces.values()}
    for cell in follows:
        traces = [trace for each in tried if (trace := each.traces.get(cell))]
        seconds[cell] = median(trace.seconds for trace in traces) if traces else 0.0
        # what all states take besides, and not only the first of them, where a process had to begin
        seconds[cell] += min((trace.beside for trace in traces if trace.id not in base), default=0.0)
        weights[cell] = max((_weight(trace, traces) for trace in traces), default=0.0)
    return Costs(follows, shows, seconds, weights, barred)


def _weight(trace: Trace, beside: Sequence[Trace]) -> float:
    """Bytes that a state with such outputs adds to a page that shows some other states."""
    others = (output.data for other in beside if other is not trace for output in other.outputs)
    shared = {leaf for data in others for value in data.values() for leaf in _leaves(value)}
    return sum(_size(output.data, shared) for output in trace.outputs)


def _size(data: Mapping[str, Any], shared: Set[str]) -> float:
    pictures = [len(value) for name, value in data.items() if name.startswith("image/") and isinstance(value, bytes)]
    texts = [len(value) for value in data.values() if isinstance(value, str)]
    charts = [len(leaf) + 1 for value in data.values() for leaf in _leaves(value) if leaf not in shared]
    return _SMALLER * min(pictures, default=0) + _SHARED * max(texts, default=0) + sum(charts)


def _leaves(value: object) -> Iterator[str]:
    """The numbers and texts of a chart, which is JSON; nothing for what is text or bytes as a whole."""
    waiting = [value] if isinstance(value, Mapping | list) else []
    while waiting:
        item = waiting.pop()
        inner = item.values() if isinstance(item, Mapping) else item
        for part in inner:
            if isinstance(part, Mapping | list):
                waiting.append(part)
            else:
                yield str(part)


def may_show(run: Run, cell: str, runs: Iterable[Run]) -> bool:
    """Whether a cell shows something, if only that it did not run; or an expression stands in it for its own sake."""
    found = run.notebook.cell(cell)
    if found.options.removed or found.options.output == "hide":
        return False
    traces = [each.traces.get(cell) for each in runs]
    if any(trace is None or trace.outputs or trace.exit != "ok" for trace in traces):
        return True
    try:
        nodes = list(ast.walk(ast.parse(found.code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return any(isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant) for node in nodes)


def barred_in(run: Run, follows: Mapping[str, tuple[str, ...]], budget: Budget) -> dict[str, str]:
    """Cells that may not run in other states, because of what they do to the world."""
    barred = {}
    for cell in follows:
        trace = run.traces.get(cell)
        if trace is None:
            continue
        if trace.exit == "died":
            barred[cell] = "died"
        elif any(name.startswith(("<file:", "<temporary file:")) for name in trace.versions):
            barred[cell] = "writes"
        elif "network" in trace.impure and not budget.network:
            barred[cell] = "network"
        elif "subprocess" in trace.impure and not budget.network:
            barred[cell] = "programs"
        elif "entropy" in trace.impure:
            barred[cell] = "chance"
    return barred


def is_barred(keys: tuple[str, ...], barred: Mapping[str, str], follows: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a cell that follows these widgets has one in common with a barred one."""
    return any(set(keys) & set(follows[cell]) for cell in barred)


