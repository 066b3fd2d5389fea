"""What widgets cost: states when the site is built, bytes on the page, milliseconds when a reader moves them.

    python benchmarks/widgets.py                        # two minutes
    python benchmarks/widgets.py --rivals .rivals       # beside marimo-book's precompute, see README.md; ten more

The notebook sets up for a while, then fits a curve for a slider and a choice and draws it. *Alone* is what its cells
that follow the widgets cost for all states in a kernel that keeps no account of anything: the figures are drawn there
too. Each cell runs there, and in plain Python, right after it has run in the build, so all have the same machine.
Processor seconds are of this process and of the kernel; what this process needs to have plain Python run a cell is not
counted.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import io
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.graph.analyse import analyse
from nbpublish.model import Budget, Cell, Graph, Names, Notebook, Run, Trace
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.page.webp import as_webp
from nbpublish.project import DiskStore, Project

NOTEBOOK = """
import marimo
app = marimo.App()

@app.cell
def _():
    import time
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np
    return mo, np, plt, time

@app.cell
def _(mo):
    lam = mo.ui.slider(steps={values}, label="lambda")
    degree = mo.ui.dropdown(["3", "6", "12"], value="3", label="degree")
    mo.hstack([lam, degree])
    return degree, lam

@app.cell
def _(np, time):
    time.sleep({setup})
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(0, 1, 40))
    y = np.sin(6 * x) + rng.normal(0, 0.25, 40)
    return x, y

@app.cell
def _(degree, lam, np, x, y):
    powers = np.vander(x, int(degree.value) + 1)
    w = np.linalg.solve(powers.T @ powers + 10.0 ** lam.value * np.eye(powers.shape[1]), powers.T @ y)
    return (w,)

@app.cell
def _(np, plt, w, x, y):
    fig, ax = plt.subplots(figsize=(5.2, 3))
    grid = np.linspace(0, 1, 120)
    ax.plot(x, y, "o")
    ax.plot(grid, np.vander(grid, w.size) @ w)
    ax.set_ylim(-2, 2)
    fig
    return

@app.cell
def _(mo, np, w, x, y):
    mo.md(f"error {{np.mean((np.vander(x, w.size) @ w - y) ** 2):.4f}}")
    return

if __name__ == "__main__":
    app.run()
"""


@dataclass
class Cost:
    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """Seconds of this process and of all that it starts and ends meanwhile."""
    cost, wall, cpu = Cost(), time.perf_counter(), _cpu()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, _cpu() - cpu


def _cpu() -> float:
    used = os.times()
    total = used.user + used.system + used.children_user + used.children_system
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


@dataclass
class Costs:
    """Processor seconds of all states, of these in the process of the build, and of their cells in two other ways."""

    states: float
    here: float
    alone: float
    plain: float


def write(folder: Path, values: list[int], setup: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.py").write_text(NOTEBOOK.format(values=values, setup=setup))


# --- building --------------------------------------------------------------------------------------------------------


def plain(connection: Connection) -> None:
    """Run cells as a script would, and draw what they end with."""
    space: dict[str, object] = {"__name__": "__main__"}
    while (source := connection.recv()) is not None:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "book.py", "exec"), space)
        value = eval(compile(ast.Expression(last.value), "book.py", "eval"), space) if last else None
        if hasattr(value, "savefig"):
            value.savefig(io.BytesIO(), format="svg", bbox_inches="tight")
            sys.modules["matplotlib.pyplot"].close("all")
        connection.send(time.process_time())


class Beside:
    """Follows a build, and runs each cell that runs in a state once more in a kernel that keeps no account and in plain
    Python, right after it: what else the machine does weighs on all three."""

    def __init__(self, notebook: Notebook, graph: Graph, executor: LocalExecutor, stack: ExitStack) -> None:
        self.graph = graph
        [maker] = [id for id, names in graph.names.items() if "lam" in names.defs]
        self.following = _below(graph, maker)
        known = set(psutil.Process().children())
        self.kernel = stack.enter_context(executor.start(notebook))
        for id in graph.order:
            self.kernel.run(notebook.cell(id), graph.names[id])
        self.alone = [process for process in psutil.Process().children() if process not in known]
        context = multiprocessing.get_context("spawn")
        self.plain, theirs = context.Pipe()
        self.process = context.Process(target=plain, args=(theirs,), daemon=True)
        self.process.start()
        stack.callback(self.process.kill)
        for id in graph.order:
            self._plainly(notebook.cell(id))
        self.own = self.asking = 0.0
        self.runs, self.begun = 0, False

    def begins(self, graph: Graph) -> None: ...

    def passes(self, cell: Cell, trace: Trace) -> None: ...

    def computes(self, done: int, total: int) -> None: ...

    def ran(self, cell: Cell) -> None:
        """Begins with the first state's first cell, which sets a control."""
        if not self.begun and cell.id not in self.graph.names:
            self.begun = True
            self.kernel.run(cell, _names(cell))
            self.own = self.asking = 0.0
            self._before = _cpu(), self._alone(), self._plainly(cell), time.process_time()
        elif self.begun and (cell.id in self.following or cell.id not in self.graph.names):
            before = time.process_time()
            trace = self.kernel.run(cell, self.graph.names.get(cell.id) or _names(cell))
            self.own += time.process_time() - before
            assert trace.exit == "ok", trace.outputs
            before = time.process_time()
            self.last = self._plainly(cell)
            self.asking += time.process_time() - before
            self.runs += 1

    def costs(self) -> Costs:
        """What the states took, and what their cells did in a kernel without an account and in plain Python."""
        cpu, alone, here = _cpu(), self._alone(), time.process_time()
        of_all, of_kernel, of_plain, of_here = self._before
        own, plainly = alone - of_kernel + self.own, self.last - of_plain
        states = cpu - of_all - own - plainly - self.asking
        return Costs(states, here - of_here - self.own - self.asking, own, plainly)

    def _alone(self) -> float:
        times = [process.cpu_times() for process in self.alone]
        return sum(each.user + each.system for each in times)

    def _plainly(self, cell: Cell) -> float:
        self.plain.send(cell.code)
        spent: float = self.plain.recv()
        return spent


