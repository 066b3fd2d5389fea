"""What the last build made of each notebook, for pages that need not be made again.

A page is a function of its notebook's file, of what its cells gave, of the settings, and of where its links lead. The
first, the settings of the build and our own code are the key of a record; what the cells gave is the same as long as
the world gives the same answers (`project.Standing`); the rest is compared when the page is to be rendered. Only
rendering is left out: all events of all plugins happen as ever.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import FunctionType
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from nbpublish.build import World
from nbpublish.model import Asset, Observation, Page, Problem, Run
from nbpublish.page.settings import PageSettings
from nbpublish.project import Project, Records, Standing


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is written, and the address that it has on the page."""

    url: str
    address: str


@dataclass(frozen=True, slots=True)
class KeptAsset:
    """A file that a page needs beside it, its bytes kept by digest."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What was made of one notebook."""

    answers: tuple[Observation, ...]
    """What its run stands on."""
    expires: float | None
    keys: tuple[str, ...]
    """Of its traces."""
    cells: Mapping[str, int]
    """How many cells were reused, failed and did not run."""
    problems: tuple[Problem, ...]
    """Of its run."""
    markdown: str
    metadata: str
    """As JSON; empty where JSON cannot hold it."""
    language: str | None
    """In which its prose is written, as far as that was found."""
    settings: str
    """Of the page."""
    links: tuple[Link, ...]
    page: Page
    """Without its assets, on the shelf."""
    assets: tuple[KeptAsset, ...]
    format: str
    """Of the notebook."""
    minutes: Mapping[str, int]
    """That reading takes, by how the site shows code: `show` and, for all else, `fold`."""
    exports: tuple[KeptAsset, ...]
    """Files that readers can take along, as they are called."""
    searched: Mapping[str, str] = field(default_factory=dict)
    """By digest of the page's content, what of it is searched."""
    sections: Mapping[str, list[Any]] = field(default_factory=dict)
    """By digest of its title and content, the page's parts in our theme's index."""


class Shelf:
    """Looks up, and keeps, what builds make of the notebooks of one site."""

    def __init__(self, project: Project, config: MkDocsConfig) -> None:
        self._project = project
        self._site = [Path(config.config_file_path or "").name, config.theme.name or ""]
        self._world: World | None = None
        self._bytes: dict[str, bytes | None] = {}

    @functools.cached_property
    def _all_pages(self) -> str:
        return json.dumps([repr(replace(self._project.settings, jobs=None)), surroundings(self._project.digest_of)])

    @property
    def _records(self) -> Records | None:
        return self._project.records

    def find(self, path: str, data: bytes) -> Kept | None:
        """What was made of the notebook in `data`, if only the notebook and our own code and settings matter."""
        if self._records is None or self._project.renews:
            return None
        kept = self._records.recall(self._name(path), self._key(path, data), Kept)
        return None if kept is None or (kept.expires is not None and time.time() >= kept.expires) else kept

    def holds(self, kept: Kept) -> bool:
        """Whether running the notebook would give the same again, without executing anything."""
        self._world = self._world or self._project.world()
        return self._project.settled(kept.answers, kept.keys, self._world)

    def page(self, kept: Kept) -> Page | None:
        """The whole page; None where one of its assets is gone."""
        assets = self.files(kept.assets)
        return None if assets is None else replace(kept.page, assets=assets)

    def files(self, kept: Iterable[KeptAsset]) -> tuple[Asset, ...] | None:
        """Kept files with their bytes; None where one is gone."""
        found = []
        for asset in kept:
            if asset.digest not in self._bytes:  # a library may belong to many pages
                self._bytes[asset.digest] = self._records.bytes_of(asset.digest) if self._records else None
            data = self._bytes[asset.digest]
            if data is None:
                return None
            found.append(Asset(asset.name, data))
        return tuple(found)

    def keep(self, path: str, data: bytes, kept: Kept, exports: Iterable[Asset] = ()) -> None:
        """Put what was made of a notebook in the place of what was made of it before."""
        if self._records is None:
            return
        assets, files = self._put(kept.page.assets), self._put(exports)
        kept = replace(kept, assets=assets, exports=files, page=replace(kept.page, assets=()))
        self._records.keep(self._name(path), self._key(path, data), kept)

    def _put(self, assets: Iterable[Asset]) -> tuple[KeptAsset, ...]:
        assert self._records
        return tuple(KeptAsset(asset.name, self._records.put(asset.data)) for asset in assets)

    @property
    def surroundings(self) -> str:
        """What decides about all that is made of the site: settings, our own code, what is installed."""
        return self._all_pages

    def digest_of(self, path: Path) -> str:
        """SHA-256 of a file's content, without reading it again while it stays as it is."""
        return self._project.digest_of(path)

    @property
    def records(self) -> Records | None:
        """Where what is made of the site is kept; None where nothing lasts."""
        return self._records

    def _name(self, path: str) -> str:
        return json.dumps([*self._site, path])

    def _key(self, path: str, data: bytes) -> str:
        return json.dumps([path, hashlib.sha256(data).hexdigest(), self._all_pages])


