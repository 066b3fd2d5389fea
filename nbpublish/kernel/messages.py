"""What the kernel's process is told; its other side needs nothing else of the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nbpublish.kernel.capture import Stream
from nbpublish.model import Cell, Names, Notebook, Task

COMMAND = (
    "import sys; native = frozenset(sys.modules); from nbpublish.kernel.process import main; main(native, sys.argv)"
)
"""What `python -P -c` runs: the modules Python starts with are noted before any of ours is loaded."""
MARIMO = "marimo"
"""An argument before the connection's: marimo is loaded at once, for a notebook of marimo's is to follow."""
READY = "ready"
"""The first message from a kernel."""


class Start(NamedTuple):
    """The first message to a kernel."""

    notebook: Notebook
    root: Path
    files: dict[Stream, Path]
    crash: Path
    """Where the traceback of a crash goes."""
    limit: int


class Load(NamedTuple):
    """Ask for names from a blob: its bytes, or the file that holds them. The answer is whether they are live."""

    names: tuple[str, ...]
    blob: bytes | Path


class Again(NamedTuple):
    """Ask a kernel that lives on whether it is as good as a new one for another build, of this notebook.

    The answer is None where it is not, else the names of which it has given the values up, as no cell has them now.
    """

    notebook: Notebook


class Work(NamedTuple):
    """Ask for a cell to be run."""

    cell: Cell
    names: Names
    task: Task | None = None
