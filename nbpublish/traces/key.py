"""What identifies an execution before looking at the world: the cell's code, and the versions that it may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbpublish.traces.closure import Versions
from nbpublish.traces.code import Code, digest


def inputs_of(names: Iterable[str], versions: Versions) -> dict[str, str]:
    """The identity of what each name means, "" for those that mean nothing."""
    return {name: versions[name].identity if name in versions else "" for name in sorted(names)}


def key_of(code: Code, inputs: Mapping[str, str], versions: Versions, engine: str) -> str:
    """The key of an execution. Which names share objects, and which stand for one function, is part of it."""
    shared = sorted((versions[name].group, sorted(versions[name].free)) for name in inputs if name in versions)
    return digest(engine, code.digest, sorted(inputs.items()), shared)
