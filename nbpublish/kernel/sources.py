"""The lines of the cells, where tracebacks, warnings and `inspect` look for them."""

from __future__ import annotations

import linecache
from pathlib import Path

from nbpublish.kernel.failure import Places
from nbpublish.model import Cell


class Sources:
    """Lets a notebook's lines be found under its path, without indentation and `return`."""

    def __init__(self, path: Path, places: Places) -> None:
        self._path = str(path)
        self._places = places
        self._lines: list[str] = []

    def remember(self, cell: Cell) -> None:
        """Know the lines of a cell at their place in the file."""
        self._places.remember(cell)
        lines = cell.code.splitlines(keepends=True)
        end = cell.line - 1 + len(lines)
        self._lines.extend(["\n"] * (end - len(self._lines)))
        self._lines[cell.line - 1 : end] = [line if line.endswith("\n") else line + "\n" for line in lines]
        # without a modification time linecache takes the entry for a module's without a file, and asks for no size
        linecache.cache[self._path] = (0, None, self._lines, self._path)
