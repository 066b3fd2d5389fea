"""What libraries look at while they are loaded: files and variables with their settings.

A library is loaded once in a process, by the first cell that imports it, and what it has found then holds for every
cell that uses it. So each of these depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from types import FrameType

from nbpublish.kernel.outside import Look

_KNOWN = frozenset({"marimo", "matplotlib", "nbpublish"})
"""Libraries whose settings are states of their own, or that look for nothing that could show on a page: marimo looks
into `pyproject.toml` for the name of a package manager."""
PLACES = frozenset(
    {
        *("HOME", "USERPROFILE", "PATH", "PWD", "OLDPWD", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV", "USER", "LOGNAME"),
        *("APPDATA", "LOCALAPPDATA", "TERM", "COLUMNS", "LINES", "COLORTERM", "SHELL", "DISPLAY", "XDG_RUNTIME_DIR"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_DIRS"),
    }
)
"""Variables that say where things lie on a machine, or whose it is. The files that are read there are observed."""


@dataclass(slots=True)
class Found:
    """What was looked at, and what it was then."""

    files: dict[str, Look] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    """By path of which it was asked whether it is there, the kind of what is."""
    variables: dict[str, str] = field(default_factory=dict)
    """By variable or pattern of such, what stood for its value."""

    def add(self, other: Found) -> None:
        """Have what `other` has, too; what was found first counts."""
        self.files = {**other.files, **self.files}
        self.asked = {**other.asked, **self.asked}
        self.variables = {**other.variables, **self.variables}


class Loading:
    """Remembers, by the top-level name of each library, what it looked at while it was loaded.

    `loaded_by` gives the libraries whose modules are being executed where a frame's code asks, the innermost first.
    """

    def __init__(self, loaded_by: Callable[[FrameType | None], list[str]]) -> None:
        self.loaded_by = loaded_by
        self._found: dict[str, Found] = {}

    @property
    def libraries(self) -> Collection[str]:
        """Those that looked at anything."""
        return self._found.keys()

    def file(self, path: str, look: Look, frame: FrameType | None) -> None:
        """The code of a frame has looked into a file."""
        for found in self._finders(frame):
            found.files.setdefault(path, look)

    def asks(self, path: str, kind: str, frame: FrameType | None) -> None:
        """The code of a frame has asked whether something is at a path."""
        for found in self._finders(frame):
            found.asked.setdefault(path, kind)

    def variable(self, name: str, digest: str, frame: FrameType | None) -> None:
        """The code of a frame has asked for a variable, or for all that match a pattern."""
        for found in self._finders(frame):
            found.variables.setdefault(name, digest)

    def of(self, libraries: Collection[str]) -> Found:
        """What some libraries found."""
        whole = Found()
        for library in sorted(self._found.keys() & libraries):
            whole.add(self._found[library])
        return whole

    def _finders(self, frame: FrameType | None) -> Iterator[Found]:
        libraries = self.loaded_by(frame)
        if libraries and libraries[0] not in _KNOWN:
            for library in set(libraries) - _KNOWN:
                yield self._found.setdefault(library, Found())
