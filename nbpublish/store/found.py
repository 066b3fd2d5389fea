"""The traces of a key, decoded one after another as somebody looks at them: mostly the first is the one that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from nbpublish.model import Trace
from nbpublish.store.index import Row


class Found(Sequence[Trace]):
    """A sequence of the traces in rows, without those that cannot be decoded; equal to a list of the same."""

    def __init__(self, rows: Sequence[Row], decode: Callable[[Row], Trace | None]) -> None:
        self._waiting = list(reversed(rows))
        self._decode = decode
        self._traces: list[Trace] = []

    def _next(self) -> bool:
        """Decode one more; False where there are no more."""
        while self._waiting:
            if trace := self._decode(self._waiting.pop()):
                self._traces.append(trace)
                return True
        return False

    def _all(self) -> list[Trace]:
        while self._next():
            pass
        return self._traces

    def __iter__(self) -> Iterator[Trace]:
        place = 0
        while place < len(self._traces) or self._next():
            yield self._traces[place]
            place += 1

    @overload
    def __getitem__(self, place: int) -> Trace: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Trace]: ...

    def __getitem__(self, place: int | slice) -> Trace | Sequence[Trace]:
        return self._all()[place]

    def __len__(self) -> int:
        return len(self._all())

    def __bool__(self) -> bool:
        return bool(self._traces) or self._next()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._all())
