"""What a store costs: 3,000 traces written one by one, opened and read again, and blobs, in one run with others.

    python benchmarks/store.py

Every side keeps and finds the same things: a trace of about 900 bytes under each key. `shelve` and `joblib` are what
one would reach for instead; both load pickles, which executes code, and neither notices a changed byte. diskcache is
measured where it is installed. The sides alternate, and the lesser of the repeats counts. Each read begins with a new
store object, but the disk's cache is warm.
"""

from __future__ import annotations

import argparse
import gc
import pickle
import shelve
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbpublish.model import Observation, Output, Trace, Version
from nbpublish.store.disk import DiskStore

MEGABYTE = 1_000_000


def trace(number: int) -> Trace:
    """A cell that printed a little, read a file and bound two names."""
    return Trace(
        key=f"{number:064x}",
        outputs=(Output("stdout", {"text/plain": f"the loss is {number / 7}\n"}),),
        id=f"{number:032x}",
        seconds=0.25,
        versions={
            name: Version(f"{number:064x}", f"{number:032x}", group=(name,), blob=f"{number:064x}")
            for name in ("x", "y")
        },
        observations=(Observation("file", "data/iris.csv", f"{number:064x}"),),
        place=f"chapter{number // 15}.py#{number % 15}",
    )


class Ours:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, traces: list[Trace]) -> None:
        with DiskStore(self.folder) as store:
            for one in traces:
                store.keep(one)

    def read(self, traces: list[Trace]) -> None:
        with DiskStore(self.folder) as store:
            for one in traces:
                assert store.find(one.key)[0].id == one.id


class Shelve:
    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "shelf")
        folder.mkdir()

    def write(self, traces: list[Trace]) -> None:
        with shelve.open(self.path) as shelf:
            for one in traces:
                shelf[one.key] = one
                shelf.sync()  # else a kill loses all of them

    def read(self, traces: list[Trace]) -> None:
        with shelve.open(self.path, "r") as shelf:
            for one in traces:
                assert shelf[one.key].id == one.id


class Joblib:
    """The store below `joblib.Memory`: a folder and a pickle for each result."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _backend(self) -> Any:
        from joblib import Memory

        return Memory(self.folder, verbose=0).store_backend

    def write(self, traces: list[Trace]) -> None:
        backend = self._backend()
        for one in traces:
            backend.dump_item(("cells", one.key), one)

    def read(self, traces: list[Trace]) -> None:
        backend = self._backend()
        for one in traces:
            assert backend.load_item(("cells", one.key)).id == one.id


class Diskcache:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, traces: list[Trace]) -> None:
        from diskcache import Cache

        with Cache(self.folder) as cache:
            for one in traces:
                cache[one.key] = one

    def read(self, traces: list[Trace]) -> None:
        from diskcache import Cache

        with Cache(self.folder) as cache:
            for one in traces:
                assert cache[one.key].id == one.id


SIDES = [("nbpublish", Ours), ("shelve", Shelve)]
SIDES += [("joblib", Joblib)] if find_spec("joblib") else []
SIDES += [("diskcache", Diskcache)] if find_spec("diskcache") else []


def seconds(act: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def traces_table(count: int, repeats: int) -> None:
    traces = [trace(number) for number in range(count)]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name, _ in SIDES}
    for _ in range(repeats):
        for name, side in SIDES:
            with tempfile.TemporaryDirectory() as folder:
                made = side(Path(folder, "store"))
                wrote = seconds(lambda made=made: made.write(traces))
                times[name].append((wrote, seconds(lambda made=made: made.read(traces))))
    print(f"{count} traces{'':8}{'write, µs each':>16}{'open and read, ms':>20}{'read, ratio':>14}")
    reads = {name: min(read for _, read in pairs) for name, pairs in times.items()}
    for name, pairs in times.items():
        wrote = min(write for write, _ in pairs) / count * 1e6
        print(f"{name:18}{wrote:16.0f}{reads[name] * 1e3:20.1f}{reads['nbpublish'] / reads[name]:14.2f}")


def blobs_table(repeats: int) -> None:
    print(f"\n{'blobs':18}{'put, MB/s':>16}{'first get, MB/s':>20}{'again, MB/s':>14}{'pickle file: put, get':>26}")
    for size in (10_000, MEGABYTE, 50 * MEGABYTE):
        count = max(1, min(300, 100 * MEGABYTE // size))
        datas = [number.to_bytes(4, "big") * (size // 4) for number in range(count)]
        best = [min(column) for column in zip(*(_blobs(datas) for _ in range(repeats)), strict=True)]
        ours, pickled = [size * count / MEGABYTE / spent for spent in best[:3]], best[3:]
        theirs = ", ".join(f"{size * count / MEGABYTE / spent:.0f}" for spent in pickled)
        print(f"{size:12,} bytes{ours[0]:16.0f}{ours[1]:20.0f}{ours[2]:14.0f}{theirs:>26}")


def _blobs(datas: list[bytes]) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        store = DiskStore(Path(folder, "store"))
        digests: list[str] = []
        put = seconds(lambda: digests.extend(store.put([data]) for data in datas))
        time.sleep(2.1)  # what was written just now is always compared with its digest
        first = seconds(lambda: [store.blob(digest) for digest in digests])
        again = seconds(lambda: [store.blob(digest) for digest in digests])
        paths = [Path(folder, str(number)) for number in range(len(datas))]
        dump = seconds(lambda: [p.write_bytes(pickle.dumps(d, 5)) for p, d in zip(paths, datas, strict=True)])
        load = seconds(lambda: [pickle.loads(path.read_bytes()) for path in paths])
    return [put, first, again, dump, load]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    traces_table(options.traces, options.repeats)
    blobs_table(options.repeats)


if __name__ == "__main__":
    main()
