"""Installed distributions: which one a module is from, and which version it and all that it requires have.

Their folders are listed rather than asked through `importlib.metadata`, whose scan takes a hundred times as long. Where
a name says who it belongs to, nothing is read.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

_ENDINGS = (".dist-info", ".egg-info")
_REQUIRED = re.compile(rb"^Requires-Dist: *([A-Za-z0-9][A-Za-z0-9._-]*)(.*)$", re.MULTILINE | re.IGNORECASE)
_EXTRA = re.compile(rb"\bextra\b")
_LIKELY = {
    "PIL": "pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python", "dateutil": "python-dateutil",
    "sklearn": "scikit-learn", "skimage": "scikit-image", "yaml": "pyyaml", "mpl_toolkits": "matplotlib",
}
"""Where to look first for modules that are not called like their distribution."""


class Distribution(NamedTuple):
    """A distribution as the folder with its metadata tells of it."""

    name: str
    """In lower case, with hyphens."""
    version: str
    info: Path


def normal(name: str) -> str:
    """One spelling for `Scikit_Learn` and `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Site:
    """One folder of `sys.path` that distributions are installed in."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    @cached_property
    def distributions(self) -> dict[str, Distribution]:
        """By name, what is installed here."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(_ENDINGS))  # noqa: PTH208
        except OSError:
            return {}
        found = [_distribution(Path(self.folder, name)) for name in names]
        return {distribution.name: distribution for distribution in found}

    def owners(self, module: str) -> tuple[str, ...]:
        """The distributions that a top-level module is from."""
        if normal(module) in self.distributions:
            return (normal(module),)
        if module not in self._owners:
            likely = self.distributions.get(_LIKELY.get(module, ""))
            has = likely is not None and _has(likely, module)
            others = (name for name, found in self.distributions.items() if _has(found, module))
            self._owners[module] = (likely.name,) if likely and has else tuple(others)
        return self._owners[module]

    @cached_property
    def _owners(self) -> dict[str, tuple[str, ...]]:
        return {}


class Installed:
    """All that is installed in the folders `paths`; the first that has a distribution counts, as for imports."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.sites = {path: Site(path) for path in dict.fromkeys(os.path.abspath(path) for path in paths)}  # noqa: PTH100

    def find(self, name: str) -> Distribution | None:
        """The distribution of this name."""
        return next((found for site in self.sites.values() if (found := site.distributions.get(name))), None)

    def owners(self, module: str, folder: str) -> tuple[str, ...]:
        """The distributions that a top-level module is from which was found in a folder."""
        site = self.sites.get(folder)
        return site.owners(module) if site else ()

    def extras(self, name: str) -> frozenset[str]:
        """What a distribution requires for some purposes only."""
        if name not in self._extras:
            self._extras[name] = frozenset(self._required(name)) - frozenset(self._required(name, extras=False))
        return self._extras[name]

    @cached_property
    def _extras(self) -> dict[str, frozenset[str]]:
        return {}

    def description(self, name: str) -> str:
        """The version of a distribution and of all that it requires; empty where it is not installed."""
        if name not in self._descriptions:
            self._descriptions[name] = self._described(name)
        return self._descriptions[name]

    @cached_property
    def _descriptions(self) -> dict[str, str]:
        return {}

    def _described(self, name: str) -> str:
        found = self.find(name)
        if found is None:
            return ""
        others = sorted(self.closure(name) - {name})
        parts = [_version(found), *(f"{o.name} {_version(o)}" for o in map(self.find, others) if o)]
        return ", ".join(parts)

    def closure(self, name: str) -> frozenset[str]:
        """A distribution, all that it requires, and so on; empty where it is not installed."""
        if name not in self._closures:
            reached: set[str] = set()
            waiting = [name]
            while waiting:
                if (other := waiting.pop()) not in reached and self.find(other):
                    reached.add(other)
                    waiting += self._required(other, extras=False)
            self._closures[name] = frozenset(reached)
        return self._closures[name]

    @cached_property
    def _closures(self) -> dict[str, frozenset[str]]:
        return {}

    def _required(self, name: str, *, extras: bool = True) -> tuple[str, ...]:
        found = self.find(name)
        if found is None:
            return ()
        if name not in self._requirements:
            self._requirements[name] = tuple(_requirements(found.info))
        return tuple(other for other, is_extra in self._requirements[name] if extras or not is_extra)

    @cached_property
    def _requirements(self) -> dict[str, tuple[tuple[str, bool], ...]]:
        return {}


def _distribution(info: Path) -> Distribution:
    name, dash, version = info.name.rpartition(".")[0].partition("-")
    if not dash:  # an egg-info of old need not say its version
        version = next((line[9:] for line in _text(info, "PKG-INFO").splitlines() if line.startswith("Version: ")), "")
    return Distribution(normal(name), version, info)


def _requirements(info: Path) -> Iterator[tuple[str, bool]]:
    head, _, _ = _bytes(info, "METADATA").replace(b"\r\n", b"\n").partition(b"\n\n")
    for name, marker in _REQUIRED.findall(head):
        yield normal(name.decode()), bool(_EXTRA.search(marker))


def _version(distribution: Distribution) -> str:
    """The version, and what else tells an installation from another where it came from no index."""
    origin = _bytes(distribution.info, "direct_url.json")
    if not origin:
        return distribution.version
    content = origin + _bytes(distribution.info, "RECORD")
    return f"{distribution.version} ({hashlib.sha256(content).hexdigest()[:12]})"


def _has(distribution: Distribution, module: str) -> bool:
    """Whether a top-level module is among the files of a distribution."""
    if said := _text(distribution.info, "top_level.txt"):
        return module in said.split()
    record = b"\n" + _bytes(distribution.info, "RECORD")
    return any(b"\n" + module.encode() + end in record for end in (b"/", b"."))


def _text(info: Path, name: str) -> str:
    return _bytes(info, name).decode("utf-8", "replace")


def _bytes(info: Path, name: str) -> bytes:
    try:
        return (info / name).read_bytes()
    except OSError:
        return b""
