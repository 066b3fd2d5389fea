"""Where the project lies on this machine: what is kept must hold on another one, and in a folder that was moved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_PROJECT = "\0"
"""Stands for the project's folder at the beginning of a path; no path has it in it."""
_GIVEN = "\0\0"
"""Stands for the places in `sys.path` that every script is given: those of Python and of what is installed."""
_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """The project's folder; `given` are the places that a script finds in `sys.path` behind its own folder."""

    path: str
    given: Sequence[str] = field(default=())

    def has(self, path: str) -> bool:
        """Whether a path leads into it."""
        return path == self.path or path.startswith(self.path + os.sep)

    def told(self, path: Any) -> Any:
        """A path, without where the project lies. What is no text stays as it is."""
        return _PROJECT + path[len(self.path) :] if isinstance(path, str) and self.has(path) else path

    def meant(self, path: Any) -> Any:
        """The path on this machine that was told so."""
        return self.path + path[1:] if isinstance(path, str) and path.startswith(_PROJECT) else path

    def told_search(self, paths: Sequence[Any]) -> list[Any]:
        """Paths that imports look through, without where the project and Python lie."""
        given, count = list(self.given), len(self.given)
        at = next((n for n in range(len(paths)) if count and list(paths[n : n + count]) == given), None)
        if at is None:
            return [self.told(path) for path in paths]
        return [*map(self.told, paths[:at]), _GIVEN, *map(self.told, paths[at + count :])]

    def meant_search(self, paths: Sequence[Any]) -> list[Any]:
        """The paths on this machine that were told so."""
        return [meant for path in paths for meant in (self.given if path == _GIVEN else [self.meant(path)])]

    def is_in(self, data: bytes | memoryview, wide: bool = True) -> bool:
        """Whether the folder's name stands in some bytes, as text in UTF-8 or, with `wide`, as numpy has it."""
        names = [self.path.encode(form, "surrogatepass") for form in ("utf-8", "utf-32-le")[: 1 + wide]]
        more = len(names[-1])
        return any(
            name in part
            for start in range(0, len(data), _STEP)
            for part in [bytes(data[start : start + _STEP + more])]
            for name in names
        )
