"""What the names mean after a cell."""

from __future__ import annotations

from dataclasses import replace

from nbpublish.model import Trace, Version
from nbpublish.traces.closure import Versions


def applied(versions: Versions, trace: Trace) -> dict[str, Version]:
    """The versions after an execution, from those before it. What has lost a member of its group has a smaller one."""
    after = {name: version for name, version in versions.items() if name not in trace.deleted}
    after.update(trace.versions)
    changed = trace.deleted | trace.versions.keys()
    for name, version in after.items():
        if name not in trace.versions and len(version.group) > 1 and not changed.isdisjoint(version.group):
            after[name] = replace(version, group=tuple(other for other in version.group if other not in changed))
    return after


def settled(trace: Trace, id: str, layout: str) -> Trace:
    """A trace as a kernel gave it, with the id of its execution and the layout of the code that ran."""
    versions = {
        name: replace(version, trace=id, layout=layout if version.layout is not None else None)
        for name, version in trace.versions.items()
    }
    return replace(trace, id=id, versions=versions)


def gave_the_same(recorded: Trace, again: Trace) -> bool:
    """Whether an execution gave the values of an earlier one of the same cell. What is opaque cannot be compared."""
    if (recorded.exit, recorded.deleted) != (again.exit, again.deleted):
        return False
    if recorded.versions.keys() != again.versions.keys():
        return False
    if _has_opaque(again) and any(seen.kind == "impure" for seen in again.observations):
        return False
    return all(_alike(version, again.versions[name]) for name, version in recorded.versions.items())


def renewed(recorded: Trace, again: Trace) -> Trace:
    """The recorded trace, with blobs and layouts as they are now."""
    versions = {name: replace(version, trace=recorded.id) for name, version in again.versions.items()}
    return replace(recorded, versions=versions)


def _alike(one: Version, other: Version) -> bool:
    return (one.fingerprint, one.group, one.free) == (other.fingerprint, other.group, other.free)


def _has_opaque(trace: Trace) -> bool:
    return any(version.fingerprint is None for version in trace.versions.values())
