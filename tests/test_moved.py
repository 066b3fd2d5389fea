"""A project in another folder, or on another machine, with what was kept where it lay before.

The old folder is still there, so that whoever goes on in it is found out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hazards import edit, ran
from nursery import plain_run
from programs import percent, shown

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel import hidden
from nbpublish.kernel.folder import Folder
from nbpublish.kernel.pickling import Pickler
from nbpublish.model import Run
from nbpublish.store.memory import MemoryStore
from nbpublish.walk import executions

Build = Callable[..., list[int]]


@pytest.fixture
def author(tmp_path: Path) -> Build:
    """Builds a notebook in the folder `old`, or in `new` once the project was copied there; gives the cells that ran.

    What a build shows is what a plain run in a copy of that folder shows, and it leaves the other folder alone.
    """
    (tmp_path / "old" / "data").mkdir(parents=True)
    (tmp_path / "old" / "book.py").touch()
    (tmp_path / "old" / "data" / "x.txt").write_text("1")
    store = MemoryStore()

    def built(where: str, *codes: str) -> list[int]:
        root = tmp_path / where
        if not root.exists():
            shutil.copytree(tmp_path / "old", root)
        others = [path for path in tmp_path.iterdir() if path != root]
        before = {path: _content(path) for path in others}
        world, executor = ThisMachine(root), InlineExecutor(root)
        run: Run = build(percent(*codes), store=store, executor=executor, world=world, keep=0.0)
        assert {path: _content(path) for path in others} == before, "the build has gone elsewhere"
        assert shown(run) == plain_run(run.notebook, root)
        return ran(run)

    return built


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


FOLDER = ["import os", "os.chdir('data')", "n = os.path.basename(os.getcwd())", "print(open('x.txt').read())"]
SEARCH = ["import sys, os", "sys.path.append(os.path.abspath('data'))", "n = len(sys.path[-1:])", "print(n)"]
PATHS = ["import os", "from pathlib import Path\nhere = [Path(__file__).parent]", "n = len(here)", "print(n)"]
TEXTS = ["import os", "here = {'a': [os.getcwd() + '/data']}", "n = len(here)", "print(n)"]
ARRAYS = ["import os, numpy as np", "here = np.array([os.getcwd() + '/data'])", "n = len(here)", "print(n)"]
USES = {
    "cwd": (FOLDER, "print(open('x.txt').read(), n)\nopen('y.txt', 'w').write('here')", [3]),
    "sys.path": (SEARCH, "import local\nprint(local.X)", [3]),
    "paths": (PATHS, "(here[0] / 'y.txt').write_text('here')", [1, 2, 3]),
    "texts": (TEXTS, "open(here['a'][0] + '/y.txt', 'w').write('here')", [1, 2, 3]),
    "arrays": (ARRAYS, "open(str(here[0]) + '/y.txt', 'w').write('here')", [1, 2, 3]),
}
"""By kind, cells that find out where the project lies, what the last one becomes, and which run for that elsewhere."""


@pytest.mark.parametrize("kind", USES)
def test_a_cell_that_is_edited_elsewhere_goes_on_there(author: Build, tmp_path: Path, kind: str) -> None:
    cells, last, reached = USES[kind]
    (tmp_path / "old" / "data" / "local.py").write_text("X = 'old'")
    author("old", *cells)
    assert author("new", *cells) == [], "what was kept holds in every folder"
    (tmp_path / "new" / "data" / "local.py").write_text("X = 'new'")
    assert author("new", *edit(cells, 3, last)) == reached
    assert author("new", *edit(cells, 3, last)) == []


def test_a_cell_that_shows_where_the_project_lies_shows_where_it_lies_now(author: Build) -> None:
    cells = ["import os, traceback", "print(os.getcwd())", "print(1)"]
    cells += ["try:\n    1 / 0\nexcept ZeroDivisionError:\n    print(traceback.format_exc())", "1 / 0"]
    author("old", *cells)
    assert author("new", *cells) == [1, 3]
    assert author("new", *cells) == []


def _told_as_they_are(patch: pytest.MonkeyPatch) -> None:
    plain = tuple(replace(state, told=lambda folder, snapshot: snapshot) for state in hidden.STATES)
    patch.setattr(hidden, "STATES", plain)


PARTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "cwd": _told_as_they_are,
    "sys.path": _told_as_they_are,
    "paths": lambda patch: patch.setattr(Pickler, "_path", lambda *_: NotImplemented),
    "texts": lambda patch: None,
}


@pytest.mark.parametrize("kind", PARTS)
def test_without_any_part_it_would_go_on_in_the_old_folder(
    author: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(Folder, "is_in", lambda *_: False)
    PARTS[kind](monkeypatch)
    with pytest.raises(AssertionError):
        test_a_cell_that_is_edited_elsewhere_goes_on_there(author, tmp_path, kind)


def test_without_a_look_at_outputs_the_old_folder_would_be_shown(
    author: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executions, "folder_shown", lambda *_: ())
    with pytest.raises(AssertionError):
        test_a_cell_that_shows_where_the_project_lies_shows_where_it_lies_now(author)


def test_places_of_python_itself_are_told_as_such() -> None:
    here, there = Folder(os.sep + "old", ["/python", "/site"]), Folder(os.sep + "new", ["/other/python", "/lib", "/x"])
    told = here.told_search(["/old/docs", "/python", "/site", "..", Path("/old"), "/old/lib", "/older"])
    assert there.meant_search(told) == ["/new/docs", *there.given, "..", Path("/old"), "/new/lib", "/older"]
    assert there.meant_search(here.told_search(["/site", "/old"])) == ["/site", "/new"]
