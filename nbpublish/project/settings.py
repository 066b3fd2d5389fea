"""What is decided before a build: for all builds of a folder, and for a single one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nbpublish.executors.limits import Limits
from nbpublish.model import Budget, Visibility


@dataclass(frozen=True, slots=True)
class Settings:
    """What the author decides for all notebooks of a folder."""

    execute: bool = True
    """Without it cells appear with their code only."""
    jobs: int | None = None
    """Notebooks executed at once; None means one a processor core."""
    timeout: float | None = 300
    """Seconds a cell may take; None sets no limit."""
    notebook_timeout: float | None = None
    """Seconds a whole notebook may take."""
    memory: int | None = None
    """Bytes that the processes of one notebook may use together."""
    output: int = 10_000_000
    """Bytes of output of one cell that are kept."""
    outputs: Path | None = None
    """Folder with outputs that `nbpublish cache export` wrote, asked where the store knows nothing."""
    code: Visibility = "show"
    """How the source of a cell is shown that says nothing itself."""
    include: tuple[str, ...] = ()
    """Patterns as in `.gitignore`: only what matches is looked at. Empty means every file."""
    exclude: tuple[str, ...] = ()
    """Patterns as in `.gitignore`: what matches is no notebook, whatever stands in it."""
    widgets: Budget | None = field(default_factory=Budget)
    """How much is computed ahead for the widgets of each notebook; None for controls that do not move."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one build is asked for, besides the settings."""

    frozen: bool = False
    """Execute nothing: cells have what the store knows of them, or nothing."""
    aged: bool | None = None
    """Whether results count as stale that are older than their cells allow; None: where cells can be executed."""
    refresh: bool = False
    """Run cells again whose results may differ from one execution to the next."""
    verify: float = 0.0
    """Share of the reused cells to compare with a run of their notebooks from the beginning, 1 for all."""
    seed: int = 0
    """Chooses which notebooks these are."""


def limits(settings: Settings) -> Limits:
    """What no cell and no notebook may go beyond."""
    return Limits(
        cell=settings.timeout,
        notebook=settings.notebook_timeout,
        memory=settings.memory,
        output=settings.output,
    )
