"""A store that lasts as long as its process: for tests, and for the preview between two saves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from nbpublish.model import Trace
from nbpublish.store.blobs import Bytes
from nbpublish.store.index import VARIANTS

T = TypeVar("T")


class MemoryStore:
    """Keeps traces and blobs in dictionaries. Safe to share between the threads of one process."""

    def __init__(self) -> None:
        self._traces: dict[str, tuple[Trace, ...]] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._blobs: dict[str, bytes] = {}
        self._derived: dict[str, tuple[str, Any]] = {}

    def find(self, key: str) -> Sequence[Trace]:
        """The traces with this key, the newest first."""
        return self._traces.get(key, ())

    def keep(self, *traces: Trace) -> None:
        """Put traces before the others with their keys; one with its id makes room."""
        for trace in traces:
            others = (other for other in self.find(trace.key) if other.id != trace.id)
            self._traces[trace.key] = (trace, *others)[:VARIANTS]
            self._places[trace.place] = (trace.key, trace.id)

    def latest(self, place: str) -> Trace | None:
        """The newest trace of the cell at a place, whatever its key."""
        found = self._places.get(place)
        return next((trace for trace in self.find(found[0]) if trace.id == found[1]), None) if found else None

    def put(self, chunks: Bytes | Iterable[Bytes]) -> str:
        """Keep `chunks` as one blob; its digest."""
        data = bytes(chunks) if isinstance(chunks, Bytes) else b"".join(chunks)
        digest = hashlib.sha256(data).hexdigest()
        self._blobs[digest] = data
        return digest

    def blob(self, digest: str) -> Bytes | None:
        """The bytes with this digest, or None."""
        return self._blobs.get(digest)

    def locate(self, digest: str) -> None:
        """No file holds anything here."""

    def derive(self, name: str, key: str, kind: type[T], make: Callable[[], T]) -> T:
        """What `make` gives, or has given under this name for the same key."""
        found = self._derived.get(name)
        if found is None or found[0] != key:
            found = self._derived[name] = key, make()
        made: T = found[1]
        return made

    def clear(self) -> None:
        """Forget everything, as when a data file or a module changed."""
        self._traces.clear()
        self._places.clear()
        self._blobs.clear()
        self._derived.clear()
