"""All bridges of one session, in the order in which the author has imported their libraries."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

from nbpublish.kernel.bridge import BRIDGES, Bridge, Ending, Surroundings
from nbpublish.kernel.imports import Watch
from nbpublish.model import Cell, Control, Output


class Bridges:
    """Brings bridges up when their libraries are imported, and asks one after the other.

    `ours` is entered around imports of our own; `report` is told of what a bridge cannot do.
    """

    def __init__(
        self,
        session: Surroundings,
        ours: Callable[[], AbstractContextManager[None]],
        report: Callable[[BaseException], None],
    ) -> None:
        self._session, self._ours, self._report = session, ours, report
        self._up: dict[str, Bridge | None] = {}
        """By module; None where it could not be brought up, or is not yet."""
        self._cell: Cell | None = None
        """The cell that runs."""

    def follow(self, watch: Watch) -> None:
        """Bring each up once its library is imported; at once where that has happened."""
        for library, module in BRIDGES.items():
            watch.when_imported(library, partial(self._bring_up, module))

    def _bring_up(self, module: str) -> None:
        if module in self._up:
            return
        self._up[module] = None
        with self._ours():
            try:
                bridge: Bridge = importlib.import_module(module).bridge(self._session)
            except Exception as error:  # the author's import goes on; what their library will lack is said
                if not isinstance(error, ModuleNotFoundError) or error.name != module:
                    self._report(error)
                return
        self._up.pop(module)  # it comes after those that it has brought up itself
        self._up[module] = bridge
        if self._cell:
            bridge.before_cell(self._cell)

    @property
    def _all(self) -> list[Bridge]:
        return [bridge for bridge in self._up.values() if bridge]

    def before_cell(self, cell: Cell) -> None:
        """A cell is about to run."""
        self._cell = cell
        for bridge in self._all:
            bridge.before_cell(cell)

    def after_cell(self) -> list[Output]:
        """What is put after the output of the cell that ran."""
        outputs: list[Output] = []
        for bridge in self._all:
            try:
                outputs += bridge.after_cell()
            except Exception as exception:
                self._report(exception)
        self._cell = None
        return outputs

    def outputs_of(self, value: object) -> list[Output] | None:
        """What a value looks like to the first bridge that knows it."""
        return next((found for bridge in self._all if (found := bridge.outputs_of(value)) is not None), None)

    def ending_of(self, exception: BaseException) -> Ending | None:
        """What an exception means to the first bridge for which it is no failure."""
        return next((found for bridge in self._all if (found := bridge.ending_of(exception))), None)

    def controls_in(self, values: Iterable[tuple[str, Any]]) -> tuple[Control, ...]:
        """The controls among values by name."""
        found: list[Control] = []
        for name, value in values:
            for bridge in self._all:
                with suppress(Exception):  # of a library that has changed: its controls stay as they are
                    found += bridge.controls_in(name, value)
        return tuple(found)

    def close(self) -> None:
        """Undo what was changed in the libraries, the last one first."""
        for bridge in reversed(self._all):
            bridge.close()
