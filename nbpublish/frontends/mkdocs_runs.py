"""The runs of a site's notebooks, and what MkDocs's log tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mkdocs.plugins import get_plugin_logger

from nbpublish.build import Report
from nbpublish.frontends.mkdocs_files import NotebookFile
from nbpublish.model import Cell, Notebook, Reason, Run
from nbpublish.project import Project

log = get_plugin_logger(__name__)


class Runs(Mapping[str, Run]):
    """Runs by path. A run that is not needed to make its page is made when somebody asks for it."""

    def __init__(self) -> None:
        self._made: dict[str, Run] = {}
        self._later: dict[str, Callable[[], Run]] = {}

    def update(self, runs: Mapping[str, Run]) -> None:
        """Add runs that are made, or take them in place of those that were."""
        self._made.update(runs)

    def later(self, path: str, make: Callable[[], Run]) -> None:
        """`make` gives the run of the notebook `path`."""
        self._later[path] = make

    @property
    def made(self) -> Mapping[str, Run]:
        """Those that were made so far."""
        return self._made

    def __getitem__(self, path: str) -> Run:
        if path not in self._made:
            self._made[path] = self._later[path]()
        return self._made[path]

    def __contains__(self, path: object) -> bool:
        return path in self._made or path in self._later

    def __iter__(self) -> Iterator[str]:
        return iter({**self._made, **self._later})

    def __len__(self) -> int:
        return len({**self._made, **self._later})


def log_starts() -> Report:
    """A report that logs each notebook of which a cell runs."""
    seen: set[str] = set()

    def report(notebook: Notebook, cell: Cell, reason: Reason) -> None:
        if reason.action == "run" and notebook.path not in seen:
            seen.add(notebook.path)
            log.info("Running %s", notebook.path)

    return report


def run_again(file: NotebookFile, project: Project) -> Run:
    """The run of a notebook of which nothing is executed again."""
    return project.runs([file.notebook])[file.src_uri]
