"""How long it takes from a save until the page in a browser has changed, beside other previews, in one run.

    python benchmarks/preview.py                              # a site of 100 pages, the first of 60 cells
    python benchmarks/preview.py --rivals .rivals             # beside mkdocs-jupyter and marimo-book, see README.md
    python benchmarks/preview.py --framework node_modules     # and Observable Framework
    python benchmarks/preview.py --quarto PROGRAM             # and quarto preview
    python benchmarks/preview.py --floor                      # and servers that only tell the browser of the file
    python benchmarks/preview.py --memory 1500                # after so many saves: memory, open files, threads

A save is an edit of prose, or of what a light cell in the middle prints, that was never there before. The clock runs
from before the file is written until the text stands in the page of headless Chromium, as a script in every page sees
it; the cell's own run time is part of it. Tools are measured one after the other. Needs Linux or macOS, playwright and
Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from preview_tools import CELLS, OURS, Edit, Tool, floors, peers

WATCH = """
const look = () => {
  const wanted = sessionStorage.wanted;
  if (!wanted || sessionStorage.seen || !document.body?.textContent.includes(wanted)) return;
  sessionStorage.seen = Date.now();
  window.__told?.();
};
window.__seen = () => sessionStorage.seen || new Promise((tell) => (window.__told = () => tell(sessionStorage.seen)));
new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
document.addEventListener("DOMContentLoaded", look);
"""
"""Runs in every page before its own scripts, also when the page is loaded again."""
PATIENCE = 120.0
"""Seconds after which a save counts as never shown."""
STEP = 250
"""Saves from one look at the memory to the next."""
SETTLED = 500
"""Saves after which it has what it needs, and is to stay as it is."""
REST = 2.0
"""Seconds until the site is built behind the last save, so that what is looked at is not in the midst of a build."""
Times = list[float | None]


@contextmanager
def served(tool: Tool, root: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The preview of a folder; its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [word.replace("PORT", port) for word in tool.command]
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OBSERVABLE_TELEMETRY_DISABLE": "1"}
    with open(root / "log.txt", "w", encoding="utf-8") as log:  # noqa: PTH123
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield f"http://127.0.0.1:{port}/", psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


# --- measuring --------------------------------------------------------------------------------------------------------


def open_page(browser: Any, address: str) -> Any:
    """A tab that shows the page, however long the first build takes."""
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.set_default_timeout(PATIENCE * 1000)
    tab.add_init_script(WATCH)
    end = time.monotonic() + 1800
    while time.monotonic() < end:
        try:
            answer = tab.goto(address)
            if answer and answer.ok:
                tab.wait_for_timeout(3000)
                return tab
        except Exception:  # nobody listens yet
            pass
        time.sleep(1)
    raise SystemExit(f"{address} never came")


def save_and_see(tab: Any, root: Path, edit: Edit) -> float | None:
    """Milliseconds from a save until the page says what it must; None where it never does."""
    tab.evaluate("wanted => { delete sessionStorage.seen; sessionStorage.wanted = wanted; }", edit.shows)
    begun = time.time()
    edit.save(root)
    while time.time() - begun < PATIENCE:
        try:  # nothing is asked of the browser meanwhile
            seen = tab.evaluate("most => Promise.race([__seen(), new Promise(end => setTimeout(end, most))])", 10_000)
            if seen:
                return float(seen) - begun * 1000
        except Exception:  # the page is being loaded again
            tab.wait_for_timeout(15)
    return None


def measure(tool: Tool, tab: Any, root: Path, saves: int, pause: float) -> dict[str, Times]:
    """How long so many saves took, of each kind in turn."""
    taken: dict[str, Times] = {kind: [] for kind in tool.edits}
    for _ in range(saves):
        for kind, edit in tool.edits.items():
            taken[kind].append(save_and_see(tab, root, edit(f"{time.time_ns()}")))
            time.sleep(pause)
        print(".", end="", flush=True)
    print()
    return taken


@dataclass(frozen=True)
class Held:
    """What a preview has: megabytes of the server and of all that it has started, open files and threads of both."""

    server: float
    others: float
    files: int
    threads: int

    @classmethod
    def of(cls, process: psutil.Process) -> Held:
        others = process.children(recursive=True)
        with process.oneshot():
            sizes = [each.memory_info().rss / 2**20 for each in (process, *others)]
        files = sum(each.num_fds() for each in (process, *others))
        return cls(sizes[0], sum(sizes[1:]), files, sum(each.num_threads() for each in (process, *others)))

    def row(self, saves: int) -> str:
        return f"| {saves} | {self.server:.1f} | {self.others:.1f} | {self.files} | {self.threads} |"


def memory(tab: Any, root: Path, process: psutil.Process, saves: int, pause: float) -> list[str]:
    """What our preview has after so many saves, in some steps, as rows of a table; then what a save adds."""
    rows = ["| saves | server, MB | kernels, MB | open files | threads |", "|---:|---:|---:|---:|---:|"]
    found = {0: Held.of(process)}
    step = max(1, STEP // len(OURS.edits))
    for done in range(step, saves // len(OURS.edits) + 1, step):
        measure(OURS, tab, root, step, pause)
        time.sleep(REST)
        found[done * len(OURS.edits)] = Held.of(process)
        print(found[done * len(OURS.edits)].row(done * len(OURS.edits)), flush=True)
    rows += [held.row(at) for at, held in found.items()]
    later = {at: held for at, held in found.items() if at >= SETTLED}
    if len(later) > 2:
        server, kernels = (slope({at: part(held) for at, held in later.items()}) for part in (_server, _others))
        rows += ["", f"What a save adds from the {min(later)}th on, kB: server {server}, kernels {kernels}"]
    return rows


def _server(held: Held) -> float:
    return held.server


def _others(held: Held) -> float:
    return held.others


def slope(sizes: Mapping[int, float]) -> str:
    """Kilobytes by which megabytes grow with each save, as a line through all has it, and its standard error."""
    saves, found = list(sizes), [1024 * size for size in sizes.values()]
    line = statistics.linear_regression(saves, found)
    off = sum((size - line.intercept - line.slope * at) ** 2 for at, size in zip(saves, found, strict=True))
    spread = statistics.pvariance(saves) * len(saves)
    return f"{line.slope:.2f} ± {(off / (len(saves) - 2) / spread) ** 0.5:.2f}"


# --- told -------------------------------------------------------------------------------------------------------------


def middle(times: Sequence[float | None]) -> float | None:
    good = [each for each in times if each is not None]
    return statistics.median(good) if good else None


def row(name: str, kind: str, times: Times, ours: float | None) -> str:
    """A line of the table; the last column says how many times longer than ours it took."""
    found = middle(times)
    if found is None:
        return f"| {name} | {kind} | never shown | | | |"
    longest = max(each for each in times if each is not None)
    ratio = f"{found / ours:.1f}" if ours else ""
    return f"| {name} | {kind} | {found:,.0f} | {longest:,.0f} | {times.count(None)} of {len(times)} | {ratio} |"


def table(measured: Mapping[str, Mapping[str, Times]]) -> str:
    """All tools: an edit of prose beside ours of prose, what runs Python beside ours of a light cell."""
    ours = {kind: middle(times) for kind, times in measured[OURS.name].items()}
    rows = ["| | save of | median, ms | longest | never shown | times ours |", "|---|---|---:|---:|---:|---:|"]
    for name, kinds in measured.items():
        for kind, times in kinds.items():
            rows.append(row(name, kind, times, ours["prose" if kind == "prose" else "light cell"]))
    return "\n".join(rows)


def surroundings(pages: int) -> str:
    """What a figure means depends on."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{pages} pages, the one looked at of {CELLS} cells; load average {load}, {os.cpu_count()} processors"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--saves", type=int, default=20, help="of each kind")
    parser.add_argument("--rival-saves", type=int, default=5)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between a page that has changed and a save")
    parser.add_argument("--rivals", type=Path, help="virtual environment with mkdocs-jupyter and marimo-book")
    parser.add_argument("--framework", type=Path, help="node_modules with @observablehq/framework")
    parser.add_argument("--quarto", type=Path, help="the program of that name")
    parser.add_argument("--floor", action="store_true", help="beside servers that do nothing, instead of others")
    parser.add_argument("--memory", type=int, default=0, metavar="SAVES", help="tell what the preview has meanwhile")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    measured: dict[str, dict[str, Times]] = {}
    missing: list[str] = []
    held: list[str] = []
    print(surroundings(options.pages))
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        others = floors() if options.floor else peers(options.rivals, options.framework, options.quarto)
        for tool in (OURS, *others):
            if isinstance(tool, str):
                missing.append(tool)
                continue
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder) / "course"
                tool.set_up(root, options.pages)
                with served(tool, root) as (address, process):
                    tab = open_page(browser, address + tool.address)
                    measure(tool, tab, root, 2, options.pause)  # what is loaded once is loaded
                    saves = options.saves if tool is OURS else options.rival_saves
                    measured[tool.name] = measure(tool, tab, root, saves, options.pause)
                    print(f"{table(measured)}\n{surroundings(options.pages)}\n", flush=True)
                    if tool is OURS and options.memory:
                        held = memory(tab, root, process, options.memory, options.pause)
                    tab.close()
        browser.close()
    print("\n".join([surroundings(options.pages), "", table(measured), "", *missing, "", *held]))


if __name__ == "__main__":
    main()
