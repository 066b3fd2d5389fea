"""What was made of something, by the name of that thing: one record a name, each in a file of its own.

    ab/cdef…    a record: first its own digest and the key that it was made for, then the value as JSON
    files/      bytes that records refer to, by digest

A record is used for the key alone that it was made for. What is damaged or gone was never made.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from nbpublish.store.blobs import BlobFolder
from nbpublish.store.fields import Codec, UnreadableError, UnwritableError, codec

T = TypeVar("T")
_DAY = 86_400
_GRACE = 3600
"""Seconds for which bytes may wait for the record that will refer to them."""
_DIGEST = re.compile(rb'"([0-9a-f]{64})"')


class Records:
    """Records in `folder`. Nothing here raises for the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = BlobFolder(folder / "files")

    def recall(self, name: str, key: str, kind: type[T]) -> T | None:
        """The value of a dataclass that was kept under a name for this very key."""
        path = self._path(name)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            if head != _head(key, body):
                return None
            value: T = _codec(kind).read(json.loads(body))
        except (OSError, UnreadableError, TypeError, ValueError, LookupError, RecursionError):
            return None
        _use(path)
        return value

    def keep(self, name: str, key: str, value: Any) -> None:
        """Put a value in the place of what was kept under the name."""
        path = self._path(name)
        aside = path.with_name(f"{path.name}.{os.getpid()}-{time.time_ns():x}")
        try:
            text = json.dumps(_codec(type(value)).write(value), ensure_ascii=False, separators=(",", ":"))
            body = text.encode()
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(_head(key, body) + b"\n" + body)
            aside.replace(path)
        except (OSError, UnwritableError, TypeError, ValueError, RecursionError):  # ValueError: no UTF-8
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def put(self, data: bytes) -> str:
        """Keep bytes that a record refers to; their digest."""
        return self._files.put(data)

    def bytes_of(self, digest: str) -> bytes | None:
        """The bytes with this digest; None where they are not kept."""
        data = self._files.read(digest)
        if data is not None:
            _use(self._files.path(digest))
        return data

    def size(self) -> int:
        """Bytes of all of it."""
        return sum(size for _, _, size in self._records()) + sum(file.size for file in self._files.files())

    def collect(self, limit: int, age: float, now: float) -> None:
        """Throw away what was not used for `age` seconds, then the longest unused, until `limit` bytes are left."""
        refers: dict[str, list[Path]] = {}
        sizes = {file.digest: file.size for file in self._files.files()}
        records = sorted(self._records())
        for _, path, _ in records:
            with suppress(OSError):
                for digest in set(_DIGEST.findall(path.read_bytes())):
                    refers.setdefault(digest.decode(), []).append(path)
        room = limit - sum(size for _, _, size in records) - sum(sizes.values())
        gone = set()
        for used, path, size in records:
            if now - used > age or room < 0:
                with suppress(OSError):
                    path.unlink()
                gone.add(path)
                room += size
                room += sum(sizes[name] for name, paths in refers.items() if name in sizes and gone.issuperset(paths))
                refers = {name: paths for name, paths in refers.items() if not gone.issuperset(paths)}
        for file in self._files.files():
            if file.digest not in refers and now - file.modified > _GRACE:
                self._files.remove(file.digest)

    def _path(self, name: str) -> Path:
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
        return self.folder / digest[:2] / digest[2:]

    def _records(self) -> Iterator[tuple[float, Path, int]]:
        """When each record was last used, where it is, and its size."""
        with suppress(OSError):
            for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
                with suppress(OSError):
                    found = path.stat()
                    yield found.st_mtime, path, found.st_size


def _head(key: str, body: bytes) -> bytes:
    return hashlib.sha256(key.encode(errors="surrogatepass") + b"\0" + body).hexdigest().encode()


def _use(path: Path) -> None:
    """Note a use on the file itself, though not every day again."""
    with suppress(OSError):
        if abs(time.time() - path.stat().st_mtime) > _DAY:
            os.utime(path)


_codecs: dict[Any, Codec] = {}


def _codec(kind: Any) -> Codec:
    if kind not in _codecs:
        _codecs[kind] = codec(kind)
    return _codecs[kind]
