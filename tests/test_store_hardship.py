"""Whatever happens to a store's folder is a miss: never an exception, never something that was not kept."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from store_worker import value, work

from nbpublish.model import Trace
from nbpublish.store.disk import DiskStore

WORKER = Path(__file__).parent / "store_worker.py"
TRACES = 12


def kept(store: DiskStore, name: str, number: int) -> bool:
    """Whether a trace of a worker is there. Fails where what is there is not what was kept."""
    trace = found(store, work(name, number).key)
    if trace is None:
        return False
    digest = trace.versions["x"].blob
    assert trace == work(name, number, digest)
    assert digest
    data = store.blob(digest)
    assert data is None or data == value(name, number)
    return True


def found(store: DiskStore, key: str) -> Trace | None:
    return next(iter(store.find(key)), None)


def fill(folder: Path, name: str = "a", count: int = TRACES) -> None:
    with DiskStore(folder) as store:
        for number in range(count):
            store.keep(work(name, number, store.put(value(name, number))))


def count(store: DiskStore) -> int:
    return sum(kept(store, "a", number) for number in range(TRACES))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "cache")
    return tmp_path / "cache"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# --- damage


def truncate(path: Path, chance: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data) + 1)])


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes() or b"-")
    for _ in range(chance.choice((1, 1, 8, 200))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def garbage(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(chance.choice((0, 10, 5000))))


def vanish(path: Path, chance: random.Random) -> None:
    path.unlink()


def folder_instead(path: Path, chance: random.Random) -> None:
    path.unlink()
    path.mkdir()


def swap(path: Path, chance: random.Random) -> None:
    other = chance.choice(files(path.parent.parent))
    path.write_bytes(other.read_bytes())


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (truncate, flip, garbage, vanish, folder_instead, swap)


@pytest.mark.parametrize("seed", range(60))
def test_damage_to_any_file_is_a_miss_and_is_gone_after_the_next_build(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    targets = files(folder / "v1")
    index = [path for path in targets if path.suffix == ".sqlite"]
    for path in chance.sample(index if seed % 2 else targets, 1 if seed % 2 else 8):
        chance.choice(DAMAGES)(path, chance)
    with DiskStore(folder) as store:
        count(store)
        fill(folder)
        assert count(store) == TRACES
    with DiskStore(folder) as store:
        assert count(store) == TRACES
        store.verify()
        verified = store.verify()
        assert verified.index
        assert (verified.broken_traces, verified.broken_blobs) == (0, 0)
        assert count(store) == TRACES


@pytest.mark.parametrize("damage", [flip, garbage, truncate])
def test_damage_while_the_store_is_open_is_a_miss_too(
    folder: Path, damage: Callable[[Path, random.Random], None]
) -> None:
    for seed in range(10):
        with DiskStore(folder) as store:
            store.find("a:0")
            damage(folder / "v1" / sorted(p.name for p in (folder / "v1").glob("*.sqlite"))[-1], random.Random(seed))
            count(store)
            store.keep(work("b", seed, store.put(value("b", seed))))
            store.usage()
        fill(folder)
        with DiskStore(folder) as store:
            assert count(store) == TRACES


def test_a_row_whose_text_was_changed_is_noticed(folder: Path) -> None:
    with sqlite3.connect(folder / "v1" / "index-0.sqlite") as database:
        database.execute("UPDATE traces SET body = cast(replace(body, 'a 3', 'a 4') AS BLOB) WHERE key = 'a:3'")
        database.execute("UPDATE traces SET key = 'a:99' WHERE key = 'a:5'")
    database.close()
    store = DiskStore(folder)
    assert found(store, "a:3") is None
    assert found(store, "a:99") is None
    assert count(store) == TRACES - 2
    assert store.usage().traces == TRACES - 2


def test_verify_tells_what_was_broken_and_removes_it(folder: Path) -> None:
    figure = next((folder / "v1" / "outputs").glob("??/*"))
    figure.write_bytes(b"x" + figure.read_bytes()[1:])
    pickle = next((folder / "v1" / "values").glob("??/*"))
    pickle.write_bytes(b"")
    with DiskStore(folder) as store:
        verified = store.verify()
        assert (verified.traces, verified.blobs) == (TRACES, 2 * TRACES)
        assert (verified.broken_traces, verified.broken_blobs) == (1, 2)
        assert not figure.exists()
        assert not pickle.exists()
        assert count(store) == TRACES - 1


def test_an_index_of_another_version_is_left_and_removed(folder: Path) -> None:
    with sqlite3.connect(folder / "v1" / "index-0.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with DiskStore(folder) as store:
        assert count(store) == 0
    assert not DiskStore(folder).find("a:0")
    fill(folder)
    assert [path.name for path in (folder / "v1").glob("*.sqlite")] == ["index-1.sqlite"]


def test_a_file_in_the_place_of_the_folder_only_makes_the_store_forget(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    fill(tmp_path / "cache")
    store = DiskStore(tmp_path / "cache")
    assert count(store) == 0
    store.verify()
    store.collect()
    store.clear()
    assert (tmp_path / "cache").read_text() == "in the way"


def test_a_folder_removed_under_an_open_store_only_makes_it_forget(folder: Path) -> None:
    with DiskStore(folder) as store:
        assert count(store) == TRACES
        shutil.rmtree(folder)
        count(store)
        store.keep(work("b", 1, store.put(value("b", 1))))
    fill(folder)
    with DiskStore(folder) as store:
        assert count(store) == TRACES


# --- other processes


def start(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("round", range(4))
def test_a_process_killed_at_any_moment_loses_at_most_what_it_was_just_keeping(tmp_path: Path, round: int) -> None:
    killed_at_any_moment(tmp_path, random.Random(round), 2)


@pytest.mark.slow
def test_the_same_for_two_hundred_processes(tmp_path: Path) -> None:
    killed_at_any_moment(tmp_path, random.Random(0), 200)


def killed_at_any_moment(folder: Path, chance: random.Random, times: int) -> None:
    for time_ in range(times):
        process = start(folder, str(time_), 100_000)
        assert process.stdout
        wanted = chance.randrange(1, 60)
        said = [process.stdout.readline().strip() for _ in range(wanted)]
        time.sleep(chance.random() * 0.01)
        process.send_signal(signal.SIGKILL)
        rest = [line for line in process.stdout.read().split("\n") if line.count(":") == 1]
        process.wait()
        process.stdout.close()
        done = len(said) + len([line for line in rest if line in {f"{time_}:{n}" for n in range(len(said), 10_000)}])
        with DiskStore(folder) as store:
            assert all(kept(store, str(time_), number) for number in range(wanted))
            assert sum(kept(store, str(time_), number) for number in range(done, done + 5)) <= 1
            assert store.verify().index
            store.collect(now=time.time() + 3600 * 2)
    assert not [path for path in (folder / "v1").glob("*/tmp/*") if time.time() - path.stat().st_mtime > 3600]


def test_two_builds_at_once_lose_nothing(tmp_path: Path) -> None:
    processes = [start(tmp_path, name, 80) for name in ("first", "second", "first")]
    with DiskStore(tmp_path) as store:
        while any(process.poll() is None for process in processes):
            kept(store, "first", 40)
            store.collect()
    for process in processes:
        out, _ = process.communicate()
        assert process.returncode == 0
        assert out.count("\n") == 80
    with DiskStore(tmp_path) as store:
        assert all(kept(store, name, number) for name in ("first", "second") for number in range(80))
        assert store.verify().broken_traces == 0


def test_a_writer_that_holds_the_index_makes_others_wait_and_then_forget(folder: Path) -> None:
    blocker = sqlite3.connect(folder / "v1" / "index-0.sqlite", isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN IMMEDIATE")
    impatient = DiskStore(folder, patience=0.05)
    impatient.keep(work("b", 1, impatient.put(value("b", 1))))
    assert not impatient.find("b:1")
    assert count(impatient) == TRACES
    timer = threading.Timer(0.2, lambda: blocker.execute("COMMIT"))
    timer.start()
    patient = DiskStore(folder)
    patient.keep(work("b", 1, patient.put(value("b", 1))))
    timer.join()
    blocker.close()
    assert kept(patient, "b", 1)


def test_when_many_find_the_index_broken_at_once_they_come_to_the_same_new_one(folder: Path) -> None:
    stores = [DiskStore(folder) for _ in range(4)]
    (folder / "v1" / "index-0.sqlite").write_bytes(b"garbage" * 1000)
    for number, store in enumerate(stores):
        store.keep(work("b", number, store.put(value("b", number))))
    assert all(kept(store, "b", number) for store in stores for number in range(4))
    for store in stores:
        store.close()
    assert all(kept(DiskStore(folder), "b", number) for number in range(4))


# --- disks


AS_NOBODY = """
import os, sys
from pathlib import Path
from nbpublish.store.disk import DiskStore
sys.path.insert(0, {tests!r})
import store_worker
from store_worker import work, value
DiskStore(Path("/nowhere")).find("")  # imports what a user who is nobody may be unable to read
if os.geteuid() == 0:
    os.setuid(65534)
