"""How the cells of a notebook depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbpublish.model.notebook import Problem
from nbpublish.model.sent import sent


@sent
@dataclass(frozen=True, slots=True)
class Names:
    """The shared names a cell binds, mentions and deletes; names private to it are left out."""

    defs: frozenset[str] = frozenset()
    refs: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    """Names of other cells that this one deletes; also in `refs`."""
    dynamic: bool = False
    """Other names may be read or bound too (`exec`, `globals()`, `from x import *`)."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Which cell feeds which, and in which order they run."""

    order: tuple[str, ...]
    """Ids of the code cells in the order they run; cells spoiled by a problem are left out."""
    names: Mapping[str, Names]
    parents: Mapping[str, tuple[str, ...]]
    """Direct parents of each code cell, in the file's order; parents that cannot run included."""
    problems: tuple[Problem, ...] = ()

    @property
    def spoiled(self) -> frozenset[str]:
        """Ids of the cells that cannot run because of an error found before running."""
        return frozenset(p.cell for p in self.problems if p.cell and p.severity == "error")
