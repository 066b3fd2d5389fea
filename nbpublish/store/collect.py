"""What a store throws away, so that it does not grow for ever.

First what nobody asked for in a long time, and blobs that no trace refers to. Then, while the store is too large,
values, which only save time, and after them traces with their outputs. Among equals goes first what was not used for
longest, takes much room and took little time to compute.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from nbpublish.store.blobs import BlobFile, BlobFolder
from nbpublish.store.fields import UnreadableError
from nbpublish.store.index import Index, Row
from nbpublish.store.serial import References, references

DAY = 86_400
_GRACE = 3600
"""Seconds for which a blob may wait for the trace that will refer to it."""
_NOTHING = References(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """How much a store may keep, and how long."""

    size: int = 2_000_000_000
    """Bytes of traces, outputs and values together."""
    age: float = 30 * DAY
    """Seconds since a build last asked for it."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was thrown away."""

    traces: int = 0
    blobs: int = 0
    bytes: int = 0


class Collector:
    """Brings one store within its limits. `pinned` says by key and by digest what this build used: that stays."""

    def __init__(
        self, index: Index, outputs: BlobFolder, values: BlobFolder, pinned: Collection[str], now: float | None = None
    ) -> None:
        self._index = index
        self._outputs = outputs
        self._values = values
        self._pinned = pinned
        self._now = time.time() if now is None else now
        self._traces = self._blobs = self._bytes = 0

    def collect(self, limits: CacheLimits) -> Collected:
        """Throw away what the limits do not allow."""
        rows = self._without_old(self._index.all(), limits.age)
        refers = {(row.key, row.id): _references(row) for row in rows}
        users: dict[str, list[Row]] = {}
        for row in rows:
            for digest in refers[row.key, row.id].values | refers[row.key, row.id].outputs:
                users.setdefault(digest, []).append(row)
        outputs = self._without_orphans(self._outputs, users)
        values = self._without_orphans(self._values, users)
        room = limits.size - sum(len(row.body) for row in rows) - sum(blob.size for blob in (*outputs, *values))
        room = self._evict_values(values, users, room)
        self._evict_traces(rows, refers, {blob.digest: blob.size for blob in outputs}, room)
        self._index.remove_files(int(self._now - limits.age))
        self._index.file.shrink()
        return Collected(self._traces, self._blobs, self._bytes)

    def _without_old(self, rows: list[Row], age: float) -> list[Row]:
        old = [row for row in rows if self._now - row.used > age and row.key not in self._pinned]
        self._remove(old)
        gone = set(old)
        return [row for row in rows if row not in gone]

    def _without_orphans(self, folder: BlobFolder, users: Collection[str]) -> list[BlobFile]:
        kept = []
        for blob in folder.files():
            is_new = self._now - blob.modified < _GRACE
            if blob.digest in users or blob.digest in self._pinned or is_new:
                kept.append(blob)
            else:
                self._remove_blob(folder, blob.digest)
        return kept

    def _evict_values(self, values: list[BlobFile], users: dict[str, list[Row]], room: int) -> int:
        """The room there is after throwing values away, until it is enough."""

        def cheapness(blob: BlobFile) -> float:
            rows = users.get(blob.digest, ())
            used = max((row.used for row in rows), default=blob.modified)
            return self._cheapness(used, blob.size, max((row.seconds for row in rows), default=0.0))

        for blob in sorted(values, key=cheapness, reverse=True):
            if room >= 0:
                break
            is_used = any(row.key in self._pinned for row in users.get(blob.digest, ()))
            if not is_used and blob.digest not in self._pinned:
                room += self._remove_blob(self._values, blob.digest)
        return room

    def _evict_traces(
        self, rows: list[Row], refers: dict[tuple[str, str], References], sizes: dict[str, int], room: int
    ) -> None:
        count = Counter(digest for found in refers.values() for digest in found.outputs)

        def cheapness(row: Row) -> float:
            size = len(row.body) + sum(sizes.get(digest, 0) for digest in refers[row.key, row.id].outputs)
            return self._cheapness(row.used, size, row.seconds)

        gone = []
        for row in sorted(rows, key=cheapness, reverse=True):
            if room >= 0:
                break
            if row.key in self._pinned:
                continue
            gone.append(row)
            room += len(row.body)
            for digest in refers[row.key, row.id].outputs:
                count[digest] -= 1
                if not count[digest]:
                    room += self._remove_blob(self._outputs, digest)
        self._remove(gone)

    def _cheapness(self, used: float, size: int, seconds: float) -> float:
        return max(self._now - used, 1) * size / max(seconds, 0.001)

    def _remove(self, rows: list[Row]) -> None:
        pairs = [(row.key, row.id) for row in rows]
        self._index.remove(pairs)
        self._traces += len(pairs)
        self._bytes += sum(len(row.body) for row in rows)

    def _remove_blob(self, folder: BlobFolder, digest: str) -> int:
        freed = folder.remove(digest)
        self._blobs += bool(freed)
        self._bytes += freed
        return freed


def _references(row: Row) -> References:
    with suppress(UnreadableError):
        return references(row.body)
    return _NOTHING
