"""The law on whole notebooks: perturbed a cell at a time, they give what building from nothing gives, pages included.

`pytest tests/test_whole_notebooks.py --long` takes all notebooks of docs_src, and `--notebooks FOLDER` any others.
"""

from __future__ import annotations

from pathlib import Path

import perturb
import pytest
from perturb import examine, notebooks_in, perturbed
from programs import marimo, percent, shown

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.formats.detect import read
from nbpublish.model import Notebook
from nbpublish.store.memory import MemoryStore
from nbpublish.traces.recall import Recall

DOCS = Path(__file__).parent.parent / "docs_src"
FEW = ("course/01_reactive.py", "course/06_errors.py")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "notebook" in metafunc.fixturenames:
        folder = metafunc.config.getoption("--notebooks")
        paths = [DOCS / name for name in FEW]
        if folder or metafunc.config.getoption("--long"):
            paths = notebooks_in(Path(folder) if folder else DOCS)
        metafunc.parametrize("notebook", paths, ids=lambda path: path.stem)


def test_a_perturbed_notebook_gives_what_a_clean_build_gives(
    notebook: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    report = examine(notebook, tmp_path, cells=14 if request.config.getoption("--long") else 2)
    assert report.faults == []
    if not report.skipped:
        assert report.steps


MARIMO = """\
import marimo

app = marimo.App()


@app.cell
def _():
    rows = [1, 2, 3]
    return (rows,)


@app.cell
def _(rows):
    total = sum(rows)
    total
    return (total,)


@app.cell
def _(total):
    f"The sum is {total}."
    return


if __name__ == "__main__":
    app.run()
"""
PERCENT = """\
# %% [markdown]
# # Sums

# %%
rows = [1, 2, 3]

# %%
total = sum(rows)
total

# %%
f"The sum is {total}."
"""


@pytest.mark.parametrize("text", [MARIMO, PERCENT], ids=["marimo", "percent"])
@pytest.mark.parametrize("kind", perturb.KINDS)
def test_a_perturbation_changes_the_cell_it_is_meant_to_change(text: str, kind: str) -> None:
    notebook = read("sums.py", text)
    assert notebook is not None
    codes = [cell for cell in notebook.cells if cell.kind == "code"]
    changed = perturbed(text, notebook, codes[0], kind, perturb.random.Random(0))
    again = read("sums.py", changed or "")
    assert again is not None
    sources = [cell.source for cell in again.cells if cell.kind == "code"]
    first, second, third = (cell.source for cell in codes)
    expected = {
        "comment": [f"# a note on this cell\n{first}", second, third],
        "statement": [f"perturbed_by_hand = 1\n{first}", second, third],
        "import": [f"import string as perturbed_import\n{first}", second, third],
        "delete": [second, third],
        "duplicate": [first, first, second, third],
        "swap": [second, first, third],
    }
    if kind == "constant":
        assert sources[0] in ("rows = [2, 2, 3]", "rows = [1, 3, 3]", "rows = [1, 2, 4]")
        assert sources[1:] == [second, third]
    else:
        assert sources == expected[kind]


@pytest.mark.parametrize("text", [MARIMO, PERCENT], ids=["marimo", "percent"])
def test_an_engine_that_reuses_too_much_is_found_out(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "book").mkdir()
    path = tmp_path / "book/sums.py"
    path.write_text(text, encoding="utf-8")
    assert examine(path, tmp_path / "right", kinds=("constant",), cells=2).faults == []
    monkeypatch.setattr("nbpublish.traces.recall.key_of", lambda code, *_: code.digest)
    assert any("clean" in fault for fault in examine(path, tmp_path / "wrong", kinds=("constant",), cells=2).faults)


def test_an_engine_that_runs_too_much_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "book").mkdir()
    path = tmp_path / "book/sums.py"
    path.write_text(PERCENT, encoding="utf-8")
    monkeypatch.setattr(Recall, "find", property(lambda self: lambda key: (), lambda self, value: None), raising=False)
    report = examine(path, tmp_path / "wrong", kinds=("comment",), cells=1)
    assert sorted(report.again) == ["1", "2", "3"]
    assert report.steps[0].needless


# --- what whole notebooks have taught ---------------------------------------------------------------------------------


def reruns(folder: Path, *notebooks: Notebook) -> list[list[int]]:
    """Which cells ran when the notebooks were built one after another, each compared with a build from nothing."""
    (folder / "book.py").touch()
    executor, store, found = LocalExecutor(folder), MemoryStore(), []
    for notebook in notebooks:
        run = build(notebook, store=store, executor=executor, world=ThisMachine(folder), keep=0.0)
        assert shown(run) == shown(build(notebook, store=MemoryStore(), executor=executor))
        found.append([n for n, cell in enumerate(notebook.cells) if run.reasons[cell.id].action == "run"])
    return found


CONTROLS = (
    "import marimo as mo\nimport pandas as pd",
    "df = pd.DataFrame({'a': [1, 2]})",
    "size = mo.ui.slider(1, len(df))\ntable = mo.ui.table(df)",
    "mo.md(f'{size} of {len(df)}')",
    "size.value + 1",
    "table.value",
)


