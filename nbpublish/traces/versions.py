"""What the names mean after a cell."""

from __future__ import annotations

from dataclasses import replace

from nbpublish.model import Trace, Version
from nbpublish.traces.closure import BACKGROUND, LASTING, Versions, is_state
from nbpublish.traces.code import Code


def applied(versions: Versions, trace: Trace) -> dict[str, Version]:
    """The versions after an execution, from those before it. What has lost a member of its group has a smaller one."""
    after = {name: version for name, version in versions.items() if name not in trace.deleted}
    after.update(trace.versions)
    changed = trace.deleted | trace.versions.keys()
    for name, version in after.items():
        if name not in trace.versions and len(version.group) > 1 and not changed.isdisjoint(version.group):
            after[name] = replace(version, group=tuple(other for other in version.group if other not in changed))
    return after


def settled(trace: Trace, id: str, code: Code) -> Trace:
    """A trace as a kernel gave it, with the id of its execution and what is known of the code that ran."""
    versions = {
        name: replace(
            version,
            trace=id,
            layout=version.layout and code.layout,
            definition=code.definition and not is_state(name),
        )
        for name, version in trace.versions.items()
    }
    return replace(trace, id=id, versions=versions)


def gave_the_same(recorded: Trace, again: Trace) -> bool:
    """Whether an execution gave the values of an earlier one of the same cell. What is opaque cannot be compared.

    States are not looked at, those that last excepted: what a library does to them when it is loaded, it does once in
    a process.
    """
    names, names_again = _names(recorded), _names(again)
    if (recorded.exit, recorded.deleted, names.keys()) != (again.exit, again.deleted, names_again.keys()):
        return False
    if BACKGROUND in again.versions or not all(_both_or_none(name, recorded, again) for name in LASTING):
        return False
    if has_opaque(again) and any(seen.kind == "impure" for seen in again.observations):
        return False
    return all(_alike(version, names_again[name]) for name, version in names.items())


def has_opaque(trace: Trace) -> bool:
    """Whether an execution gave a value that only the execution itself identifies."""
    return any(version.fingerprint is None and not version.unseen for version in _names(trace).values())


def other_states(recorded: Trace, again: Trace) -> dict[str, Version]:
    """The states that an execution has left otherwise than the recorded one, as that one left them."""
    return {
        name: version
        for name, version in recorded.versions.items()
        if is_state(name) and not (name in again.versions and _alike(version, again.versions[name]))
    }


def renewed(recorded: Trace, again: Trace) -> Trace:
    """The recorded trace, with blobs and layouts as they are now."""
    versions = {name: replace(version, trace=recorded.id) for name, version in _names(again).items()}
    return replace(recorded, versions={**recorded.versions, **versions})


def _names(trace: Trace) -> dict[str, Version]:
    return {name: version for name, version in trace.versions.items() if not is_state(name)}


def _both_or_none(name: str, recorded: Trace, again: Trace) -> bool:
    one, other = recorded.versions.get(name), again.versions.get(name)
    return one is other or (one is not None and other is not None and _alike(one, other))


def _alike(one: Version, other: Version) -> bool:
    return (one.fingerprint, one.group, one.free) == (other.fingerprint, other.group, other.free)
