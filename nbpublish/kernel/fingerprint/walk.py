"""Visits a value and all it consists of, each object once, in an order that the value alone decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbpublish.kernel.fingerprint.stream import Stream, atom
from nbpublish.kernel.layout import identity

BUDGET = 20_000_000
"""Steps of a walk, about a microsecond each, after which a value is called opaque; a MB of a buffer is one step too."""

Handler = Callable[["Walk", Any], None]


class Opaque(Exception):  # noqa: N818
    """A value of which not everything can be told. Its message says what stood in the way."""


class Walk:
    """One visit. Handlers write what an object is, and push what it consists of.

    An object met again is written as the number of its first visit, so that two names for one list differ from two
    equal lists. Atoms have no number: whether equal strings are one object is the interpreter's affair.
    """

    def __init__(self, namespace: Mapping[str, Any], budget: int = BUDGET) -> None:
        self.namespace = namespace
        self.stream = Stream()
        self.stack: list[Any] = []
        self.left = budget
        self._visits: dict[int, int] = {}
        self._visited: list[Any] = []  # keeps what a reduction made alive, so that no address is used twice

    def run(self, value: object) -> str:
        """The fingerprint of a value. Raises `Opaque`."""
        from nbpublish.kernel.fingerprint.dispatch import HANDLERS, handler_for

        stack = self.stack
        handlers = HANDLERS
        stack.append(value)
        while stack:
            item = stack.pop()
            kind = type(item)
            if kind is str or kind is int or kind is float or item is None or kind is bool or kind is bytes:
                self.stream.write(atom(item))
                continue
            (handlers.get(identity(kind)) or handler_for(kind))(self, item)
        return self.stream.digest().hex()

    def first(self, item: object) -> bool:
        """Whether an object is met for the first time. Otherwise the number of its first visit has been written."""
        visits = self._visits
        key = identity(item)
        number = visits.get(key)
        if number is not None:
            self.stream.head(b"\x01@ag", number)
            return False
        visits[key] = len(self._visited)
        self._visited.append(item)
        self.left -= 1
        if self.left < 0:
            raise Opaque("it consists of too many objects")
        return True

    def visited(self, item: object) -> bool:
        """Whether an object was met before."""
        return identity(item) in self._visits

    def push(self, *items: Any) -> None:
        """Visit these next, in this order."""
        self.stack.extend(reversed(items))

    def spend(self, steps: int) -> None:
        """Count work that is not a visit."""
        self.left -= steps
        if self.left < 0:
            raise Opaque("it is too large")

    def bytes(self, data: Any, size: int) -> None:
        """Write a contiguous buffer."""
        self.spend(size >> 20)
        self.stream.head(b"\x01buf", size)
        self.stream.buffer(data)

    # --- parts without an order --------------------------------------------------------------------------------------

    def unordered(self, items: list[Any]) -> None:
        """Visit these whatever their order: each alone, then sorted by digest."""
        self.stack.append(_Unordered(items))

    def mark(self) -> int:
        """How many objects were visited so far."""
        return len(self._visited)

    def forget(self, mark: int) -> list[Any]:
        """Undo the visits since the mark, and return what was visited."""
        since = self._visited[mark:]
        del self._visited[mark:]
        for item in since:
            del self._visits[identity(item)]
        return since

    def remember(self, items: list[Any]) -> None:
        """Number objects that were visited elsewhere."""
        for item in items:
            key = identity(item)
            if key not in self._visits:
                self._visits[key] = len(self._visited)
                self._visited.append(item)


class _Unordered:
    """The visit of a set under way: it returns to the stack after each element."""

    __slots__ = ("done", "mark", "outer", "waiting")

    def __init__(self, waiting: list[Any]) -> None:
        self.waiting = waiting
        self.done: list[tuple[bytes, list[Any]]] = []
        self.outer: Stream | None = None
        self.mark = 0


def visit_unordered(walk: Walk, task: _Unordered) -> None:
    """Take up the next element, or end: elements are numbered by the order of their digests, not of the set."""
    if task.outer is None:
        task.outer, task.mark = walk.stream, walk.mark()
    else:
        task.done.append((walk.stream.digest(), walk.forget(task.mark)))
    if task.waiting:
        walk.stream = Stream()
        walk.stack += (task, task.waiting.pop())
        return
    walk.stream = task.outer
    for digest, visited in sorted(task.done, key=_digest_first):
        walk.stream.write(digest)
        walk.remember(visited)


def _digest_first(pair: tuple[bytes, list[Any]]) -> bytes:
    return pair[0]


UNORDERED = _Unordered


def fingerprint(value: object, namespace: Mapping[str, Any], budget: int = BUDGET) -> str | None:
    """What identifies a value of the notebook with the globals `namespace`, as hexadecimal; None where it is opaque."""
    try:
        return Walk(namespace, budget).run(value)
    except Opaque:
        return None


def opacity(value: object, namespace: Mapping[str, Any], budget: int = BUDGET) -> str | None:
    """Why a value has no fingerprint, in words; None where it has one."""
    try:
        Walk(namespace, budget).run(value)
    except Opaque as opaque:
        return str(opaque)
    return None