def test_controls_of_marimo_stay_what_they_are_when_they_are_read(tmp_path: Path) -> None:
    edited = (*CONTROLS[:3], "mo.md(f'{size} from {len(df)}')", *CONTROLS[4:])
    assert reruns(tmp_path, marimo(*CONTROLS), marimo(*edited)) == [[0, 1, 2, 3, 4, 5], [3]]


def test_another_control_does_not_make_the_others_new(tmp_path: Path) -> None:
    cells = ("import marimo as mo", "a = mo.ui.slider(1, 3)", "b = mo.ui.slider(1, 3)", "a.value + b.value", "a.value")
    edited = (*cells[:2], "b = mo.ui.slider(2, 3)", *cells[3:])
    assert reruns(tmp_path, marimo(*cells), marimo(*edited)) == [[0, 1, 2, 3, 4], [2, 3]]


def test_a_control_is_the_same_after_an_edit_beside_it(tmp_path: Path) -> None:
    cells = ("import marimo as mo", "a = mo.ui.slider(1, 3)\nb = mo.ui.slider(1, 3)", "mo.md(f'{a}')", "mo.md(f'{b}')")
    edited = (cells[0], cells[1].replace("3)\n", "4)\n"), *cells[2:])
    longer = (cells[0], f"{edited[1]}\nc = mo.ui.slider(1, 3)", *cells[2:])
    assert reruns(tmp_path, *(marimo(*each) for each in (cells, edited, longer))) == [[0, 1, 2, 3], [1, 2], [1]]


def test_an_import_added_beside_that_of_marimo_runs_its_cell_alone(tmp_path: Path) -> None:
    cells = ("import marimo as mo", "size = mo.ui.slider(1, 3)", "mo.md(f'{size}')", "size.value + 1")
    edited = (f"{cells[0]}\nimport string", *cells[1:])
    assert reruns(tmp_path, marimo(*cells), marimo(*edited)) == [[0, 1, 2, 3], [0]]


def test_an_edit_of_sql_does_not_run_what_does_not_read_its_result(tmp_path: Path) -> None:
    cells = ("import marimo as mo", "one = mo.sql('SELECT 1 AS a')", "print(one)", "mo.md('# Two')")
    edited = (*cells[:1], "one = mo.sql('SELECT 2 AS a')", *cells[2:])
    assert reruns(tmp_path, marimo(*cells), marimo(*edited)) == [[0, 1, 2, 3], [1, 2]]


def test_names_of_files_of_marimo_are_not_drawn_from_the_random_numbers_of_the_author(tmp_path: Path) -> None:
    cells = (
        "import marimo as mo\nimport altair as alt\nimport pandas as pd\nimport random",
        "mo.ui.altair_chart(alt.Chart(pd.DataFrame({'a': [1]})).mark_point().encode(x='a'))",
        "print(random.random())",
    )
    assert reruns(tmp_path, marimo(*cells), marimo(cells[0], cells[2])) == [[0, 1, 2], []]


def test_stacking_arrays_does_not_look_at_lines(tmp_path: Path) -> None:
    cells = ("import numpy as np", "x = np.stack([np.ones(2), np.ones(2)])", "print(x.sum())")
    noted = (f"# a note\n{cells[0]}", *cells[1:])
    assert reruns(tmp_path, percent(*cells), percent(*noted)) == [[0, 1, 2], []]


def test_a_cell_that_asks_where_it_stands_runs_when_it_moves(tmp_path: Path) -> None:
    cells = ("from inspect import stack", "print(stack()[0].lineno)", "print(stack(0)[0].lineno)")
    noted = (f"# a note\n{cells[0]}", *cells[1:])
    assert reruns(tmp_path, percent(*cells), percent(*noted)) == [[0, 1, 2], [0, 1, 2]]


EXPRESSIONS = (
    "import sympy as sp\nx = sp.Symbol('x')\nf = sp.Function('f')",
    "curve = x**2 - 2*x - 3",
    "print(sp.solve(curve, x), curve.is_positive)",
    "print(sp.latex(curve), f(x).diff(x), hash(f(x)) != 0)",
    "print(curve.subs(x, 1), f(1))",
)


def test_expressions_stay_what_they_are_however_much_they_find_out_about_themselves(tmp_path: Path) -> None:
    edited = (*EXPRESSIONS[:2], "print(sp.factor(curve))", *EXPRESSIONS[3:])
    assert reruns(tmp_path, percent(*EXPRESSIONS), percent(*edited)) == [[0, 1, 2, 3, 4], [2]]


def test_a_figure_of_plotly_that_is_shown_does_not_depend_on_the_processes_that_run(tmp_path: Path) -> None:
    cells = ("import plotly.graph_objects as go", "go.Figure(go.Bar(y=[2, 3, 1])).show()")
    assert reruns(tmp_path, percent(*cells), percent(*cells)) == [[0, 1], []]
