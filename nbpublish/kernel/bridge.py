"""What a library may ask of a session: to be told of cells, and to say how its values and exceptions are shown.

A bridge stands between one library and the session. Its module is named in `BRIDGES`, is imported only when the author
imports the library, and offers `bridge(session) -> Bridge`. The first bridge that answers wins, in the order in which
the libraries were imported; a value that no bridge knows is shown as IPython would.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from nbpublish.model import Cell, Channel, Control, Names, Notebook, Output

BRIDGES = {
    "marimo": "nbpublish.kernel.marimo_bridge",
    "matplotlib": "nbpublish.kernel.figures",
    "altair": "nbpublish.kernel.rich",
    "duckdb": "nbpublish.kernel.rich",
    "ipywidgets": "nbpublish.kernel.rich",
    "pandas": "nbpublish.kernel.rich",
    "plotly": "nbpublish.kernel.rich",
    "polars": "nbpublish.kernel.rich",
    "pyarrow": "nbpublish.kernel.rich",
}
"""Module whose import by the author brings a bridge up, to the module of the bridge. A missing one is passed over,
and one named more than once is brought up once."""


class Ending(NamedTuple):
    """How an exception ends a cell, where it is no failure."""

    exit: Literal["ok", "stopped"]
    outputs: tuple[Output, ...] = ()


class Surroundings(Protocol):
    """What a bridge sees of the session."""

    notebook: Notebook
    path: Path
    """The notebook's file, absolute."""
    namespace: dict[str, Any]
    """Globals of the author's code, the dictionary of `__main__`."""
    cell: Cell | None
    """The cell that runs, or ran last."""
    names: Names
    """Shared names of that cell."""
    private: str
    """Stands for that cell in its private names."""
    value: object
    """Value of that cell's last expression; None before it is known and where there is none."""

    def when_imported(self, module: str, callback: Callable[[], None]) -> None:
        """Call back once the author has imported a further module; at once where that has happened."""

    def emit(self, output: Output, display_id: str | None = None, update: bool = False) -> None:
        """Put an output after everything captured so far, or in place of the one with the same `display_id`."""

    def show(self, value: object, channel: Channel = "display") -> None:
        """Put a value there as `display(value)` does."""

    def outputs_of(self, value: object, channel: Channel = "display") -> list[Output]:
        """What a value looks like, asking every bridge and then IPython's formatters."""


class Bridge:
    """Does nothing; a library's bridge overrides what it needs."""

    def before_cell(self, cell: Cell) -> None:
        """Called before each cell, and at once for the cell that imports the library."""

    def outputs_of(self, value: object) -> list[Output] | None:
        """What a displayed value looks like; None where it is not of this library. The session sets the channel."""
        return None

    def ending_of(self, exception: BaseException) -> Ending | None:
        """What an exception that ended the cell means, where it is no failure, as with `mo.stop`."""
        return None

    def after_cell(self) -> list[Output]:
        """Called when a cell has ended in whichever way. What it returns is put after the cell's last output."""
        return []

    def controls_in(self, name: str, value: object) -> list[Control]:
        """The controls of this library in a value that the cell has bound to a shared name."""
        return []

    def close(self) -> None:
        """Undo what was changed in the library, for a process that outlives the session."""
