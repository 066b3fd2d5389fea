"""What the parts of one page share while it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nbpublish.model import Cell, Notebook, Options, Problem, Widget
from nbpublish.page.assets import Assets
from nbpublish.page.messages import Words
from nbpublish.page.prose import Prose
from nbpublish.page.settings import PageSettings


@dataclass
class Context:
    """The notebook, the settings, the cell at hand, and what has come together so far."""

    notebook: Notebook
    settings: PageSettings
    prose: Prose
    cell: Cell
    words: Words
    assets: Assets
    visible: frozenset[str] = frozenset()
    """Ids of the cells that appear on the page, so that a link can point to them."""
    problems: list[Problem] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    """Ids of labelled figures and tables."""
    widgets: Mapping[str, tuple[Widget, tuple[int, ...]]] = field(default_factory=dict)
    """Widgets that can be moved, with the places to which they can, by the id of their element or by cell."""
    still: Mapping[str, str] | None = None
    """By the id of its element, why a control cannot be moved; None where nothing was decided about any."""
    following: Mapping[str, str] = field(default_factory=dict)
    """Cells that follow widgets, with what else is to be said there."""
    tables: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """What was made of the markup of tables, see `same_markup.py`."""
    _taken: set[str] = field(default_factory=set)
    _counts: dict[str, int] = field(default_factory=dict)

    def peek_options(self) -> Options | None:
        """The cell's alternative text, caption and label, as long as none of its figures has them."""
        return None if self.cell.id in self._taken else self.cell.options

    def take_options(self) -> Options | None:
        """The same, and from then on they are taken: the next figure of the cell gets none."""
        options = self.peek_options()
        self._taken.add(self.cell.id)
        return options

    @property
    def part(self) -> int:
        """How many parts the figure of the cell at hand has so far."""
        return self._counts.get(f"{self.cell.id}-part", 0)

    def take_part(self) -> int:
        """The number of its next part, from 0."""
        self._counts[f"{self.cell.id}-part"] = self.part + 1
        return self.part - 1

    @property
    def book(self) -> str:
        """Stands for the notebook among others that share a page."""
        return hashlib.sha256(self.notebook.path.encode("utf-8", "surrogatepass")).hexdigest()[:6]

    def aside(self, cell: Cell, assets: Assets) -> Context:
        """The same page, to render what a cell shows in another state: nothing of that is left here."""
        anchors, problems = set(self.anchors), list[Problem]()
        return replace(
            self,
            cell=cell,
            assets=assets,
            prose=self.prose.aside(),
            anchors=anchors,
            problems=problems,
            _taken=set(),
            _counts={},
        )

    def problem(self, code: str, message: str, near: str = "") -> None:
        """Warn the author about the cell at hand, at the line where `near` stands; the same warning counts once."""
        problem = Problem(code, message, self.notebook.path, self.line_of(near), self.cell.id, "warning")
        if problem not in self.problems:
            self.problems.append(problem)

    def line_of(self, near: str) -> int:
        """The line of the file on which `near` stands in the cell at hand, else the cell's first."""
        before, found, _ = self.cell.source.partition(near) if near else ("", "", "")
        return self.cell.line + (before.count("\n") if found else 0)

    def unique(self, kind: str) -> str:
        """An id for an element of the cell at hand, the same in every build."""
        base = f"{anchor(self.cell.id)}-{kind}"
        self._counts[base] = self._counts.get(base, 0) + 1
        return f"{base}{self._counts[base]}"


def anchor(cell: str) -> str:
    """The id of a cell's element. The prefix keeps it apart from headings, which have the same words for names."""
    return f"cell-{cell}"


def text_in(value: object) -> str:
    """Text of a representation, which nbformat may also hold as a list of lines."""
    if isinstance(value, list):
        return "".join(str(line) for line in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def metadata_of(metadata: Mapping[str, object], mimetype: str) -> dict[str, object]:
    """What is known of one representation: what is said of it, on top of what is said of all."""
    own = metadata.get(mimetype)
    return {**{k: v for k, v in metadata.items() if "/" not in k}, **(own if isinstance(own, Mapping) else {})}