def _names(cell: Cell) -> Names:
    return Names(refs=frozenset({cell.id.removeprefix("given ")}))


def _below(graph: Graph, maker: str) -> set[str]:
    found = {maker}
    for id in graph.order:
        if not found.isdisjoint(graph.parents[id]):
            found.add(id)
    return found - {maker}


def states(folder: Path, turns: int) -> Run:
    """Print what states cost beside their cells alone; the run."""
    found = [_states(folder, Path(folder.parent, f"cache {turn}")) for turn in range(turns)]
    for name, goal in (("alone", " (goal 1.15)"), ("plain", "")):
        ratios = sorted(costs.states / getattr(costs, name) for _, costs in found)
        said = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) over {turns} turns"
        where = "in a kernel without an account" if goal else "in plain Python"
        print(f"  all states beside their cells {where}: {said}{goal}", flush=True)
    return found[-1][0]


def _states(folder: Path, cache: Path) -> tuple[Run, Costs]:
    with DiskStore(cache) as store, Project(folder, store=store) as project, ExitStack() as stack:
        notebook = project.read("book.py")
        assert notebook
        executor = LocalExecutor(folder)
        beside = Beside(notebook, analyse(notebook), LocalExecutor(folder), stack)

        def built(listener: Beside | None = None) -> Run:
            world = ThisMachine(folder, store.files.digest, remember=True)
            budget = Budget(seconds=10**6)
            return build(notebook, store=store, executor=executor, world=world, budget=budget, listener=listener)

        built(beside)
        costs = beside.costs()
        with measured() as again:
            run = built()
    print(
        f"{len(run.states)} states, {beside.runs} runs of cells: {costs.states:.2f} s cpu, {costs.here:.2f} of it "
        f"not in a kernel; the cells alone {costs.alone:.2f}, in plain Python {costs.plain:.2f}; nothing changed "
        f"{again.cpu:.2f} s",
        flush=True,
    )
    return run, costs


# --- bytes -----------------------------------------------------------------------------------------------------------


def weigh(run: Run) -> None:
    with measured() as cost:
        page = render(run, PageSettings(), lambda url, line: url)
    shards = [asset.data for asset in page.assets if asset.name.endswith(".js")]
    sent, raw, count = sum(len(gzip.compress(data)) for data in shards), sum(map(len, shards)), len(run.states) + 1
    print(f"shard of {count} states: {raw / count:,.0f} bytes a state, {sent / count:,.0f} sent compressed")
    for name, size in _rasters().items():
        print(f"  the figure as {name}: {size:,} bytes a state, {size * count / sent:.0f} times as much")
    print(f"  rendering the page with them {cost.wall:.2f} s wall {cost.cpu:.2f} s cpu")


