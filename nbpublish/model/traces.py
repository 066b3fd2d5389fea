"""What an execution of a cell depended on and gave, and what one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nbpublish.model.notebook import Problem
from nbpublish.model.outputs import Output
from nbpublish.model.sent import sent
from nbpublish.model.widgets import Control


@sent
@dataclass(frozen=True, slots=True)
class Version:
    """The value that a name has at one point of the program, as far as one must know it without having it.

    State of the process that cells share without a name (the random generator, the working directory, …) has versions
    too, under names in angle brackets such as `<random>`; while nobody has changed it, it has none.
    """

    fingerprint: str | None
    """Identifies the value, together with those of its group; None: it is opaque, and known by its trace alone."""
    trace: str = ""
    """Id of the trace of the execution that made it."""
    free: frozenset[str] = frozenset()
    """Names that functions and classes reachable from the value may read when they are called."""
    group: tuple[str, ...] = ()
    """Sorted names that share mutable objects with it, itself included: they change, and are kept, together."""
    blob: str | None = None
    """Digest of the bytes that hold the whole group; None where only running the cell again brings it back."""
    definition: bool = False
    """It comes from a cell of imports and definitions, which is run again rather than loaded."""
    layout: str | None = None
    """Digest of the lines that the code reachable from it stood on; None where none of the notebook's code is."""
    setting: str | None = None
    """Of a control, or of a state of marimo's: identifies what it is set to, whatever else it may be set to."""
    unseen: bool = False
    """Nobody looked at the value, because no cell read the name: it is opaque until a cell does."""

    @property
    def identity(self) -> str:
        """What stands for it in keys: equal where a reader cannot tell the values apart."""
        return self.fingerprint or f"opaque {self.trace}"


@sent
@dataclass(frozen=True, slots=True)
class Observation:
    """Something outside the notebook's names that an execution looked at."""

    kind: str
    """What it is: `file`, `missing`, `directory`, `environment`, `module`, `distribution`, `state`, `name`, `source`,
    `impure`, `limit`, …"""
    subject: str
    """Which one: a path with forward slashes, relative to the root where it is below it; a name; a cell's id."""
    digest: str
    """What it was then."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one execution of a cell gave, and all that it depended on."""

    key: str
    """Identifies what can be known without looking at the world: the cell's code and the versions that it may read."""
    outputs: tuple[Output, ...]
    exit: Literal["ok", "failed", "stopped", "died"] = "ok"
    """`stopped`: the author ended it with `mo.stop`. `died`: it took the kernel with it."""
    problem: Problem | None = None
    seconds: float = 0.0
    """Wall time of the execution."""
    when: float = 0.0
    """When it began, in seconds since the epoch."""
    cut: bool = False
    """Whether output was dropped, because there was more of it than is kept."""
    id: str = ""
    """Identifies this one execution."""
    versions: Mapping[str, Version] = field(default_factory=dict)
    """Names that it bound, or whose values it changed."""
    deleted: frozenset[str] = frozenset()
    observations: tuple[Observation, ...] = ()
    place: str = ""
    """The notebook's path and the cell's id, by which an earlier trace of the same cell is found."""
    code: str = ""
    """Digest of the cell's code without comments and layout."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """By name that it may have read: its fingerprint, its trace where it is opaque, or "" where there was none."""
    engine: str = ""
    """What ran it: versions of nbpublish and of Python, and the platform."""
    controls: tuple[Control, ...] = ()
    beside: float = 0.0
    """In a state of widgets whose last cell to run this was: seconds that the state took besides what its cells took,
    for new processes and for cells that ran again for their values."""

    @property
    def impure(self) -> tuple[str, ...]:
        """What it may owe a result to that another execution need not give: `clock`, `entropy`, `network`, …"""
        return tuple(seen.subject for seen in self.observations if seen.kind == "impure")


@sent
@dataclass(frozen=True, slots=True)
class Task:
    """What a kernel is told of an execution besides the cell."""

    inputs: Mapping[str, Version] = field(default_factory=dict)
    """The names that the cell may see, all of them live, and every state that cells have changed."""
    private: str = ""
    """Stands for the cell in its private names."""
    futures: frozenset[str] = frozenset()
    """Features that cells before it have imported from `__future__`."""
    keep: float | None = None
    """Blobs are made where it takes more than so many seconds to have the values again; None makes none."""
    effort: float = 0.0
    """Seconds that it takes to have its inputs again."""
    targets: frozenset[str] = frozenset()
    """Dotted paths of attributes of libraries that the cell assigns or deletes."""
    network: bool = True
    """Whether the cell may use the network; what it does there fails otherwise."""
    result: bool = False
    """Whether cells below read its result, under the name `_`."""
    unread: frozenset[str] = frozenset()
    """Names that it may bind and no other cell reads; nobody needs to look at their values."""
    sets: str = ""
    """The name of the control that it sets, where it can do nothing else: no code of the author's takes part."""
