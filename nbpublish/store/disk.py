"""The store in a folder, for good: `.nbpublish/cache`.

    cache/v1/index-0.sqlite     traces by key, digests of files
    cache/v1/outputs/ab/cdef…   outputs that are too long for the index
    cache/v1/values/ab/cdef…    pickled values of variables, only ever handed out by a trusted store
    cache/v1/pages/ab/cdef…     what pages were made of traces
    cache/stamps                what the last builds looked at
    cache/untrusted             if this file is there, the store is not trusted, whoever opens it

A store only ever saves time. Whatever happened to the folder is a miss: nothing here raises, and nothing that is found
differs from what was kept.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from nbpublish.model import Trace
from nbpublish.store.blobs import BlobFolder, Bytes
from nbpublish.store.collect import DAY, CacheLimits, Collected, Collector
from nbpublish.store.derived import Derived
from nbpublish.store.export import Exported, export_outputs
from nbpublish.store.fields import UnreadableError, UnwritableError
from nbpublish.store.found import Found
from nbpublish.store.history import History
from nbpublish.store.index import Index, Row
from nbpublish.store.records import Records
from nbpublish.store.serial import decode, decode_whole, encode
from nbpublish.store.stats import FileDigests
from nbpublish.store.use import Use

T = TypeVar("T")
log = logging.getLogger("mkdocs.plugins.nbpublish.store")

VERSION = "v1"
"""Name of the folder for this layout. Another layout gets another name, and the two never meet."""
UNTRUSTED = "untrusted"
STAMPS = "stamps"
"""Folder of what the last builds looked at (see the room `stamp`)."""
_TAGS = {
    ".gitignore": "*\n",
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of nbpublish: remove it at any time.\n",
}
"""Files by which git and programs that make backups leave a cache out (bford.info/cachedir)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a store holds."""

    traces: int
    outputs: int
    values: int
    bytes: int
    output_bytes: int
    value_bytes: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at every row and every byte found; what is broken has been removed."""

    traces: int
    blobs: int
    broken_traces: int
    broken_blobs: int
    index: bool
    """Whether SQLite found its file sound; where not, every trace is gone."""