def _rasters() -> dict[str, int]:
    """Bytes of one such figure as the tables of pictures have it that a page could hold in place of a shard."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    x = np.linspace(0, 1, 40)
    figure, axes = plt.subplots(figsize=(5.2, 3))
    axes.plot(x, np.sin(6 * x), "o")
    axes.plot(x, np.sin(6 * x))
    found = {}
    for dpi, screen in ((100, "a plain"), (200, "a sharp")):
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=dpi)
        found[f"PNG for {screen} screen"] = len(file.getvalue())
        found[f"WebP for {screen} screen"] = len(as_webp(file.getvalue()) or file.getvalue())
    return found


# --- moving ----------------------------------------------------------------------------------------------------------

_MORE = """
@app.cell
def _(mo):
    {name} = mo.ui.slider(0, 5, label="{name}")
    {name}
    return ({name},)

@app.cell
def _({name}, mo):
    mo.md(f"{name} is {{{name}.value}}")
    return

"""
"""A control with what follows it."""
_LISTEN = """() => {
  window.times = [];
  addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, true);
  const holder = [...document.querySelectorAll(".nb-follows")].find((each) => each.querySelector("img"));
  new MutationObserver(async () => {
    const time = [performance.now() - window.pressed, 0], { pressed } = window;
    window.times.push(time);
    const image = holder.querySelector("img");
    if (!image.complete) await image.decode();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { time[1] = performance.now() - pressed; };
      channel.port2.postMessage(0);
    });
  }).observe(holder, { subtree: true, childList: true, characterData: true, attributes: true });
}"""
"""Times from the key, as the browser has it, until the figure in the page is another one, and until that is painted."""
_SIZE = """() => decodeURIComponent([...document.querySelectorAll(".nb-follows img")].map((each) => each.src)
  .sort((a, b) => b.length - a.length)[0]).length"""
"""Characters of the drawing that a state of the figure is."""
_SCREENS = {
    "60 pictures a second": (),
    "as fast as the page can": ("--disable-frame-rate-limit", "--disable-gpu-vsync"),
}
"""Arguments of the browser. A key waits 8 ms on average, and 16 at most, for the next picture of a common screen."""


def move(folder: Path) -> None:
    """Print how long the page takes to answer a key."""
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config
    from playwright.sync_api import sync_playwright

    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# Plain\n")
    write(folder / "docs", list(range(-8, 13)), 0)
    text = (folder / "docs" / "book.py").read_text()
    more = "".join(_MORE.format(name=f"c{number}") for number in range(30))
    dots = 'ax.plot(grid, np.sin(9 * np.outer(grid, range(1, 2))), "o", ms=2)\n    ax.set_ylim(-2, 2)'
    large = text.replace("ax.set_ylim(-2, 2)", dots).replace("if __name__", more + "if __name__")
    (folder / "docs" / "large.py").write_text(large)
    settings = "site_name: x\ntheme: {name: nbpublish}\nplugins: [nbpublish]\nuse_directory_urls: false\n"
    (folder / "mkdocs.yml").write_text(settings)
    build_site(load_config(str(folder / "mkdocs.yml")))
    with sync_playwright() as playwright:
        for page, (screen, arguments) in product(("book", "large"), _SCREENS.items()):
            chromium = next(path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists())
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *arguments])
            tab = browser.new_page()
            tab.goto((folder / "site" / f"{page}.html").as_uri())
            slider = tab.locator("[data-nb-key] input[type=range]").first
            slider.focus()
            tab.wait_for_timeout(1500)
            tab.evaluate(_LISTEN)
            for key in (["ArrowRight"] * 18 + ["ArrowLeft"] * 18) * 2:
                tab.keyboard.press(key)
                tab.wait_for_timeout(60)
            times, size = tab.evaluate("window.times"), tab.evaluate(_SIZE)
            controls = tab.locator("[data-nb-key]").count()
            browser.close()
            _tell(f"{controls} controls, figure of {size / 1000:.0f} kB, {screen}", times)


def _tell(screen: str, times: list[tuple[float, float]]) -> None:
    paints = [paint for _, paint in times if paint]
    for name, values in (("input to DOM", sorted(dom for dom, _ in times)), ("input to paint", sorted(paints))):
        p95 = values[int(0.95 * (len(values) - 1))]
        print(
            f"{name}, {screen}: median {statistics.median(values):.1f} ms, p95 {p95:.1f} ms over {len(values)} presses"
        )


# --- beside marimo-book ----------------------------------------------------------------------------------------------


@dataclass
class Beaten:
    """What both take for a slider of so many places, and how long the other page is."""

    places: int
    theirs: Cost
    ours: Cost
    page: int


def rivals(venv: Path, folder: Path, setup: float, sizes: list[int]) -> None:
    """Print what marimo-book's precompute takes for sliders with so many places, and what we take, in one table."""
    print(f"marimo-book's precompute, a notebook with {setup:g} s of set-up (goal 20 times, for no size in particular)")
    print("places   marimo-book: wall       cpu       page    nbpublish: wall      cpu   times in wall time     in cpu")
    for count in sizes:
        place = folder / f"rival {count}"
        place.mkdir()
        found = rival(venv, place, setup, count)
        walls, cpus = found.theirs.wall / found.ours.wall, found.theirs.cpu / found.ours.cpu
        print(
            f"{count:6} {found.theirs.wall:13.1f} s {found.theirs.cpu:7.1f} s {found.page / 1000:7,.0f} kB "
            f"{found.ours.wall:14.1f} s {found.ours.cpu:6.1f} s {walls:20.1f} {cpus:10.1f}",
            flush=True,
        )


