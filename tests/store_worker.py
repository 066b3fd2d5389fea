"""A process that uses a store, for tests that kill it, starve it or run several of them at once.

    python store_worker.py FOLDER NAME COUNT    keeps traces and prints the key of each once it is kept
"""

from __future__ import annotations

import sys
from pathlib import Path

from nbpublish.model import Output, Trace, Version
from nbpublish.store.disk import DiskStore


def work(name: str, number: int, digest: str | None = None) -> Trace:
    """The trace that a worker keeps as its `number`th: a short output, a long one, and a value."""
    short = Output("stdout", {"text/plain": f"{name} {number}"})
    long = Output("display", {"text/html": f"<p>{name} {number}</p>" * 1000})
    version = Version("f", trace=f"{name}-{number}", blob=digest)
    return Trace(f"{name}:{number}", (short, long), id=f"{name}-{number}", versions={"x": version}, seconds=0.1)


def value(name: str, number: int) -> bytes:
    return f"{name} {number} ".encode() * 3000


def main() -> None:
    folder, name, count = sys.argv[1:]
    with DiskStore(Path(folder)) as store:
        for number in range(int(count)):
            trace = work(name, number, store.put([value(name, number)]))
            store.keep(trace)
            print(trace.key, flush=True)


if __name__ == "__main__":
    main()
