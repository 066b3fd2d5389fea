"""The law: after any edit, with any store, a build gives what a clean build gives, and a second build runs nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from law import Author, Tally, Way, as_outside_pytest, check, which_ran
from nursery import elsewhere
from programs import marimo, percent, plainly, shown
from random_programs import EVERYTHING

from nbpublish.executors.local import LocalExecutor
from nbpublish.formats.detect import read


@pytest.fixture(autouse=True)
def _as_outside_pytest() -> Iterator[None]:
    with as_outside_pytest():
        yield


# --- the law ----------------------------------------------------------------------------------------------------------

_SETTINGS = ("settings", "settings", "values", "looking")
_FILES = ("files", "listings", "writing", "values", "looking")
_READING = tuple(each for each in EVERYTHING if each != "writing")

WAYS = (
    Way(),
    Way(keep=0.0),
    Way(warm=True),
    Way(warm=True, keep=0.0),
    Way(keep=0.0, damage=True),
    Way(disk=True, keep=0.0, damage=True),
    Way(disk=True, keep=0.0, kill=True),
    Way(disk=True, keep=0.0, twins=True, about=_READING),
    Way(about=_SETTINGS, keep=0.0),
    Way(about=_FILES, keep=0.0),
    Way(dataflow=True),
    Way(dataflow=True, warm=True, keep=0.0),
    Way(dataflow=True, disk=True, keep=0.0, damage=True),
    Way(dataflow=True, disk=True, keep=0.0, kill=True),
    Way(dataflow=True, disk=True, keep=0.0, twins=True, about=_READING),
)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_build_gives_what_a_plain_run_gives_and_a_second_one_runs_nothing(
    tmp_path: Path, way: Way, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if (way.kill or way.twins) and not hasattr(os, "fork"):
        pytest.skip("other processes are forks")
    if not request.config.getoption("--long"):
        elsewhere(check, 2, tmp_path, way)
        return
    tally = _in_many_processes(_LONG // len(WAYS) // (way.steps - 1) + 1, tmp_path, way)
    with capsys.disabled():
        print(f"\n{way}: {tally}")


_LONG = 20_000
"""Edits of the long form, all ways together."""
_BATCH = 10


def _in_many_processes(count: int, folder: Path, way: Way) -> Tally:
    tally = Tally()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        batches = [pool.submit(check, _BATCH, folder, way, first=first) for first in range(0, count, _BATCH)]
        for batch in batches:
            tally.add(batch.result())
    return tally


def test_so_it_does_in_processes_of_their_own(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = 30 if request.config.getoption("--long") else 1
    check(count, tmp_path, Way(keep=0.0, steps=3), executor=LocalExecutor)


# --- nothing runs that need not ---------------------------------------------------------------------------------------

def ipynb(percent: str) -> dict[str, Any]:
    """A Jupyter notebook with the same cells."""
    cells = []
    for marked in percent.split("# %%")[1:]:
        head, _, text = marked.partition("\n")
        kind = "markdown" if "[markdown]" in head else "code"
        tags = json.loads(head.partition("tags=")[2] or "[]")
        more = {} if kind == "markdown" else {"outputs": [], "execution_count": None}
        cells.append({"cell_type": kind, "source": text.strip(), "metadata": {"tags": tags}, **more})
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}


LECTURE = (
    "import json\nimport math",
    "rows = [1, 2, 3]",
    "def mean(xs):\n    return sum(xs) / len(xs)",
    "middle = mean(rows)",
    "print(round(middle, math.floor(2)))",
)


@pytest.mark.parametrize(
    ("cell", "code", "ran"),
    [
        (1, "rows = [1, 2, 3]  # a comment", []),
        (1, "rows = [\n    1,\n    2,\n    3,\n]", []),
        (0, "import json\nimport math\nimport string", [0]),
        (1, "rows = sorted([3, 2, 1])", [1]),
        (1, "rows = [1, 2, 4]", [1, 3, 4]),
        (1, "rows = [2, 2, 2]", [1, 3]),
        (2, "def mean(xs):\n    total = sum(xs)\n    return total / len(xs)", [2, 3]),
        (4, "print(middle)", [4]),
    ],
    ids=["comment", "layout", "import added", "equal value", "value", "value equal later", "function", "last cell"],
)
@pytest.mark.parametrize("format", [percent, marimo])
def test_an_edit_runs_only_what_it_reaches(tmp_path: Path, format: Any, cell: int, code: str, ran: list[int]) -> None:
    author = Author(tmp_path)
    assert author.ran(format(*LECTURE)) == [0, 1, 2, 3, 4]
    lecture = (*LECTURE[:cell], code, *LECTURE[cell + 1 :])
    assert author.ran(format(*lecture)) == ran
    assert author.ran(format(*LECTURE)) == [], "the edit taken back"
    assert author.ran(format(*lecture)) == [], "and made again"


PERCENT = "# %%\nx = [1, 2]\n\n# %%\nprint(x)\nx\n"
SHOWN_OTHERWISE = """\
# %% tags=["remove-input"]
#| echo: false
x = [1, 2]  # two