class Links:
    """Finds the addresses of a page's links, each as often as it is asked, for MkDocs logs what is wrong with a link.

    Where links are tried against those of the last build and lead elsewhere, the page is rendered, and the addresses
    that were found in trying are used up first: what is wrong is said once.
    """

    def __init__(self, find: Callable[[str], str]) -> None:
        self._find = find
        self._found: dict[str, deque[str]] = {}
        self.asked: list[Link] = []

    def lead_as_before(self, links: Iterable[Link]) -> bool:
        """Whether these links have the addresses that they had."""
        links = list(links)
        found = [Link(link.url, self._find(link.url)) for link in links]
        if found == links:
            self.asked = found
            return True
        for link in found:
            self._found.setdefault(link.url, deque()).append(link.address)
        return False

    def __call__(self, url: str, line: int = 1) -> str:
        waiting = self._found.get(url)
        found = waiting.popleft() if waiting else self._find(url)
        self.asked.append(Link(url, found))
        return found


def standing_of(kept: Kept) -> Standing:
    """On what the run of a record stands."""
    return Standing({(seen.kind, seen.subject): seen.digest for seen in kept.answers}, kept.expires)


def counts_of(run: Run) -> dict[str, int]:
    """How many cells would be reused, fail and not run, if the notebook were built again."""
    counts = Counter(reason.action for reason in run.reasons.values())
    failed = sum(trace.problem is not None for trace in run.traces.values())
    return {"reused": counts["reused"] + counts["run"], "failed": failed, "not_run": counts["not_run"]}


def surroundings(digest_of: Callable[[Path], str]) -> list[str]:
    """What of this installation decides about pages: Python, our own code, and what is installed beside it."""
    own = Path(__file__).parent.parent
    sources = sorted(str(path.relative_to(own)) for path in own.rglob("*.py") if "scaffold" not in path.parts)
    code = hashlib.sha256("".join(f"{name} {digest_of(own / name)}\n" for name in sources).encode()).hexdigest()
    return [sys.version, code, *_distributions(tuple(sys.path))]


def _distributions(places: tuple[str, ...]) -> list[str]:
    """Names and versions of installed distributions, as their folders are called."""
    found = set()
    for place in places:
        try:
            names = {path.name for path in Path(place or os.curdir).iterdir()}
            found |= {name for name in names if name.endswith((".dist-info", ".egg-info"))}
        except OSError:
            continue
    return sorted(found)


def described(settings: PageSettings) -> str:
    """Page settings as text; empty where a function among them cannot be told from others."""
    values = {name.name: getattr(settings, name.name) for name in fields(settings)}
    values["slugify"] = _function(settings.slugify)
    values["plotly"] = settings.plotly.__name__
    values["vega"] = getattr(settings.vega, "__name__", repr(settings.vega))
    values["diagrams"] = getattr(settings.diagrams, "__name__", repr(settings.diagrams))
    return json.dumps(values, ensure_ascii=False, default=asdict) if values["slugify"] else ""


def _function(function: object) -> str:
    """A function by its name and its module's content; one with arguments, with them. Empty where it has no name."""
    if isinstance(function, functools.partial):
        values = (function.func, *function.args, *function.keywords.values())
        parts = [_function(value) if callable(value) else _plain(value) for value in values]
        return " ".join([*parts, *function.keywords]) if all(parts) else ""
    if not isinstance(function, FunctionType) or "<" in function.__qualname__:
        return ""
    try:
        code = hashlib.sha256(Path(function.__code__.co_filename).read_bytes()).hexdigest()
    except OSError:
        return ""
    return f"{function.__module__}.{function.__qualname__} {code}"


def _plain(value: object) -> str:
    return repr(value) if isinstance(value, str | int | float | bool | None) else ""


def digest(*texts: str) -> str:
    """Stands for texts."""
    return hashlib.sha256("\0".join(texts).encode(errors="surrogatepass")).hexdigest()


def as_json(metadata: Mapping[str, Any]) -> str:
    """Metadata as JSON; empty where JSON would not give them back as they are, as with dates."""
    try:
        text = json.dumps(dict(metadata), ensure_ascii=False)
        return text if json.loads(text) == metadata else ""
    except (TypeError, ValueError, RecursionError):
        return ""
