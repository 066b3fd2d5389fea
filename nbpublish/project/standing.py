"""What a run stands on: as long as that holds, building its notebook again gives the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from nbpublish.model import Run


@dataclass(frozen=True, slots=True)
class Standing:
    """On what the run of a notebook stands: while that is so, building the notebook again reuses every cell."""

    answers: Mapping[tuple[str, str], str]
    """What the world is found to be, by kind and subject."""
    expires: float | None = None
    """When one of the results becomes too old, in seconds since the epoch."""


def reuses_all(run: Run) -> bool:
    """Whether nothing was executed, and nothing found that the next build would look at otherwise."""
    own = all(reason.action == "not_run" or reason.cause == "unchanged" for reason in run.reasons.values())
    return own and all(map(reuses_all, run.states))


def is_left_open(run: Run) -> bool:
    """Whether a cell would run where cells can be executed."""
    return any(reason.cause == "not-executed" for each in _with_states(run) for reason in each.reasons.values())


def same_traces(one: Run, other: Run) -> bool:
    """Whether every cell has the trace of the same execution."""
    return [*map(_ids, _with_states(one))] == [*map(_ids, _with_states(other))]


def expiry(run: Run) -> float | None:
    """When the first of its results becomes older than its cell allows, in seconds since the epoch."""
    limits = [
        (each.notebook.cell(id).options.refresh, trace.when)
        for each in _with_states(run)
        for id, trace in each.traces.items()
    ]
    return min((when + limit for limit, when in limits if limit is not None and limit != math.inf), default=None)


def _with_states(run: Run) -> tuple[Run, ...]:
    return (run, *run.states)


def _ids(run: Run) -> dict[str, str]:
    return {cell: trace.id for cell, trace in run.traces.items()}
