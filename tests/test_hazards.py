"""What makes reuse of a cell wrong elsewhere, hazard by hazard, with the libraries that authors use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hazards import Build, edit, ran, text
from programs import percent, shown

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.store.memory import MemoryStore

NUMPY, PANDAS, PYPLOT = "import numpy as np", "import pandas as pd", "import matplotlib.pyplot as plt"


def test_the_random_state_of_numpy_goes_from_cell_to_cell(author: Build) -> None:
    cells = [NUMPY, "np.random.seed(1)", "a = np.random.normal()", "b = np.random.normal()", "print(a, b)", "1"]
    author(*cells)
    assert ran(author(*cells[:1], "np.random.seed(2)", *cells[2:])) == [1, 2, 3, 4]
    assert ran(author(*cells[:1], "np.random.seed(1)", *cells[2:])) == []
    assert ran(author(*cells[:3], "b = 1", *cells[4:])) == [3, 4]


def test_seeding_with_the_same_seed_again_counts(author: Build) -> None:
    cells = ["import random", "random.seed(0)", "random.seed(0)", "print(random.random())"]
    first = author(*cells)
    again = author(*cells[:1], "random.seed(5)", *cells[2:])
    assert ran(again) == [1, 2]
    assert text(shown(first), 3) == text(shown(again), 3)


def test_settings_of_matplotlib_reach_the_cells_that_read_them(author: Build) -> None:
    cells = [PYPLOT, "plt.rcParams['lines.linewidth'] = 1", "plt.plot([1, 2])", "print(1)"]
    author(*cells)
    assert ran(author(cells[0], "plt.rcParams['lines.linewidth'] = 3", *cells[2:])) == [1, 2]


def test_options_of_libraries_are_restored(author: Build) -> None:
    cells = [f"{NUMPY}\n{PANDAS}", "np.set_printoptions(precision=2)", "pd.set_option('display.precision', 2)"]
    cells += ["x = np.pi * 2"]
    author(*cells, "print(np.array([x]), pd.Series([x]))")
    assert ran(author(*cells, "print(pd.Series([x]), np.array([x]))")) == [4]


def test_a_frame_changed_in_place_is_another_one_below(author: Build) -> None:
    cells = [PANDAS, "df = pd.DataFrame({'a': [1, 2]})", "df['b'] = df.a * 2", "print(df)", "print(df.a.sum())"]
    author(*cells)
    assert ran(author(*cells[:2], "df['b'] = df.a * 3", *cells[3:])) == [2, 3, 4]
    assert ran(author(*cells[:2], *cells[3:])) == [2, 3]


def test_a_view_of_an_array_changes_with_it(author: Build) -> None:
    cells = [NUMPY, "a = np.zeros(4)", "v = a[1:3]", "v[:] = 1", "print(a)"]
    author(*cells)
    assert ran(author(*cells[:3], "v[:] = 2", cells[4])) == [3, 4]


def test_axes_are_drawn_on_cell_by_cell(author: Build) -> None:
    cells = [PYPLOT, "fig, ax = plt.subplots()\nax.plot([1, 2])", "ax.set_title('one')", "fig"]
    author(*cells)
    assert ran(author(*cells[:2], "ax.set_title('two')", "fig")) == [2, 3]


def test_a_name_read_behind_our_back_is_noticed(
    author: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    helper = Path("beside.py")
    helper.write_text("import sys\ndef peek(name):\n    return eval(name, vars(sys.modules['__main__']))\n")
    cells = ["x = 1", "from beside import peek", "print('other')", "print(peek('x'))"]
    author(*cells)
    assert ran(author("x = 2", *cells[1:])) == [0, 3]


def test_a_traceback_shows_where_the_function_stands_now(author: Build) -> None:
    cells = ["class Box:\n    def open(self):\n        1 / 0", "box = [Box()]", "x = 3", "box[0].open()"]
    author(*cells)
    assert ran(author("# a new first line\n" + cells[0], *cells[1:])) == [3]
    assert ran(author("# a new first line\n" + cells[0], *cells[1:3], "print(x)\nbox[0].open()")) == [3]


def test_a_value_with_functions_in_it_is_loaded_though_lines_have_moved(author: Build) -> None:
    define = "def square(x):\n    return x * x"
    cells = [define, "import time\ntime.sleep(0.1)\nfitted = [square]", "print(fitted[0](2))"]
    author(*cells)
    run = author("# moved\n" + cells[0], cells[1], "print(fitted[0](3))")
    assert ran(run) == [2]
    assert run.reasons[run.notebook.cells[1].id].cause == "unchanged", "not run again for its lines"


def test_looking_through_all_variables_sees_none_of_ours(tmp_path: Path) -> None:
    notebook = percent("import os", "print(len(dict(os.environ)) > 0)")
    (tmp_path / "book.py").touch()
    store, executor = MemoryStore(), LocalExecutor(tmp_path)
    runs = [build(notebook, store=store, executor=executor, world=ThisMachine(tmp_path)) for _ in range(2)]
    assert [ran(run) for run in runs] == [[0, 1], []]


def test_looking_for_proxies_depends_on_variables_of_that_kind_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notebook = percent("import urllib.request", "print(sorted(urllib.request.getproxies_environment()))")
    (tmp_path / "book.py").touch()
    monkeypatch.setenv("https_proxy", "")
    store, executor = MemoryStore(), LocalExecutor(tmp_path)

    def found() -> list[int]:
        return ran(build(notebook, store=store, executor=executor, world=ThisMachine(tmp_path)))

    assert found() == [0, 1]
    monkeypatch.setenv("A_TERMINAL", "7")
    assert found() == []
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert found() == [1]


def test_environment_variables_go_from_cell_to_cell(author: Build) -> None:
    cells = ["import os", "os.environ['NB_X'] = 'a'", "print(os.environ['NB_X'])", "print(os.getenv('NB_Y'))"]
    author(*cells)
    assert ran(author(cells[0], "os.environ['NB_X'] = 'b'", *cells[2:])) == [1, 2]


def test_an_opaque_value_is_followed_through_its_readers(author: Build) -> None:
    cells = ["lines = (n * n for n in range(9))", "print(next(lines))", "print(next(lines))", "print('other')"]
    author(*cells)
    assert ran(author(*cells[:2], "print(next(lines), 'second')", cells[3])) == [2]
    assert ran(author(cells[0], "print(next(lines), next(lines))", *cells[2:])) == [1, 2]


def test_the_last_result_goes_from_cell_to_cell(author: Build) -> None:
    cells = ["x = 3", "x + 1", "print(_ * 2)", "x"]
    author(*cells)
    assert ran(author("x = 3", "x + 2", *cells[2:])) == [1, 2]


def test_a_name_bound_and_deleted_in_one_cell_is_gone(author: Build) -> None:
    cells = ["e = 'constant'", "n = 1", "print(n)", "print(e)"]
    author(*cells)
    run = author("e = 'constant'", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    n = 2", "print(n)", "print(e)")
    assert ran(run) == [1, 2, 3]
    assert [problem.message for problem in run.problems] == ["NameError: name 'e' is not defined"]


def test_a_file_that_a_shell_line_writes_reaches_its_readers(author: Build) -> None:
    """As the cell `!echo one > told.txt` is read."""
    shell = "get_ipython().system('echo one > told.txt')"
    cells = ["x = 1", shell, "print(open('told.txt').read())", "print('other')"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "print(open('told.txt').read(), 'again')"))) == [2]
    assert ran(author(*edit(cells, 1, shell.replace("one", "two")))) == [1, 2]
