"""What it would take to have the inputs of a cell again, which says whether its values are worth keeping."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nbpublish.traces.plan import Point

ENOUGH = 5.0
"""Seconds beyond which nobody needs to know how much it is."""


def effort(goal: Point, points: Sequence[Point], shared: Collection[str] = ()) -> float:
    """Seconds that the cells took which must run again for the inputs of `goal`, where no blob holds these.

    `points` are the cells before it, each with its trace. The imports that went into a blob count too, as loading it
    may need them. In a state, `shared` are the traces that it has in common with the notebook itself: what those have
    kept, and their imports, are there for all states at once, and no reason to keep more in each.
    """
    made = {point.trace.id: point for point in points if point.trace}
    seen: set[tuple[str, bool]] = set()
    counted: dict[str, float] = {}
    waiting = [(goal, False)]
    while waiting and sum(counted.values()) < ENOUGH:
        point, kept = waiting.pop()
        for version in point.inputs.values():
            maker, is_kept = made.get(version.trace), kept or version.blob is not None
            if maker is None or maker.trace is None or (version.trace, is_kept) in seen:
                continue
            seen.add((version.trace, is_kept))
            if version.trace in shared and (is_kept or maker.code.definition):
                continue
            waiting.append((maker, is_kept))
            if maker.code.definition or not is_kept:
                counted[version.trace] = maker.trace.seconds
    return sum(counted.values())
