"""What lies in the site beside its pages, and joins it once all pages are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.about import file_name, kinds, place_beside, unopened
from nbpublish.frontends.llms import llms_files, markdown_of
from nbpublish.frontends.mkdocs_files import FileBeside, is_served
from nbpublish.frontends.mkdocs_kept import Shelf
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_language import site_language
from nbpublish.model import Problem


def add_beside(pages: Sequence[MkDocsPage], files: Files, nav: Navigation, config: MkDocsConfig) -> list[Problem]:
    """Add what readers and programs take along, where the author has put nothing of that name; what is wrong there."""
    there = [PurePosixPath(file.dest_uri) for file in files if is_served(file)]
    taken = {str(path) for file in there for path in (file, *file.parents)}  # a folder may have the name of a file
    for path, data in [*_for_programs(pages, files, nav, config), *_for_readers(pages, config)]:
        if path not in taken:
            taken.add(path)
            files.append(FileBeside.at(path, data, config))
    formats = [(page, page.format) for page in pages if isinstance(page, NotebookPage)]
    return [*unopened(formats, config, Path(config.config_file_path or "mkdocs.yml").name)]


def add_cards(pages: Sequence[MkDocsPage], files: Files, config: MkDocsConfig, shelf: Shelf) -> list[Problem]:
    """Add the pages' cards, and tell templates of them as `page.card`; what is wrong with them."""
    from nbpublish.frontends.cards.site import Cards

    cards = Cards(config, shelf, site_language(config))
    taken: set[str] = set()
    for page, path, data in cards.of(pages):
        page.card = path  # type: ignore[attr-defined]
        if path not in taken:
            taken.add(path)
            files.append(FileBeside.at(path, data, config))
    return [cards.problem] if cards.problem else []


def _for_programs(
    pages: Sequence[MkDocsPage], files: Files, nav: Navigation, config: MkDocsConfig
) -> Iterator[tuple[str, bytes]]:
    if _options(config).llms:
        made = {page.file.src_uri: found for page in pages if (found := markdown_of(page, files))}
        yield from made.values()
        yield from llms_files(pages, made, nav, config)


def _for_readers(pages: Sequence[MkDocsPage], config: MkDocsConfig) -> Iterator[tuple[str, bytes]]:
    options = _options(config)
    for page in pages:
        if not isinstance(page, NotebookPage):
            continue
        source = page.file.src_uri
        offered = kinds(source, options.downloads if page.meta.get("about", options.about) else [])
        if "source" in offered and page.file.data is not None:
            yield place_beside(page, file_name(source, "source")), page.file.data
        for asset in page.exports:
            yield place_beside(page, asset.name), asset.data


def _options(config: MkDocsConfig) -> Any:
    return config.plugins["nbpublish"].config
