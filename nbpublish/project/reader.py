"""Files of a folder → notebooks, whatever is wrong with them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from nbpublish.formats.detect import decode, formats_available, read
from nbpublish.formats.format import Format
from nbpublish.model import Notebook, Problem
from nbpublish.project.settings import Settings

log = logging.getLogger("mkdocs.plugins.nbpublish.project")  # of the family that `mkdocs --verbose` shows

JUNK = frozenset({"__pycache__", "__marimo__", ".ipynb_checkpoints", ".virtual_documents", "node_modules", "venv"})
"""Folders that tools leave beside notebooks; nothing in them is meant to be published."""
ENVIRONMENT = "pyvenv.cfg"
"""The file by which a folder is known as a virtual environment, whatever its name."""


class Patterns(Protocol):
    """Says of a path whether lines of a `.gitignore` match it."""

    def match_file(self, file: str) -> bool: ...


def _patterns(lines: Iterable[str]) -> Patterns:
    from pathspec.gitignore import GitIgnoreSpec  # few sites have patterns, and it takes longer than the rest of us

    return GitIgnoreSpec.from_lines(lines)


class Reader:
    """Recognises and reads the notebooks of the folder `root`."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        return tuple(formats_available())

    @cached_property
    def _included(self) -> Patterns:
        return _patterns(self._settings.include)

    @cached_property
    def _excluded(self) -> Patterns:
        return _patterns(self._settings.exclude)

    def takes(self, path: str) -> bool:
        """Whether a file of this name may be a notebook, before looking into it."""
        if not path.endswith(tuple(suffix for format in self.formats for suffix in format.suffixes)):
            return False
        if JUNK & set(path.split("/")) or (self._settings.include and not self._included.match_file(path)):
            return False
        return not (self._settings.exclude and self._excluded.match_file(path))

    def read(self, path: str) -> Notebook | None:
        """The notebook in the file `path`, relative to the root; None where the file is something else."""
        try:
            data = (self._root / path).read_bytes()
        except OSError as error:
            message = f"The file cannot be read: {error.strerror or error}. Check that it exists and its permissions."
            return only(path, Problem("unreadable", message, path, 1))
        return self.parse(path, data)

    def parse(self, path: str, data: bytes) -> Notebook | None:
        """The notebook in `data`, the content of a file that is to be called `path`; None where it is none."""
        try:
            return read(path, decode(data), self.formats)
        except Exception as error:
            return only(path, unexpected(path, error))


def unexpected(path: str, error: Exception) -> Problem:
    """A fault of ours as a problem of the notebook that met it, so that all others are still published."""
    log.debug("unexpected exception at %s", path, exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    message = (
        f"nbpublish itself failed on this notebook ({type(error).__name__}: {error}{place}). "
        "That is our bug: please report it with this line and, if you can, the notebook."
    )
    return Problem("internal-error", message, path, 1)


def only(path: str, *problems: Problem) -> Notebook:
    """A notebook of which nothing is known but its problems."""
    return Notebook(path, "unknown", (), problems=problems)
