"""What there is outside the process, in the words of observations.

Kernels say what a cell has found; whoever looks whether it still holds asks the same functions.
"""

from __future__ import annotations

import glob
import hashlib
import os
import stat
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

OURS = str(Path(__file__).parent.parent) + os.sep
"""Where our own code lies."""
NO_FILES = ("/proc/", "/sys/", "/dev/")
NOT_THEIRS = tuple(
    {
        *(str(Path(path).resolve()) + os.sep for path in sysconfig.get_paths().values() if path),
        *(OURS, *NO_FILES),
    }
)
"""Files of Python, of installed packages and of ours, and what is no file at all."""
LEFT_OUT = frozenset({"__pycache__", ".nbpublish", ".ipynb_checkpoints", "__marimo__", ".git"})
"""Folders that tools keep beside notebooks. No folder counts as having them in it."""
GONE, FOLDER = "gone", "directory"
"""What a path is found to be where it is no file."""
INODE = "inode "
"""Begins what stands for the content of a file where only its inode was looked at."""


@dataclass(slots=True)
class Look:
    """A file that was looked at: its inode before, and its digest where the inode would not tell another change."""

    inode: str
    digest: str


def file_digest(path: str) -> str:
    """SHA-256 of a file's content; "" where there is none."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def inode(path: str) -> str:
    """What tells a file from its later self without reading it; `gone` and `directory` for what is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116  called for every file that is opened
    except (OSError, ValueError):
        return GONE
    if stat.S_ISDIR(found.st_mode):
        return FOLDER
    return f"{INODE}{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"


def is_fresh(inode: str, now: int) -> bool:
    """Whether a file was changed so shortly before `now` (ns) that another change might leave its inode as it is.

    Clocks of disks go by ticks of up to 10 ms. Some know whole seconds only, and FAT every other one.
    """
    if not inode.startswith(INODE):
        return False
    _, modified, changed, _ = map(int, inode.removeprefix(INODE).rsplit("-", 3))
    is_coarse = modified % 10**9 == changed % 10**9 == 0
    return max(modified, changed) > now - (2_100_000_000 if is_coarse else 20_000_000)


def changed_since(inode: str, moment: int) -> bool:
    """Whether a file was changed at a moment (ns) or later."""
    if not inode.startswith(INODE):
        return False
    _, modified, changed, _ = map(int, inode.removeprefix(INODE).rsplit("-", 3))
    return max(modified, changed) >= moment - 20_000_000


def kind_of(path: str) -> str:
    """What a path leads to: `file`, `directory`, `gone`, or `other` for devices and the like."""
    found = inode(path)
    return "file" if found.startswith(INODE) else found


def names_in(path: str) -> frozenset[str]:
    """What a folder holds, with a slash after folders; empty where there is none."""
    try:
        with os.scandir(path) as entries:
            return frozenset(
                entry.name + "/" * entry.is_dir() for entry in entries if entry.name not in LEFT_OUT
            )
    except (OSError, ValueError):
        return frozenset()


def matching(pattern: str) -> frozenset[str]:
    """The paths that match an absolute pattern, hidden ones too, with a slash after folders.

    Libraries differ in what they make of hidden files and of `**`; each gives a part of this.
    """
    try:
        found = glob.glob(pattern, recursive=True, include_hidden=True)  # noqa: PTH207
    except (OSError, ValueError, RecursionError):
        return frozenset()
    paths = (path for path in found if LEFT_OUT.isdisjoint(Path(path).parts))
    return frozenset(path.rstrip(os.sep) + os.sep * os.path.isdir(path) for path in paths)  # noqa: PTH112


def digest_of_names(names: Iterable[str]) -> str:
    """Identifies a set of names."""
    return hashlib.sha256("\0".join(sorted(names)).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def listing(path: str) -> str:
    """What stands for what a folder holds; `gone` where there is none."""
    return digest_of_names(names_in(path)) if kind_of(path) == FOLDER else GONE


def subject_of(path: str, root: Path) -> str:
    """How observations call a file: with forward slashes, relative to the root where it is below it."""
    if path == str(root):
        return "."
    return path.removeprefix(str(root) + os.sep).replace(os.sep, "/")


def path_of(subject: str, root: Path) -> str:
    """The path that observations call so."""
    return str(root) if subject == "." else str(root / subject)


def pattern_of(pattern: str, folder: str) -> str:
    """A pattern as it is meant in a folder, as an absolute one."""
    return os.path.normpath(os.path.join(glob.escape(folder), pattern))  # noqa: PTH118


def pattern_subject(pattern: str, root: Path) -> str:
    """How observations call an absolute pattern."""
    return pattern.removeprefix(glob.escape(str(root)) + os.sep).replace(os.sep, "/")


def pattern_at(subject: str, root: Path) -> str:
    """The absolute pattern that observations call so."""
    return pattern_of(subject, str(root))


def matches_digest(paths: Iterable[str], root: Path) -> str:
    """What stands for the paths that match a pattern."""
    return digest_of_names(subject_of(path, root) for path in paths)
