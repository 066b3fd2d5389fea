"""The order in which cells stand in a file that is run from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator

from nbpublish.model import Cell, Run


def runnable(run: Run) -> list[Cell]:
    """All cells in the file's order, but each code cell after those that it depends on.

    Where the file's order is one in which the cells can run, as that of scripts, it stays. In a notebook of marimo a
    cell may use what is defined below it: the cell that defines it is moved up, just before the first that needs it.
    """
    cells = {cell.id: cell for cell in run.notebook.cells}
    done: set[str] = set()

    def with_parents(id: str) -> Iterator[Cell]:
        waiting = [id]
        while waiting:  # not by recursion: a chain of cells may be longer than Python's stack
            last = waiting[-1]
            missing = [parent for parent in run.graph.parents.get(last, ()) if parent in cells and parent not in done]
            missing = [parent for parent in missing if parent not in waiting]  # cells of a cycle stay as they stand
            if missing:
                waiting.append(missing[0])
                continue
            waiting.pop()
            if last not in done:
                done.add(last)
                yield cells[last]

    first = [run.notebook.setup] if run.notebook.setup in cells else []
    return [cell for id in (*first, *cells) if id not in done for cell in with_parents(str(id))]
