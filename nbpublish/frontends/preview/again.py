"""A page made again, with what the last build of the site left, through the same events of the same plugins."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.mkdocs_files import NotebookFile
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_settings import ASSETS
from nbpublish.frontends.preview.shown import parts_of
from nbpublish.frontends.site import Warnings
from nbpublish.model import Page, Problem, Run


@dataclass
class Site:
    """What a build of the site left: every page as it was made, and all that making one needs."""

    folder: Path
    config: MkDocsConfig
    files: Files
    problems: tuple[Problem, ...]
    number: int
    """Which build it was."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Plugins expect one page after the other."""

    def __post_init__(self) -> None:
        found = (file.page for file in self.files.documentation_pages())
        self.pages: Mapping[str, MkDocsPage] = {page_at(unquote(f"/{page.url}")): page for page in found if page}
        """By address."""
        made_from = ((address, page.file) for address, page in self.pages.items() if page.file.abs_src_path)
        self.sources: Mapping[Path, tuple[str, str]] = {
            Path(str(file.abs_src_path)): (file.src_uri, address) for address, file in made_from
        }
        """By the file that a page is made from: its path in the docs folder, and the page's address."""

    def leaves_out(self, source: Path) -> bool:
        """Whether mkdocs.yml says that nothing is to be made of a file."""
        return any(
            file.inclusion is InclusionLevel.EXCLUDED and file.abs_src_path == str(source) for file in self.files
        )


@dataclass(frozen=True)
class Made:
    """A page that was made: its parts, the files it needs beside it, and what is wrong with it."""

    page: Page
    assets: dict[str, bytes]
    problems: tuple[Problem, ...]


def page_at(address: str) -> str:
    """The address of a page without `index.html`, as the folder that it is the page of has it."""
    return address.removesuffix("index.html") if address.endswith("/index.html") else address


def as_built(page: MkDocsPage) -> Page:
    """The parts of a page as the build of the site left it."""
    rendered = page.rendered if isinstance(page, NotebookPage) else None
    return parts_of(page.content or "", rendered)


def made_again(site: Site, page: MkDocsPage, run: Run | None) -> Made:
    """A page from its source as it is now; a notebook's from its run. Raises whatever a plugin raises."""
    new = copy.copy(page)
    new.markdown = new.content = None
    new.meta, new.toc = {}, []  # type: ignore[assignment]
    if run and isinstance(page.file, NotebookFile):
        new.file = NotebookFile.of(page.file, None, None, lambda: run.notebook)
        new.file.page = new
    config, files = site.config, site.files
    with site.lock, Warnings(Path(config.docs_dir)) as said:
        new = config.plugins.on_pre_page(new, config=config, files=files)
        if run and isinstance(new, NotebookPage):
            new.runs, new.is_alone = {page.file.src_uri: run}, True
        new.read_source(config)
        new.markdown = config.plugins.on_page_markdown(new.markdown or "", page=new, config=config, files=files)
        new.render(config, files)
        new.content = config.plugins.on_page_content(new.content or "", page=new, config=config, files=files)
        plugin: Any = config.plugins["nbpublish"]
        found = plugin.markdown_pages.found_on(page.file.src_uri)
    rendered = new.rendered if isinstance(new, NotebookPage) else None
    assets = {f"/{ASSETS}/{asset.name}": asset.data for asset in (rendered or found).assets}
    return Made(parts_of(new.content or "", rendered), assets, (*(rendered or found).problems, *said.problems))
