"""Names that a cell looked for in vain: somebody else may bind them one day."""

from __future__ import annotations

from collections.abc import Container, Iterator

from nbpublish.kernel.libraries import Libraries
from nbpublish.model import Observation


class Missed:
    """Collects them while a cell runs."""

    def __init__(self, libraries: Libraries) -> None:
        self._libraries = libraries
        self._names: set[str] = set()

    def open(self) -> None:
        """A cell is about to run."""
        self._names.clear()

    def looked_for(self, name: str) -> None:
        """Something has asked the module itself for a name that is not there, as pickle does."""
        if not name.startswith("__"):
            self._names.add(name)

    def raised(self, exception: BaseException) -> None:
        """An exception has told of names that are not there, or one that it came from has."""
        seen: set[int] = set()
        waiting: list[BaseException | None] = [exception]
        while waiting:
            error = waiting.pop()
            if error is None or id(error) in seen:
                continue
            seen.add(id(error))
            waiting += [error.__cause__, error.__context__]
            if isinstance(error, NameError) and isinstance(error.name, str):
                self._names.add(error.name)
            elif isinstance(error, ImportError):
                self._libraries.missed = True
            elif type(error).__name__ in ("CatalogException", "SQLInterfaceError"):
                self._names.update(word.strip("'\"!.,`") for word in str(error).split())

    def observed(self, known: Container[str]) -> Iterator[Observation]:
        """Those that are none of the cell's inputs."""
        return (Observation("name", name, "") for name in sorted(self._names) if name not in known)
