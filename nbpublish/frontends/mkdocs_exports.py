"""The files that readers take along of a notebook, made while its page is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.exporters.ipynb import to_ipynb
from nbpublish.exporters.links import normal
from nbpublish.exporters.markdown import to_markdown
from nbpublish.frontends.about import file_name, kinds
from nbpublish.model import Asset, Page, Run
from nbpublish.project import unexpected


def exports_wanted(page: MkDocsPage, config: MkDocsConfig) -> list[str]:
    """What is written, besides the source."""
    options: Any = config.plugins["nbpublish"].config
    wanted = {*(options.downloads if page.meta.get("about", options.about) else ())}
    wanted |= {"markdown"} if options.llms else set()
    return [kind for kind in kinds(page.file.src_uri, wanted) if kind != "source"]


def exported(
    run: Run, page: Page, addresses: Mapping[str, str], place: str, language: str, wanted: Sequence[str]
) -> tuple[Page, tuple[Asset, ...]]:
    """What `exports_of` gives, beside the page; where that fails, no files and a page whose problem says so."""
    try:
        return page, exports_of(run, page, addresses, place, language, wanted)
    except Exception as error:
        return replace(page, problems=(*page.problems, unexpected(run.notebook.path, error))), ()


def exports_of(
    run: Run, page: Page, addresses: Mapping[str, str], place: str, language: str, wanted: Sequence[str]
) -> tuple[Asset, ...]:
    """The files of a run and its page, in the order wanted.

    `addresses` tells by link where it leads on the page, and `place` is the address of the page; empty where the site
    has none.
    """
    if any(problem.code == "internal-error" for problem in page.problems):
        return ()

    def on_page(url: str) -> str:
        return addresses.get(normal(url), addresses.get(url, url))

    def anywhere(url: str) -> str:  # a notebook is opened elsewhere, so its links lead to the site
        return urljoin(place, on_page(url)) if place else url

    makers = {
        "ipynb": lambda: to_ipynb(run, anywhere, language),
        "markdown": lambda: to_markdown(run, page, on_page).encode(errors="replace"),
    }
    return tuple(Asset(file_name(run.notebook.path, kind), makers[kind]()) for kind in wanted)
