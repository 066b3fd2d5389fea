"""Values that are changed, shared, compared or used up, and the classes and functions that they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hazards import Build, edit, ran, text
from programs import shown

# --- classes ----------------------------------------------------------------------------------------------------------


def test_what_a_class_counts_is_counted_anew(author: Build) -> None:
    cells = ["class Counter:\n    total = 0\n    def __init__(self):\n        Counter.total += 1", "a = Counter()"]
    cells += ["b = Counter()", "print(Counter.total)"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(Counter.total, 'again')"))) == [3]
    assert ran(author(*edit(cells, 1, "a = [Counter(), Counter()]"))) == [1, 2, 3]


def test_an_instance_is_of_the_class_that_it_was_made_of(author: Build) -> None:
    cells = ["class Box:\n    def open(self):\n        return 1", "box = Box()"]
    cells += ["print(box.open(), isinstance(box, Box))"]
    author(*cells)
    assert ran(author(*edit(cells, 0, cells[0].replace("1", "2")))) == [0, 1, 2]
    again = [*cells[:2], cells[0].replace("1", "3"), cells[2]]
    assert text(shown(author(*again)), 3) == "1 False\n", "of the class before it was defined again"
    assert text(shown(author(*edit(again, 2, cells[0].replace("1", "4")))), 3) == "1 False\n"


def test_members_of_an_enumeration_stay_themselves(author: Build) -> None:
    cells = ["from enum import Enum\nclass Colour(Enum):\n    RED = 1\n    BLUE = 2", "x = Colour.RED"]
    cells += ["xs = [Colour.RED, Colour.BLUE]", "print(x is Colour.RED, xs[0] is x, Colour(1) is x)"]
    author(*cells)
    assert ran(author(*edit(cells, 3, cells[3] + "\nprint(xs)"))) == [3]


def test_pickles_find_the_classes_of_the_notebook(author: Build) -> None:
    cells = ["import pickle", "class P:\n    def __init__(self, a):\n        self.a = a", "data = pickle.dumps(P(1))"]
    cells += ["print(pickle.loads(data).a)"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "p = pickle.loads(data)\nprint(p.a, type(p) is P)"))) == [3]
    assert {1, 2, 3} <= {*ran(author(*edit(cells, 1, cells[1].replace("= a", "= -a"))))}


def test_who_asks_the_module_itself_for_a_name_reads_it(author: Build) -> None:
    cells = ["x = 1", "import __main__", "print(__main__.x, hasattr(__main__, 'y'))", "y = 2"]
    author(*cells)
    assert {0, 2} <= {*ran(author(*edit(cells, 0, "x = 2")))}


# --- functions --------------------------------------------------------------------------------------------------------


def test_a_default_that_changes_is_kept_in_the_function(author: Build) -> None:
    cells = ["def add(x, found=[]):\n    found.append(x)\n    return found", "add(1)", "add(2)", "print(add(3))"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(add(4))"))) == [3]
    assert ran(author(*edit(cells, 1, "add(5)"))) == [1, 2, 3]


def test_what_a_function_remembers_shows_where_it_is_asked(author: Build) -> None:
    cells = ["from functools import lru_cache", "@lru_cache\ndef f(x):\n    return x + 1", "f(1)", "f(1)"]
    cells += ["print(f.cache_info(), f(2))"]
    author(*cells)
    assert ran(author(*edit(cells, 4, "print(f.cache_info())"))) == [4]
    assert ran(author(*edit(cells, 2, "f(7)"))) == [2, 3, 4]


def test_what_is_registered_with_a_function_is_known_to_it_below(author: Build) -> None:
    cells = ["from functools import singledispatch", "@singledispatch\ndef name(x):\n    return 'any'"]
    cells += ["@name.register(int)\ndef _(x):\n    return 'whole'", "print(name(1))"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(name(1), name('a'))"))) == [3]
    assert ran(author(*edit(cells, 2, cells[2].replace("whole", "number")))) == [2, 3]


def test_lambdas_of_a_loop_share_its_variable(author: Build) -> None:
    cells = ["fs = []\nfor i in range(3):\n    fs.append(lambda: i)", "print([f() for f in fs])", "i = 7"]
    cells += ["print([f() for f in fs])"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "i = 8"))) == [2, 3]
    assert ran(author(*edit(cells, 3, "print(sum(f() for f in fs))"))) == [3]


def test_a_global_that_a_function_counts_goes_from_cell_to_cell(author: Build) -> None:
    cells = ["n = 0\ndef step():\n    global n\n    n += 1", "step()", "step()", "print(n)"]
    author(*cells)
    assert ran(author(*edit(cells, 3, "print(n, 'again')"))) == [3]
    assert ran(author(*edit(cells, 1, "step()\nstep()"))) == [1, 2, 3]


# --- identity and order -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "use", "ask"),
    [
        ("a = [1]\nb = a", "c = {'k': a}", "print(a is b, c['k'] is a)"),
        ("mark = object()\nkept = {'x': mark}", "found = [mark]", "print(found[0] is kept['x'], found[0] is mark)"),
        ("UNSET = object()\ndef f(x=UNSET):\n    return x is UNSET", "y = f()", "print(f(), f(UNSET), y)"),
        ("class Unset:\n    __slots__ = ()\nU = Unset()", "held = (U, 1)", "print(held[0] is U)"),
    ],
    ids=["lists", "objects", "defaults", "instances without attributes"],
)
def test_what_was_one_object_is_one_object_again(author: Build, make: str, use: str, ask: str) -> None:
    author(make, use, ask)
    assert ran(author(make, use, ask + "\nprint('again')")) == [2]


def test_sets_are_gone_through_in_one_order_in_every_process(author: Build) -> None:
    cells = ["words = {'tree', 'root', 'leaf', 'twig', 'bark'}", "print(list(words), hash('a'))", "x = 1"]
    author(*cells)
    assert ran(author(*edit(cells, 1, "print(sorted(words), list(words), hash('a'))"))) == [1]


def test_the_order_of_a_dict_is_part_of_it(author: Build) -> None:
    cells = ["d = {'b': 1, 'a': 2}", "print(list(d))", "print(d == {'a': 2, 'b': 1})"]
    author(*cells)
    assert ran(author(*edit(cells, 0, "d = {'a': 2, 'b': 1}"))) == [0, 1, 2]


def test_nan_is_what_it_was(author: Build) -> None:
    cells = ["import numpy as np\nx = float('nan')", "rows = [1.0, np.nan, x]"]
    cells += ["print(rows, x in rows, np.nan in rows)"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "print(np.nan in rows, x in rows, rows)"))) == [2]
    assert ran(author(*cells)) == []


# --- values of libraries ----------------------------------------------------------------------------------------------


def test_views_of_an_array_stay_views(author: Build) -> None:
    cells = ["import numpy as np", "a = np.arange(6).reshape(2, 3)", "v = a.T", "a[0, 0] = 9"]
    cells += ["print(v, np.shares_memory(a, v))"]
    author(*cells)
    assert ran(author(*edit(cells, 4, "a[0, 1] = 7\nprint(v)"))) == [4]
    assert ran(author(*edit(cells, 3, "a[0, 0] = 8"))) == [3, 4]


def test_a_model_fitted_again_is_another_below_and_not_above(author: Build) -> None:
    cells = ["from sklearn.linear_model import LinearRegression\nimport numpy as np"]
    cells += ["X = np.arange(4).reshape(-1, 1)\ny = X[:, 0] * 2", "model = LinearRegression()", "model.fit(X, y);"]
    cells += ["print(model.coef_.round(6))", "model.fit(X, 3 * y);", "print(model.coef_.round(6))"]
    author(*cells)
    assert ran(author(*edit(cells, 6, "print(model.coef_.round(6), 'again')"))) == [6]
    assert ran(author(*edit(cells, 5, "model.fit(X, 4 * y);"))) == [5, 6]


def test_a_series_keeps_what_its_frame_was(author: Build) -> None:
    cells = ["import pandas as pd", "df = pd.DataFrame({'a': [1, 2]})", "s = df['a']", "df.loc[0, 'a'] = 9"]
    cells += ["print(s.tolist(), df.a.tolist())", "s.iloc[1] = 7", "print(s.tolist(), df.a.tolist())"]
    author(*cells)
    assert ran(author(*edit(cells, 6, "print(df.a.tolist(), s.tolist())"))) == [6]
    assert {3, 4, 6} <= {*ran(author(*edit(cells, 3, "df.loc[0, 'a'] = 8")))}


def test_a_database_in_memory_holds_what_cells_put_into_it(author: Build) -> None:
    cells = ["import sqlite3", "con = sqlite3.connect(':memory:')", "con.execute('create table t(a)')\nx = 1"]
    cells += ["con.execute('insert into t values (1)')\nx = 2", "print(con.execute('select * from t').fetchall())"]
    author(*cells)
    assert ran(author(*edit(cells, 4, "print(con.execute('select a + 1 from t').fetchall())"))) == [4]
    assert ran(author(*edit(cells, 3, cells[3].replace("(1)", "(2)")))) == [3, 4]


def test_a_file_that_stays_open_is_written_by_cell_after_cell(author: Build) -> None:
    cells = ["import io", "log = open('log.txt', 'w+')", "log.write('a');", "log.write('b');"]
    cells += ["log.seek(0)\nprint(log.read())"]
    author(*cells)
    author(*edit(cells, 4, "log.seek(0)\nprint(log.read().upper())"))
    author(*edit(cells, 2, "log.write('c');"))


def test_a_lazy_frame_reads_its_file_where_it_is_collected(author: Build, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    cells = ["import polars as pl", "rows = pl.scan_csv('rows.csv')", "print(rows.collect())", "x = 1"]
    author(*cells)
    (tmp_path / "rows.csv").write_text("a\n1\n2\n")
    assert 2 in ran(author(*cells))
    assert ran(author(*edit(cells, 3, "x = 2"))) == [3]


def test_a_state_of_marimo_goes_from_its_setter_to_its_getter(author: Build) -> None:
    cells = ["import marimo as mo\nget, put = mo.state(1)", "put(2)", "print(get())", "print('other')"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "print(get(), 'again')"))) == [2]
    assert ran(author(*edit(cells, 1, "put(3)"))) == [1, 2]
    assert ran(author(*edit(cells, 1, "pass"))) == [1, 2]
