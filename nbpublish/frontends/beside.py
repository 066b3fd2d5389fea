"""What lies in the site beside its pages for readers to take along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.about import file_name, kinds, place_beside
from nbpublish.frontends.mkdocs_page import NotebookPage


def files_beside(pages: Iterable[MkDocsPage], config: MkDocsConfig) -> Iterator[tuple[str, bytes]]:
    """Path in the site and content of each file."""
    options = config.plugins["nbpublish"].config
    for page in pages:
        if not isinstance(page, NotebookPage):
            continue
        source = page.file.src_uri
        offered = kinds(source, options.downloads if page.meta.get("about", options.about) else [])
        if "source" in offered and page.file.data is not None:
            yield place_beside(page, file_name(source, "source")), page.file.data
        for asset in page.exports:
            yield place_beside(page, asset.name), asset.data
