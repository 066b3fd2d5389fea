"""What a store gives back is what was kept, or nothing."""

from __future__ import annotations

import math
import os
import shutil
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpublish.model import Observation, Output, Problem, Trace, Version
from nbpublish.store.disk import UNTRUSTED, DiskStore
from nbpublish.store.fields import UnreadableError, UnwritableError
from nbpublish.store.memory import MemoryStore
from nbpublish.store.serial import decode, encode, references

PNG = b"\x89PNG" + bytes(9000)
FIGURE = Output("result", {"image/png": PNG, "text/plain": "<Figure>"}, {"image/png": {"width": 4}})
CHART = Output("display", {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2.5, None, True]}], "layout": {}}})
FULL = Trace(
    key="a key",
    outputs=(FIGURE, CHART, Output("stdout", {"text/plain": "回帰の結果です。\n" * 1000})),
    exit="failed",
    problem=Problem("cell-failed", "ZeroDivisionError", "chapter.py", 12, "fit"),
    seconds=1.25,
    id="an id",
    versions={"model": Version("f0", "an id", frozenset({"scale", "centre"}), ("model", "weights"), "d" * 64)},
    deleted=frozenset({"scratch"}),
    observations=(Observation("file", "データ/iris.csv", "ab12"), Observation("missing", "local.toml", "")),
    place="chapter.py#fit",
    code="c0",
    inputs={"data": "f1", "later": ""},
)


def trace(key: str = "key", id: str = "id", text: str = "", **fields: object) -> Trace:
    return replace(Trace(key, (Output("stdout", {"text/plain": text or id}),), id=id), **fields)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "コース 1" / "cache"


# --- keeping and finding


def test_a_trace_comes_back_as_it_was_also_to_the_next_build(folder: Path) -> None:
    with DiskStore(folder) as store:
        store.keep(FULL)
        assert store.find("a key") == [FULL]
    with DiskStore(folder) as store:
        assert store.find("a key") == [FULL]
        assert store.find("another key") == []


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_the_newest_trace_of_a_key_comes_first_and_the_last_eight_stay(kind: str, folder: Path) -> None:
    store = DiskStore(folder) if kind == "disk" else MemoryStore()
    for number in range(10):
        store.keep(trace(id=str(number)))
    assert [found.id for found in store.find("key")] == ["9", "8", "7", "6", "5", "4", "3", "2"]
    store.keep(trace(id="5", text="again"))
    assert [found.id for found in store.find("key")] == ["5", "9", "8", "7", "6", "4", "3", "2"]
    assert store.find("key")[0] == trace(id="5", text="again")


