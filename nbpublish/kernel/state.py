"""One state of the process that cells share without a name: what reads it, what writes it, who has asked for it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbpublish.kernel.folder import Folder

Snapshot = Any
"""A picklable value that compares by content."""


@dataclass(frozen=True, slots=True)
class State:
    """A state: `read` gives a snapshot, which nobody changes and which may be the last one, `write` restores one."""

    name: str
    library: str
    """The module that it belongs to; the state exists once that is loaded."""
    read: Callable[[], Snapshot]
    write: Callable[[Snapshot], object]
    begin: Callable[[], object] = lambda: None
    """Called once, when the library is loaded."""
    settle: Callable[[], object] = lambda: None
    """Called before a cell, unless the state is still as it was settled before the last one."""
    forget: Callable[[], object] = lambda: None
    """Called before each cell: what was noticed does not count any longer."""
    always: bool = True
    """A cell counts as having read it even where it has not changed it."""
    asked: Callable[[], bool] = lambda: False
    """Whether the cell has read or set it, where that can be told."""
    authored: Callable[[], bool] = lambda: False
    """Whether it begins as a file of the author's says. The cell that loads the library then counts as setting it."""
    told: Callable[[Folder, Snapshot], Snapshot] = lambda folder, snapshot: snapshot
    """A snapshot without where the project lies, as it is kept."""
    meant: Callable[[Folder, Snapshot], Snapshot] = lambda folder, snapshot: snapshot
    """The snapshot of this machine that was told so."""


class Noticed:
    """Whether something was asked for since it was last looked at."""

    def __init__(self) -> None:
        self.asked = False

    def forget(self) -> None:
        """Begin anew."""
        self.asked = False

    def __bool__(self) -> bool:
        return self.asked

    def on(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, which notes that it was called."""

        @functools.wraps(function)
        def noticing(*arguments: Any, **options: Any) -> Any:
            self.asked = True
            return function(*arguments, **options)

        noticing.nbpublish_notices = True  # type: ignore[attr-defined]
        return noticing

    def watch(self, owner: Any, *names: str) -> None:
        """Let functions of a module or class note that they are called."""
        for name in names:
            function = getattr(owner, name, None)
            if function is not None and not hasattr(function, "nbpublish_notices"):
                setattr(owner, name, self.on(function))
