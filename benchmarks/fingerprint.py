"""What a fingerprint costs, beside joblib.hash and the sha256 of a pickle, for large and manifold values, in one run.

    python benchmarks/fingerprint.py

The three alternate on the same value, and the lesser of the repeats counts. Arrays and frames are told in
milliseconds per megabyte, containers in milliseconds per 100,000 objects (containers and atoms alike). The last columns
are the cost of `groups` and of a dump with its verification, as the kernel pays them after a cell.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import pickle
import time
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
from sklearn.ensemble import RandomForestClassifier

from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.reach import groups
from nbpublish.kernel.restore import dump, roundtrips


class Point:
    def __init__(self, x: int) -> None:
        self.x, self.tags = x, [x]


def values() -> dict[str, tuple[Any, float, str]]:
    """Name → value, its size, and the unit of the size."""
    random = np.random.default_rng(0)
    rows = 500_000
    array = random.normal(size=(rows, 8))
    frame = pd.DataFrame({f"c{i}": random.normal(size=rows) for i in range(8)})
    text = pd.DataFrame({"s": [f"row number {i}" for i in range(rows)]})
    many = [{"id": i, "name": f"n{i}", "tags": [i, i + 1]} for i in range(20_000)]
    x = random.normal(size=(500, 8))
    return {
        "array, 32 MB": (array, array.nbytes / 1e6, "MB"),
        "array, every other column": (array[:, ::2], array.nbytes / 2e6, "MB"),
        "pandas, 32 MB": (frame, frame.memory_usage().sum() / 1e6, "MB"),
        "pandas, text": (text, text.memory_usage(deep=True).sum() / 1e6, "MB"),
        "polars, 32 MB": (pl.DataFrame(array), array.nbytes / 1e6, "MB"),
        "list of numbers": (list(range(300_000)), 3, "100k"),
        "dict of texts": ({str(i): f"v{i}" for i in range(100_000)}, 2, "100k"),
        "records": (many, 20_000 * 9 / 1e5, "100k"),
        "list of lists": ([[i] for i in range(100_000)], 2, "100k"),
        "instances": ([Point(i) for i in range(20_000)], 20_000 * 4 / 1e5, "100k"),
        "random forest": (RandomForestClassifier(20, random_state=0).fit(x, x[:, 0] > 0), 1, "piece"),
    }


def sha256_of_pickle(value: Any) -> str:
    digest = hashlib.sha256()
    buffers: list[pickle.PickleBuffer] = []
    digest.update(pickle.dumps(value, 5, buffer_callback=buffers.append))
    for buffer in buffers:
        digest.update(buffer.raw())
    return digest.hexdigest()


def milliseconds(act: Callable[[], Any]) -> float:
    gc.collect()
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    names = ("nbpublish", "joblib.hash", "pickle+sha256", "groups", "dump+verify")
    print(f"{'':<27}{'per':>6}" + "".join(f"{name:>15}" for name in names))
    for kind, (value, size, unit) in values().items():
        namespace = {"value": value, "Point": Point}

        def stored(namespace: dict[str, Any] = namespace) -> bool:
            group = {"value": namespace["value"]}
            chunks = dump(group, namespace)
            return chunks is not None and roundtrips(chunks, group, namespace)

        acts: tuple[Callable[[], Any], ...] = (
            lambda value=value, namespace=namespace: fingerprint(value, namespace),
            lambda value=value: joblib.hash(value),
            lambda value=value: sha256_of_pickle(value),
            lambda namespace=namespace: groups(["value"], namespace),
            stored,
        )
        taken = [[milliseconds(act) for act in acts] for _ in range(options.repeats)]
        least = [min(column) / size for column in zip(*taken, strict=True)]
        print(f"{kind:<27}{unit:>6}" + "".join(f"{cost:>12.2f} ms" for cost in least))


if __name__ == "__main__":
    main()
