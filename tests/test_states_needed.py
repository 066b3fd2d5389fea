"""Each state of the process is followed, and needed: with one of them left out, an edit of its setting is missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hazards import edit, ran
from law import as_outside_pytest
from nursery import elsewhere
from programs import percent

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel import hidden
from nbpublish.kernel.states import STATES
from nbpublish.store.memory import MemoryStore

CELLS = {
    "<random>": ("import random", "random.seed({})", "print(random.random())", "1", "2"),
    "<numpy.random>": ("import numpy as np", "np.random.seed({})", "print(np.random.rand())", "1", "2"),
    "<warnings>": ("import warnings", "warnings.simplefilter({})", "warnings.warn('w')", "'error'", "'ignore'"),
    "<cwd>": ("import os", "os.chdir({})", "print(len(os.getcwd()))", "'/'", "'/usr'"),
    "<sys.path>": ("import sys", "sys.path.append({})", "print(sys.path[-1])", "'one'", "'two'"),
    "<limits>": ("import sys", "sys.setrecursionlimit({})", "print(sys.getrecursionlimit())", "900", "901"),
    "<locale>": (
        *("import locale", "locale.setlocale(locale.LC_ALL, {})", "print(locale.setlocale(locale.LC_ALL))"),
        *("'C'", "'C.UTF-8'"),
    ),
    "<decimal>": ("import decimal", "decimal.getcontext().prec = {}", "print(decimal.Decimal(1) / 3)", "3", "4"),
    "<logging>": (
        *("import logging", "logging.getLogger('a').setLevel({})", "logging.getLogger('a').debug('d')"),
        *("'DEBUG'", "'ERROR'"),
    ),
    "<rcParams>": (
        *("import matplotlib as m", "m.rcParams['lines.linewidth'] = {}", "print(m.rcParams['lines.linewidth'])"),
        *("3", "4"),
    ),
    "<matplotlib colors>": (
        "import matplotlib.colors as c",
        "c.get_named_colors_mapping()['mine'] = {}",
        "print(c.to_hex('mine'))",
        *("'#ff0000'", "'#00ff00'"),
    ),
    "<numpy options>": ("import numpy as np", "np.set_printoptions({})", "print(np.ones(1) / 3)", "2", "3"),
    "<numpy errors>": ("import numpy as np", "np.seterr(all={})", "np.ones(1) / 0", "'ignore'", "'raise'"),
    "<pandas options>": (
        *("import pandas as pd", "pd.set_option('display.precision', {})", "print(pd.Series([1 / 3]))"),
        *("2", "3"),
    ),
    "<polars options>": (
        *("import polars as pl", "pl.Config.set_tbl_rows({})", "print(pl.DataFrame({'a': range(9)}))"),
        *("2", "3"),
    ),
    "<sklearn options>": (
        *("import sklearn", "sklearn.set_config(working_memory={})", "print(sklearn.get_config()['working_memory'])"),
        *("2", "3"),
    ),
}
"""By state: what loads it, a cell that sets it, one that reads it, and two settings."""


def test_there_is_a_setting_of_every_state() -> None:
    assert CELLS.keys() == {state.name for state in STATES}


@pytest.mark.parametrize("state", CELLS)
def test_a_setting_reaches_its_reader_only_where_its_state_is_followed(tmp_path: Path, state: str) -> None:
    assert elsewhere(followed_and_not, state, tmp_path) == (True, False)


def followed_and_not(state: str, root: Path) -> tuple[bool, bool]:
    """What is so where a state is followed, and where it is not."""
    with as_outside_pytest():
        followed = reaches_its_reader(state, root)
        hidden.STATES = tuple(other for other in STATES if other.name != state)
        return followed, reaches_its_reader(state, root)


def reaches_its_reader(state: str, root: Path) -> bool:
    """Whether the cell that reads a setting runs after an edit of the one that sets it."""
    load, setting, reader, first, second = CELLS[state]
    (root / "book.py").touch()
    cells = [load, setting.replace("{}", first), "print(1)", reader]
    store, found = MemoryStore(), []
    reasons: list[object] = []
    for codes in (cells, edit(cells, 1, setting.replace("{}", second)), edit(cells, 2, "print(2)")):
        executor, world = InlineExecutor(root), ThisMachine(root)
        run = build(percent(*codes), store=store, executor=executor, world=world)
        found.append(ran(run))
        reasons = [*run.reasons.values()]
    assert found[0] == [0, 1, 2, 3]
    assert found[2] == [2], f"each setting has a trace, and who does not read it is left alone: {reasons}"
    return 3 in found[1]
