"""Whichever library reads a file: an edit of it runs its reader and what follows, and nothing else."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import h5py
import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image
from programs import percent

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel import audit, existence, readers
from nbpublish.store.memory import MemoryStore

IMPORTS = {
    "python": "import os, pathlib, shutil, sqlite3",
    "numpy and pandas": (
        "import joblib, numpy as np, pandas as pd\nimport matplotlib.pyplot as plt\nfrom PIL import Image"
    ),
    "polars": "import polars as pl",
    "pyarrow, duckdb and h5py": (
        "import duckdb, h5py\nimport pyarrow as pa, pyarrow.csv, pyarrow.dataset, pyarrow.feather, pyarrow.parquet"
    ),
}


def _text(path: Path, n: int) -> None:
    path.write_text(f"a,b\n{n},{n}\n")


def _parquet(path: Path, n: int) -> None:
    pl.DataFrame({"a": [n]}).write_parquet(path)


def _arrow(path: Path, n: int) -> None:
    pd.DataFrame({"a": [n]}).to_feather(path)


def _array(path: Path, n: int) -> None:
    np.save(path, np.full(3, n))


def _image(path: Path, n: int) -> None:
    Image.new("RGB", (n, n)).save(path)


def _database(path: Path, n: int) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table t as select {n} as a")


def _hdf5(path: Path, n: int) -> None:
    path.unlink(missing_ok=True)  # as HDF5 locks a file that somebody has open
    with h5py.File(path, "w") as file:
        file["a"] = np.full(3, n)


def _dumped(path: Path, n: int) -> None:
    joblib.dump(n, path)


def _sized(path: Path, n: int) -> None:
    path.write_text("x" * n)


Make = Callable[[Path, int], None]
READERS: Mapping[str, Mapping[str, tuple[str, Make]]] = {
    "python": {
        "open": ("open({}).read()", _text),
        "os.open": ("os.read(os.open({}, os.O_RDONLY), 99)", _text),
        "pathlib": ("pathlib.Path({}).read_text()", _text),
        "size": ("os.path.getsize({})", _sized),
        "stat": ("pathlib.Path({}).stat().st_size", _sized),
        "copy": ("open(shutil.copy({}, 'copied')).read()", _text),
        "sqlite3": ("sqlite3.connect({}).execute('select * from t').fetchall()", _database),
        "sqlite3 uri": ("sqlite3.connect('file:' + {}, uri=True).execute('select * from t').fetchall()", _database),
    },
    "numpy and pandas": {
        "np.load": ("np.load({})", _array),
        "np.load mapped": ("int(np.load({}, mmap_mode='r').sum())", _array),
        "np.memmap": ("bytes(np.memmap({}, mode='r'))", _text),
        "np.loadtxt": ("np.loadtxt({}, skiprows=1, delimiter=',')", _text),
        "pd.read_csv": ("pd.read_csv({})", _text),
        "pd.read_csv by pyarrow": ("pd.read_csv({}, engine='pyarrow')", _text),
        "pd.read_parquet": ("pd.read_parquet({})", _parquet),
        "pd.read_feather": ("pd.read_feather({})", _arrow),
        "plt.imread": ("plt.imread({}).shape", _image),
        "Image.open": ("Image.open({}).size", _image),
        "joblib": ("joblib.load({})", _dumped),
    },
    "polars": {
        "read_csv": ("pl.read_csv({})", _text),
        "read_parquet": ("pl.read_parquet({})", _parquet),
        "read_csv by keyword": ("pl.read_csv(source={})", _text),
        "scan_csv": ("pl.scan_csv({}).collect()", _text),
        "scan_parquet": ("pl.scan_parquet({}).select(pl.col('a').sum()).collect()", _parquet),
        "read_ipc": ("pl.read_ipc({})", _arrow),
        "list": ("pl.read_parquet([{}])", _parquet),
        "pattern": ("pl.read_parquet({}[:-1] + '*')", _parquet),
    },
    "pyarrow, duckdb and h5py": {
        "h5py": ("h5py.File({}, 'r')['a'][()].tolist()", _hdf5),
        "h5py closed": ("(f := h5py.File({}))['a'][()].tolist()\nf.close()", _hdf5),
        "pa.csv": ("pa.csv.read_csv({}).to_pydict()", _text),
        "pa.parquet": ("pa.parquet.read_table({}).to_pydict()", _parquet),
        "ParquetFile": ("pa.parquet.ParquetFile({}).read().to_pydict()", _parquet),
        "dataset": ("pa.dataset.dataset({}).to_table().to_pydict()", _parquet),
        "pa.feather": ("pa.feather.read_table({}).to_pydict()", _arrow),
        "memory_map": ("pa.memory_map({}).read()", _text),
        "duckdb.sql": ("duckdb.sql(f\"select * from read_csv('{{{}}}')\").fetchall()", _text),
        "duckdb.execute": ("duckdb.execute(f\"select * from '{{{}}}'\").fetchall()", _parquet),
        "duckdb.read_csv": ("duckdb.read_csv({}).fetchall()", _text),
        "connection": ("duckdb.connect().execute(f\"select * from '{{{}}}'\").fetchall()", _parquet),
    },
}  # fmt: skip
"""By group and name, an expression over the path of a file, and how the file is made."""
ENDS = {_text: ".csv", _parquet: ".parquet", _arrow: ".arrow", _array: ".npy", _image: ".png", _database: ".db"}


@pytest.mark.parametrize("group", READERS)
def test_an_edit_runs_the_reader_and_what_follows(
    tmp_path: Path, group: str, request: pytest.FixtureRequest
) -> None:
    """Files are edited several at once, each with others in each round; in the long form one at a time."""
    (tmp_path / "book.py").touch()
    executor, store = LocalExecutor(tmp_path), MemoryStore()
    files, cells, makes = [], [IMPORTS[group]], []
    for n, (expression, make) in enumerate(READERS[group].values()):
        file = tmp_path / f"file{n}{ENDS.get(make, '.x')}"
        make(file, 1)
        files.append(file)
        makes.append(make)
        given = f"''.join(['fi', 'le{n}{file.suffix}'])"  # so that no literal says it, nor the compiler
        cells += [f"path = {given}\nx{n} = {expression.format('path')}", f"print(x{n})"]

    def ran() -> list[int]:
        run = build(percent(*cells), store=store, executor=executor, world=ThisMachine(tmp_path), keep=0.0)
        return [k for k, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]

    assert ran() == list(range(len(cells)))
    for file in files:
        os.utime(file, (1, 1))
    assert ran() == [], "another time of modification is no change"
    numbers = range(len(files))
    rounds = [[n for n in numbers if (n + 1) >> bit & 1] for bit in range(len(files).bit_length())]
    if request.config.getoption("--long"):
        rounds = [[n] for n in numbers]
    for version, edited in enumerate(rounds, 2):
        for n in edited:
            makes[n](files[n], version)
        assert ran() == [k for n in edited for k in (2 * n + 1, 2 * n + 2)], [list(READERS[group])[n] for n in edited]
    contents = {file: file.read_bytes() for file in files}
    for file in files:
        file.unlink()
    assert {2 * n + 1 for n in range(len(files))} <= set(ran())
    for file, content in contents.items():
        file.write_bytes(content)
    assert ran() == [], "all are as they were"


# --- folders, patterns and what is only asked for ---------------------------------------------------------------------

ASKED: Mapping[str, str] = {
    "os.listdir": "sorted(os.listdir('in'))",
    "os.scandir": "sorted(entry.name for entry in os.scandir('in'))",
    "os.walk": "sorted(str(entry) for entry in os.walk('in'))",
    "iterdir": "sorted(pathlib.Path('in').iterdir())",
    "glob": "sorted(glob.glob('in/*.csv'))",
    "glob below": "sorted(glob.glob('in/**/*.csv', recursive=True))",
    "Path.glob": "sorted(pathlib.Path('in').glob('*.csv'))",
    "Path.rglob": "sorted(pathlib.Path('in').rglob('*.csv'))",
    "exists": "os.path.exists('in/new.csv')",
    "is_file": "pathlib.Path('in/new.csv').is_file()",
    "access": "os.access('in/new.csv', os.R_OK)",
    "failed open": "attempt(lambda: open('in/new.csv').read())",
    "dataset": "pl.read_csv('in/*.csv').height",
}


def test_what_appears_and_vanishes_runs_who_looked_for_it(tmp_path: Path) -> None:
    (tmp_path / "book.py").touch()
    (tmp_path / "in").mkdir()
    _text(tmp_path / "in" / "a.csv", 1)
    executor, store = LocalExecutor(tmp_path), MemoryStore()
    attempt = "def attempt(f):\n    try:\n        return f()\n    except OSError:\n        return None"
    cells = ["import glob, os, pathlib\nimport polars as pl", attempt]
    cells += [f"print({expression})" for expression in ASKED.values()]
    everyone = list(range(2, len(cells)))
    names = list(ASKED)

    def ran() -> list[int]:
        run = build(percent(*cells), store=store, executor=executor, world=ThisMachine(tmp_path))
        return [k for k, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]

    assert ran() == [0, 1, *everyone]
    assert ran() == []
    _text(tmp_path / "in" / "a.csv", 2)
    assert [names[k - 2] for k in ran()] == ["dataset"], "names have not changed"
    (tmp_path / "in" / "note.md").write_text("")
    listing = ["os.listdir", "os.scandir", "os.walk", "iterdir"]
    assert [names[k - 2] for k in ran()] == listing, "patterns do not match it"
    _text(tmp_path / "in" / "new.csv", 1)
    assert ran() == everyone
    (tmp_path / "in" / "new.csv").unlink()
    assert ran() == []


# --- each layer is needed ---------------------------------------------------------------------------------------------

UNWRITTEN = "''.join(['da', 'ta.csv'])"
"""A name that does not stand in the code, nor in what the compiler makes of it."""
LAYERS: Mapping[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "audit": (f"open({UNWRITTEN}).read()", lambda patch: patch.setattr(audit, "_EVENTS", {})),
    "existence": (f"os.path.getsize({UNWRITTEN})", lambda patch: patch.setattr(existence, "_asked", _nothing)),
    "readers": (f"pl.read_csv({UNWRITTEN})", lambda patch: patch.setattr(readers, "_tell", _nothing)),
}
"""By layer, what it alone sees, and how it is switched off."""


def _nothing(*_: object) -> None:
    """Tell nothing."""


@pytest.mark.parametrize("layer", LAYERS)
def test_without_a_layer_a_reader_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str) -> None:
    expression, off = LAYERS[layer]
    cells = ["import os\nimport polars as pl", f"print({expression})"]

    def runs_again(store: MemoryStore) -> bool:
        _text(tmp_path / "data.csv", 1)
        (tmp_path / "book.py").touch()
        for _ in range(2):
            world = ThisMachine(tmp_path)
            run = build(percent(*cells), store=store, executor=InlineExecutor(tmp_path), world=world)
            _text(tmp_path / "data.csv", 22)
        return run.reasons[run.notebook.cells[1].id].action == "run"

    assert runs_again(MemoryStore())
    off(monkeypatch)
    assert not runs_again(MemoryStore())
