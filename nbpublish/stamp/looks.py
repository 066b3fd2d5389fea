"""Files, folders and variables that were looked at, and how to see in moments whether they are the same now."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file cannot be hidden by the coarse clock of its disk."""
FOLDER = "folder"
MISSING = ""
_stat, _listdir = os.stat, os.listdir


@dataclass(frozen=True, slots=True)
class Looks:
    """What was there, by absolute path and by name."""

    files: dict[str, str] = field(default_factory=dict)
    """The state of each file; FOLDER, where only that it is one counts; MISSING, where there was nothing."""
    fresh: dict[str, str] = field(default_factory=dict)
    """Digests of files that had just changed: their state would not tell another change."""
    folders: dict[str, str] = field(default_factory=dict)
    """Digest of the names in each folder."""
    passed_over: tuple[str, ...] = ()
    """Paths that count in no folder: what builds themselves make and remove."""
    variables: dict[str, str] = field(default_factory=dict)
    """Digests of environment variables."""

    def changed(self) -> str | None:
        """The first path or variable that is not as it was; None where all are."""
        for path, state in self.files.items():
            if state_of(path) != state:
                return path
        for path, digest in self.fresh.items():
            if digest_of_file(path) != digest:
                return path
        for path, digest in self.folders.items():
            if digest_of_names(names_in(path), path, self.passed_over) != digest:
                return path
        for name, digest in self.variables.items():
            if digest_of_variable(name) != digest:
                return name
        return None


def state_of(path: str) -> str:
    """What tells a file from its later self, without reading it."""
    try:
        found = _stat(path)
    except (OSError, ValueError):  # a path with a null character is a ValueError
        return MISSING
    if stat.S_ISDIR(found.st_mode):
        return FOLDER
    return state_text(found)


def state_text(found: os.stat_result) -> str:
    """Size, times and inode. The time of the last change of the inode cannot be set by any program."""
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"


def is_fresh(state: str) -> bool:
    """Whether a file of this state has changed so lately that its next change might leave the state as it is."""
    if state in (FOLDER, MISSING):
        return False
    times = [int(part) for part in state.split("-")[1:3]]
    return max(times) > time.time_ns() - SETTLED


def digest_of_file(path: str) -> str:
    """SHA-256 of a file's content; MISSING where it cannot be read, as from a pipe, which would be waited for."""
    try:
        if not stat.S_ISREG(_stat(path).st_mode):
            return MISSING
        with open(path, "rb") as file:  # noqa: PTH123  a path as a program gave it
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return MISSING


def names_in(path: str) -> frozenset[str] | None:
    """The names in a folder; None where there is none."""
    try:
        return frozenset(_listdir(path))
    except (OSError, ValueError):
        return None


def digest_of_names(names: Iterable[str] | None, folder: str, passed_over: Iterable[str] = ()) -> str:
    """Stands for the names in a folder, without those of paths that are passed over."""
    if names is None:
        return MISSING
    within = folder.rstrip(os.sep) + os.sep
    over = {path.removeprefix(within) for path in passed_over if path.startswith(within)}
    text = "\0".join(sorted(name for name in names if name not in over and name != "__pycache__"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def digest_of_text(text: str | None) -> str:
    """Stands for a text without telling it; MISSING where there is none."""
    return MISSING if text is None else hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def digest_of_variable(name: str) -> str:
    """Stands for the value of an environment variable, or for all whose names begin as a pattern such as `DASK_*`."""
    if not name.endswith("*"):
        return digest_of_text(os.environ.get(name))
    found = sorted(f"{other}={value}" for other, value in os.environ.items() if other.startswith(name[:-1]))
    return digest_of_text("\0".join(found) or None)
