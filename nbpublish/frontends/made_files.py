"""Files that join a site once its pages are rendered: what they need beside them, and what readers search."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.build import Store
from nbpublish.frontends.content_layer import SEARCH_INDEX
from nbpublish.frontends.math_font import math_font
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_settings import ASSETS
from nbpublish.frontends.search_index import IndexedPage, indexed, search_index
from nbpublish.frontends.search_text import plain
from nbpublish.model import Asset


class MadeFiles:
    """Adds files to a site; the same figure on two pages is one file."""

    def __init__(self, files: Files, config: MkDocsConfig) -> None:
        self._files, self._config = files, config

    def add(self, path: str, data: bytes) -> None:
        """A file of the site, unless there is one at this path."""
        if self._files.get_file_from_path(path) is None:
            file = File.generated(self._config, path, content=data, inclusion=InclusionLevel.INCLUDED)
            file.generated_by = "nbpublish"
            self._files.append(file)

    def add_assets(self, assets: Iterable[Asset]) -> None:
        """What pages need beside them."""
        for asset in assets:
            self.add(f"{ASSETS}/{asset.name}", asset.data)

    def add_math_font(self, font: Path, pages: Iterable[MkDocsPage], store: Store) -> None:
        """A font for formulas, with the letters that the pages need."""
        for asset in math_font(font, (page.content or "" for page in pages), store):
            self.add(f"assets/{asset.name}", asset.data)

    def add_search_index(self, pages: Iterable[MkDocsPage]) -> None:
        """The index of the theme's search; of two pages that fit equally well, the first is meant."""
        found = (_indexed(page) for page in pages)
        for name, text in search_index((page for page in found if page), SEARCH_INDEX).items():
            self.add(name, text.encode())


def _indexed(page: MkDocsPage) -> IndexedPage | None:
    """A page for the search; None where its author says, in Material's words, that it should not be found."""
    said = page.meta.get("search")
    said = said if isinstance(said, dict) else {}
    if said.get("exclude"):
        return None
    boost = said.get("boost", 1)
    boost = boost if isinstance(boost, int | float) else 1
    if isinstance(page, NotebookPage):
        return IndexedPage(page.url, plain(page.title or ""), page.sections, boost)
    return indexed(page.url, page.title, page.content, boost)
