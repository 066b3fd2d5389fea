"""What identifies an execution before looking at the world: the cell's code, and the versions that it may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbpublish.traces.closure import EVERYTHING, Versions
from nbpublish.traces.code import Code, digest


def inputs_of(names: Iterable[str], versions: Versions) -> dict[str, str]:
    """The identity of what each name means, "" for those that mean nothing."""
    return {name: versions[name].identity if name in versions else "" for name in sorted(names)}


def key_of(
    code: Code, inputs: Mapping[str, str], versions: Versions, engine: str, settings: Mapping[str, str]
) -> str:
    """The key of an execution. Which names share objects, and which stand for one function, is part of it.

    Of the controls in `settings` it knows nothing but what they are set to.
    """
    known = [name for name in inputs if name in versions and name not in settings]
    shared = sorted((versions[name].group, sorted(versions[name].free)) for name in known)
    return digest(engine, code.digest, sorted({**inputs, **settings}.items()), shared)


def settings_of(code: Code, names: frozenset[str], versions: Versions) -> dict[str, str]:
    """What the controls are set to of which a cell that may read `names` can learn nothing else.

    Its code mentions them to read their `.value` only, nothing else that it may read leads to them, and they share
    no objects with other names.
    """
    found = {
        name: f"set to {versions[name].setting}"
        for name in code.values & names & versions.keys()
        if versions[name].setting and versions[name].group == (name,)
    }
    if not found:
        return found
    reached = {free for name in names & versions.keys() for free in versions[name].free}
    return {} if EVERYTHING in names | reached else {name: of for name, of in found.items() if name not in reached}
