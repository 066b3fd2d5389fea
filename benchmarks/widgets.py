"""What widgets cost: states when the site is built, bytes on the page, milliseconds when a reader moves them.

    python benchmarks/widgets.py                        # some minutes
    python benchmarks/widgets.py --rivals .rivals       # beside marimo-book's precompute, see README.md

The notebook sets up for a while, then fits a curve for a slider and a choice and draws it. *Alone* is what its cells
that follow the widgets cost for all states, run one after another in a kernel that keeps no account of anything: the
figures are drawn there too. Processor seconds are of this process and of the kernel; trust them where it is busy.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from nbpublish.build import Store, build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.graph.analyse import analyse
from nbpublish.model import Budget, Run
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.page.webp import as_webp
from nbpublish.project import DiskStore, Project
from nbpublish.store.memory import MemoryStore
from nbpublish.widgets.given import with_given

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


def write(folder: Path, values: list[int], setup: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.py").write_text(NOTEBOOK.format(values=values, setup=setup))


# --- building --------------------------------------------------------------------------------------------------------


def states(folder: Path) -> Run:
    """Print what states cost beside their cells alone; the run."""
    with DiskStore(folder.parent / "cache") as store, Project(folder, store=store) as project:
        notebook = project.read("book.py")
        assert notebook
        executor = LocalExecutor(folder)

        def built(budget: Budget | None, kept: Store) -> Run:
            world = ThisMachine(folder, store.files.digest, remember=True)
            return build(notebook, store=kept, executor=executor, world=world, budget=budget)

        with measured() as base:
            built(None, MemoryStore())
        with measured() as both:
            run = built(Budget(seconds=10**6), store)
        with measured() as again:
            run = built(Budget(seconds=10**6), store)
        ahead = Cost(both.wall - base.wall, both.cpu - base.cpu)
        alone = _alone(run, executor)
    count = len(run.states)
    print(f"{count} states besides the first; the notebook itself takes {base.wall:.1f} s")
    print(f"  ahead        {ahead.wall:7.2f} s wall {ahead.cpu:7.2f} s cpu")
    ratio = ahead.cpu / alone.cpu
    print(f"  cells alone  {alone.wall:7.2f} s wall {alone.cpu:7.2f} s cpu   ratio {ratio:.2f} of cpu (goal 1.15)")
    print(f"  again        {again.wall:7.2f} s wall {again.cpu:7.2f} s cpu   nothing changed")
    return run


def _alone(run: Run, executor: LocalExecutor) -> Cost:
    """What the following cells cost for all states in a kernel that keeps no account."""
    notebook, graph = run.notebook, analyse(run.notebook)
    decided = {each.cell for each in run.decisions}
    following = [id for id in graph.order if id in decided or "w =" in notebook.cell(id).source]
    with executor.start(notebook) as kernel:
        for id in graph.order:
            kernel.run(notebook.cell(id), graph.names[id])
        for id in following:
            kernel.run(notebook.cell(id), graph.names[id])
        with measured() as cost:
            for state in run.states:
                setting = with_given(notebook, graph, run.widgets, state.given)
                for id in setting.graph.order:
                    if id in following or id in setting.changed:
                        trace = kernel.run(setting.notebook.cell(id), setting.graph.names[id])
                        assert trace.exit == "ok", trace.outputs
    return cost


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
    import io

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


def move(folder: Path) -> None:
    """Print how long the page takes to answer a key."""
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config
    from playwright.sync_api import sync_playwright

    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# Plain\n")
    write(folder / "docs", list(range(-8, 13)), 0)
    settings = "site_name: x\ntheme: {name: nbpublish}\nplugins: [nbpublish]\nuse_directory_urls: false\n"
    (folder / "mkdocs.yml").write_text(settings)
    build_site(load_config(str(folder / "mkdocs.yml")))
    with sync_playwright() as playwright:
        chromium = next(path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((folder / "site" / "book.html").as_uri())
        slider = page.locator("[data-nb-key] input[type=range]").first
        slider.focus()
        page.wait_for_timeout(1500)
        page.evaluate(_LISTEN)
        for key in (["ArrowRight"] * 18 + ["ArrowLeft"] * 18) * 2:
            page.keyboard.press(key)
            page.wait_for_timeout(60)
        times = page.evaluate("window.times")
        browser.close()
    paints = [paint for _, paint in times if paint]
    for name, values in (("input to DOM", sorted(dom for dom, _ in times)), ("input to paint", sorted(paints))):
        p95 = values[int(0.95 * (len(values) - 1))]
        print(f"{name}: median {statistics.median(values):.1f} ms, p95 {p95:.1f} ms over {len(values)} key presses")


# --- beside marimo-book ----------------------------------------------------------------------------------------------


def rival(venv: Path, folder: Path, setup: float, count: int) -> None:
    """Print what marimo-book's precompute takes for a slider of `count` places, and what we take."""
    values = list(range(-3, count - 3))
    for name in ("docs", "ours"):
        write(folder / name, values, setup)
        path = folder / name / "book.py"
        two = 'mo.ui.dropdown(["3", "6", "12"], value="3", label="degree")'
        path.write_text(path.read_text().replace(two, 'mo.ui.dropdown(["3"], value="3")'))
    (folder / "docs" / "intro.md").write_text("# A book\n")
    (folder / "book.yml").write_text(
        "title: A book\ntoc:\n  - file: docs/intro.md\n  - file: docs/book.py\n"
        "precompute: {enabled: true, max_seconds_per_page: 100000}\n"
    )
    environment = {**os.environ, "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    with measured() as theirs:
        command = [venv / "bin" / "marimo-book", "build"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = list((folder / "_site").rglob("book/index.html"))
    page = found[0].read_text() if found else ""
    if done.returncode or "error" not in page:
        print(f"marimo-book gave no such page:\n{done.stdout[-800:]}{done.stderr[-800:]}")
        return
    with measured() as ours:
        subprocess.run([sys.executable, "-m", "nbpublish", "build", folder / "ours"], check=True, capture_output=True)
    print(f"{count} places after {setup:g} s of set-up, {theirs.wall / ours.wall:.1f} times in wall time (goal 20)")
    print(f"  marimo-book  {theirs.wall:7.1f} s wall {theirs.cpu:7.1f} s cpu   {len(page):,} bytes of page")
    print(f"  nbpublish    {ours.wall:7.1f} s wall {ours.cpu:7.1f} s cpu")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", type=Path, help="virtual environment with marimo-book")
    parser.add_argument("--places", type=int, default=21, help="places of the slider beside marimo-book")
    parser.add_argument("--setup", type=float, default=5.0, help="seconds of set-up beside marimo-book")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory(prefix="nbpublish-widgets-") as folder:
        write(Path(folder, "states", "docs"), list(range(-8, 13)), 0.5)
        weigh(states(Path(folder, "states", "docs")))
        Path(folder, "move").mkdir()
        move(Path(folder, "move"))
        if options.rivals:
            Path(folder, "rival").mkdir()
            rival(options.rivals.absolute(), Path(folder, "rival"), options.setup, options.places)
        else:
            print("no --rivals: marimo-book is left out")


if __name__ == "__main__":
    main()
