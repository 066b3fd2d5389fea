"""What one save costs in the preview's own process, stage by stage.

    python benchmarks/preview_stages.py                  # a site of 100 pages, the one looked at of 60 cells
    python benchmarks/preview_stages.py --pages 5 --saves 10

The preview runs in this process, with a clock around the functions in `STAGES`; a reader of the page listens to the
event stream. Wall time, from the save on, is told beside processor time, which other work on the machine hardly
changes. A kernel is a process of its own: what it does is in the wall time alone of the stages that wait for it.
"""

from __future__ import annotations

import argparse
import functools
import os
import signal
import socket
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from preview import surroundings
from preview_tools import OURS

from nbpublish import build
from nbpublish.executors.local import LocalKernel
from nbpublish.frontends import mkdocs_page
from nbpublish.frontends.preview import bench, desk, serve
from nbpublish.project import project
from nbpublish.walk.walk import Walks

BEHIND = "the site behind"
STAGES = {
    "what is to be done": (desk.Desk, "changed"),
    "the open page, all of it": (bench.Bench, "_make"),
    "· read and split": (bench.Bench, "_read"),
    "· graph and codes": (build, "_analysed"),
    "· walk past the cells": (Walks, "run"),
    "·· a warm kernel asked": (LocalKernel, "goes_on"),
    "·· a cell in the kernel": (LocalKernel, "run"),
    "·· its trace kept": (Walks, "keep"),
    "· the note for `why`": (project.Project, "_note"),
    "· through MkDocs' events": (bench, "made_again"),
    "·· render": (mkdocs_page, "render_safely"),
    BEHIND: (desk.Desk, "_build"),
}
"""What the table calls a function, and where it is."""


class Span(NamedTuple):
    """Seconds: when something began and how long it took, by the clock and of the processor."""

    begun: float
    took: float
    worked: float


class Clocks:
    """Clocks around the functions in `STAGES`."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Span]] = defaultdict(list)
        for name, (owner, attribute) in STAGES.items():
            setattr(owner, attribute, self._timed(name, getattr(owner, attribute)))

    def _timed(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def timed(*values: Any, **more: Any) -> Any:
            begun, worked = time.perf_counter(), time.thread_time()
            try:
                return function(*values, **more)
            finally:
                span = Span(begun, time.perf_counter() - begun, time.thread_time() - worked)
                self.spans[name].append(span)

        return timed


class Reader:
    """Listens to what becomes of one page."""

    def __init__(self, port: int, page: str) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("GET", f"/_nbpublish/events?page={page}&since=-1&session=")
        self._lines = iter(connection.getresponse().readline, b"")

    def until(self, text: str) -> float:
        """When a message that holds the text has come."""
        for line in self._lines:
            if line.startswith(b"data: ") and text in line.decode():
                return time.perf_counter()
        raise SystemExit("the preview has ended")


def rows(clocks: Clocks, port: int, root: Path, saves: int, pause: float) -> Iterator[str]:
    """A table for each kind of edit, once the site is there."""
    reader = Reader(port, "/chapter/")
    reader.until("session")
    for kind, edit in OURS.edits.items():
        told: list[float] = []
        spans: dict[str, list[Span]] = defaultdict(list)
        for number in range(saves + 2):
            time.sleep(pause)
            clocks.spans.clear()
            made, saved = edit(f"{time.time_ns()}"), time.perf_counter()
            made.save(root)
            came = reader.until(made.shows) - saved
            time.sleep(pause)
            if number >= 2:  # what is loaded once is loaded
                told.append(came)
                for name, found in clocks.spans.items():
                    own = [Span(span.begun - saved, *span[1:]) for span in found if span.begun > saved]
                    spans[name] += own if name == BEHIND else [span for span in own if span.begun < came]
        yield f"\n| {kind} saved: ms | begins | takes | processor |\n|---|---:|---:|---:|"
        for name in STAGES:
            if found := spans.get(name):
                yield f"| {name} | {' | '.join(_middle(part) for part in zip(*found, strict=True))} |"
        yield f"| a reader has been told | {_middle(told)} | | |"


def _middle(seconds: Any) -> str:
    return f"{statistics.median(seconds) * 1000:.1f}"


def measured(clocks: Clocks, port: int, root: Path, saves: int, pause: float) -> None:
    """Print the tables as soon as the preview listens, then end it."""
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.2)
        for row in rows(clocks, port, root, saves, pause):
            print(row, flush=True)
    finally:
        os.kill(os.getpid(), signal.SIGINT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--saves", type=int, default=15, help="of each kind")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds before and after a save")
    options = parser.parse_args()
    print(surroundings(options.pages))
    clocks = Clocks()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        root = Path(folder) / "course"
        OURS.set_up(root, options.pages)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        measuring = threading.Thread(target=measured, args=(clocks, port, root, options.saves, options.pause))
        measuring.start()
        more = {"host": "127.0.0.1", "port": port, "open_browser": False, "follow": False, "jobs": None}
        serve.serve(root, None, **more)
        measuring.join()


if __name__ == "__main__":
    main()
