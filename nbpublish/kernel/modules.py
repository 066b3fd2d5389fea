"""The author's own modules: which are loaded, and what their sources were then."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from nbpublish.kernel.outside import NOT_THEIRS, file_digest, subject_of
from nbpublish.model import Observation


class Modules:
    """Follows what is loaded from files below and beside the folder `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known = set(sys.modules)
        """Names of modules that are ours, or that have been looked at."""
        self._digests: dict[str, str] = {}
        """By path, the digest of a module's source when it was loaded."""

    @property
    def paths(self) -> Collection[str]:
        """The files of all that are loaded."""
        return self._digests.keys()

    def observed(self) -> Iterator[Observation]:
        """After a cell: all modules of the author's that are loaded."""
        self._find()
        for path, digest in sorted(self._digests.items()):
            yield Observation("module", subject_of(path, self._root), digest)

    def outdated(self) -> bool:
        """Whether a module that is loaded has another source by now."""
        return any(file_digest(path) != digest for path, digest in self._digests.items())

    def _find(self) -> None:
        fresh = [name for name in list(sys.modules) if name not in self._known]
        self._known.update(fresh)
        for name in fresh:
            file = getattr(sys.modules[name], "__file__", None)
            if not isinstance(file, str) or not file.endswith(".py"):
                continue
            path = os.path.abspath(file)  # noqa: PTH100
            if path not in self._digests and not path.startswith(NOT_THEIRS):
                self._digests[path] = file_digest(path)
