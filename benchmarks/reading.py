"""What a reader's browser gets and does for one chapter, beside what other tools make of it, in one run.

    npm install --prefix .lighthouse lighthouse@12 mathjax@3
    python benchmarks/reading.py --rivals .rivals --node .lighthouse

The chapter is the ridge regression of `tests/sites/kinds`: prose, thirteen formulas, code, two figures. mkdocs-jupyter
gets it as the executed notebook that nbpublish offers for download, Material as the Markdown that it offers, with
MathJax; marimo-book and `marimo export html` get the marimo file itself. Every site is served from this machine with
gzip. What a page asks of other hosts is listed and not answered; MathJax and marimo's frontend, without which pages
would be empty, are served from here instead, so these pages look faster than they are.

Bytes, requests and axe's violations are the same in every run. Scores and processor time depend on the machine and on
what else it does: compare them only within one run. With `--repeats 1` it took four minutes beside
other work.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browsers import QUIET, chromium_path  # noqa: E402
from kinds import SITES, build_kinds  # noqa: E402

CHAPTER = SITES / "en" / "docs" / "regression" / "ridge.py"
MATHJAX = """\
window.MathJax = {tex: {inlineMath: [["\\\\(", "\\\\)"]], displayMath: [["\\\\[", "\\\\]"]]},
                  options: {ignoreHtmlClass: ".*|", processHtmlClass: "arithmatex"}};
"""
FRONTEND = r"https://[^/\"' ]+/npm/@marimo-team/frontend@[^/]+/dist/"
"""Where the page that marimo exports looks for what it is made of."""
STILL = 15
"""Seconds after which a page that never comes to rest, as that of marimo's export, is taken as loaded."""
LIMIT = 150
"""Seconds that Lighthouse may take for a page."""


@dataclass
class Measured:
    """What one page costs a reader; None where it could not be measured."""

    requests: int = 0
    kilobytes: float = 0.0
    """Sent, compressed."""
    script: float = 0.0
    """Kilobytes of these that are JavaScript."""
    hosts: set[str] = field(default_factory=set)
    """Other hosts that the page asks."""
    rules: int | None = None
    """Rules of axe-core that it breaks, in light and dark, each counted once."""
    nodes: int | None = None
    reports: list[dict[str, float]] = field(default_factory=list)
    """What Lighthouse said, once for each time that it finished: its scores, and milliseconds of script."""

    def middle(self, name: str, scale: float = 1.0) -> str:
        """The median of what Lighthouse said of `name`, and a dash where it never finished."""
        said = [report[name] * scale for report in self.reports if name in report]
        return f"{statistics.median(said):.0f}" if said else "–"


# --- the sites ------------------------------------------------------------------------------------------------------


def run(command: list[str | Path], folder: Path) -> None:
    subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True, text=True)


@functools.cache
def course(folder: Path) -> Path:
    """The chapter within its course, built by nbpublish below `folder`, once."""
    return build_kinds("en", folder)


def nbpublish(folder: Path, _: argparse.Namespace) -> tuple[Path, str]:
    return course(folder), "regression/ridge/"


def offered(folder: Path) -> Path:
    """The folder in which nbpublish offers the chapter in other formats; `folder` is that of another tool."""
    return course(folder.with_name("nbpublish")) / "regression" / "ridge"


def material(folder: Path, options: argparse.Namespace) -> tuple[Path, str]:
    docs = folder / "docs"
    shutil.copytree(offered(folder), docs / "ridge", ignore=shutil.ignore_patterns("*.html"))
    (docs / "ridge" / "ridge.md").rename(docs / "ridge" / "index.md")
    (docs / "index.md").write_text("# A course\n", encoding="utf-8")
    (docs / "mathjax.js").write_text(MATHJAX, encoding="utf-8")
    shutil.copytree(options.node / "node_modules" / "mathjax" / "es5", docs / "mathjax")
    (folder / "mkdocs.yml").write_text(
        "site_name: A course\ntheme: {name: material, font: false}\n"
        "markdown_extensions: [pymdownx.superfences, pymdownx.highlight, {pymdownx.arithmatex: {generic: true}}]\n"
        "extra_javascript: [mathjax.js, mathjax/tex-mml-chtml.js]\n",
        encoding="utf-8",
    )
    run([options.rivals / "bin" / "mkdocs", "build", "-q"], folder)
    return folder / "site", "ridge/"


