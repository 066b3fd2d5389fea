"""Names that no cell defines, nor Python: most likely a slip of the pen."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping

from nbpublish.graph.lines import reference_line
from nbpublish.graph.names import Reading
from nbpublish.model import Cell, Names, Notebook, Problem

_GIVEN = {*dir(builtins), "__file__", "__name__", "__doc__", "__builtins__", "__spec__", "__package__", "__loader__"}


def undefined_names(
    notebook: Notebook, readings: Mapping[str, Reading], names: Mapping[str, Names]
) -> Iterator[Problem]:
    """A warning for each name of each cell; none at all where some cell may define names that cannot be seen."""
    if any(own.dynamic for own in names.values()):
        return
    defined = _GIVEN.union(*(own.defs for own in names.values()))
    for cell in notebook.cells:
        if cell.id not in readings:
            continue
        for name in sorted(names[cell.id].refs - defined):
            yield _warn(notebook, cell, name, "Nothing defines `{}`. Define or import it in a cell.")
        for name in sorted(readings[cell.id].missing):
            what = "`{}` is not defined in this cell. A name that starts with an underscore is never shared: rename it."
            yield _warn(notebook, cell, name, what)


def _warn(notebook: Notebook, cell: Cell, name: str, what: str) -> Problem:
    line = cell.line + reference_line(cell.code, name) - 1
    return Problem("undefined-name", what.format(name), notebook.path, line, cell.id, "warning")
