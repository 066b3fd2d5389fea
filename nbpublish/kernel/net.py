"""The net below all other layers, on Linux: inotify tells of every file of the project that anybody opens.

It does not tell who. So it counts only for cells that start processes, or when a library with code of its own is loaded
of which nothing is known; and a file that another notebook happens to open meanwhile costs a run and nothing else.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MOST = 2000
"""Folders that are watched; in a larger project the net is not cast."""
_SKIPPED = frozenset({"node_modules", "__pycache__", "__marimo__", "site-packages", "site", "venv", "env"})
_NOT_DATA = (
    *(".py", ".pyc", ".md", ".ipynb", ".html", ".css", ".js", ".yml", ".toml", ".lock", ".swp", ".swx", "~"),
    *("-journal", "-wal", "-shm"),
)
_OPEN, _CLOSE_WRITE, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x20, 0x8, 0x40, 0x80, 0x100, 0x200
_MODIFY, _OVERFLOW, _ISDIR = 0x2, 0x4000, 0x40000000
_EVENT = struct.Struct("iIII")
STARTING = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn"})
"""Audit events by which processes start."""
KNOWN = frozenset(
    {
        *("numpy", "pandas", "scipy", "sklearn", "matplotlib", "PIL", "kiwisolver", "contourpy", "seaborn"),
        *("pyarrow", "polars", "_polars_runtime_32", "_polars_runtime_64", "_polars_runtime_compat", "duckdb"),
        *("_duckdb", "h5py", "psutil", "yaml", "markupsafe", "msgpack", "orjson", "ujson", "rpds", "pydantic_core"),
        *("regex", "tornado", "zmq", "debugpy", "numba", "llvmlite", "statsmodels", "charset_normalizer", "greenlet"),
        *("numexpr", "bottleneck", "shapely", "sqlalchemy", "cryptography", "_cffi_backend", "xxhash", "websockets"),
        *("brotli", "zstandard", "lz4", "cvxpy", "patsy", "wrapt", "frozenlist", "multidict", "yarl", "aiohttp"),
        *("watchdog", "math_core", "coverage", "mypy", "narwhals", "vl_convert", "networkx", "google", "pyexpat"),
    }
)
"""Libraries whose own code opens no files, or all of whose readers are told of in another way."""
UNSEEN = frozenset({"OSFile", "LocalFileSystem", "FileSystemDataset", "FileSystem", "CDLL", "cdll", "LoadLibrary"})
"""Names by which code reaches for readers of known libraries that cannot be told of."""


class Net:
    """Watches the folders below `root` from the moment it is cast."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._descriptor = -1
        self._folders: dict[int, str] = {}
        self._library: Any = None
        self.counts = False
        """Whether what is caught counts for the cell that runs."""
        self.stays = False
        """Whether it counts for all cells to come."""
        self.torn = False
        """Whether events were lost."""

    def cast(self) -> None:
        """Watch from now on; nothing happens on other systems, or where there is too much to watch."""
        self.counts = True
        if self._descriptor >= 0 or self._library is False or sys.platform != "linux":
            return
        try:
            self._library = ctypes.CDLL(None, use_errno=True)
            self._descriptor = self._library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError):
            self._descriptor = -1
        folders = list(_folders(self._root)) if self._descriptor >= 0 else []
        if not folders or len(folders) > _MOST or not all(map(self._watch, folders)):
            self.close()
            self._library = False

    def begin(self) -> None:
        """Before a cell: what was caught so far is nobody's."""
        self.counts = self.stays
        for _ in self.caught():
            pass
        self.torn = False

    def loaded(self, file: str) -> None:
        """A library with code of its own is being loaded from a file."""
        for packages in _PACKAGES:
            top = file.removeprefix(packages).lstrip(os.sep).partition(os.sep)[0].partition(".")[0]
            if file.startswith(packages) and top not in KNOWN and not top.endswith("__mypyc"):
                self.stays = True
                self.cast()

    def caught(self) -> Iterator[tuple[str, bool, bool]]:
        """What has happened since the last time: path, whether it was written, whether it was made."""
        while self._descriptor >= 0:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except OSError:
                return
            at = 0
            while at < len(data):
                watch, mask, _, length = _EVENT.unpack_from(data, at)
                name = os.fsdecode(data[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0"))
                at += _EVENT.size + length
                self.torn |= bool(mask & _OVERFLOW)
                folder = self._folders.get(watch)
                if folder is None or not name:
                    continue
                path = os.path.join(folder, name)  # noqa: PTH118
                if mask & _ISDIR:
                    if mask & (_CREATE | _MOVED_TO) and len(self._folders) < _MOST and name not in _SKIPPED:
                        self._watch(path)
                elif not name.endswith(_NOT_DATA) and not name.startswith("."):
                    yield path, not mask & _OPEN, bool(mask & _CREATE)

    def close(self) -> None:
        """Watch no more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
        self._folders.clear()

    def _watch(self, folder: str) -> bool:
        mask = _OPEN | _CLOSE_WRITE | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _MODIFY
        number = self._library.inotify_add_watch(self._descriptor, os.fsencode(folder), mask)
        if number >= 0:
            self._folders[number] = folder
        return bool(number >= 0)


def _folders(root: Path) -> Iterator[str]:
    """The folders of a project in which files may lie that cells read; at most one more than are watched."""
    waiting, count = [str(root)], 0
    while waiting and count <= _MOST:
        folder = waiting.pop()
        yield folder
        count += 1
        try:
            with os.scandir(folder) as entries:
                inside = list(entries)
        except OSError:
            continue
        if any(entry.name == "pyvenv.cfg" for entry in inside):
            continue
        for entry in inside:
            hidden = entry.name.startswith(".") or entry.name in _SKIPPED
            if not hidden and entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)


_PACKAGES = tuple({sysconfig.get_paths()[name] for name in ("purelib", "platlib")})

