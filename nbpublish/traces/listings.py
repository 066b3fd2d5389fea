"""What a cell would find that lists a folder, or looks for what matches a pattern, at its place in the program.

The disk shows what the last build has left. Files that cells above have written must be there, and those that they have
removed must not, whatever cells further down did to them later.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from nbpublish.model import Observation, Version
from nbpublish.traces.files import FOLDER, GONE, UNCHANGED, file_of

LISTINGS = frozenset({"directory", "glob"})
"""Kinds of observations that speak of names."""


def found(seen: Observation, versions: Mapping[str, Version], world: Callable[[str, str], str | None]) -> str | None:
    """What the listing that was `seen` would give now, in the words of its digest."""
    below = dict(_files_below(_folder(seen), versions))
    if not below:
        return world(seen.kind, seen.subject)
    names = world(f"names of {seen.kind}", seen.subject)
    if names in (None, GONE, UNCHANGED):
        return names
    return _digest(_overlaid(set(filter(None, (names or "").split("\0"))), seen, below))


def made(seen: Observation, versions: Mapping[str, Version]) -> Observation:
    """Which of the files that a listing can show cells above have written or removed."""
    below = sorted(_files_below(_folder(seen), versions))
    return Observation("made", _folder(seen), _digest(f"{name} {kind}" for name, kind in below))


def still_made(seen: Observation, versions: Mapping[str, Version]) -> bool:
    """Whether an observation of `made` holds."""
    return _digest(f"{name} {kind}" for name, kind in sorted(_files_below(seen.subject, versions))) == seen.digest


def _overlaid(names: set[str], seen: Observation, below: Mapping[str, str]) -> Iterable[str]:
    matches = re.compile(_expression(seen.subject)) if seen.kind == "glob" else None
    start = "" if seen.kind == "glob" or seen.subject == "." else seen.subject + "/"
    for subject, kind in below.items():
        name = subject.removeprefix(start)
        names -= {name, name + "/"}
        if kind != GONE and (matches.fullmatch(subject) if matches else "/" not in name):
            names.add(name + "/" * (kind == FOLDER))
    return names


def _files_below(folder: str, versions: Mapping[str, Version]) -> Iterator[tuple[str, str]]:
    """Files that cells have written in a folder or below: what they are called, and `gone`, `directory` or `file`."""
    for name, version in versions.items():
        subject = file_of(name)
        if subject is not None and (folder == "." or subject.startswith(folder + "/")):
            yield subject, version.fingerprint if version.fingerprint in (GONE, FOLDER) else "file"


def _folder(seen: Observation) -> str:
    if seen.kind == "directory":
        return seen.subject
    plain = re.split(r"[*?\[]", seen.subject, maxsplit=1)[0]
    return plain.rpartition("/")[0] or "."


def _expression(pattern: str) -> str:
    """A pattern of `glob` as a regular expression."""
    parts = []
    for part in pattern.split("/"):
        one = fnmatch.translate(part).replace(".*", "[^/]*")[:-2]  # its last sign is the end of the text
        parts.append(r"(?:[^/]+/)*" if part == "**" else one + "/")
    return "".join(parts).removesuffix("/") if not pattern.endswith("**") else "".join(parts) + "[^/]*"


def _digest(names: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(sorted(names)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