store = DiskStore(Path({folder!r}))
trace = store.find("a:3")[0]
assert bytes(store.blob(trace.versions["x"].blob)) == value("a", 3)
store.keep(work("b", 1, store.put(value("b", 1))))
assert not store.find("b:1")
assert len(store.find("a:4")) == 1
store.collect(); store.verify()
store.close()
print("read", store.usage().traces)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of folders")
@pytest.mark.parametrize("journal", ["closed", "left behind"])
def test_a_folder_that_cannot_be_written_is_read(folder: Path, journal: str) -> None:
    store = DiskStore(folder)
    if journal == "left behind":  # as on a read-only mount of a folder that a killed build wrote
        store.keep(work("c", 1, store.put(value("c", 1))))
        copy = folder.parent / "copy"
        shutil.copytree(folder, copy)
        assert (copy / "v1" / "index-0.sqlite-wal").exists()
        folder = copy
    for path in (folder, *folder.rglob("*"), *folder.parents):
        if path.is_relative_to(folder):
            path.chmod(0o555 if path.is_dir() else 0o444)
        elif path.is_relative_to(tempfile.gettempdir()) and path != Path(tempfile.gettempdir()):
            path.chmod(0o755)
    before = [(path, path.stat().st_mtime_ns) for path in files(folder)]
    script = AS_NOBODY.format(folder=str(folder), tests=str(WORKER.parent))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == f"read {TRACES + (journal != 'closed')}\n", done.stderr
    assert [(path, path.stat().st_mtime_ns) for path in files(folder)] == before
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


