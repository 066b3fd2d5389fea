"""What kernels of this machine would find outside their process."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nbpublish.executors.limits import limit_of
from nbpublish.kernel.distributions import Installed
from nbpublish.kernel.environment import digest_in
from nbpublish.kernel.environment import listing as listing_of_variables
from nbpublish.kernel.importable import importing_paths, libraries, module_digest, present, shadows
from nbpublish.kernel.outside import (
    FOLDER,
    GONE,
    INODE,
    digest_of_names,
    file_digest,
    inode,
    kind_of,
    listing,
    matching,
    names_in,
    path_of,
    pattern_at,
    subject_of,
)
from nbpublish.kernel.surroundings import ENVIRONMENT, UNWANTED


class ThisMachine:
    """Files are looked for below the folder `root`, unless their path is absolute.

    With `remember`, what was found counts until something has run: for one build of many notebooks. `seconds` is how
    long a cell may take.
    """

    def __init__(
        self,
        root: Path,
        digest: Callable[[str], str | None] = file_digest,
        *,
        remember: bool = False,
        seconds: float | None = None,
    ) -> None:
        self._root = root.resolve()
        self._digest = digest
        wanted = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        self._environment = wanted | ENVIRONMENT  # as kernels are given it; one in this process may set some
        self._remember = remember
        self._found: dict[tuple[str, str], str] = {}
        self._kinds: dict[str, Callable[[str], str]] = {
            "engine": lambda _: self._engine,
            "folder": lambda _: str(self._root),
            "limit": lambda _: limit_of(seconds).digest,
            "environment": lambda subject: digest_in(self._environment, subject),
            "variables": lambda pattern: listing_of_variables(self._environment, pattern),
            "unset": lambda subject: " ".join(name for name in subject.split() if self._is_set(name)),
            "file": lambda subject: self._digest(path_of(subject, self._root)) or "",
            "module": lambda subject: module_digest(path_of(subject, self._root), self._digest),
            "missing": lambda subject: kind_of(path_of(subject, self._root)),
            "exists": lambda subject: kind_of(path_of(subject, self._root)),
            "directory": lambda subject: listing(path_of(subject, self._root)),
            "glob": lambda subject: digest_of_names(self._matches(subject)),
            "names of directory": self._names,
            "names of glob": lambda subject: "\0".join(self._matches(subject)),
            "inode": lambda subject: inode(path_of(subject, self._root)),
            "written": self._written,
            "distribution": lambda name: self._installed.description(name),
            "shadows": lambda folder: shadows(path_of(folder, self._root), self._libraries),
            "absent": self._absent,
        }

    def digest(self, kind: str, subject: str) -> str:
        """What is there now, in the words of an `Observation` of this kind; of another kind, that nothing holds."""
        look = self._kinds.get(kind)
        if look is None:
            return "unknown"
        if not self._remember:
            return look(subject)
        remembered = self._found  # what is found while something ends that has run goes into the old one
        found = remembered.get((kind, subject))
        if found is None:
            found = remembered[kind, subject] = look(subject)
        return found

    def forget(self) -> None:
        """Something has run, and may have changed what is there."""
        self._found = {}

    def _matches(self, pattern: str) -> list[str]:
        return sorted(subject_of(path, self._root) for path in matching(pattern_at(pattern, self._root)))

    def _names(self, subject: str) -> str:
        path = path_of(subject, self._root)
        return "\0".join(sorted(names_in(path))) if kind_of(path) == FOLDER else GONE

    def _written(self, subject: str) -> str:
        """The content of a file, or what is there instead."""
        found = inode(path_of(subject, self._root))
        return self._digest(path_of(subject, self._root)) or "" if found.startswith(INODE) else found

    @cached_property
    def _installed(self) -> Installed:
        return Installed(importing_paths(self._environment, sys.path))

    @cached_property
    def _libraries(self) -> frozenset[str]:
        return libraries(self._installed.sites)

    def _absent(self, subject: str) -> str:
        """Modules that could not be imported in a folder and now can be."""
        folder, _, names = subject.rpartition(": ")
        return present(names.split(), [path_of(folder, self._root), *self._installed.sites])

    @cached_property
    def _engine(self) -> str:
        try:
            own = version("nbpublish")
        except PackageNotFoundError:
            own = ""
        return f"{own} {sys.implementation.name} {platform.python_version()} {sys.platform} {platform.machine()}"

    def _is_set(self, subject: str) -> bool:
        """Whether a variable is set, or one that matches a pattern."""
        return digest_in(self._environment, subject) != digest_in({}, subject)
