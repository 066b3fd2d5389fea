"""Digests of files, without reading again what has not changed.

A digest is remembered with the file's size, times and inode, and believed for the same host only: a checkout or a
restored cache makes files whose times say nothing. A file that was changed less than two seconds before it was read
is not remembered at all, because a second change may leave all of that as it is (ccache and git know this race).
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
import threading
import time
from functools import cache
from pathlib import Path

from nbpublish.store.blobs import SETTLED
from nbpublish.store.index import Index


class FileDigests:
    """SHA-256 of files by path. Paths are kept relative to `base`, so that a project can be moved."""

    def __init__(self, index: Index, base: Path) -> None:
        self._index = index
        self._base = base.absolute()
        self._host = host()
        self._known: dict[str, tuple[str, str]] | None = None
        self._new: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, str] = {}
        """Names of folders by path."""
        self._lock = threading.Lock()

    def digest(self, path: str | os.PathLike[str]) -> str | None:
        """SHA-256 of the content of a regular file, in hex; None where there is none that can be read."""
        try:
            state, changed = _state(path)
            name = self._name(path)
            known = self._remembered().get(name)
            if known and known[0] == state:
                return known[1]
            begun = time.time_ns()
            with Path(path).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            settled = changed < begun - SETTLED and _state(path)[0] == state
        except (OSError, ValueError):  # a path with a null character is a ValueError
            return None
        if settled:
            with self._lock:
                self._remembered()[name] = self._new[name] = (state, digest)
        return digest

    def flush(self) -> None:
        """Write what is new to the index."""
        with self._lock:
            new, self._new = self._new, {}
        files = [(name, *known) for name, known in new.items() if name.isprintable()]
        self._index.keep_files(self._host, files, int(time.time()))

    def _remembered(self) -> dict[str, tuple[str, str]]:
        if self._known is None:
            self._known = self._index.files(self._host)
        return self._known

    def _name(self, path: str | os.PathLike[str]) -> str:
        folder, name = os.path.split(path)
        if not os.path.isabs(folder) or name in ("", "..", "."):  # noqa: PTH117
            return self._relative(path)
        if folder not in self._folders:  # to make a path relative takes longer than all else, and many lie together
            self._folders[folder] = self._relative(folder)
        return posixpath.join(self._folders[folder], name) if self._folders[folder] != "." else name

    def _relative(self, path: str | os.PathLike[str]) -> str:
        absolute = Path(path).absolute()
        try:
            return Path(os.path.relpath(absolute, self._base)).as_posix()
        except ValueError:  # on another drive
            return absolute.as_posix()


def _state(path: str | os.PathLike[str]) -> tuple[str, int]:
    """What tells a file from its later self, and when it last changed (ns). Raises OSError for what is no file.

    The time of the last change of the inode cannot be set by any program, unlike that of the content.
    """
    found = os.stat(path)  # noqa: PTH116  asked of hundreds of files
    if not stat.S_ISREG(found.st_mode):
        raise OSError("not a regular file")
    times = (found.st_mtime_ns, found.st_ctime_ns)
    return f"{found.st_size}-{times[0]}-{times[1]}-{found.st_ino}", max(times)


@cache
def host() -> str:
    """Tells this machine from others, without saying which one it is."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="utf-8", errors="replace")
    except OSError:
        machine = ""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return hashlib.sha256(f"{machine}\0{name}".encode()).hexdigest()[:16]
