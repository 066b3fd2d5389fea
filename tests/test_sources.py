"""What a cell depends on besides names and data files: the author's modules and what is installed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from programs import percent, shown

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel import modules, reach, uses
from nbpublish.model import Observation, Run
from nbpublish.store.memory import MemoryStore

Build = Callable[..., Run]
Write = Callable[[str, str], Path]


@pytest.fixture
def author(tmp_path: Path) -> Build:
    """Builds percent notebooks, each build with kernels of its own, and compares it with one by an empty store."""
    root = tmp_path / "docs"
    root.mkdir()
    (root / "book.py").touch()
    executor, store = LocalExecutor(root), MemoryStore()

    def built(*codes: str) -> Run:
        run = build(percent(*codes), store=store, executor=executor, world=ThisMachine(root), keep=0.0)
        clean = build(percent(*codes), store=MemoryStore(), executor=executor, world=ThisMachine(root))
        assert shown(run) == shown(clean)
        again = build(percent(*codes), store=store, executor=executor, world=ThisMachine(root), keep=0.0)
        assert ran(again) == [], "a second build runs nothing"
        return run

    return built


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file below the docs folder, or beside it where the path begins with dots.

    No two writings are of the same second: Python takes a module that has kept its size for the one it has compiled.
    """
    seconds = count(time.time() - 10_000, 2)

    def written(path: str, text: str) -> Path:
        file = tmp_path / "docs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        now = next(seconds)
        os.utime(file, (now, now))
        return file

    return written


def ran(run: Run) -> list[int]:
    return [n for n, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]


def seen(run: Run, number: int, kind: str) -> list[Observation]:
    trace = run.traces[run.notebook.cells[number].id]
    return [observation for observation in trace.observations if observation.kind == kind]


# --- the author's modules ---------------------------------------------------------------------------------------------


def test_a_module_runs_the_cells_that_use_it_and_no_others(author: Build, write: Write) -> None:
    write("helper.py", "def f():\n    return 1\n")
    write("other.py", "def g():\n    return 1\n")
    cells = ("import helper, other", "print(other.g())", "x = 2", "print(helper.f())", "print(x)", "h = helper.f")
    author(*cells, "print(h())")
    write("helper.py", "def f():\n    return 3\n")
    assert ran(author(*cells, "print(h())")) == [0, 3, 5, 6]
    write("helper.py", "def f():\n    return 1\n")
    assert ran(author(*cells, "print(h())")) == [], "the edit taken back"


def test_a_module_is_followed_through_what_it_imports(author: Build, write: Write) -> None:
    write("pack/__init__.py", "")
    write("pack/deep/core.py", "BASE = 1\n")
    write("pack/top.py", "from .deep import core\ndef f():\n    return core.BASE\n")
    write("pack/lazy.py", "def g():\n    from pack.deep.core import BASE\n    return BASE\n")
    cells = ("from pack import top", "import pack.lazy", "print(top.f())", "print(pack.lazy.g())", "print(1)")
    author(*cells)
    write("pack/deep/core.py", "BASE = 2\n")
    assert ran(author(*cells)) == [0, 1, 2, 3]
    write("pack/__init__.py", "x = 1\n")
    assert ran(author(*cells)) == [0, 1, 2, 3]


def test_instances_lead_to_the_modules_of_their_classes(author: Build, write: Write) -> None:
    write("shapes.py", "class Box:\n    def area(self):\n        return 1\n")
    cells = ("import shapes", "boxes = {'a': [shapes.Box()]}", "n = boxes['a'].pop().area()\nboxes = n", "print(n)")
    author(*cells, "print('other')")
    write("shapes.py", "class Box:\n    def area(self):\n        return 2\n")
    assert ran(author(*cells, "print('other')")) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "use",
    [
        "import importlib; print(importlib.import_module('helper').f())",
        "print(__import__('hel' + 'per').f())",
        "def late():\n    from helper import f\n    return f()\nprint(late())",
        "import sys; print(sys.modules['helper'].f())",
    ],
)
def test_however_code_comes_by_a_module(author: Build, write: Write, use: str) -> None:
    write("helper.py", "def f():\n    return 1\n")
    author("import helper", use)
    write("helper.py", "def f():\n    return 2\n")
    assert 1 in ran(author("import helper", use))


def test_what_a_module_holds_goes_from_cell_to_cell(author: Build, write: Write) -> None:
    write("helper.py", "items = []\ndef keep(x):\n    items.append(x)\nclass Settings:\n    size = 1\n")
    cells = ("import helper", "helper.keep(1)", "print('other')", "print(helper.items)", "helper.Settings.size = 2")
    author(*cells, "print(helper.Settings.size)")
    assert ran(author(cells[0], "helper.keep(2)", *cells[2:], "print(helper.Settings.size)")) == [1, 3, 4, 5]
    cells = (cells[0], "helper.keep(2)", *cells[2:4], "helper.Settings.size = 3", "print(helper.Settings.size)")
    assert ran(author(*cells)) == [4, 5]


