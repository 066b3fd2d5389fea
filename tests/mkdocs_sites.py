"""Builds the small sites of `tests/sites` with MkDocs, each combination once, and reads what came out."""

from __future__ import annotations

import copy
import json
import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config

from nbpublish.frontends.mkdocs import NbpublishPlugin
from nbpublish.model import Problem, Run
from nbpublish.project import Project

SITES = Path(__file__).parent / "sites"


@dataclass(frozen=True)
class Site:
    """A built site."""

    folder: Path
    runs: dict[str, Run]
    problems: tuple[Problem, ...]
    log: str

    def html(self, page: str) -> str:
        return (self.folder / page).read_text(encoding="utf-8")

    def has(self, path: str) -> bool:
        return (self.folder / path).exists()

    @property
    def search(self) -> dict[str, dict[str, Any]]:
        """Entries of the search index by location."""
        index = json.loads(self.html("search/search_index.json"))
        return {entry["location"]: entry for entry in index["docs"]}

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Path and code of each problem."""
        return [(problem.path, problem.code) for problem in self.problems]


def copy_site(name: str, to: Path) -> Path:
    """A copy that a test may change, and in which running notebooks may leave files."""
    return Path(shutil.copytree(SITES / name, to / name))


def write_site(folder: Path, files: dict[str, str], **settings: Any) -> Path:
    """A site of a few files in `folder/docs`, under MkDocs's smallest theme."""
    settings = {"site_name": "Small", "theme": {"name": "mkdocs", "highlightjs": False}, **settings}
    settings.setdefault("plugins", ["search", "nbpublish"])
    for name, text in files.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return folder


def build_site(
    source: Path, out: Path, *, project: Project | None = None, serve_url: str | None = None, **settings: Any
) -> Site:
    """Build as `mkdocs build` would, or for `serve_url` as `mkdocs serve` would; settings are those of mkdocs.yml."""
    config = load_config(str(source / "mkdocs.yml"), site_dir=str(out), **copy.deepcopy(settings))
    plugin = config.plugins["nbpublish"]
    assert isinstance(plugin, NbpublishPlugin)
    plugin.project = project
    with logged() as lines:
        config.plugins.on_startup(command="serve" if serve_url else "build", dirty=False)
        build(config, serve_url=serve_url)
        config.plugins.on_shutdown()
    return Site(out, plugin.runs, plugin.problems, "\n".join(lines))


@contextmanager
def logged() -> Iterator[list[str]]:
    """What MkDocs and its plugins log, a line each."""
    lines: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.append(f"{record.levelname} {record.getMessage()}")  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class _Addresses(HTMLParser):
    """Collects what a page refers to, what it fetches, and its anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.refers: list[str] = []
        self.fetches: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        fetched = [values["src"]] if "src" in values else []
        if tag == "link" and values.get("rel") in ("stylesheet", "preconnect", "icon", "preload"):
            fetched.append(values.get("href", ""))
        self.fetches += fetched
        self.refers += [*fetched, *([values["href"]] if tag == "a" and "href" in values else [])]


def addresses(html: str) -> _Addresses:
    parser = _Addresses()
    parser.feed(html)
    return parser


def dead_links(site: Site) -> list[str]:
    """Every relative address on every page that leads to no file of the site, or to no anchor of that file."""
    pages = {path: addresses(path.read_text(encoding="utf-8")) for path in site.folder.rglob("*.html")}
    dead = []
    for path, found in pages.items():
        if path.name == "404.html":
            continue
        here = path.relative_to(site.folder).as_posix()
        for address in found.refers:
            if urlsplit(address).scheme or address.startswith(("//", "/")):
                continue
            target, _, anchor = urljoin(f"http://x/{here}", address).removeprefix("http://x/").partition("#")
            file = site.folder / unquote(target.partition("?")[0])
            file = file / "index.html" if file.is_dir() else file
            known = pages[file].anchors if file in pages else set()
            if not file.exists() or (file in pages and anchor and unquote(anchor) not in known):
                dead.append(f"{here}: {address}")
    return [link for link in dead if not re.search(r": (#|\.+/?#?)$", link)]


def other_hosts(site: Site) -> set[str]:
    """Hosts that any page fetches something from."""
    fetched = {
        address for path in site.folder.rglob("*.html") for address in addresses(path.read_text("utf-8")).fetches
    }
    return {host for address in fetched if (host := urlsplit(address).netloc)} - {"example.org"}
