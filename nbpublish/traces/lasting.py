"""What an execution has done to the states that last: libraries that it changed, threads that it left running."""

from __future__ import annotations

from dataclasses import replace

from nbpublish.model import Trace, Version
from nbpublish.traces.ambient import Ambient
from nbpublish.traces.closure import BACKGROUND, LIBRARIES, Versions
from nbpublish.traces.code import Code, digest


def with_lasting(trace: Trace, code: Code, inputs: Versions) -> Trace:
    """A trace with the versions of the lasting states, where the cell that stands below `inputs` made new ones.

    What the kernel saw is put together with what the code says. Where something runs in the background, every cell
    makes a new version: what it found may depend on the moment.
    """
    versions = dict(trace.versions)
    ambient = code.ambient
    if LIBRARIES in versions or ambient.settings or ambient.uncertain or ambient.takes_over:
        versions[LIBRARIES] = _libraries(trace, ambient, inputs.get(LIBRARIES))
    if BACKGROUND in versions or BACKGROUND in inputs or ambient.takes_over:
        versions[BACKGROUND] = Version(None, trace.id)
    return replace(trace, versions=versions)


def _libraries(trace: Trace, ambient: Ambient, before: Version | None) -> Version:
    """The libraries after a cell: what they were before, and what it changed."""
    seen = trace.versions.get(LIBRARIES)
    free = (seen.free if seen else frozenset()) | ambient.names | (before.free if before else frozenset())
    known = not (ambient.uncertain or ambient.takes_over) and (seen is None or seen.fingerprint is not None)
    if not known or (ambient.settings and trace.exit != "ok"):
        return Version(None, trace.id, free)
    seen_there = seen.fingerprint if seen else ""
    return Version(digest(before.identity if before else "", seen_there, ambient.settings), trace.id, free)