def test_a_full_disk_keeps_what_it_can_and_loses_nothing_that_was_there(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writes fail in their middle."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    fill(tmp_path)
    command = [sys.executable, str(WORKER), str(tmp_path), "full", "400"]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 400
    with DiskStore(tmp_path) as store:
        assert count(store) == TRACES
        assert 0 < sum(kept(store, "full", number) for number in range(400)) < 400
        assert store.verify().index


def test_a_network_disk_gets_a_journal_that_needs_no_shared_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbpublish.store.database.is_network", lambda _: True)
    fill(tmp_path)
    with DiskStore(tmp_path) as store:
        assert count(store) == TRACES
        assert not list((tmp_path / "v1").glob("*-wal"))
    monkeypatch.undo()
    with DiskStore(tmp_path) as store:  # the same folder, now seen from the server itself
        assert count(store) == TRACES


def test_a_disk_without_shared_memory_is_used_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's `unix-dotfile` locks as it does where a disk offers neither locks nor shared memory."""
    real = sqlite3.connect

    def connect(name: str, **options: object) -> sqlite3.Connection:
        return real(f"{name}&vfs=unix-dotfile", **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr("nbpublish.store.database.sqlite3.connect", connect)
    fill(tmp_path)
    with DiskStore(tmp_path) as store:
        assert count(store) == TRACES
        assert not list((tmp_path / "v1").glob("*-wal"))