class DiskStore:
    """Traces and blobs in `folder`. May be used from several threads, and by several processes at once."""

    def __init__(self, folder: Path, *, trusted: bool = True, patience: float = 10.0) -> None:
        self.folder = folder
        self.trusted = trusted and not (folder / UNTRUSTED).exists()
        """Whether values are handed out. Loading one executes what whoever wrote it wanted executed."""
        self._room = folder / VERSION
        self._index = Index(self._room, patience=patience)
        self._outputs = BlobFolder(self._room / "outputs")
        self._values = BlobFolder(self._room / "values")
        self.files = FileDigests(self._index, folder)
        """Digests of files, for those who ask whether an observation still holds."""
        self.history = History(self._index)
        """What the last build did with each notebook."""
        self._derived = Derived(self._index)
        self.records = Records(self._room / "pages")
        """What was made of the traces: pages."""
        self._use = Use()
        self._is_tagged = False

    # --- what a build needs

    def find(self, key: str) -> Sequence[Trace]:
        """The traces with this key, the newest first, each with all its outputs; decoded when they are looked at."""
        rows = self._index.rows(key)
        found = Found(rows, self._decoded)
        self._use.looked_up(key, rows, found=bool(found))
        return found

    def keep(self, *traces: Trace) -> None:
        """Put traces before the others with their keys, of which eight are kept; they are on disk when this returns."""
        rows = []
        for trace in traces:
            try:
                body = encode(trace, self._outputs.put)
            except (UnwritableError, TypeError, ValueError, RecursionError) as error:
                log.debug("A trace is not kept: %s", error)
                continue
            rows.append(Row(trace.key, trace.id, trace.place, trace.seconds, int(time.time()), body))
        if not rows:
            return
        self._tag()
        self._index.keep(*rows)
        self._use.kept(row.key for row in rows)

    def latest(self, place: str) -> Trace | None:
        """The newest trace of the cell at a place, whatever its key."""
        return next((self._decoded(row) for row in self._index.latest(place)), None)

    def put(self, chunks: Bytes | Iterable[Bytes]) -> str:
        """Keep a value, given as bytes or as chunks of them; its digest, also where the disk would not take it."""
        if not self.trusted:
            return _hashed(chunks)
        self._tag()
        digest = self._values.put(chunks)
        self._use.value(digest)
        return digest

    def blob(self, digest: str) -> Bytes | None:
        """The value with this digest, mapped into memory and compared with its digest; None where it is not kept."""
        self._use.value(digest)
        return self._values.map(digest) if self.trusted else None

    def locate(self, digest: str) -> Path | None:
        """The file that is exactly this value, for another process to map; None where it is not kept."""
        self._use.value(digest)
        return self._values.locate(digest) if self.trusted else None

    def derive(self, name: str, key: str, kind: type[T], make: Callable[[], T]) -> T:
        """What `make` gives, or has given under this name for the same key."""

        def made() -> T:
            self._tag()
            return make()

        return self._derived(name, key, kind, made)

    def _decoded(self, row: Row) -> Trace | None:
        try:
            trace = decode_whole(row.body) or decode(row.body, self._outputs.read)
        except UnreadableError as error:
            log.debug("A trace is removed: %s", error)
        else:
            if (trace.key, trace.id) == (row.key, row.id):
                return trace
        self._index.remove([(row.key, row.id)])
        return None

    def forget_pages(self) -> None:
        """Remove what was made of traces, also for other sites: it may be that newer traces take their place."""
        for folder in (self.records.folder, self.folder / STAMPS):
            shutil.rmtree(folder, ignore_errors=True)

    def pin(self, keys: Iterable[str]) -> None:
        """Traces with these keys are in use, although nobody looks them up, because what was made of them is."""
        self._use.pinned(keys)

    # --- what its owner needs

    def tidy(self, limits: CacheLimits | None = None) -> Collected:
        """Collect where something was kept, and either a day has passed or a twentieth of the limit was written."""
        limits = limits or CacheLimits()
        last = (self._index.note("collected") or {}).get("when", 0) if self._use.has_kept else 0
        is_due = abs(time.time() - last) > DAY if isinstance(last, int | float) else True
        written = self._outputs.written + self._values.written
        if self._use.has_kept and (is_due or written > limits.size / 20):
            return self.collect(limits)
        return Collected()

    def collect(self, limits: CacheLimits | None = None, *, now: float | None = None) -> Collected:
        """Throw away what the limits do not allow, but nothing that was asked for or kept since this was opened."""
        if not self._room.exists():
            return Collected()
        self._write_use()
        self._outputs.written = self._values.written = 0
        limits = limits or CacheLimits()
        self.records.collect(limits.size // 4, limits.age, time.time() if now is None else now)
        collected = Collector(self._index, self._outputs, self._values, self._use.all, now).collect(limits)
        self._note("collected", {"when": int(time.time())})
        for old in self.folder.glob("v*"):
            if re.fullmatch(r"v\d+", old.name) and old != self._room and time.time() - old.stat().st_mtime > 30 * DAY:
                shutil.rmtree(old, ignore_errors=True)
        return collected

    def export_outputs(self, traces: Iterable[Trace], folder: Path) -> Exported:
        """Write traces without values to a folder that can be committed. Raises SiteError where it cannot be."""
        return export_outputs(traces, folder)

    def usage(self) -> Usage:
        """How much there is of what."""
        rows = self._index.all()
        outputs = [blob.size for blob in self._outputs.files()]
        values = [blob.size for blob in self._values.files()]
        total = self._index.file.size() + sum(outputs) + sum(values) + self.records.size()
        return Usage(len(rows), len(outputs), len(values), total, sum(outputs), sum(values))

    def last_build(self) -> dict[str, int] | None:
        """`when` (seconds since the epoch), `asked`, `found` and `kept` (cells) of the last build that closed this."""
        note = self._index.note("build") or {}
        counts = {name: note.get(name) for name in ("when", "asked", "found", "kept")}
        whole = {name: count for name, count in counts.items() if isinstance(count, int)}
        return whole if len(whole) == len(counts) else None

    def verify(self) -> Verified:
        """Look at every row and every blob, and remove what is broken."""
        is_sound = self._index.file.check()
        blobs = broken_blobs = 0
        for folder in (self._outputs, self._values):
            for blob in folder.files():
                blobs += 1
                broken_blobs += folder.locate(blob.digest) is None
        before = self._index.count()
        traces = sum(self._decoded(row) is not None for row in self._index.all())
        return Verified(before, blobs, before - traces, broken_blobs, is_sound)

    def clear(self) -> int:
        """Remove everything that is kept, also by other versions of nbpublish; the bytes that this freed."""
        freed = self.usage().bytes
        self._index.file.close()
        self._is_tagged = False
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            if re.fullmatch(rf"v\d+|{STAMPS}", folder.name):
                shutil.rmtree(folder, ignore_errors=True)
        return freed

    def close(self) -> None:
        """Write down what was used. The store may be used again afterwards."""
        self._write_use()
        counts = self._use.end()
        if counts["asked"]:
            self._note("build", {"when": int(time.time()), **counts})
        self._index.file.close()

    def season_ends(self) -> None:
        """What was not used since this was called last does not count as in use any longer, and need not be at hand."""
        self._use.season_ends()
        self._index.file.forget()

    def leave(self) -> None:
        """Close without writing anything down: for those who only looked."""
        self._index.file.close()

    def _write_use(self) -> None:
        self._index.touch(self._use.take_aged(), int(time.time()))
        self.files.flush()

    def _note(self, name: str, body: dict[str, int]) -> None:
        self._tag()
        self._index.keep_note(name, body)

    def _tag(self) -> None:
        """Mark the folder as a cache, for git and for programs that make backups."""
        if self._is_tagged:
            return
        self._is_tagged = True
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, text in _TAGS.items():
                if not (self.folder / name).exists():
                    (self.folder / name).write_text(text, encoding="ascii")

    def __enter__(self) -> DiskStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _hashed(chunks: Bytes | Iterable[Bytes]) -> str:
    hashed = hashlib.sha256()
    for chunk in (chunks,) if isinstance(chunks, Bytes) else chunks:
        hashed.update(chunk)
    return hashed.hexdigest()
