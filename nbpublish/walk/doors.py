"""The doors to the world: what a build asks of it, and who fits may stand behind one.

The fourth one, `World`, is declared beside who asks there: in `traces/verify.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from nbpublish.model import Cell, Graph, Names, Notebook, Observation, Reason, Task, Trace, Version

T = TypeVar("T")
Put = Callable[[Iterable[Any]], str]


class Kernel(Protocol):
    """Runs cells of one notebook, one after another, in one process. Never raises for what the author wrote."""

    live: dict[str, Version]
    """The versions of the names it has; `build` keeps the account."""
    found: set[Observation]
    """What its cells have found without naming it, as libraries may while they load; `build` keeps the account."""
    spent: bool
    """Whether it must not live on for another build, because it holds what cannot be undone."""

    @property
    def given_up(self) -> bool:
        """Whether somebody has ended what it runs, because nobody waits for it any longer."""

    def stop(self) -> None:
        """Let a cell that runs come to its end, as Ctrl-C does, and no other begin. May come from any thread."""

    def run(self, cell: Cell, names: Names, task: Task, put: Put) -> Trace:
        """Run a cell that binds and reads `names`, and keep account of what `task` asks.

        `put` takes the chunks of a blob and gives its digest.
        """

    def load(self, names: Sequence[str], blob: Any) -> bool:
        """Bring names to life from a blob; False where it cannot be read."""


class Executor(Protocol):
    """Starts kernels. Leaving the context ends the kernel and every process it started, or leaves it for the next
    build of the notebook."""

    def start(self, notebook: Notebook) -> AbstractContextManager[Kernel]:
        """A kernel for a notebook, in the context."""


class Store(Protocol):
    """Remembers traces by key, the newest first, and bytes by digest. It may forget anything at any moment."""

    def find(self, key: str) -> Sequence[Trace]:
        """The traces with a key."""

    def latest(self, place: str) -> Trace | None:
        """The newest trace of the cell at a place, whatever its key."""

    def keep(self, *traces: Trace) -> None:
        """Remember traces, each before the others with its key."""

    def put(self, chunks: Iterable[Any]) -> str:
        """Remember bytes, and give their digest."""

    def blob(self, digest: str) -> Any | None:
        """The bytes with this digest."""

    def locate(self, digest: str) -> Path | None:
        """The file that holds them, where there is one; kernels map it."""

    def derive(self, name: str, key: str, kind: type[T], make: Callable[[], T]) -> T:
        """What `make` gives, or has given under this name for the same key, which says all that it depends on.

        `kind` is the class of that: a dataclass, whose fields tell how it is written down.
        """


Report = Callable[[Notebook, Cell, Reason], None]
"""Told of every code cell: just before it runs, or that it is reused or not run."""


class Listener(Protocol):
    """Follows the build of one notebook, and may end it: what it raises leaves the build, and kernels stay usable."""

    def begins(self, graph: Graph) -> None:
        """It is known which cell feeds which; nothing has run."""

    def ran(self, cell: Cell) -> None:
        """A cell has come to its end in the kernel. What it gave is kept after this."""

    def passes(self, cell: Cell, trace: Trace) -> None:
        """What a cell gives is known. It is said again where more is known later."""

    def computes(self, done: int, total: int) -> None:
        """So many of the states of widgets that are computed ahead are known."""


class Aside:
    """Lets a listener end what is run beside the notebook itself, for states of its widgets, and hear no more of it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def begins(self, graph: Graph) -> None: ...

    def ran(self, cell: Cell) -> None:
        self._listener.ran(cell)

    def passes(self, cell: Cell, trace: Trace) -> None: ...

    def computes(self, done: int, total: int) -> None: ...


class Nobody:
    """Listens to nothing."""

    def begins(self, graph: Graph) -> None: ...

    def ran(self, cell: Cell) -> None: ...

    def passes(self, cell: Cell, trace: Trace) -> None: ...

    def computes(self, done: int, total: int) -> None: ...
