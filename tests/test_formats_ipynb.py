"""Jupyter notebooks come in; their stored outputs stay behind, their alt texts come along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbpublish.formats.ipynb import IPYNB
from nbpublish.model import Notebook

TEXT = (Path(__file__).parent / "notebooks" / "formats_jupyter.ipynb").read_text(encoding="utf-8")


def of(*cells: dict[str, Any], **metadata: Any) -> Notebook:
    data = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return IPYNB.read("n.ipynb", json.dumps(data, indent=1))


def code(source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def test_a_whole_notebook() -> None:
    notebook = IPYNB.read("formats_jupyter.ipynb", TEXT)
    assert notebook.metadata == {"title": "木", "description": "Trees"}
    assert notebook.order == "document"
    prose, figure, fit, raw, sql = notebook.cells
    assert "![tree](data:image/png;base64,iVBORw0KGgo=)" in prose.source
    assert (figure.options.alt, figure.options.code, figure.options.output) == ("決定木の図", "fold", "fold")
    assert (fit.id, fit.source, fit.options.label, fit.options.timeout) == ("fit", "print(tree)", "fig-fit", 5.0)
    assert (raw.kind, raw.options.mimetype) == ("raw", "text/latex")
    assert sql.options.raises
    lines = TEXT.split("\n")
    assert [(p.code, "gone.png" in lines[p.line - 1] or "%%sql" in lines[p.line - 1]) for p in notebook.problems] == [
        *(("missing-attachment", True), ("unsupported-magic", True)),
    ]


def test_lines_are_those_of_the_file() -> None:
    lines = TEXT.split("\n")
    for cell in IPYNB.read("formats_jupyter.ipynb", TEXT).cells:
        first = json.dumps(cell.source.split("\n")[0], ensure_ascii=False).strip('"')
        assert first in lines[cell.line - 1]


def test_in_a_file_without_lines_every_cell_is_on_the_first() -> None:
    compact = json.dumps(json.loads(TEXT))
    assert {cell.line for cell in IPYNB.read("n.ipynb", compact).cells} == {1}


def test_magics_and_shell_commands_run_and_are_shown_as_written() -> None:
    cell = of(code("%matplotlib inline\n!ls \\\n  -l\nx = 1\nx?")).cells[0]
    assert cell.source.startswith("%matplotlib inline\n!ls")
    assert cell.code.count("\n") == cell.source.count("\n")
    assert cell.code.split("\n")[3] == "x = 1"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ('{\n "cells": [\n', 3),
        ("version https://git-lfs.github.com/spec/v1\n", 1),
        ("[]", 1),
        ("{}", 1),
        ('{\n"cells": [\n<<<<<<< HEAD\n', 3),
        ('{"nbformat": 3, "worksheets": 1}', 1),
        ("[" * 100_000, 1),
    ],
)
def test_what_is_no_notebook_is_told(text: str, line: int) -> None:
    notebook = IPYNB.read("n.ipynb", text)
    assert notebook.cells == ()
    assert [(p.code, p.line, p.severity) for p in notebook.problems] == [("unreadable", line, "error")]


def test_a_notebook_of_version_3() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]},
        {"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python", "metadata": {}, "outputs": []},
    ]
    data = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    notebook = IPYNB.read("n.ipynb", json.dumps(data, indent=1))
    assert [(cell.kind, cell.source) for cell in notebook.cells] == [("markdown", "## Old"), ("code", "x = 1\nx")]
    assert notebook.problems == ()


def test_jupytext_may_be_all_that_knows_the_language() -> None:
    assert [p.code for p in of(code("x <- c(1)"), jupytext={"main_language": "R"}).problems] == ["foreign-kernel"]
    python = of(code("x = 1"), jupytext={"main_language": "python", "formats": "ipynb,.pct.py:percent"})
    assert python.problems == ()
    assert python.metadata["paired"] == ["ipynb", "py"]


def test_another_kernel_is_told_and_its_code_is_shown_and_not_run() -> None:
    notebook = of(code("x <- c(1)\ny"), kernelspec={"language": "R", "name": "ir"})
    assert notebook.cells[0].source == "x <- c(1)\ny"
    assert notebook.cells[0].code == "\n"
    assert [p.code for p in notebook.problems] == ["foreign-kernel"]


@pytest.mark.parametrize("cell", [1, None, {}, {"cell_type": "sql"}, {"cell_type": []}])
def test_a_cell_of_no_known_type_is_told(cell: Any) -> None:
    notebook = of(cell, code("1"))
    assert [c.source for c in notebook.cells] == ["1"]
    assert [p.code for p in notebook.problems] == ["unreadable"]


@pytest.mark.parametrize("source", [None, 1, [1, "x = 1"], {}])
def test_odd_sources_are_read_as_far_as_they_go(source: Any) -> None:
    (cell,) = of(code(source, tags=None, timeout="soon", jupyter=1)).cells
    assert cell.source in {"", "x = 1"}


def test_frozen_cells_do_not_run() -> None:
    assert of(code("1", run_control={"frozen": True})).cells[0].options.disabled
