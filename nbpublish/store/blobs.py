"""Bytes by digest: files whose names say what must be in them.

    ab/cdef…    holds the bytes whose SHA-256 is abcdef…, and nothing else

A file is written aside and moved into its place, so a reader sees all of it or none. What a disk, a crash or a hand
did to it later shows when it is read: then it is removed, and counts as never kept. No header is needed for that, so
any process that is told its path can map it into memory from the first byte.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

Bytes = bytes | bytearray | memoryview

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LEFT_OVER = 3600.0
"""Seconds after which a file written aside belongs to no process that lives."""
SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file cannot be hidden by the coarse clock of its disk."""
_numbers = count()


@dataclass(frozen=True, slots=True)
class BlobFile:
    """A blob as it lies on disk, its content not looked at."""

    digest: str
    size: int
    """Bytes."""
    modified: float
    """Seconds since the epoch."""


class BlobFolder:
    """Blobs in `folder`. Nothing here raises for the disk: what it does not take or give was never kept."""

    def __init__(self, folder: Path, *, repair: bool = True) -> None:
        self.folder = folder
        self._repair = repair
        """Whether a file that is found broken is removed."""
        self.written = 0
        """Bytes written since this was opened."""
        self._known: dict[str, tuple[int, int, int]] = {}
        """State of files that were read and found whole: large values are asked for several times."""

    def path(self, digest: str) -> Path:
        """Where a blob of this digest lies, if it is kept."""
        return self.folder / digest[:2] / digest[2:]

    def put(self, chunks: Bytes | Iterable[Bytes]) -> str:
        """Keep `chunks`, one after another, as one blob. Gives its digest, also where the disk would not take it."""
        if isinstance(chunks, Bytes):
            digest = hashlib.sha256(chunks).hexdigest()
            if self._holds(digest):
                return digest
            chunks = (chunks,)
        hashed = hashlib.sha256()
        with _Aside(self.folder / "tmp") as aside:
            for chunk in chunks:
                hashed.update(chunk)
                aside.write(chunk)
                self.written += memoryview(chunk).nbytes
            aside.move(self.path(hashed.hexdigest()))
        return hashed.hexdigest()

    def _holds(self, digest: str) -> bool:
        """Whether the blob is there, and whole. Its date is made new, so that no collector takes it for old."""
        path = self.locate(digest)
        if path:
            with suppress(OSError):
                os.utime(path)
        return path is not None

    def read(self, digest: str) -> bytes | None:
        """The bytes with this digest; None, and a broken file gone, where they are not all there."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            data = self.path(digest).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() == digest:
            return data
        self._found_broken(digest)
        return None

    def locate(self, digest: str) -> Path | None:
        """The file that holds exactly the bytes with this digest, after reading all of it; None as with `read`."""
        if not _DIGEST.fullmatch(digest):
            return None
        path = self.path(digest)
        try:
            with path.open("rb") as file:
                found = os.fstat(file.fileno())
                state = (found.st_mtime_ns, found.st_size, found.st_ino)
                if self._known.get(digest) == state:
                    return path
                if hashlib.file_digest(file, "sha256").hexdigest() == digest:
                    if time.time_ns() - found.st_mtime_ns > SETTLED:
                        self._known[digest] = state
                    return path
        except OSError:
            return None
        self._found_broken(digest)
        return None

    def map(self, digest: str) -> memoryview | None:
        """The bytes with this digest, mapped into memory rather than copied; None as with `read`."""
        path = self.locate(digest)
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size == 0:  # nothing can be mapped
                    return memoryview(b"")
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError):
            return None

    def _found_broken(self, digest: str) -> None:
        if self._repair:
            self.remove(digest)

    def remove(self, digest: str) -> int:
        """Forget a blob; the bytes that this freed."""
        path = self.path(digest)
        try:
            size = path.stat().st_size
            path.unlink()
        except OSError:
            return 0
        return size

    def files(self) -> Iterator[BlobFile]:
        """All blobs, by digest, and in passing away with what is none and with what killed processes wrote aside."""
        for folder in _entries(self.folder):
            for entry in _entries(Path(folder.path)):
                with suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    if _DIGEST.fullmatch(folder.name + entry.name) and entry.is_file(follow_symlinks=False):
                        yield BlobFile(folder.name + entry.name, found.st_size, found.st_mtime)
                    elif entry.is_file() and time.time() - found.st_mtime > _LEFT_OVER:
                        Path(entry.path).unlink()


class _Aside:
    """A file being written in `folder`, gone at the end unless it was moved. A full disk only makes it give up."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{os.getpid()}-{next(_numbers)}-{time.time_ns():x}"
        self._file: BinaryIO | None = None

    def __enter__(self) -> _Aside:
        with suppress(OSError):
            try:
                self._file = self._path.open("xb")
            except FileNotFoundError:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("xb")
        return self

    def write(self, chunk: Bytes) -> None:
        try:
            if self._file:
                self._file.write(chunk)
        except OSError:
            self._give_up()

    def move(self, path: Path) -> None:
        if self._file is None:
            return
        try:
            self._file.close()  # writes what is still buffered
            try:
                self._path.replace(path)
            except OSError:  # mostly the first one in a folder
                _make_way(path)
                self._path.replace(path)
            self._file = None
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        if self._file:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                self._path.unlink()
            self._file = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_up()


def _make_way(path: Path) -> None:
    """Whatever is in the place of a blob or of its folder, it is not one of ours."""
    if not path.parent.is_dir():
        path.parent.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
    elif path.is_dir():
        shutil.rmtree(path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
