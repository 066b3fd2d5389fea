"""Notebooks of marimo's format for the tests of the bridge, executed as a build executes them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.local import LocalExecutor
from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Notebook, Output, Trace

IMPORTS = "import marimo as mo"

Start = type[LocalExecutor] | type[InlineExecutor]
"""Where to run: a fresh process, or quickly in this one."""


def notebook_of(sources: Sequence[str], format: str = "marimo") -> Notebook:
    cells, line = [], 1
    for number, source in enumerate(sources):
        cells.append(Cell(f"cell{number}", "code", source, line))
        line += source.count("\n") + 2
    return Notebook("nb.py", format, tuple(cells), "dataflow" if format == "marimo" else "document")


def execute(
    *sources: str, format: str = "marimo", folder: Path | None = None, executor: Start = LocalExecutor
) -> list[Trace]:
    """The trace of each source, executed in the order given."""
    notebook = notebook_of(sources, format)
    names = analyse(notebook).names
    with tempfile.TemporaryDirectory() as scratch:
        root = folder or Path(scratch)
        (root / "nb.py").write_text("\n\n".join(cell.source for cell in notebook.cells), encoding="utf-8")
        with executor(root).start(notebook) as kernel:
            return [kernel.run(cell, names[cell.id]) for cell in notebook.cells]


def run(
    *sources: str, format: str = "marimo", folder: Path | None = None, executor: Start = InlineExecutor
) -> list[Trace]:
    """The traces of sources that follow `import marimo as mo`."""
    traces = execute(IMPORTS, *sources, format=format, folder=folder, executor=executor)
    assert traces[0].exit == "ok", traces[0].outputs
    assert not traces[0].outputs
    return traces[1:]


def shown(*sources: str, folder: Path | None = None, executor: Start = InlineExecutor) -> tuple[Output, ...]:
    """The outputs of the last source."""
    traces = run(*sources, folder=folder, executor=executor)
    assert [trace.exit for trace in traces] == ["ok"] * len(sources), traces
    return traces[-1].outputs


def only(*sources: str, folder: Path | None = None, executor: Start = InlineExecutor) -> Output:
    """The only output of the last source."""
    (output,) = shown(*sources, folder=folder, executor=executor)
    return output
