"""Environment variables: those that cells have set are states, the others are as they are outside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from nbpublish.model import Observation
from nbpublish.traces.closure import Versions
from nbpublish.traces.files import UNCHANGED

VARIABLES = frozenset({"environment", "unset"})
"""Kinds of observations that speak of variables: the value of one or of all that match a pattern; some not set."""
OUTSIDE = VARIABLES | {"variables"}
"""Kinds of questions to the world about them; the last is for the variables that match a pattern."""
_STATE, _UNSET = "<environ:", "unset"


def still_set(seen: Observation, versions: Versions, world: Callable[[str, str], str | None]) -> bool:
    """Whether variables are as they were observed."""
    if seen.kind == "environment":
        return _digest(seen.subject, versions, world) in (seen.digest, UNCHANGED)
    return all(_digest(subject, versions, world) in (_UNSET, UNCHANGED) for subject in _suspects(seen, versions, world))


def _suspects(seen: Observation, versions: Versions, world: Callable[[str, str], str | None]) -> list[str]:
    """Variables and patterns, observed as not set, of which one outside is or one that cells have set."""
    outside = set((world(seen.kind, seen.subject) or "").split()) - {UNCHANGED}
    return [subject for subject in seen.subject.split() if subject in outside or _own(subject, versions)]


def _own(subject: str, versions: Versions) -> dict[str, str]:
    """The variables among those meant that cells have set or deleted, with what stands for their values."""
    if not subject.endswith("*"):
        own = versions.get(f"{_STATE}{subject}>")
        return {subject: own.fingerprint or ""} if own else {}
    beginning = _STATE + subject[:-1]
    names = {name for name in versions if name.startswith(beginning)}
    return {name[len(_STATE) : -1]: versions[name].fingerprint or "" for name in names}


def _digest(subject: str, versions: Versions, world: Callable[[str, str], str | None]) -> str | None:
    """What a cell below `versions` finds for a variable, or for all that match a pattern."""
    own = _own(subject, versions)
    if not own:
        return world("environment", subject)
    if subject in own:
        return own[subject]
    outside = (world("variables", subject) or "").splitlines()
    found = dict(line.split(" ", 1) for line in outside if line != UNCHANGED) | own
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(found.items()) if digest != _UNSET)
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()[:32] if lines else _UNSET
