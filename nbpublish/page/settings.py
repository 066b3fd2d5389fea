"""What a site decides about all of its pages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from nbpublish.model import Asset, Visibility
from nbpublish.page.about import About, Way


def slugify(text: str) -> str:
    """The id of a heading: letters and digits of any script in lower case, with hyphens for spaces.

    The same as Python-Markdown's `slugify_unicode`, and for English headings as MkDocs and marimo make them, so that
    links from one kind of page to another, and links written for marimo, arrive: `## 1.1 Data` is `#11-data`.
    """
    kept = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFKC", text)).strip().lower()
    return re.sub(r"[-\s]+", "-", kept)


@dataclass(frozen=True, slots=True)
class Library:
    """A script that draws charts in the reader's browser."""

    script: Asset
    transfer: int
    """Bytes that a reader loads, compressed."""


def no_library() -> Library | None:
    """A site that loads no Plotly."""
    return None


def no_vega(version: str) -> Library | None:
    """A site that loads no Vega, of no version."""
    return None


class RefusedError(ValueError):
    """A program does not draw a diagram: what it says of it, in one line."""


def no_renderer(source: str) -> bytes | None:
    """A site without a program that draws diagrams."""
    return None


@dataclass(frozen=True, slots=True)
class PageSettings:
    """How pages are written; equal settings and equal runs give equal pages."""

    language: str = "en"
    """Of the words we add to the page, as a BCP 47 tag. A language without translations falls back to English."""
    code: Visibility = "show"
    """How source is shown where its cell does not say."""
    asset_base: str = ""
    """Prefix of the address of each asset, relative to the page: `""` or ending in a slash."""
    slugify: Callable[[str], str] = slugify
    plotly: Callable[[], Library | None] = no_library
    """Gives the library that draws Plotly charts, asked for by pages that have one; None where the site has none."""
    vega: Callable[[str], Library | None] = no_vega
    """The same for Vega and Vega-Lite, by version of Vega-Lite: `6`."""
    diagrams: Callable[[str], bytes | None] = no_renderer
    """Draws a Mermaid diagram that we do not draw ourselves as SVG; None where no program for it is installed. Raises
    RefusedError."""
    permalink: str = "¶"
    """Text of the link after each heading that leads to itself; empty for no such link."""
    autorefs: bool = False
    """Whether `[text][name]` without a definition becomes an element that the mkdocs-autorefs plugin resolves."""
    names: bool = True
    """Whether each cell tells which names it defines and uses."""
    flow: bool = True
    """Whether a page ends with a drawing of what its cells feed each other."""
    about: About | None = None
    """What the page's end tells of it and offers, besides what its run tells; None for no such end."""
    live: Way | None = None
    """Where a button below the title opens the notebook, for readers who want to run it."""
    long_lines: int = 30
    """Printed text of more lines than this is folded after its first lines."""
