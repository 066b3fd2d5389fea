"""What the reader gets."""

from __future__ import annotations

from dataclasses import dataclass

from nbpublish.model.notebook import Problem


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page."""

    level: int
    id: str
    html: str
    """Its text as inline HTML without links."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a page needs beside it, named by its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fragment:
    """The HTML of one cell."""

    cell: str
    """Its id; empty for what belongs to no cell and comes at the end, such as footnotes."""
    html: str


@dataclass(frozen=True, slots=True)
class Page:
    """A notebook as HTML, without the theme around it."""

    title: str | None
    """Text of the first heading, as HTML, where that is one of level 1."""
    fragments: tuple[Fragment, ...]
    headings: tuple[Heading, ...] = ()
    anchors: frozenset[str] = frozenset()
    """All ids on the page that a link can point to."""
    assets: tuple[Asset, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def html(self) -> str:
        """The content of the page."""
        return "\n".join(fragment.html for fragment in self.fragments)


@dataclass(frozen=True, slots=True)
class Patch:
    """What makes one page of another."""

    order: tuple[str, ...]
    """The cells of all fragments that stand on the page afterwards."""
    fragments: tuple[Fragment, ...] = ()
    """Those of them that are new or other ones."""