# %% [markdown]
# Prose.

# %% tags=["hide-output"]
#| code-fold: true
#| label: tbl-x
#| tbl-cap: A caption
#| warning: false
print(x)
x
"""
MARIMO = """\
import marimo
app = marimo.App()

@app.cell
def _():
    x = [1, 2]
    return (x,)

@app.cell
def _(x):
    print(x)
    x
    return
"""
WRITTEN = {
    "percent": ("book.py", PERCENT, SHOWN_OTHERWISE),
    "marimo": ("book.py", MARIMO, MARIMO.replace("App()", "App(width=9)").replace(".cell", ".cell(hide_code=True)")),
    "ipynb": ("book.ipynb", *(json.dumps(ipynb(text)) for text in (PERCENT, SHOWN_OTHERWISE))),
}


@pytest.mark.parametrize("format", WRITTEN)
def test_how_cells_are_shown_runs_nothing(tmp_path: Path, format: str) -> None:
    path, *texts = WRITTEN[format]
    author = Author(tmp_path)
    before, after = (read(path, text) for text in texts)
    assert before
    assert after
    assert [cell.options for cell in before.cells] != [cell.options for cell in after.cells]
    ran = [[r.cause for r in author.build(each).reasons.values() if r.action == "run"] for each in (before, after)]
    assert ran == [["new", "new"], []]


def test_the_last_result_is_there_for_a_cell_that_is_new(tmp_path: Path) -> None:
    author = Author(tmp_path)
    assert author.ran(percent("a = [0]", "a[:1]", "def f(): ...", "a")) == [0, 1, 2, 3]
    run = author.build(percent("a = [0]", "a[:1]", "def f(): ...", "print(_)", "a"))
    assert shown(run)[3] == plainly(run.notebook, tmp_path)[3]
    assert which_ran(run) == [1, 3, 4], "results become values when a cell reads them"


@pytest.mark.parametrize(
    "cells",
    [
        ("a = ['x' for _ in 'ab']", "7", "print(_)"),
        ("7", "_ = 5", "8", "print(_)"),
        ("for _ in range(9): pass", "_ + 6", "print(_)"),
        ("7", "print(_)", "None", "print(_, 1)", "_ = 2"),
        ("7", "exec('print(_)')"),
        ("import gettext; gettext.install('none')", "7", "print(_('a text'))"),
    ],
    ids=["in a comprehension", "bound", "of a loop", "bound below", "in a string", "translations"],
)
def test_the_last_result_is_what_the_author_binds_or_else_the_last_result(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    author = Author(tmp_path)
    for code in ("1", "1", "2", "print()"):  # the cell on top
        run = author.build(percent(code, *cells))
        assert shown(run) == plainly(run.notebook, tmp_path)


def test_a_kernel_that_lives_on_forgets_the_last_result_of_the_build_before(tmp_path: Path) -> None:
    author = Author(tmp_path, Way(warm=True))
    author.build(percent("a = [0]", "7"))
    for cells in [("print(_)", "8"), ("b = 1", "9", "exec('print(_)')")]:
        run = author.build(percent(*cells))
        assert shown(run) == plainly(run.notebook, tmp_path)
    author.close()


def test_a_file_runs_its_readers_and_what_follows(tmp_path: Path) -> None:
    author = Author(tmp_path)
    (tmp_path / "data.csv").write_text("1")
    notebook = percent("data = open('data.csv').read()", "n = len(data)", "print(n)", "print('other')")
    assert author.ran(notebook) == [0, 1, 2, 3]
    (tmp_path / "data.csv").write_text("2")
    assert author.ran(notebook) == [0, 1]
    (tmp_path / "data.csv").write_text("1")
    assert author.ran(notebook) == []
