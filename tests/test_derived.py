"""A notebook that stays as it is is analysed once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import nbpublish.build
from nbpublish.build import build
from nbpublish.formats.percent import PERCENT
from nbpublish.model import Graph, Notebook
from nbpublish.store.disk import DiskStore
from nbpublish.store.memory import MemoryStore

TEXT = "# %%\nimport math\n\n# %%\ndef area(r):\n    return math.pi * r ** 2\n\n# %%\nprint(area(2))\n\n# %%\nbroken(\n"


class Here:
    """A world in which nothing ever changes but the version of the engine."""

    engine = "1"

    def digest(self, kind: str, subject: str) -> str:
        return self.engine if kind == "engine" else ""


@pytest.fixture(name="analysed")
def _analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the notebooks that were analysed."""
    paths: list[str] = []
    whole = nbpublish.build.analyse

    def noted(notebook: Notebook) -> Graph:
        paths.append(notebook.path)
        return whole(notebook)

    monkeypatch.setattr(nbpublish.build, "analyse", noted)
    return paths


def graph_of(text: str, store: DiskStore | MemoryStore, world: Here | None = None) -> Graph:
    notebook = PERCENT.read("chapter.py", text)
    assert notebook
    return build(notebook, store=store, executor=None, world=world or Here()).graph


def opened(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "cache")


def test_the_same_text_is_analysed_once_and_gives_the_same(tmp_path: Path, analysed: list[str]) -> None:
    with opened(tmp_path) as store:
        first = graph_of(TEXT, store)
    with opened(tmp_path) as store:
        second = graph_of(TEXT, store)
    assert first == second
    assert list(first.names) == list(second.names)
    assert first.problems
    assert analysed == ["chapter.py"]


@pytest.mark.parametrize("edited", [TEXT.replace("area(2)", "area(3)"), "\n" + TEXT, TEXT + "# a comment\n"])
def test_an_edited_text_is_analysed_again(tmp_path: Path, analysed: list[str], edited: str) -> None:
    for text in (TEXT, edited):
        with opened(tmp_path) as store:
            graph = graph_of(text, store)
    assert analysed == ["chapter.py"] * 2
    with opened(tmp_path) as store:
        assert graph_of(edited, store) == graph
    assert len(analysed) == 2


def test_another_engine_analyses_again(tmp_path: Path, analysed: list[str]) -> None:
    newer = Here()
    newer.engine = "2"
    with opened(tmp_path) as store:
        graph_of(TEXT, store)
        graph_of(TEXT, store, newer)
    assert len(analysed) == 2


@pytest.mark.parametrize(
    ("old", "new"), [("area", "arca"), ('"body"', '"bode"'), ("{", "["), ('\\"order\\"', '\\"odor\\"')]
)
def test_a_damaged_note_is_worked_out_anew(tmp_path: Path, analysed: list[str], old: str, new: str) -> None:
    with opened(tmp_path) as store:
        first = graph_of(TEXT, store)
    file = next((tmp_path / "cache").rglob("index-*.sqlite"))
    with closing(sqlite3.connect(file)) as database, database:
        (body,) = database.execute("SELECT body FROM notes WHERE name LIKE 'analysis %'").fetchone()
        assert old in body
        database.execute("UPDATE notes SET body = ? WHERE name LIKE 'analysis %'", (body.replace(old, new, 1),))
    with opened(tmp_path) as store:
        assert graph_of(TEXT, store) == first
    assert len(analysed) == 2


def test_what_another_version_wrote_is_worked_out_anew(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Narrow:
        order: tuple[str, ...]

    @dataclass(frozen=True)
    class Wide(Narrow):
        names: tuple[str, ...]

    with opened(tmp_path) as store:
        narrow = Narrow(("a", "b"))
        assert store.derive("a name", "a key", Narrow, lambda: narrow) == narrow
        assert store.derive("a name", "a key", Narrow, lambda: Narrow(())) == narrow
        wide = Wide(("a", "b"), ("x",))
        assert store.derive("a name", "a key", Wide, lambda: wide) == wide


def test_a_store_in_memory_analyses_once_too(analysed: list[str]) -> None:
    store = MemoryStore()
    assert graph_of(TEXT, store) == graph_of(TEXT, store)
    assert len(analysed) == 1
