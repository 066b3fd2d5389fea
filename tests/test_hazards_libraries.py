"""Libraries that cells patch, configure or register with: every cell below may feel it, and none mentions it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hazards import Build, author_in, edit, ran, text
from programs import shown

PANDAS = "import numpy as np\nimport pandas as pd"
FRAME = "df = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})"
VERSIONS, VERSION = "import packaging.version as pv", "v = pv.Version('1.2')"
"""A library that loads at once."""


def test_a_method_given_to_a_class_of_a_library_is_there_below(author: Build) -> None:
    cells = [PANDAS, FRAME, "def area(self):\n    return (self.a * self.b).sum()\npd.DataFrame.area = area"]
    cells += ["print(df.area())", "print('other')"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(df.area(), 'again')"))) == [3]
    assert ran(author(*edit(cells, 2, cells[2].replace("sum", "max")))) == [2, 3, 4]
    run = author(*edit(cells, 2, "pass"))
    assert text(shown(run), 4) == "other\n"
    assert [problem.code for problem in run.problems] == ["cell-failed"], "the method is gone again"


def test_a_comment_beside_a_patch_runs_nothing(author: Build) -> None:
    cells = [VERSIONS, VERSION, "pv.Version.area = lambda self: 7", "print(v.area())"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "# why\n" + cells[2]))) == []
    assert ran(author(*edit(cells, 2, "x = 1\n" + cells[2]))) == [2], "the patch is what it was"


def test_a_patch_made_by_a_function_is_seen(author: Build) -> None:
    cells = [VERSIONS, VERSION, "def patch(kind):\n    kind.area = lambda self: 7", "patch(pv.Version)"]
    cells += ["print(v.area())"]
    author(*cells)
    assert ran(author(*edit(cells, 4, "print(v.area(), 2)"))) == [4]
    assert ran(author(*edit(cells, 2, cells[2].replace("7", "8")))) == [2, 3, 4]


def test_a_patch_reads_globals_when_it_is_called(author: Build) -> None:
    cells = [VERSIONS, VERSION, "rate = 2", "pv.Version.area = lambda self: self.minor * rate", "print(v.area())"]
    author(*cells)
    assert 4 in ran(author(*edit(cells, 2, "rate = 3")))


def test_a_cell_above_a_patch_is_run_again_without_it(author: Build) -> None:
    above = "lines = iter([pv.Version.__str__.__name__, str(hasattr(pv.Version, 'area'))])"
    cells = [VERSIONS, above, "print(next(lines))", "pv.Version.area = lambda self: 7", "x = 1"]
    cells += ["print(list(lines), x)"]
    author(*cells)
    assert ran(author(*edit(cells, 5, "print(x, list(lines))"))) == [5], "its opaque input is made before the patch"
    assert ran(author(*edit(cells, 3, "pv.Version.area = 8"))) == [3, 4, 5]


def test_an_accessor_of_frames_is_there_below(author: Build) -> None:
    accessor = "@pd.api.extensions.register_dataframe_accessor('geo')\nclass Geo:\n"
    accessor += "    def __init__(self, frame):\n        self.frame = frame\n    def size(self):\n        return 1"
    cells = [PANDAS, FRAME, accessor, "print(df.geo.size())"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(df.geo.size(), 'again')"))) == [3]
    assert ran(author(*edit(cells, 2, accessor.replace("return 1", "return 2")))) == [2, 3]


def test_a_builtin_of_the_authors_own_is_there_below(author: Build) -> None:
    cells = ["import builtins", "builtins.double = lambda x: 2 * x", "print(double(1))"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "print(double(5))"))) == [2]
    assert ran(author(*edit(cells, 1, "builtins.double = lambda x: x + x"))) == [1, 2]


THEME = ["import altair as alt", "alt.theme.enable('dark')", "rows = alt.Data(values=[{'a': 1}])"]
THEME += ["alt.Chart(rows).mark_bar().encode(x='a:Q')"]
TEMPLATE = ["import plotly.io as pio\nimport plotly.graph_objects as go", "pio.templates.default = 'plotly_dark'"]
TEMPLATE += ["figure = go.Figure()", "print(figure.layout.template.layout.paper_bgcolor)"]
PRINTING = ["import sympy", "sympy.init_printing(use_latex=False, use_unicode=False)", "x = sympy.Symbol('x')"]
PRINTING += ["sympy.sqrt(x) / 2"]
ENCODER = ["import json", "json.JSONEncoder.default = lambda self, item: 'it'", "x = 1", "print(json.dumps({1}))"]


@pytest.mark.parametrize(
    ("cells", "other"),
    [(THEME, "'latimes'"), (TEMPLATE, "'ggplot2'"), (PRINTING, None), (ENCODER, None)],
    ids=["altair's theme", "plotly's template", "sympy's printing", "json's encoder"],
)
def test_what_a_library_is_told_holds_for_the_cells_below(author: Build, cells: list[str], other: str | None) -> None:
    author(*cells)
    assert ran(author(*cells[:2], "y = 0", *cells[2:])) == [2], "a cell between runs alone"
    assert ran(author(*edit(cells, 3, cells[3] + "\n"))) == []
    assert ran(author(*edit(cells, 3, "7\n" + cells[3]))) == [3]
    if other:
        start, end = cells[1].index("'"), cells[1].rindex("'") + 1
        assert ran(author(*edit(cells, 1, cells[1][:start] + other + cells[1][end:]))) == [1, 2, 3]
    assert {1, 3} <= {*ran(author(*edit(cells, 1, "pass")))}


def test_a_colormap_that_is_registered_is_there_below(author: Build) -> None:
    cells = ["import matplotlib as mpl\nimport matplotlib.pyplot as plt\nfrom matplotlib.colors import ListedColormap"]
    cells += ["mpl.colormaps.register(ListedColormap(['red', 'blue'], name='mine'))"]
    cells += ["plt.imshow([[0, 1]], cmap='mine');"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "plt.imshow([[1, 0]], cmap='mine');"))) == [2]
    assert ran(author(*edit(cells, 1, cells[1].replace("red", "green")))) == [1, 2]


@pytest.mark.parametrize("setting", ["sns.set_theme()", "sns.set_color_codes('pastel')", "plt.style.use('ggplot')"])
def test_styles_of_figures_reach_those_who_draw_and_no_other(author: Build, setting: str) -> None:
    cells = ["import seaborn as sns\n" * setting.startswith("sns") + "import matplotlib.pyplot as plt", setting]
    cells += ["plt.plot([1, 2], color='b');", "print(1)"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "plt.plot([2, 2], color='b');"))) == [2]
    assert ran(author(*edit(cells, 1, "pass"))) == [1, 2]


@pytest.mark.parametrize(
    ("load", "setting", "reader"),
    [
        ("import numpy as np", "np.seterr(divide='raise')", "print(np.array([1.0]) / 0)"),
        ("import sys", "sys.setrecursionlimit(150)", "def f(n):\n    return n and f(n - 1)\nprint(f(300))"),
        ("import polars as pl", "pl.Config.set_tbl_rows(2)", "print(pl.DataFrame({'a': range(9)}))"),
        ("from sklearn.linear_model import Ridge\nimport sklearn", "sklearn.set_config(print_changed_only=False)"
         , "print(Ridge(alpha=2))"),
        ("import warnings", "warnings.simplefilter('error')", "warnings.warn('careful')"),
        ("import decimal", "decimal.getcontext().prec = 4", "print(decimal.Decimal(1) / 3)"),
        ("import locale", "locale.setlocale(locale.LC_ALL, 'C.UTF-8')", "print(locale.setlocale(locale.LC_ALL))"),
        ("import os", "os.makedirs('sub', exist_ok=True)\nos.chdir('sub')", "print(os.path.basename(os.getcwd())[:3])"),
        ("import sys", "sys.path.append('extra')", "print(sys.path[-1])"),
    ],
    ids=["numpy errors", "recursion", "polars", "scikit-learn", "warnings", "decimal", "locale", "cwd", "sys.path"],
)  # fmt: skip
def test_settings_are_restored_for_their_readers(author: Build, load: str, setting: str, reader: str) -> None:
    cells = [load, setting, reader]
    author(*cells)
    assert ran(author(*edit(cells, 2, reader + "\n'again'"))) == [2]
    assert ran(author(*edit(cells, 1, "pass"))) == [1, 2]
    assert ran(author(*cells)) == []


def test_what_is_logged_depends_on_levels_and_handlers(author: Build) -> None:
    cells = ["import logging", "logging.basicConfig(level=logging.INFO)", "log = logging.getLogger('course')"]
    cells += ["log.setLevel('DEBUG')", "log.info('one')\nlog.debug('two')", "print('silent')"]
    author(*cells)
    assert ran(author(*edit(cells, 4, "log.debug('three')"))) == [4]
    assert ran(author(*edit(cells, 1, "logging.basicConfig(level='DEBUG', format='%(message)s')"))) == [1, 2, 3, 4]
    assert ran(author(*edit(cells, 3, "pass"))) == [3, 4]


def test_a_handler_of_the_authors_own_is_made_again(author: Build) -> None:
    handler = "class Shout(logging.Handler):\n    def emit(self, record):\n        print(record.getMessage().upper())"
    cells = ["import logging", handler, "logging.getLogger('course').addHandler(Shout())"]
    cells += ["logging.getLogger('course').warning('hear')", "print('silent')"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "logging.getLogger('course').warning('hear this')"))) == [3]
    assert {2, 3} <= {*ran(author(*edit(cells, 1, handler.replace("upper", "lower"))))}


def test_looking_at_the_random_state_counts_as_reading_it(author: Build) -> None:
    cells = ["import random", "random.seed(1)", "state = random.getstate()", "random.seed(3)", "random.setstate(state)"]
    cells += ["print(random.random())"]
    author(*cells)
    assert ran(author(*edit(cells, 1, "random.seed(2)"))) == [1, 2, 3, 4, 5]


def test_a_table_of_duckdbs_own_connection_is_there_below(author: Build) -> None:
    cells = ["import duckdb", "duckdb.sql('create table t as select 1 as a')", "duckdb.sql('insert into t values (5)')"]
    cells += ["print(duckdb.sql('select sum(a) from t').fetchall())", "print('other')"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(duckdb.sql('select max(a) from t').fetchall())"))) == [3]
    assert {1, 2, 3} <= {*ran(author(*edit(cells, 1, cells[1].replace("1", "2"))))}


def test_sql_reads_frames_by_their_names(author: Build) -> None:
    cells = ["import duckdb\nimport pandas as pd", FRAME, "print(duckdb.sql('select sum(a) from df').fetchall())"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "print(duckdb.sql('select max(a) from df').fetchall())"))) == [2]
    assert ran(author(*edit(cells, 1, FRAME.replace("1, 2", "1, 5")))) == [1, 2]


def test_a_file_of_settings_reaches_all_who_read_them(tmp_path: Path) -> None:
    author = author_in(tmp_path, afresh=True)
    cells = ["import matplotlib as mpl", "print(mpl.rcParams['lines.linewidth'])", "print('other')"]
    author(*cells)
    settings = tmp_path / "matplotlibrc"
    for width in ("lines.linewidth: 3", "lines.linewidth: 4", "axes.grid: True"):
        settings.write_text(width)
        assert ran(author(*cells)) == [0, 1]
        assert ran(author(*cells)) == []
        assert ran(author(*edit(cells, 1, cells[1] + "; print(1)"))) == [1]
    settings.unlink()
    assert 2 not in ran(author(*cells))