def mkdocs_jupyter(folder: Path, options: argparse.Namespace) -> tuple[Path, str]:
    docs = folder / "docs"
    docs.mkdir(parents=True)
    shutil.copy(offered(folder) / "ridge.ipynb", docs)
    (docs / "index.md").write_text("# A course\n", encoding="utf-8")
    settings = "site_name: A course\ntheme: {name: material, font: false}\nplugins: [search, mkdocs-jupyter]\n"
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
    run([options.rivals / "bin" / "mkdocs", "build", "-q"], folder)
    return folder / "site", "ridge/"


def marimo_book(folder: Path, options: argparse.Namespace) -> tuple[Path, str]:
    docs = folder / "docs"
    docs.mkdir(parents=True)
    shutil.copy(CHAPTER, docs)
    (docs / "intro.md").write_text("# A course\n", encoding="utf-8")
    contents = "title: A course\ntoc:\n  - file: docs/intro.md\n  - file: docs/ridge.py\n"
    (folder / "book.yml").write_text(contents, encoding="utf-8")
    run([options.rivals / "bin" / "marimo-book", "build"], folder)
    (page,) = [path for path in (folder / "_site").rglob("index.html") if "ridge" in path.parts]
    return folder / "_site", page.parent.relative_to(folder / "_site").as_posix() + "/"


def marimo_export(folder: Path, options: argparse.Namespace) -> tuple[Path, str]:
    site = folder / "site"
    site.mkdir(parents=True)
    page, chapter = site / "index.html", shutil.copy(CHAPTER, folder)  # marimo leaves a folder beside what it exports
    run([options.rivals / "bin" / "marimo", "export", "html", chapter, "-o", page], folder)
    ask = "import marimo; print(marimo.__path__[0])"
    found = subprocess.run([options.rivals / "bin" / "python", "-c", ask], capture_output=True, text=True, check=True)
    own = shutil.ignore_patterns(page.name)
    shutil.copytree(Path(found.stdout.strip()) / "_static", site, dirs_exist_ok=True, ignore=own)
    page.write_text(re.sub(FRONTEND, "./", page.read_text(encoding="utf-8")), encoding="utf-8")
    return site, ""


SITES_OF: dict[str, Callable[[Path, argparse.Namespace], tuple[Path, str]]] = {
    "nbpublish": nbpublish,
    "Material + MathJax": material,
    "mkdocs-jupyter": mkdocs_jupyter,
    "marimo-book": marimo_book,
    "marimo export html": marimo_export,
}


# --- the reader -----------------------------------------------------------------------------------------------------


