"""What a cell looks at outside its process: files that it opens, or fails to.

A first form: it sees what Python itself opens.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from nbpublish.model import Observation

_current: list[Observer] = []
_hooked: list[bool] = []
NOT_THEIRS = tuple(
    {
        *(str(Path(path).resolve()) + os.sep for path in sysconfig.get_paths().values() if path),
        *(str(Path(__file__).parent.parent) + os.sep, "/proc/", "/sys/", "/dev/"),
    }
)
"""Files of Python, of installed packages and of ours, and what is no file at all."""
_WRITES = os.O_WRONLY | os.O_RDWR


def file_digest(path: str) -> str:
    """SHA-256 of a file's content; "" where there is none."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def subject_of(path: str, root: Path) -> str:
    """How observations call a file: with forward slashes, relative to the root where it is below it."""
    return path.removeprefix(str(root) + os.sep).replace(os.sep, "/")


class Observer:
    """Notes what is opened below and beside the folder `root` while a cell runs."""

    def __init__(self, root: Path, modules: Container[str] = ()) -> None:
        self._root = root
        self._modules = modules
        """Paths of files that are observed as modules."""
        self._opened: dict[str, bool] = {}
        """By absolute path, whether it was written."""
        self._active = False
        self._process = os.getpid()
        if not _hooked:
            sys.addaudithook(_hook)
            _hooked.append(True)
        _current.append(self)

    def open(self) -> None:
        """Before a cell."""
        self._opened.clear()
        self._active = True

    def noted(self, path: Any, mode: Any, flags: Any) -> None:
        """A file is about to be opened."""
        if not self._active or not isinstance(path, str | bytes | os.PathLike) or os.getpid() != self._process:
            return
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  links are not followed
        if not name.startswith(NOT_THEIRS) and not name.endswith(".pyc"):
            written = bool(isinstance(flags, int) and flags & _WRITES)
            self._opened[name] = self._opened.get(name, False) or written

    def observed(self) -> Iterator[Observation]:
        """After a cell: what it has read and has not written."""
        self._active = False
        for path, written in sorted(self._opened.items()):
            if written or path in self._modules or Path(path).is_dir():
                continue
            digest = file_digest(path)
            yield Observation("file" if digest else "missing", subject_of(path, self._root), digest)

    def close(self) -> None:
        _current.remove(self)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _current:
        _current[-1].noted(*arguments)
