"""Several stores as one: the first is written, the others are only asked, such as an export in the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from nbpublish.model import Trace
from nbpublish.store.blobs import Bytes

T = TypeVar("T")


class Layer(Protocol):
    """Any store."""

    def find(self, key: str) -> Sequence[Trace]: ...

    def latest(self, place: str) -> Trace | None: ...

    def keep(self, *traces: Trace) -> None: ...

    def put(self, chunks: Bytes | Iterable[Bytes]) -> str: ...

    def blob(self, digest: str) -> Bytes | None: ...

    def locate(self, digest: str) -> Path | None: ...

    def derive(self, name: str, key: str, kind: type[T], make: Callable[[], T]) -> T: ...


class LayeredStore:
    """Finds in `top` and then in what lies `below`, keeps in `top` alone."""

    def __init__(self, top: Layer, *below: Layer) -> None:
        self.top = top
        self.below = below

    def find(self, key: str) -> Sequence[Trace]:
        """The traces with this key: those of the first store, then of the next; each execution once."""
        found: dict[str, Trace] = {}
        for layer in (self.top, *self.below):
            for trace in layer.find(key):
                found.setdefault(trace.id, trace)
        return list(found.values())

    def latest(self, place: str) -> Trace | None:
        """The newest trace of the cell at a place, from the first store that has one."""
        return next((trace for layer in (self.top, *self.below) if (trace := layer.latest(place))), None)

    def keep(self, *traces: Trace) -> None:
        """Remember traces in the first store."""
        self.top.keep(*traces)

    def put(self, chunks: Bytes | Iterable[Bytes]) -> str:
        """Remember bytes in the first store, and give their digest."""
        return self.top.put(chunks)

    def blob(self, digest: str) -> Bytes | None:
        """The value with this digest, from the first store that has it."""
        return next((data for layer in (self.top, *self.below) if (data := layer.blob(digest)) is not None), None)

    def locate(self, digest: str) -> Path | None:
        """The file that is exactly this value, from the first store that has one."""
        return next((path for layer in (self.top, *self.below) if (path := layer.locate(digest))), None)

    def derive(self, name: str, key: str, kind: type[T], make: Callable[[], T]) -> T:
        """What `make` gives, or has given under this name for the same key."""
        return self.top.derive(name, key, kind, make)
