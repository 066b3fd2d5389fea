"""How much a notebook may take."""

from __future__ import annotations

from dataclasses import dataclass

from nbpublish.model import Observation


@dataclass(frozen=True, slots=True)
class Limits:
    """None sets no limit. What goes beyond one ends the cell, and its trace says so."""

    cell: float | None = 300
    """Seconds a cell may take, unless its options say otherwise."""
    notebook: float | None = None
    """Seconds that all cells of a notebook may take together."""
    memory: int | None = None
    """Bytes that the processes of one notebook may have in memory together."""
    output: int = 10_000_000
    """Bytes of output of one cell that are kept; the rest is cut off, which ends nothing."""


def limit_of(seconds: float | None) -> Observation:
    """What a cell depends on that was ended because it took longer than so many seconds."""
    return Observation("limit", "", "" if seconds is None else f"{seconds:g}")
