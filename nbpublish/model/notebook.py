"""What the author wrote: notebooks of cells, and problems that the author can put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nbpublish.model.sent import sent

Visibility = Literal["show", "fold", "hide"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something its author can put right, shown at its cell, printed as `path:line` and counted in the exit status."""

    code: str
    """Stable short name of the kind of problem, such as `multiple-definitions`."""
    message: str
    """What is wrong and what to do next, in one or two sentences."""
    path: str
    """File it stands in, relative to the docs folder, with forward slashes."""
    line: int
    """Line of the file, from 1."""
    cell: str | None = None
    """Id of the cell it concerns."""
    severity: Literal["error", "warning"] = "error"
    """An error fails the build; a warning fails it under `--strict` only."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.code}]"


@sent
@dataclass(frozen=True, slots=True)
class Options:
    """What an author says about a cell, whichever words its format has for it."""

    code: Visibility | None = None
    """How the source is shown; None leaves it to the site's setting."""
    output: Visibility = "show"
    stdout: bool = True
    """Whether what the cell prints appears on the page."""
    stderr: bool = True
    """Whether its warnings and log messages do."""
    removed: bool = False
    """The cell runs, and nothing of it appears on the page."""
    disabled: bool = False
    """Neither the cell nor what depends on it runs."""
    raises: bool = False
    """An exception is expected here and is no problem."""
    timeout: float | None = None
    """Seconds the cell may take; None leaves it to the site's setting."""
    refresh: float | None = None
    """Seconds after which its result is too old to be reused: 0 is always, infinity never, not even when asked for.
    None: where a refresh is asked for and the result may differ from one execution to the next."""
    depends: tuple[str, ...] = ()
    """Files on which the result depends, though nobody can see it: paths or patterns, as seen from the notebook."""
    alt: str | None = None
    """Alternative text of the cell's figure."""
    caption: str | None = None
    """Caption of the cell's figure or table, as Markdown."""
    label: str | None = None
    """Name under which the cell's figure or table can be referred to."""
    parts: tuple[str, ...] = ()
    """Captions of the parts (a), (b), … where the cell's figures are parts of one."""
    columns: int | None = None
    """How many parts stand beside each other; None where there is room."""
    mimetype: str | None = None
    """What a raw cell holds, such as `text/html`; None where the author does not say."""
    tags: tuple[str, ...] = ()
    """The cell's tags as written, those included that the other fields already interpret."""


@sent
@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook."""

    id: str
    """Its name where it has one, else a short hash of its source, with a counter for twins."""
    kind: Literal["code", "markdown", "raw"]
    source: str
    """What the author wrote, without markers, decorator, signature, `return` and common indentation."""
    line: int
    """Line of the file on which `source` starts, from 1."""
    name: str | None = None
    options: Options = Options()
    python: str | None = None
    """What runs, where that differs from `source` (IPython's magics translated), line for line beside it."""

    @property
    def code(self) -> str:
        """The Python that runs; empty for prose."""
        if self.kind != "code":
            return ""
        return self.source if self.python is None else self.python


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as read from its file."""

    path: str
    """Path relative to the docs folder, with forward slashes."""
    format: str
    """Name of the format it was read by: `marimo`, `percent`, `ipynb`, …"""
    cells: tuple[Cell, ...]
    """In the file's order, which is the order of display."""
    order: Literal["dataflow", "document"] = "document"
    """`dataflow`: one definition per name, cells run by their dependencies. `document`: they run as they stand."""
    setup: str | None = None
    """Id of the cell that runs before all others and may use none of their names."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Page metadata: `title`, `description`, `tags`, … from front matter, app options or a header."""
    problems: tuple[Problem, ...] = ()

    def cell(self, id: str) -> Cell:
        """The cell with this id. Raises KeyError where there is none."""
        for cell in self.cells:
            if cell.id == id:
                return cell
        raise KeyError(id)