def test_what_a_module_remembers_counts(author: Build, write: Write) -> None:
    write("data.txt", "1")
    write("helper.py", "from functools import cache\n@cache\ndef load():\n    return open('data.txt').read()\n")
    cells = ("import helper", "n = len(helper.load())", "print(helper.load())", "print('other')")
    author(*cells)
    write("data.txt", "2")
    assert ran(author(*cells)) == [1, 2]


def test_what_a_module_reads_when_it_is_loaded_counts_for_those_who_use_it(author: Build, write: Write) -> None:
    write("data.txt", "1")
    write("helper.py", "TEXT = open('data.txt').read()\n")
    cells = ("import helper", "print(helper.TEXT)", "print('other')")
    author(*cells)
    write("data.txt", "2")
    assert ran(author(*cells)) == [0, 1]


def test_a_module_that_changes_others_when_it_is_loaded_counts_for_all_cells_below(author: Build, write: Write) -> None:
    write("style.py", "import json\nsetattr(json, 'mark', 1)\n")
    cells = ("import style", "import json", "print(json.mark)")
    author(*cells)
    write("style.py", "import json\nsetattr(json, 'mark', 2)\n")
    assert ran(author(*cells)) == [0, 1, 2]


def test_a_file_that_comes_before_a_library_takes_its_place(author: Build, write: Write) -> None:
    cells = ("import colorsys", "print(hasattr(colorsys, 'mine'))", "x = 1")
    author(*cells)
    write("unlike.py", "")
    assert ran(author(*cells)) == []
    write("colorsys.py", "mine = 1\n")
    assert ran(author(*cells)) == [0, 1]


def test_a_module_may_appear_and_vanish(author: Build, write: Write) -> None:
    cells = ("try:\n    import later\nexcept ImportError:\n    later = None", "print(later and later.x)", "print(1)")
    author(*cells)
    file = write("later.py", "x = 1\n")
    assert ran(author(*cells)) == [0, 1]
    file.unlink()
    assert ran(author(*cells)) == []
    write("later/__init__.py", "x = 2\n")
    assert ran(author(*cells)) == [0, 1]


def test_a_package_takes_the_place_of_a_module_of_its_name(author: Build, write: Write) -> None:
    write("helper.py", "x = 1\n")
    cells = ("import helper", "print(helper.x)")
    author(*cells)
    write("helper/__init__.py", "x = 2\n")
    assert ran(author(*cells)) == [0, 1]


def test_folders_may_be_packages_without_a_file(author: Build, write: Write) -> None:
    write("space/part.py", "x = 1\n")
    cells = ("import space.part", "print(space.part.x)")
    author(*cells)
    write("space/part.py", "x = 2\n")
    assert ran(author(*cells)) == [0, 1]


def test_a_notebook_may_be_imported(author: Build, write: Write) -> None:
    text = "import marimo\n\napp = marimo.App()\n\n@app.function\ndef f():\n    return {}\n"
    write("lecture.py", text.format(1))
    cells = ("from lecture import f", "print(f())", "print('other')")
    author(*cells)
    write("lecture.py", text.format(2))
    assert ran(author(*cells))[:2] == [0, 1]


