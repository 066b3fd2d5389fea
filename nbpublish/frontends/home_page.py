"""A site without a home page → one that lists its pages, so that whoever opens it arrives somewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

PLACE = "index.html"


def home_missing(files: Files, config: MkDocsConfig) -> File | None:
    """A home page to add to `files`; None where something becomes one, or where the author wrote the navigation."""
    if config.nav is not None or not list(files.documentation_pages()):
        return None
    if any(file.dest_uri == PLACE and file.inclusion.value >= InclusionLevel.NOT_IN_NAV.value for file in files):
        return None
    metadata = yaml.safe_dump({"title": escape(config.site_name, quote=False)}, allow_unicode=True)
    file = File.generated(config, "index.md", content=f"---\n{metadata}---\n", inclusion=InclusionLevel.INCLUDED)
    file.generated_by = "nbpublish"
    return file


def contents(home: Page, nav: Navigation) -> str:
    """The pages of the navigation by section, as HTML; to be called when all of them have their titles."""
    return f"<h1>{home.title}</h1>\n{_list((item for item in nav if item is not home), home)}\n"


def _list(items: Iterable[object], home: Page) -> str:
    return f"<ul>\n{''.join(_entry(item, home) for item in items)}</ul>"


def _entry(item: object, home: Page) -> str:
    if isinstance(item, Page):
        return f'<li><a href="{get_relative_url(item.url, home.url)}">{item.title or escape(item.url)}</a></li>\n'
    children = getattr(item, "children", None)
    return f"<li>{getattr(item, 'title', '')}\n{_list(children, home)}</li>\n" if children else ""
