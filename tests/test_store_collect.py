"""What a store throws away, and what it never does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from nbpublish.model import Output, Trace, Version
from nbpublish.store.collect import DAY, CacheLimits
from nbpublish.store.disk import DiskStore

HOUR = 3600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def keep(store: DiskStore, key: str, *, figure: int = 0, value: int = 0, seconds: float = 1.0) -> Trace:
    """Keep a trace with a figure and a value of so many bytes each."""
    digest = store.put(key.encode() * (value // len(key))) if value else None
    data = {"image/png": key.encode() * (figure // len(key))} if figure else {"text/plain": key}
    version = Version("f", key, blob=digest)
    trace = Trace(key, (Output("display", data),), id=key, versions={"x": version}, seconds=seconds)
    store.keep(trace)
    return trace


def left(folder: Path) -> str:
    """The keys that are still there, in capitals where the value is too."""
    store = DiskStore(folder)
    keys = ""
    for key in "abcdef":
        for trace in store.find(key):
            digest = trace.versions["x"].blob
            keys += key.upper() if digest and store.blob(digest) else key
    return keys


def collect(folder: Path, *, size: int = 10**9, age: float = 30 * DAY, after: float = 2 * HOUR) -> None:
    with DiskStore(folder) as store:
        store.collect(CacheLimits(size, age), now=time.time() + after)


def test_within_the_limits_everything_stays(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", figure=9000, value=9000)
        keep(store, "b", figure=9000, value=9000)
    collect(folder)
    assert left(folder) == "AB"


def test_what_no_build_asked_for_in_thirty_days_goes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", figure=9000, value=9000)
        keep(store, "b", figure=9000, value=9000)
    now = time.time()
    monkeypatch.setattr("nbpublish.store.disk.time.time", lambda: now + 20 * DAY)
    with DiskStore(folder) as store:
        assert store.find("b")
    monkeypatch.undo()
    collect(folder, after=31 * DAY)
    assert left(folder) == "B"
    assert DiskStore(folder).usage().outputs == 1
    assert DiskStore(folder).usage().values == 1


def test_values_go_before_outputs(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", figure=50_000, value=50_000)
        keep(store, "b", figure=50_000, value=50_000)
    collect(folder, size=120_000)
    assert left(folder) == "ab"
    collect(folder, size=60_000)
    assert len(left(folder)) == 1


def test_what_took_long_to_compute_stays_longer(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", value=50_000, seconds=60)
        keep(store, "b", value=50_000, seconds=0.1)
        keep(store, "c", value=50_000, seconds=5)
    collect(folder, size=110_000)
    assert left(folder) == "AbC"
    collect(folder, size=60_000)
    assert left(folder) == "Abc"


def test_what_takes_much_room_goes_first(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", figure=100_000)
        keep(store, "b", figure=10_000)
    collect(folder, size=50_000)
    assert left(folder) == "b"


def test_what_was_used_of_late_stays_longer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", value=50_000)
        keep(store, "b", value=50_000)
    now = time.time()
    monkeypatch.setattr("nbpublish.store.disk.time.time", lambda: now + 5 * DAY)
    with DiskStore(folder) as store:
        assert store.find("a")
    monkeypatch.undo()
    collect(folder, size=60_000, after=6 * DAY)
    assert left(folder) == "Ab"


def test_nothing_goes_that_this_build_used(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", figure=9000, value=9000)
        keep(store, "b", figure=9000, value=9000)
    with DiskStore(folder) as store:
        assert store.find("a")
        keep(store, "c", figure=9000, value=9000)
        collected = store.collect(CacheLimits(0, 0), now=time.time() + 99 * DAY)
        assert (collected.traces, collected.blobs) == (1, 2)
    assert left(folder) == "AC"


def test_a_value_that_waits_for_its_trace_stays_and_goes_if_none_comes(folder: Path) -> None:
    with DiskStore(folder) as store:
        digest = store.put(b"killed before its trace was kept")
        keep(store, "a")
    collect(folder, after=60)
    assert DiskStore(folder).blob(digest)
    collect(folder, after=2 * HOUR)
    assert DiskStore(folder).blob(digest) is None


def test_an_output_that_another_trace_has_too_stays(folder: Path) -> None:
    figure = Output("display", {"image/png": bytes(50_000)})
    with DiskStore(folder) as store:
        store.keep(Trace("a", (figure,), id="a", versions={"x": Version("f")}, seconds=0.001))
        store.keep(Trace("b", (figure,), id="b", versions={"x": Version("f")}, seconds=99))
    collect(folder, size=50_200 + 100)
    assert left(folder) in ("b", "")


def test_room_in_the_index_is_given_back(folder: Path) -> None:
    with DiskStore(folder) as store:
        for number in range(400):
            store.keep(Trace(str(number), (Output("stdout", {"text/plain": "x" * 3000}),), id="i"))
    before = DiskStore(folder).usage().bytes
    collect(folder, size=10_000)
    assert DiskStore(folder).usage().bytes < before / 10


def test_tidying_is_for_builds_that_kept_something_and_once_a_day(folder: Path) -> None:
    def tidy(key: str, *, new: bool) -> bool:
        with DiskStore(folder) as store:
            if new:
                keep(store, key)
            before = store._index.note("collected")
            store.tidy()
            return store._index.note("collected") != before

    assert tidy("a", new=True)
    assert not tidy("b", new=True)
    assert not tidy("c", new=False)


def test_a_layout_of_an_older_version_goes_after_a_month(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a")
    old = folder / "v0"
    old.mkdir()
    (old / "index.sqlite").touch()
    collect(folder)
    assert old.exists()
    os.utime(old, (0, 0))
    collect(folder)
    assert not old.exists()
    assert left(folder) == "a"


def test_clearing_removes_what_is_ours_and_nothing_else(folder: Path) -> None:
    with DiskStore(folder) as store:
        keep(store, "a", figure=9000, value=9000)
    (folder / "notes.txt").touch()
    with DiskStore(folder) as store:
        assert store.clear() > 18_000
        keep(store, "b")
    assert left(folder) == "b"
    assert (folder / "notes.txt").exists()