def test_modules_outside_the_docs_folder(author: Build, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write("../src/tools.py", "x = 1\n").parent
    monkeypatch.setenv("PYTHONPATH", str(source), prepend=os.pathsep)
    cells = ("import tools", "print(tools.x)")
    author(*cells)
    write("../src/tools.py", "x = 2\n")
    assert ran(author(*cells)) == [0, 1]
    write("tools.py", "x = 3\n")
    assert ran(author(*cells)) == [0, 1], "the one beside the notebook comes first"


# --- what is installed ------------------------------------------------------------------------------------------------


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a distribution of one module in a folder that kernels look into."""
    site = tmp_path / "installed"
    site.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)

    def installed(name: str, version: str, module: str, text: str, requires: str = "") -> None:
        for old in site.glob(f"{name}-*"):
            for file in old.iterdir():
                file.unlink()
            old.rmdir()
        (site / f"{module}.py").write_text(text)
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        required = f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n{required}\nText\n")
        (info / "RECORD").write_text(f"{module}.py,,\n{info.name}/METADATA,,\n")

    return installed


def test_an_upgrade_runs_the_cells_that_use_it(author: Build, install: Callable[..., None]) -> None:
    install("fruit_salad", "1.0", "fruits", "def f():\n    return 1\n")
    install("nuts", "1.0", "nuts", "def g():\n    return 1\n")
    cells = ("import fruits, nuts", "print(fruits.f())", "print(nuts.g())", "x = [fruits.f]", "print(x[0]())", "1")
    run = author(*cells)
    assert seen(run, 1, "distribution") == [Observation("distribution", "fruit-salad", "1.0")]
    assert seen(run, 5, "distribution") == []
    install("fruit_salad", "1.1", "fruits", "def f():\n    return 2\n")
    assert ran(author(*cells)) == [0, 1, 3, 4]


def test_another_python_runs_all_cells(author: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ("x = 1", "print(x)")
    author(*cells)
    with monkeypatch.context() as patch:
        patch.setattr("platform.python_version", lambda: "3.99.0")
        assert ran(author(*cells)) == [0, 1]
    assert ran(author(*cells)) == [], "and back"


def test_an_upgrade_of_what_a_library_requires_counts(author: Build, install: Callable[..., None]) -> None:
    install("seeds", "1.0", "seeds", "def g():\n    return 1\n")
    text = "import seeds\ndef g():\n    return seeds.g()\n"
    install("nuts", "1.0", "nuts", text, requires='Seeds>=1; python_version > "3"')
    cells = ("import nuts", "print(nuts.g())", "print('other')")
    run = author(*cells)
    assert seen(run, 1, "distribution") == [Observation("distribution", "nuts", "1.0, seeds 1.0")]
    install("seeds", "2.0", "seeds", "def g():\n    return 2\n")
    assert ran(author(*cells)) == [0, 1]


def test_what_is_not_installed_may_be_some_day(author: Build, install: Callable[..., None]) -> None:
    cells = ("try:\n    import nuts\nexcept ImportError:\n    nuts = None", "print(nuts and nuts.g())", "1")
    author(*cells)
    install("nuts", "1.0", "nuts", "def g():\n    return 1\n")
    assert ran(author(*cells)) == [0, 1]


READS = "import os\nfrom pathlib import Path\n{}\ndef f():\n    return VALUE\n"
FROM_FILE = "try:\n    VALUE = Path('fruits.ini').read_text()\nexcept OSError:\n    VALUE = 'none'"
FROM_VARIABLE = "VALUE = os.environ.get('FRUITS_KIND', 'none')"
FROM_ALL = "VALUE = [v for k, v in os.environ.items() if k.startswith('FRUITS_')]"
USERS = ("import fruits", "print(fruits.f())", "x = 2", "print(x)", "f = fruits.f", "print(f())")


@pytest.mark.parametrize("start", [None, "one"])
def test_a_file_that_a_library_reads_when_it_is_loaded(
    author: Build, install: Callable[..., None], write: Write, start: str | None
) -> None:
    install("fruits", "1.0", "fruits", READS.format(FROM_FILE))
    settings = write("fruits.ini", start or "")
    if start is None:
        settings.unlink()
    author(*USERS)
    write("fruits.ini", "another")
    assert ran(author(*USERS)) == [0, 1, 4, 5], "all who use the library, and nobody else"
    assert ran(author(*USERS[:-1], "print(f(), 1)")) == [5]
    settings.unlink()
    author(*USERS)


@pytest.mark.parametrize("how", [FROM_VARIABLE, FROM_ALL])
def test_a_variable_that_a_library_reads_when_it_is_loaded(
    author: Build, install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    install("fruits", "1.0", "fruits", READS.format(how))
    author(*USERS)
    monkeypatch.setenv("FRUITS_KIND", "red")
    assert ran(author(*USERS)) == [0, 1, 4, 5]
    monkeypatch.setenv("FRUITS_KIND", "blue")
    assert ran(author(*USERS)) == [0, 1, 4, 5]
    monkeypatch.setenv("ANOTHER", "value")
    assert not {1, 4, 5} & {*ran(author(*USERS))}


@pytest.mark.parametrize("start", ["import os\nos.getenv('ANOTHER')\nimport fruits", "import fruits"])
@pytest.mark.parametrize("library", ["import helper", "import os\nos.getenv('OTHER')\nexec(compile('1', '', 'exec'))"])
def test_a_variable_that_a_library_reads_after_others_have_looked_for_theirs(
    author: Build,
    install: Callable[..., None],
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    start: str,
    library: str,
) -> None:
    write("helper.py", "import os\nos.getenv('THIRD')\n")
    install("fruits", "1.0", "fruits", f"{library}\n{READS.format(FROM_VARIABLE)}")
    cells = (start, *USERS[1:])
    author(*cells)
    monkeypatch.setenv("FRUITS_KIND", "red")
    assert ran(author(*cells)) == [0, 1, 4, 5]


@pytest.mark.parametrize("before", [True, False])
def test_a_cell_sets_the_variable_that_a_library_reads_when_it_is_loaded(
    author: Build, install: Callable[..., None], before: bool
) -> None:
    install("fruits", "1.0", "fruits", READS.format(FROM_VARIABLE))
    sets = "import os\nos.environ['FRUITS_KIND'] = {!r}"
    for kind in ("red", "blue"):
        author(sets.format(kind), *USERS) if before else author(USERS[0], sets.format(kind), *USERS[1:])
    author(*USERS)


def test_what_a_library_reads_reaches_those_who_use_it_through_another(
    author: Build, install: Callable[..., None], write: Write
) -> None:
    write("fruits.ini", "one")
    install("fruits", "1.0", "fruits", READS.format(FROM_FILE))
    install("nuts", "1.0", "nuts", "import fruits\ndef g():\n    return fruits.f()\n", requires="fruits")
    cells = ("import fruits", "import nuts", "print(nuts.g())", "print(1)")
    author(*cells)
    write("fruits.ini", "two")
    assert ran(author(*cells)) == [0, 1, 2]


def test_a_cell_writes_what_a_library_reads_when_it_is_loaded(
    author: Build, install: Callable[..., None]
) -> None:
    install("fruits", "1.0", "fruits", READS.format(FROM_FILE))
    writes = "open('fruits.ini', 'w').write({!r})"
    for text in ("one", "two"):
        author(writes.format(text), *USERS)
    author(*USERS[:2], writes.format("two"), *USERS[2:])


ASKS_WHERE = """\
import os
os.path.expanduser("~")
os.environ.get("XDG_CONFIG_HOME")
get_ipython()  # as pandas does, which has a shell made
def f():
    return 1
"""


def test_where_things_lie_on_a_machine_is_no_reason_to_run(
    author: Build, install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("fruits", "1.0", "fruits", ASKS_WHERE)
    cells = (*USERS, "import os\nprint(len(os.path.expanduser('~')) > 0)")
    author(*cells)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "another")
    assert ran(author(*cells)) == []
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ran(author(*cells)) == [6], "the author's own code has asked"
    assert ran(author("import os; os.environ['XDG_CONFIG_HOME'] = '/x'", *cells)) == [0, 1]


def test_a_cell_that_goes_through_all_variables(author: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = "import os\nprint(sorted(v for k, v in os.environ.items() if k.startswith('FRUITS_')))"
    cells = (reads, "import os", "print(1)")
    author(*cells)
    monkeypatch.setenv("FRUITS_KIND", "red")
    assert ran(author(*cells)) == [0]
    monkeypatch.delenv("FRUITS_KIND")
    author("import os\nos.environ['FRUITS_SIZE'] = '2'", *cells)
    author("import os\nos.environ['FRUITS_SIZE'] = '3'", *cells)
    author("import os\nos.environ['FRUITS_SIZE'] = '3'", "del os.environ['FRUITS_SIZE']", *cells)
    author(*cells)


# --- each part is needed ----------------------------------------------------------------------------------------------


SOURCE = "import core\ndef f():\n    return {}\n"
USED = ("import helper", "g = helper.f", "print(g())")


@pytest.mark.parametrize("part", ["nothing", "state", "imports", "values"])
def test_without_any_part_a_change_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    (tmp_path / "book.py").touch()
    (tmp_path / "helper.py").write_text(SOURCE.format("1 + core.x"))
    (tmp_path / "core.py").write_text("x = 1\n")
    store, executor = MemoryStore(), InlineExecutor(tmp_path)
    if part == "values":
        monkeypatch.setattr(reach._Walk, "used", lambda _: uses.Uses())
    elif part == "state":
        monkeypatch.setattr(modules, "state_of", lambda *_: "same")
    elif part == "imports":
        monkeypatch.setattr(modules, "words", lambda text: frozenset())
        monkeypatch.setattr(modules, "groups", lambda *_: [])
    build(percent(*USED), store=store, executor=executor, world=ThisMachine(tmp_path))
    if part == "imports":
        (tmp_path / "core.py").write_text("x = 200\n")
    else:
        (tmp_path / "helper.py").write_text(SOURCE.format("200 + core.x"))
    run = build(percent(*USED), store=store, executor=executor, world=ThisMachine(tmp_path))
    clean = build(percent(*USED), store=MemoryStore(), executor=executor, world=ThisMachine(tmp_path))
    assert (shown(run) == shown(clean)) is (part == "nothing")
