"""How long it takes from a save until the page in a browser has changed, beside other previews, in one run.

    python benchmarks/preview.py                              # a site of 100 pages, the first of 60 cells
    python benchmarks/preview.py --rivals .rivals             # beside mkdocs-jupyter and marimo-book, see README.md
    python benchmarks/preview.py --framework node_modules     # and Observable Framework, which executes no Python
    python benchmarks/preview.py --saves 500 --memory         # and whether memory stays what it is

A save is an edit of prose, or of what a light cell in the middle prints, that was never there before. The clock runs
from before the file is written until the text stands in the page of headless Chromium, as a script in every page sees
it; the cell's own run time is part of it. Tools are measured one after the other. Needs Linux or macOS, playwright and
Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

CELLS = 60
OTHERS = 12
"""Cells of the page that is looked at, and of each other one."""
WATCH = """
window.__wanted = sessionStorage.wanted;
window.__look = () => {
  if (!window.__wanted || sessionStorage.seen || !document.body?.textContent.includes(window.__wanted)) return;
  sessionStorage.seen = performance.timeOrigin + performance.now();
};
new MutationObserver(window.__look).observe(document, { subtree: true, childList: true, characterData: true });
document.addEventListener("DOMContentLoaded", window.__look);
"""
"""Runs in every page before its own scripts, also when the page is loaded again."""
PATIENCE = 120.0
"""Seconds after which a save counts as never shown."""

Cell = tuple[str, str]
"""What it is, `prose` or `code`, and its text."""


def cells_of(count: int, prose: str = "", light: str = "0") -> list[Cell]:
    """A page of so many cells: prose, assignments that build on one another, and cells that print."""
    found: list[Cell] = [("prose", "# Chapter\n\nA paragraph.")]
    for n in range(1, count):
        if n % 3 == 0:
            more = f" {prose}" if n == count // 2 // 3 * 3 else ""
            found.append(("prose", f"## Part {n}\n\nA paragraph with *emphasis*, `code` and $a_{{{n}}}$.{more}"))
        elif n % 3 == 1:
            before = f"x{n - 3} + " if n > 3 else ""
            found.append(("code", f"x{n} = {before}{n}"))
        else:
            # the words stand apart, so that not the source but only the output says them
            own = f", 'li' 'ght' + '{light}'" if n == count // 2 // 3 * 3 + 2 else ""
            found.append(("code", f"print('sum', x{n - 1}{own})"))
    return found


def percent(cells: list[Cell]) -> str:
    mark = {"prose": "# %% [markdown]\n", "code": "# %%\n"}
    lines = {"prose": lambda text: "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n")), "code": str}
    return "\n".join(mark[kind] + lines[kind](text) for kind, text in cells) + "\n"


def ipynb(cells: list[Cell]) -> str:
    def cell(number: int, kind: str, text: str) -> dict[str, object]:
        if kind == "prose":
            return {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": text}
        more = {"execution_count": None, "outputs": []}
        return {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": text, **more}

    made = [cell(number, *each) for number, each in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def marimo(cells: list[Cell]) -> str:
    first = "@app.cell\ndef _():\n    import marimo as mo\n    return (mo,)\n"
    written = ["import marimo\n\napp = marimo.App()\n", first]
    for kind, text in cells:
        if kind == "prose":
            body = "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
            written.append(f'@app.cell\ndef _(mo):\n    mo.md(r"""\n{body}\n    """)\n    return\n')
        else:
            name, _, value = text.partition(" = ")
            words = (value or text).replace("(", " ").replace(",", " ").replace(")", " ").split()
            needs = sorted(set(filter(_is_x, words)))
            ends = f"    return ({name},)" if value else "    return"
            written.append(f"@app.cell\ndef _({', '.join(needs)}):\n    {text}\n{ends}\n")
    return "\n\n".join([*written, 'if __name__ == "__main__":\n    app.run()\n'])


def _is_x(word: str) -> bool:
    return word.startswith("x") and word[1:].isdigit()


def framework(cells: list[Cell]) -> str:
    """The same in JavaScript, which runs in the browser."""
    found = []
    for kind, text in cells:
        if kind == "prose":
            found.append(text)
        elif text.startswith("print("):
            said = text.removeprefix("print(").removesuffix(")").replace("'li' 'ght'", "'li' + 'ght'")
            found.append(f"```js\ndisplay([{said}].join(' '));\n```")
        else:
            found.append(f"```js\nconst {text};\n```")
    return "\n\n".join(found) + "\n"


# --- the tools --------------------------------------------------------------------------------------------------------


@dataclass
class Tool:
    """Something that previews a folder of pages."""

    name: str
    words: Callable[[list[Cell]], str]
    suffix: str
    pages: str
    """Folder of the pages."""
    command: list[str]
    """`PORT` stands for the port."""
    address: str = "chapter/"
    settings: tuple[tuple[str, str], ...] = ()

    def set_up(self, root: Path, count: int) -> None:
        (root / self.pages).mkdir(parents=True)
        for name, text in self.settings:
            toc = "".join(f"  - file: docs/page_{n:03}{self.suffix}\n" for n in range(1, count))
            (root / name).write_text(text.replace("PAGES\n", toc), encoding="utf-8")
        (root / self.pages / "index.md").write_text("# Home\n", encoding="utf-8")
        for n in range(1, count):
            self.write(root, f"page_{n:03}", cells_of(OTHERS))
        self.write(root, "chapter", cells_of(CELLS))

    def write(self, root: Path, name: str, cells: list[Cell]) -> None:
        (root / self.pages / f"{name}{self.suffix}").write_text(self.words(cells), encoding="utf-8")


def tools(rivals: Path | None, node: Path | None) -> Iterator[Tool]:
    ours = "site_name: A course\ntheme: {name: nbpublish}\nplugins: [search, nbpublish]\n"
    serve = [sys.executable, "-m", "nbpublish", "serve", "--port", "PORT"]
    yield Tool("nbpublish", percent, ".py", "docs", serve, settings=(("mkdocs.yml", ours),))
    if rivals:
        theirs = "site_name: A course\nplugins:\n  - search\n  - mkdocs-jupyter:\n      execute: true\n"
        serve = [str(rivals.absolute() / "bin" / "mkdocs"), "serve", "-q", "-a", "127.0.0.1:PORT"]
        yield Tool("mkdocs-jupyter", ipynb, ".ipynb", "docs", serve, settings=(("mkdocs.yml", theirs),))
        book = "title: A course\ntoc:\n  - file: docs/index.md\n  - file: docs/chapter.py\nPAGES\n"
        serve = [str(rivals.absolute() / "bin" / "marimo-book"), "serve", "--port", "PORT"]
        yield Tool("marimo-book", marimo, ".py", "docs", serve, settings=(("book.yml", book),))
    if node:
        serve = [str(node.absolute() / ".bin" / "observable"), "preview", "--no-open", "--port", "PORT"]
        yield Tool("Observable Framework", framework, ".md", "src", serve, "chapter")


@contextmanager
def served(tool: Tool, root: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The preview of a folder; its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [word.replace("PORT", port) for word in tool.command]
    environment = {**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
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


def save_and_see(tab: Any, write: Callable[[], None], wanted: str) -> float | None:
    """Milliseconds from a save until the page says what it must; None where it never does."""
    tab.evaluate(
        "wanted => { delete sessionStorage.seen; sessionStorage.wanted = window.__wanted = wanted; }", wanted
    )
    begun = time.time()
    write()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if seen := tab.evaluate("sessionStorage.seen"):
                return float(seen) - begun * 1000
        except Exception:  # the page is being loaded again
            pass
        tab.wait_for_timeout(15)
    return None


def measure(tool: Tool, tab: Any, root: Path, saves: int, pause: float) -> dict[str, list[float | None]]:
    taken: dict[str, list[float | None]] = {"prose": [], "light cell": []}
    for _ in range(saves):
        for kind, times in taken.items():
            word = f"{time.time_ns()}"
            cells = cells_of(CELLS, prose=f"word{word}") if kind == "prose" else cells_of(CELLS, light=word)
            wanted = f"word{word}" if kind == "prose" else f"light{word}"
            times.append(save_and_see(tab, lambda cells=cells: tool.write(root, "chapter", cells), wanted))  # type: ignore[misc]
            time.sleep(pause)
        print(".", end="", flush=True)
    return taken


def told(name: str, kind: str, times: list[float | None]) -> str:
    good = [each for each in times if each is not None]
    if not good:
        return f"| {name} | {kind} | never shown | | |"
    missed = f"{len(times) - len(good)} of {len(times)}" if len(good) < len(times) else "0"
    return f"| {name} | {kind} | {statistics.median(good):,.0f} | {max(good):,.0f} | {missed} |"


def memory_of(process: psutil.Process) -> float:
    """Megabytes of a process and all that it has started."""
    found = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            found += each.memory_info().rss
        except psutil.Error:
            continue
    return found / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--saves", type=int, default=20, help="of each kind")
    parser.add_argument("--rival-saves", type=int, default=5)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between a page that has changed and a save")
    parser.add_argument("--rivals", type=Path, help="virtual environment with mkdocs-jupyter and marimo-book")
    parser.add_argument("--framework", type=Path, help="node_modules with @observablehq/framework")
    parser.add_argument("--memory", action="store_true", help="tell what the preview has in memory, before and after")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    rows = []
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for tool in tools(options.rivals, options.framework):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder) / "course"
                tool.set_up(root, options.pages)
                with served(tool, root) as (address, process):
                    tab = open_page(browser, address + tool.address)
                    measure(tool, tab, root, 2, options.pause)  # what is loaded once is loaded
                    before = memory_of(process)
                    saves = options.saves if tool.name == "nbpublish" else options.rival_saves
                    taken = measure(tool, tab, root, saves, options.pause)
                    rows += [told(tool.name, kind, times) for kind, times in taken.items()]
                    print(f"\n{rows[-2]}\n{rows[-1]}")
                    if options.memory:
                        print(f"{tool.name}: {before:.0f} MB, after {2 * saves} saves {memory_of(process):.0f} MB")
                    tab.close()
        browser.close()
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{options.pages} pages, {CELLS} cells; load average {load}, {os.cpu_count()} processors\n")
    print("| | save of | median, ms | longest | never shown |\n|---|---|---:|---:|---:|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
