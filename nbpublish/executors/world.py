"""What kernels of this machine would find outside their process."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nbpublish.kernel.environment import digest_of
from nbpublish.kernel.observe import file_digest
from nbpublish.kernel.surroundings import ENVIRONMENT, UNWANTED


class ThisMachine:
    """Files are looked for below the folder `root`, unless their path is absolute."""

    def __init__(self, root: Path, digest: Callable[[str], str | None] = file_digest) -> None:
        self._root = root.resolve()
        self._digest = digest
        self._variables = dict(os.environ)  # as kernels are given them; one in this process may set some

    def digest(self, kind: str, subject: str) -> str:
        """What is there now, in the words of an `Observation` of this kind; of another kind, that nothing holds."""
        if kind == "engine":
            return self._engine
        if kind == "environment":
            return digest_of(self._variable(subject))
        if kind in ("file", "missing", "module"):
            return self._digest(str(self._root / subject)) or ""
        return "unknown"

    @cached_property
    def _engine(self) -> str:
        try:
            own = version("nbpublish")
        except PackageNotFoundError:
            own = ""
        return f"{own} {sys.implementation.name} {platform.python_version()} {sys.platform} {platform.machine()}"

    def _variable(self, name: str) -> str | None:
        if name in ENVIRONMENT:
            return ENVIRONMENT[name]
        return None if name in UNWANTED else self._variables.get(name)