def rival(venv: Path, folder: Path, setup: float, count: int) -> Beaten:
    """Build the same notebook with both. Raises SystemExit where the pages do not show the same results."""
    values = list(range(-3, count - 3))
    for name in ("docs", "ours"):
        write(folder / name, values, setup)
        path = folder / name / "book.py"
        two = 'mo.ui.dropdown(["3", "6", "12"], value="3", label="degree")'
        path.write_text(path.read_text().replace(two, 'mo.ui.dropdown(["3"], value="3")'))
    (folder / "docs" / "intro.md").write_text("# A book\n")
    (folder / "book.yml").write_text(
        "title: A book\ntoc:\n  - file: docs/intro.md\n  - file: docs/book.py\n"
        "precompute: {enabled: true, max_values_per_widget: 1000, max_combinations_per_page: 1000,"
        " max_seconds_per_page: 100000, max_bytes_per_page: 1000000000}\n"
    )
    environment = {**os.environ, "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    with measured() as theirs:
        command = [venv / "bin" / "marimo-book", "build"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    pages = list((folder / "_site").rglob("book/index.html"))
    page = pages[0].read_text() if pages else ""
    if done.returncode or not _results([page]):
        raise SystemExit(f"marimo-book gave no such page:\n{done.stdout[-800:]}{done.stderr[-800:]}")
    with measured() as ours:
        subprocess.run([sys.executable, "-m", "nbpublish", "build", folder / "ours"], check=True, capture_output=True)
    made = [path.read_text() for path in (folder / "ours" / "site").rglob("*") if path.suffix in (".html", ".js")]
    if _results(made) != _results([page]):
        raise SystemExit(f"{count} places: marimo-book shows {_results([page])}, nbpublish {_results(made)}")
    return Beaten(count, theirs, ours, len(page))


def _results(texts: list[str]) -> set[str]:
    """What the notebook computes for its places, as pages show it; some places give the same."""
    return {found for text in texts for found in re.findall(r"error (\d+\.\d{4})", text)}


PARTS = ("states", "moves", "rivals")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", type=Path, help="virtual environment with marimo-book")
    parser.add_argument("--turns", type=int, default=3, help="how often states are measured")
    parser.add_argument(
        "--places", type=int, nargs="+", default=[5, 10, 20, 40], help="places of the slider beside marimo-book"
    )
    parser.add_argument("--setup", type=float, default=5.0, help="seconds of set-up beside marimo-book")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to measure")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    with tempfile.TemporaryDirectory(prefix="nbpublish-widgets-") as folder:
        if "states" in options.only:
            write(Path(folder, "states", "docs"), list(range(-8, 13)), 0.5)
            weigh(states(Path(folder, "states", "docs"), options.turns))
        if "moves" in options.only:
            Path(folder, "move").mkdir()
            move(Path(folder, "move"))
        if "rivals" in options.only and options.rivals:
            rivals(options.rivals.absolute(), Path(folder), options.setup, options.places)
        elif "rivals" in options.only:
            print("no --rivals: marimo-book is left out")


if __name__ == "__main__":
    main()