class Gzipped(SimpleHTTPRequestHandler):
    """Serves a folder as a web server does: compressed where that helps."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(file))
        data = file.read_bytes()
        packed = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
        data = gzip.compress(data) if packed else data
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Gzipped, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def visit(browser: Any, address: str, found: Measured) -> None:
    """Open a page as a reader does, and ask axe about it in light and dark."""
    from axe_playwright_python.sync_playwright import Axe

    home = "/".join(address.split("/")[:3])
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()

    def elsewhere(route: Any) -> None:
        found.hosts.add(route.request.url.split("/")[2])
        route.abort()

    tab.route(lambda url: url.startswith("http") and not url.startswith(home), elsewhere)
    sizes: list[tuple[str, int]] = []

    def note(response: Any) -> None:
        if response.url.startswith("http"):
            with contextlib.suppress(Exception):
                sizes.append((response.headers.get("content-type", ""), response.request.sizes()["responseBodySize"]))

    tab.on("response", note)
    tab.goto(address)
    with contextlib.suppress(Exception):
        tab.wait_for_load_state("networkidle", timeout=STILL * 1000)
    tab.wait_for_timeout(2_000)
    found.requests = len(sizes)
    found.kilobytes = sum(size for _, size in sizes) / 1000
    found.script = sum(size for kind, size in sizes if "javascript" in kind) / 1000
    broken: dict[str, int] = {}
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        told = Axe().run(tab, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
        for rule in told:
            broken[rule["id"]] = max(broken.get(rule["id"], 0), len(rule["nodes"]))
    found.rules, found.nodes = len(broken), sum(broken.values())
    context.close()


def lighthouse(address: str, options: argparse.Namespace, found: Measured) -> None:
    """Scores of Lighthouse, on its simulated phone; none where it does not finish."""
    flags = " ".join(["--headless=new", *QUIET, "--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'"])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [str(options.node / "node_modules" / ".bin" / "lighthouse"), address, "--quiet", "--output=json"]
        command += [f"--output-path={out}", f"--chrome-flags={flags}", f"--max-wait-for-load={STILL * 1000}"]
        environment = {**os.environ, "CHROME_PATH": chromium_path() or ""}
        try:
            subprocess.run(command, env=environment, check=True, capture_output=True, timeout=LIMIT)
            report = json.loads(out.read_text(encoding="utf-8"))
        except (subprocess.SubprocessError, OSError, ValueError):
            return
    said = {name: category["score"] for name, category in report["categories"].items()}
    said["script"] = report["audits"]["bootup-time"].get("numericValue")
    found.reports.append({name: value for name, value in said.items() if value is not None})


def show(pages: dict[str, Measured]) -> None:
    ours = pages["nbpublish"]
    heads: tuple[str, ...] = ("requests", "kB sent", "ratio", "kB script", "script ms")
    heads += ("axe: rules", "nodes", "perf.", "access.", "best", "SEO")
    print("\n" + f"{'':<20}" + "".join(f"{head:>11}" for head in heads) + "  other hosts")
    for name, page in pages.items():
        ratio = page.kilobytes / ours.kilobytes
        cells = [f"{page.requests}", f"{page.kilobytes:.1f}", f"{ratio:.1f}", f"{page.script:.1f}"]
        cells += [page.middle("script"), f"{page.rules}", f"{page.nodes}"]
        cells += [page.middle(name, 100) for name in ("performance", "accessibility", "best-practices", "seo")]
        hosts = ", ".join(sorted(page.hosts)) or "none"
        print(f"{name:<20}" + "".join(f"{cell:>11}" for cell in cells) + f"  {hosts}")


def main() -> None:
    began = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", type=Path, help="virtual environment with mkdocs-jupyter and marimo-book")
    parser.add_argument("--node", type=Path, help="folder with node_modules of lighthouse and mathjax")
    parser.add_argument("--repeats", type=int, default=3, help="how often Lighthouse looks at each page, in turn")
    parser.add_argument("--only", action="append", choices=SITES_OF, help="nbpublish and these")
    options = parser.parse_args()
    options.rivals, options.node = (path and path.absolute() for path in (options.rivals, options.node))
    wanted = {"nbpublish", *(options.only or SITES_OF)} if options.rivals else {"nbpublish"}
    if not options.node:
        print("no --node: Lighthouse is left out, and Material, which needs MathJax")
        wanted.discard("Material + MathJax")
    from playwright.sync_api import sync_playwright

    pages: dict[str, Measured] = {}
    addresses: dict[str, str] = {}
    with contextlib.ExitStack() as servers, tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name in (name for name in SITES_OF if name in wanted):
            try:
                site, page = SITES_OF[name](Path(folder) / name.replace(" ", "-"), options)
            except subprocess.CalledProcessError as error:
                print(f"{name} could not build its site and is left out: {error.stderr[-500:]}")
                continue
            pages[name] = Measured()
            addresses[name] = servers.enter_context(served(site)) + page
        for name, found in pages.items():
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
            visit(browser, addresses[name], found)
            browser.close()
        for turn in range(options.repeats if options.node else 0):
            for name, found in pages.items():
                if turn == len(found.reports):  # what did not finish once is not asked again
                    lighthouse(addresses[name], options, found)
    show(pages)
    print(f"\n{time.monotonic() - began:.0f} s in all, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
