"""Does a cell stand where it stood? In a state of widgets most cells do, and need not be looked up again."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.model import Names
from nbpublish.traces.closure import EVERYTHING, Versions, is_state, modules_named
from nbpublish.traces.plan import Point


def stands(point: Point, inputs: Mapping[str, str], names: Names, versions: Versions) -> bool:
    """Whether the trace of a point holds where the names mean `versions`, because all that it may read is the same.

    `inputs` are the names that its closure held, those that meant nothing included.
    """
    trace = point.trace
    if trace is None or EVERYTHING in inputs:
        return False
    states = {name for name in versions if is_state(name)}
    if states != {name for name in point.inputs if is_state(name)}:
        return False
    if any(versions.get(name) != point.inputs.get(name) for name in (*inputs, *states)):
        return False
    bound_anew = (name for name in names.defs if name in versions and len(versions[name].group) > 1)
    if not inputs.keys() >= {*bound_anew, *modules_named(point.code.words, versions)}:
        return False
    return not any(seen.kind == "name" and seen.subject in versions for seen in trace.observations)
