"""An export: outputs that can be committed, and are read without executing anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_store import FULL, trace

from nbpublish.errors import SiteError
from nbpublish.model import Trace
from nbpublish.store.disk import DiskStore
from nbpublish.store.export import ExportedStore, export_outputs
from nbpublish.store.layers import LayeredStore
from nbpublish.store.memory import MemoryStore

VALUELESS = replace(FULL, versions={"model": replace(FULL.versions["model"], blob=None)})


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    export_outputs([FULL, trace("b"), trace("c", text="長い\n" * 4000)], tmp_path / "outputs")
    return tmp_path / "outputs"


def test_an_export_reads_back_without_its_values(folder: Path) -> None:
    store = ExportedStore(folder)
    assert store.find("a key") == [VALUELESS]
    assert store.find("b") == [trace("b")]
    assert store.find("c") == [trace("c", text="長い\n" * 4000)]
    assert store.find("d") == ()
    assert not [path for path in folder.rglob("*") if "values" in path.parts]


def test_an_export_knows_its_cells_by_their_place_too(folder: Path) -> None:
    assert ExportedStore(folder).latest(FULL.place) == VALUELESS
    assert ExportedStore(folder).latest("nowhere.py:a") is None
    assert ExportedStore(folder / "nowhere").latest(FULL.place) is None


def test_the_same_traces_give_the_same_bytes_in_any_order(folder: Path, tmp_path: Path) -> None:
    again = [trace("c", text="長い\n" * 4000), trace("b"), VALUELESS]
    assert export_outputs(again, tmp_path / "again").traces == 3
    assert contents(tmp_path / "again") == contents(folder)


def test_a_second_export_writes_only_what_differs(folder: Path) -> None:
    before = contents(folder)
    exported = export_outputs([FULL, trace("b", text="edited"), trace("e")], folder)
    assert (exported.traces, exported.written, exported.removed) == (3, 2, 2)  # b and e; c and its long output
    changed = {name for name, data in contents(folder).items() if before.get(name) != data}
    assert len(changed) == 2
    assert export_outputs([FULL, trace("b", text="edited"), trace("e")], folder).written == 0


def test_a_file_that_was_changed_by_hand_is_a_miss(folder: Path) -> None:
    path = next(path for path in (folder / "traces").rglob("*.json") if b'"b"' in path.read_bytes())
    path.write_bytes(path.read_bytes().replace(b'"id"', b'"id" ', 1).replace(b"\n", b"\r\n"))
    assert ExportedStore(folder).find("b") == [trace("b")]  # layout alone means nothing
    path.write_bytes(path.read_bytes().replace(b'"seconds": 0.0', b'"seconds": 1.0'))
    assert ExportedStore(folder).find("b") == ()
    path.write_bytes(b"<<<<<<< HEAD")
    assert ExportedStore(folder).find("b") == ()


def test_a_broken_output_is_a_miss_and_the_file_stays_for_git_to_show(folder: Path) -> None:
    output = next((folder / "outputs").glob("??/*"))
    for path in (folder / "outputs").glob("??/*"):
        path.write_bytes(path.read_bytes()[:-1])
    assert ExportedStore(folder).find("a key") == ()
    assert output.exists()


def test_a_folder_that_is_no_export_is_left_alone_and_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SiteError, match="holds something else"):
        export_outputs([FULL], tmp_path)
    assert contents(tmp_path) == {"thesis.tex": b"years of work"}
    assert ExportedStore(tmp_path).find("a key") == ()
    assert ExportedStore(tmp_path / "missing").find("a key") == ()


def test_an_export_lies_below_the_store_that_is_written(folder: Path) -> None:
    top = MemoryStore()
    store = LayeredStore(top, ExportedStore(folder))
    assert store.find("b") == [trace("b")]
    mine = trace("b", id="mine", place="n.py#c")
    store.keep(mine)
    assert store.find("b") == [mine, trace("b")]
    assert top.find("b") == (mine,)
    assert store.latest("n.py#c") == mine
    assert store.blob(store.put(b"value")) == b"value"
    assert store.blob("0" * 64) is None
    disk = LayeredStore(DiskStore(folder.parent / "cache"), ExportedStore(folder))
    path = disk.locate(disk.put(b"value"))
    assert path
    assert path.read_bytes() == b"value"


def test_a_trace_in_both_layers_is_found_once(folder: Path) -> None:
    top = MemoryStore()
    top.keep(trace("b", text="newer"))
    assert list(LayeredStore(top, ExportedStore(folder)).find("b")) == [trace("b", text="newer")]


def test_an_export_keeps_nothing(folder: Path) -> None:
    store, before = ExportedStore(folder), contents(folder)
    store.keep(Trace("new", ()))
    assert store.put([b"va", b"lue"]) == MemoryStore().put(b"value")
    assert store.find("new") == ()
    assert contents(folder) == before