def test_a_trace_is_read_when_it_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With eight traces of a cell that draws, seven figures would be read for nothing."""
    read: list[bytes] = []
    decoded = DiskStore._decoded
    monkeypatch.setattr(DiskStore, "_decoded", lambda store, row: (read.append(row.body), decoded(store, row))[1])
    with DiskStore(folder) as store:
        for number in range(5):
            store.keep(trace(id=str(number)))
        found = store.find("key")
        assert found
        assert next(iter(found)).id == "4"
        assert len(read) == 1
        assert [one.id for one in found] == [one.id for one in found] == ["4", "3", "2", "1", "0"]
        assert found[-1].id == "0"
        assert len(found) == len(read) == 5


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_the_newest_trace_of_a_cell_is_found_by_its_place(kind: str, folder: Path) -> None:
    store = DiskStore(folder) if kind == "disk" else MemoryStore()
    store.keep(trace("k1", "first", place="a.py#fit"))
    store.keep(trace("k2", "second", place="a.py#fit"))
    store.keep(trace("k3", "other", place="b.py#fit"))
    assert store.latest("a.py#fit") == trace("k2", "second", place="a.py#fit")
    assert store.latest("c.py#fit") is None


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_traces_that_are_kept_together_count_one_after_the_other(kind: str, folder: Path) -> None:
    store = DiskStore(folder) if kind == "disk" else MemoryStore()
    store.keep(*(trace("one", str(n), place="a") for n in range(10)), trace("two", "last", place="a"))
    assert [found.id for found in store.find("one")] == list("98765432")
    assert store.latest("a") == trace("two", "last", place="a")


def test_a_trace_that_cannot_be_written_keeps_no_other_from_it(folder: Path) -> None:
    with DiskStore(folder) as store:
        store.keep(trace(id="no data", outputs=(Output("result", {"application/json": object()}),)), trace(id="sound"))
        assert [found.id for found in store.find("key")] == ["sound"]


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_a_value_is_kept_in_chunks_and_comes_back_whole(kind: str, folder: Path) -> None:
    store = DiskStore(folder) if kind == "disk" else MemoryStore()
    digest = store.put([b"one ", bytearray(b"two "), memoryview(b"three")])
    assert digest == store.put(b"one two three")
    assert bytes(store.blob(digest) or b"") == b"one two three"
    assert store.blob(store.put([])) == b""
    assert store.blob("0" * 64) is None
    assert store.blob("../../etc/passwd") is None


def test_a_value_is_a_file_that_another_process_can_map(folder: Path) -> None:
    store = DiskStore(folder)
    path = store.locate(store.put(b"pickle"))
    assert path
    assert path.read_bytes() == b"pickle"


def test_equal_outputs_are_kept_once(folder: Path) -> None:
    store = DiskStore(folder)
    for number in range(5):
        store.keep(replace(FULL, key=str(number)))
    assert store.usage().traces == 5
    assert store.usage().outputs == 2


def test_a_store_that_was_only_asked_leaves_no_trace_of_itself(folder: Path) -> None:
    store = DiskStore(folder)
    assert store.find("key") == []
    assert store.usage().bytes == 0
    store.verify()
    store.collect()
    assert not folder.exists()


def test_the_folder_tells_git_and_backups_to_leave_it_out(folder: Path) -> None:
    with DiskStore(folder) as store:
        store.keep(FULL)
    assert (folder / ".gitignore").read_text() == "*\n"
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_a_folder_can_be_moved_and_restored(folder: Path, tmp_path: Path) -> None:
    with DiskStore(folder) as store:
        store.keep(FULL)
        digest = store.put(b"value")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    shutil.rmtree(folder)
    with DiskStore(elsewhere) as store:
        assert store.find("a key") == [FULL]
        assert store.blob(digest) == b"value"


def test_threads_share_a_store(folder: Path) -> None:
    store = DiskStore(folder)

    def work(name: int) -> None:
        for number in range(20):
            store.keep(replace(FULL, key=f"{name}-{number}"))
            assert store.find(f"{name}-{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.usage().traces == 80


def test_what_the_last_build_asked_for_is_remembered(folder: Path) -> None:
    with DiskStore(folder) as store:
        assert store.last_build() is None
        store.keep(trace("known"))
    with DiskStore(folder) as store:
        store.find("known")
        store.find("known")
        store.find("unknown")
        store.keep(trace("unknown"))
    last = DiskStore(folder).last_build()
    assert last
    assert {**last, "when": 0} == {"when": 0, "asked": 2, "found": 1, "kept": 1}


# --- trust


@pytest.mark.parametrize("how", ["setting", "file"])
def test_an_untrusted_store_gives_outputs_but_no_values(how: str, folder: Path) -> None:
    with DiskStore(folder) as store:
        digest = store.put(b"a pickle that does harm")
        store.keep(FULL)
    if how == "file":
        (folder / UNTRUSTED).touch()
    store = DiskStore(folder, trusted=how == "file")
    assert store.find("a key") == [FULL]
    assert store.blob(digest) is None
    assert store.locate(digest) is None
    assert store.blob(store.put(b"new")) is None


def test_reading_a_trace_executes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a pickle was loaded")

    with DiskStore(folder) as store:
        store.keep(FULL)
    monkeypatch.setattr("pickle.loads", refuse)
    monkeypatch.setattr("pickle.load", refuse)
    monkeypatch.setattr("pickle.Unpickler", refuse)
    assert DiskStore(folder).find("a key") == [FULL]


# --- what traces look like as bytes

texts = st.text(st.characters(), max_size=20)  # lone surrogates too: authors print broken text
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
keys = texts | st.just("$tuple") | st.integers()
trees = st.recursive(
    scalars | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(keys, inner),
    max_leaves=12,
)
outputs = st.builds(
    Output,
    st.sampled_from(["stdout", "display", "result", "error"]),
    st.dictionaries(texts, texts | st.binary(max_size=30) | trees, max_size=3),
    st.dictionaries(texts, trees, max_size=2),
)
versions = st.builds(
    Version, st.none() | texts, texts, st.frozensets(texts), st.lists(texts).map(tuple), st.none() | texts
)
traces = st.builds(
    Trace,
    key=texts,
    outputs=st.lists(outputs, max_size=3).map(tuple),
    exit=st.sampled_from(["ok", "failed", "stopped", "died"]),
    problem=st.none() | st.builds(Problem, texts, texts, texts, st.integers(), st.none() | texts),
    seconds=st.floats(0, 1e6) | st.just(0),
    id=texts,
    versions=st.dictionaries(texts, versions, max_size=3),
    deleted=st.frozensets(texts, max_size=3),
    observations=st.lists(st.builds(Observation, texts, texts, texts), max_size=3).map(tuple),
    inputs=st.dictionaries(texts, texts, max_size=2),
)


@given(traces, st.sampled_from([0, 10, 4096]))
def test_any_trace_survives_being_written(whole: Trace, inline: int) -> None:
    store = MemoryStore()
    data = encode(whole, store.put, inline=inline)
    again = decode(data, lambda digest: bytes(store.blob(digest) or b""))
    assert again == whole
    assert [list(output.data) for output in again.outputs] == [list(output.data) for output in whole.outputs]
    assert repr(again.outputs) == repr(whole.outputs)  # True is not 1, and -0.0 is not 0.0
    assert encode(again, store.put, inline=inline) == data


@given(traces, st.data())
def test_bytes_with_a_change_are_unreadable_or_another_trace_but_no_accident(whole: Trace, data: st.DataObject) -> None:
    store = MemoryStore()
    written = bytearray(encode(whole, store.put, inline=10))
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode(bytes(written), lambda digest: bytes(store.blob(digest) or b""))
        references(bytes(written))
    except UnreadableError:
        return
    assert isinstance(read, Trace)


def test_numbers_that_are_none_and_infinite_ones_survive() -> None:
    store = MemoryStore()
    whole = Trace("k", (Output("result", {"application/json": [math.inf, -math.inf, math.nan]}),))
    (output,) = decode(encode(whole, store.put), lambda _: None).outputs
    assert str(output.data["application/json"]) == "[inf, -inf, nan]"


def test_a_trace_that_is_no_data_is_not_kept_and_nothing_breaks(folder: Path) -> None:
    odd = Trace("odd", (Output("result", {"application/json": {"x": object()}}),))
    with pytest.raises(UnwritableError):
        encode(odd, lambda data: "")
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    store = DiskStore(folder)
    store.keep(odd)
    store.keep(Trace("deep", (Output("result", {"application/json": deep}),)))
    assert store.find("odd") == store.find("deep") == []


def test_bytes_of_a_version_with_other_fields_are_unreadable() -> None:
    data = encode(trace(), lambda data: "")
    unknown, missing = data.replace(b'"seconds"', b'"second"'), data.replace(b'"code":"",', b"")
    for changed in (unknown, missing, b"[]", b"{}", b"\xff", b""):
        with pytest.raises(UnreadableError):
            decode(changed, lambda _: None)


def test_references_name_the_blobs_of_a_trace() -> None:
    store = MemoryStore()
    found = references(encode(FULL, store.put))
    assert found.values == {"d" * 64}
    assert len(found.outputs) == 2
    assert all(store.blob(digest) for digest in found.outputs)


# --- digests of files


def aged(path: Path, text: str, seconds: float = 60) -> Path:
    """A file that seems to have been written a while ago. The inode's own time cannot be set: the clock is."""
    path.write_text(text)
    os.utime(path, ns=(time.time_ns() - int(seconds * 1e9),) * 2)
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets ten seconds pass between writing a file and asking for its digest."""
    real = time.time_ns
    monkeypatch.setattr("nbpublish.store.stats.time.time_ns", lambda: real() + 10_000_000_000)


class Reads:
    """Counts which files are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[str] = []
        real = Path.open

        def opened(path: Path, mode: str = "r", *arguments: object, **named: object) -> object:
            if path.suffix == ".csv" and mode == "rb":
                self.paths.append(path.name)
            return real(path, mode, *arguments, **named)  # type: ignore[call-overload]

        monkeypatch.setattr(Path, "open", opened)


