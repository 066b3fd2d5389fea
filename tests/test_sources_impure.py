"""What a cell may owe its result to besides its inputs is told, and asking for new results makes such cells run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from programs import percent, shown

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel.clocks import found_in
from nbpublish.kernel.uses import compiled
from nbpublish.model import Run
from nbpublish.store.memory import MemoryStore

Build = Callable[..., Run]


@pytest.fixture
def author(tmp_path: Path) -> Build:
    (tmp_path / "book.py").touch()
    executor, store = LocalExecutor(tmp_path), MemoryStore()

    def built(*codes: str, refresh: bool = False) -> Run:
        world = ThisMachine(tmp_path)
        return build(percent(*codes), store=store, executor=executor, world=world, keep=0.0, refresh=refresh)

    return built


def impure(run: Run) -> list[tuple[str, ...]]:
    """By cell, what it may owe its result to."""
    return [run.traces[cell.id].impure for cell in run.notebook.cells]


def ran(run: Run) -> list[int]:
    return [n for n, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]


def test_each_cause_is_told_and_nothing_else(author: Build) -> None:
    run = author(
        "import subprocess, socket, time, os, uuid, random, secrets\nimport numpy as np",
        "subprocess.run(['true'])",
        "try:\n    socket.create_connection(('127.0.0.1', 1), 0.1)\nexcept OSError:\n    pass",
        "time.time()",
        "uuid.uuid4()",
        "secrets.token_hex(4)",
        "np.random.default_rng().random()",
        "np.random.default_rng(1).random() + np.random.normal() + random.random()",
        "random.Random().random()",
        "random.Random(1).random()",
        "os.system('true')",
        "get_ipython().system('true')",
        "print('pure')",
    )
    assert impure(run) == [
        *((), ("subprocess",), ("network",), ("clock",), ("entropy",), ("entropy",), ("entropy",), ()),
        *(("entropy",), (), ("subprocess",), ("subprocess",), ()),
    ]


def test_functions_and_modules_of_the_authors_count_where_they_may_be_called(author: Build, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("from time import perf_counter\ndef f():\n    return perf_counter()\n")
    cells = ("import time, helper", "def now():\n    return time.time()", "x = now()", "y = helper.f()", "z = 1")
    run = author(*cells)
    assert [bool(kinds) for kinds in impure(run)] == [True, True, True, True, False]


def test_a_new_result_is_made_when_asked_for(author: Build) -> None:
    cells = ("import uuid", "x = 1", "y = uuid.uuid4().hex", "print(x)", "print(y)")
    first = author(*cells)
    assert ran(author(*cells)) == []
    new = author(*cells, refresh=True)
    assert ran(new) == [2, 4]
    assert shown(new) != shown(first)
    assert shown(author(*cells)) == shown(new)


def test_libraries_at_work_are_not_impure(author: Build) -> None:
    run = author(
        "import numpy as np, pandas as pd, matplotlib.pyplot as plt, platform\n"
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.model_selection import cross_val_score, train_test_split",
        "X = np.random.normal(size=(60, 2))\ny = (X[:, 0] > 0).astype(int)",
        "a, b = train_test_split(X, random_state=1)\nnp.random.RandomState(1)",
        "a, b = train_test_split(X)\npd.DataFrame(X).sample(2, random_state=1)",
        "print(cross_val_score(RandomForestClassifier(5), X, y, n_jobs=2).round(3))",
        "pd.DataFrame(X).plot()",
        "plt.plot(X[:, 0])\nplt.title('日本語')",
        "pd.DataFrame(X).describe()",
        "platform.platform()",
    )
    assert impure(run) == [()] * 9


def test_unseeded_draws_are_the_same_in_every_clean_build(tmp_path: Path) -> None:
    (tmp_path / "book.py").touch()
    cells = ("import random, numpy as np", "print(random.random(), np.random.normal())", "print(random.random())")
    runs = [build(percent(*cells), store=MemoryStore(), executor=LocalExecutor(tmp_path)) for _ in range(2)]
    assert shown(runs[0]) == shown(runs[1])


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("import time\nprint(time.time())", {"clock"}),
        ("import time as t\nprint(t.strftime('%Y'))", {"clock"}),
        ("from time import time\nprint(time())", {"clock"}),
        ("from time import time, sleep\nsleep(1)", set()),
        ("from datetime import datetime\ndatetime.now()", {"clock"}),
        ("import pandas as pd\npd.Timestamp('today')", {"clock"}),
        ("import pandas as pd\npd.Timestamp('2020-01-01').strftime('%Y')", set()),
        ("now = 3\ntoday = now", set()),
        ("def f():\n    from time import perf_counter\n    return perf_counter()", {"clock"}),
        ("df.index.time", set()),
        ("import random\nrandom.seed()", {"entropy"}),
        ("import random\nrandom.seed(1)", set()),
        ("import numpy as np\nnp.random.RandomState()", {"entropy"}),
        ("import numpy as np\nnp.random.RandomState(1)", set()),
        ("import duckdb\nduckdb.sql('SELECT now(), random()')", {"clock", "entropy"}),
        ("pl.scan_parquet('s3://bucket/x.parquet')", {"network"}),
        ("mo.md('see https://example.org')", set()),
        ("get_ipython().run_cell_magic('timeit', '', 'x')", {"clock"}),
    ],
)
def test_what_code_is_seen_to_do(code: str, kinds: set[str]) -> None:
    space: dict[str, object] = {}
    for line in code.split("\n"):
        if line.startswith(("import", "from")):
            exec(line, space)
    found = compiled(code)
    assert found
    assert found_in(found, space) == kinds
