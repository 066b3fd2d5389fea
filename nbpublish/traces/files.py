"""Files that cells write are states, and files that cells read are known by their content.

A kernel says of a file only what its inode is, because reading it once more is the dearest part of knowing it. Whoever
asks the world for its content right afterwards, and then finds the same inode, knows what the cell has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from nbpublish.model import Observation, Trace, Version

_FILE, _TEMPORARY = "<file:", "<temporary file:"
_INODE = "inode "
GONE, FOLDER = "gone", "directory"
UNCHANGED = "unchanged"
"""What is answered instead of looking, where it is known that nothing changed."""
FILES = frozenset({"file", "missing", "exists"})
"""Kinds of observations that speak of one file."""


def version_of(subject: str, versions: Mapping[str, Version]) -> Version | None:
    """The version of a file that cells have written."""
    return versions.get(f"{_FILE}{subject}>") or versions.get(f"{_TEMPORARY}{subject}>")


def file_of(state: str) -> str | None:
    """The file that a state is; None for any other state."""
    for prefix in (_FILE, _TEMPORARY):
        if state.startswith(prefix):
            return state[len(prefix) : -1]
    return None


def as_seen(kind: str, written: Version) -> str:
    """What a reader of this kind would see of a file with this version."""
    content = written.fingerprint or ""
    if kind == "file":
        return "" if content in (GONE, FOLDER) else content
    return content if content in (GONE, FOLDER) else "file"


def ascertained(trace: Trace, world: Callable[[str, str], str]) -> Trace:
    """A trace as a kernel gave it, with the content of files in place of their inodes.

    A file of which the inode is another one by now has changed while it was read or written: it is `unstable`.
    """
    unstable: list[Observation] = []

    def content(subject: str, inode: str, kind: str) -> str:
        found = world(kind, subject)
        if world("inode", subject) != inode:
            unstable.append(Observation("unstable", subject, ""))
        return found

    observations = tuple(
        replace(seen, digest=content(seen.subject, seen.digest, "file"))
        if seen.kind == "file" and seen.digest.startswith(_INODE)
        else seen
        for seen in trace.observations
    )
    written = {
        name: replace(version, fingerprint=content(subject, version.fingerprint or "", "written"))
        for name, version in trace.versions.items()
        if (subject := file_of(name)) is not None and (version.fingerprint or "").startswith(_INODE)
    }
    if not written and observations == trace.observations:
        return trace
    return replace(trace, observations=(*observations, *unstable), versions={**trace.versions, **written})


def found_now(versions: Mapping[str, Version], world: Callable[[str, str], str]) -> dict[str, Version]:
    """The files among the versions as they are on the disk."""
    return {
        name: replace(version, fingerprint=world("written", subject), trace="")
        for name, version in versions.items()
        if (subject := file_of(name)) is not None
    }


def undone(versions: Mapping[str, Version], world: Callable[[str, str], str]) -> Iterator[tuple[Version, Observation]]:
    """The files that are not as cells have left them, with that version. Temporary files need not be there."""
    for name, version in versions.items():
        subject = file_of(name)
        if subject is not None and name.startswith(_FILE) and world("written", subject) != version.fingerprint:
            yield version, Observation("written", subject, version.fingerprint or "")