@pytest.mark.usefixtures("later")
def test_a_file_is_read_once_as_long_as_it_stays(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = aged(tmp_path / "data.csv", "a,b\n")
    reads = Reads(monkeypatch)
    with DiskStore(folder) as store:
        first = store.files.digest(path)
        assert store.files.digest(path) == first
    with DiskStore(folder) as store:
        assert store.files.digest(path) == first
        assert reads.paths == ["data.csv"]
        aged(path, "a,c\n")
        assert store.files.digest(path) != first
    assert reads.paths == ["data.csv", "data.csv"]


def test_a_file_written_just_now_is_read_again_each_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a tick of the disk's clock a file can change without any of its times doing so."""
    path = tmp_path / "data.csv"
    tick = time.time_ns()
    monkeypatch.setattr("nbpublish.store.stats._state", lambda _: ("as before", tick))
    store = DiskStore(folder)
    seen = set()
    for number in range(5):
        path.write_text(f"{number:04}")
        seen.add(store.files.digest(path))
    assert len(seen) == 5


@pytest.mark.usefixtures("later")
def test_another_machine_reads_the_files_itself(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = aged(tmp_path / "data.csv", "a,b\n")
    with DiskStore(folder) as store:
        store.files.digest(path)
    monkeypatch.setattr("nbpublish.store.stats.host", lambda: "another")
    reads = Reads(monkeypatch)
    with DiskStore(folder) as store:
        assert store.files.digest(path)
    assert reads.paths == ["data.csv"]


@pytest.mark.usefixtures("later")
def test_a_file_put_in_the_place_of_another_with_its_times_is_noticed(folder: Path, tmp_path: Path) -> None:
    path = aged(tmp_path / "data.csv", "a,b\n")
    store = DiskStore(folder)
    first, times = store.files.digest(path), path.stat()
    time.sleep(0.02)
    path.write_text("a,c\n")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_mtime_ns == times.st_mtime_ns
    assert store.files.digest(path) != first


def test_what_is_no_readable_file_has_no_digest(folder: Path, tmp_path: Path) -> None:
    store = DiskStore(folder)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "pipe", "with\0null", tmp_path / "file" / "below"):
        assert store.files.digest(path) is None


@pytest.mark.usefixtures("later")
def test_a_name_that_is_no_text_hinders_no_other(folder: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    with DiskStore(folder) as store:
        assert store.files.digest(aged(odd, "1"))
        assert store.files.digest(aged(tmp_path / "日本 語.csv", "2"))
    with sqlite3.connect(folder / "v1" / "index-0.sqlite") as database:
        assert [path for (path,) in database.execute("SELECT path FROM files")] == ["../../日本 語.csv"]
