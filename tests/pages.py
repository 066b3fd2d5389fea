"""Runs and pages for the tests of the page: what a cell gave is told, not executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbpublish.graph.analyse import analyse
from nbpublish.model import ERROR, Cell, Notebook, Options, Output, Page, Reason, Run, Trace
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings


def code(id: str, source: str, *, line: int = 1, name: str | None = None, **options: Any) -> Cell:
    return Cell(id, "code", source, line, name, Options(**options))


def prose(id: str, source: str, *, line: int = 1) -> Cell:
    return Cell(id, "markdown", source, line)


def result(mimetype: str, data: object, **metadata: Any) -> Output:
    return Output("result", {mimetype: data}, metadata)


def printed(text: str, channel: Any = "stdout") -> Output:
    return Output(channel, {"text/plain": text})


def raised(name: str, message: str, *frames: dict[str, Any]) -> Output:
    return Output("error", {ERROR: {"name": name, "message": message, "frames": list(frames)}})


def run(*cells: Cell, traces: Mapping[str, Trace] | None = None, reasons: Mapping[str, Reason] | None = None) -> Run:
    """The run of a marimo notebook; cells without a trace or a reason were not executed."""
    notebook = Notebook("lecture.py", "marimo", cells, "dataflow")
    graph = analyse(notebook)
    traces = traces or {}
    said = {id: Reason("run", "new") if id in traces else Reason("not_run", "not-executed") for id in graph.names}
    return Run(notebook, graph, dict(traces), {**said, **(reasons or {})})


def page(run: Run, **settings: Any) -> Page:
    return render(run, PageSettings(**settings), lambda address, line: address)


def page_of(*outputs: Output, cell: Cell | None = None, **settings: Any) -> Page:
    """The page of one cell whose code is hidden and which gave `outputs`."""
    cell = cell or code("c", "f()")
    return page(run(cell, traces={cell.id: Trace("key", outputs)}), **{"code": "hide", **settings})


def shown(*outputs: Output, cell: Cell | None = None, **settings: Any) -> str:
    """The HTML of these outputs alone."""
    html = page_of(*outputs, cell=cell, **settings).html
    _, _, inside = html.partition('<div class="nb-outputs">\n')
    return inside.removesuffix("\n</div>\n</div>")
