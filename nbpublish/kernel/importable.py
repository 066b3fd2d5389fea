"""What an import would find where: names that a folder has to offer, and those that stand before libraries."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from pathlib import Path

_SUFFIXES = (*SOURCE_SUFFIXES, *EXTENSION_SUFFIXES)
_REGULAR = (*_SUFFIXES, *(f"{os.sep}__init__{suffix}" for suffix in _SUFFIXES))
"""What stands behind the name of a module that is no mere folder."""


def names_found(folder: str) -> frozenset[str]:
    """Names that can be imported from a folder."""
    found = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                suffix = next((suffix for suffix in _SUFFIXES if entry.name.endswith(suffix)), None)
                if suffix:
                    found.add(entry.name.removesuffix(suffix))
                elif entry.name.isidentifier() and entry.is_dir():
                    found.add(entry.name)
    except (OSError, ValueError):
        pass
    return frozenset(found)


def shadows(folder: str, libraries: Collection[str]) -> str:
    """What in a folder is called like a library, and so is imported in its place. Folders of data stand behind them."""
    return " ".join(sorted(name for name in names_found(folder) if name in libraries and _is_regular(folder, name)))


def _is_regular(folder: str, name: str) -> bool:
    stem = os.path.join(folder, name)  # noqa: PTH118  asked after each cell
    return any(os.path.exists(stem + end) for end in _REGULAR)  # noqa: PTH110


def libraries(paths: Iterable[str]) -> frozenset[str]:
    """Names of all modules of Python and of those that are installed, where kernels look into these folders."""
    return frozenset(sys.stdlib_module_names).union(*map(names_found, filter(is_site, paths)))


def present(names: Iterable[str], folders: Iterable[str]) -> str:
    """Those of some names that can be imported from folders."""
    found = frozenset[str]().union(*map(names_found, folders))
    return " ".join(sorted(found.intersection(names)))


def is_site(folder: str) -> bool:
    """Whether a folder is one that installers put libraries into."""
    return os.path.basename(folder) in ("site-packages", "dist-packages")  # noqa: PTH119


def importing_paths(variables: Mapping[str, str], path: Sequence[str]) -> tuple[str, ...]:
    """Where kernels look for modules besides the notebook's folder, given environment variables and a `sys.path`.

    The first entry of a `sys.path` may be the folder of whatever program runs here.
    """
    said = [entry for entry in variables.get("PYTHONPATH", "").split(os.pathsep) if entry]
    found = [entry for at, entry in enumerate(path) if entry and (at or is_site(entry))]
    folders = (os.path.abspath(entry) for entry in (*said, *found))  # noqa: PTH100
    return tuple(dict.fromkeys(folder for folder in folders if Path(folder).is_dir()))


def module_digest(path: str, digest: Callable[[str], str | None]) -> str:
    """What stands for a module's file; `other` where an import would find something else first, "" where nothing."""
    stem, suffix = os.path.splitext(path)  # noqa: PTH122
    if suffix == ".py" and os.path.basename(stem) != "__init__":  # noqa: PTH119
        preferred = [os.path.join(stem, "__init__.py"), *(stem + ending for ending in EXTENSION_SUFFIXES)]  # noqa: PTH118
        if any(map(os.path.exists, preferred)):
            return "other"
    return digest(path) or ""
