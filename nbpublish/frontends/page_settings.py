"""How the page of a notebook is written: by its metadata, else by the site."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_relative_url

from nbpublish.frontends.about import about_page, live_way
from nbpublish.frontends.mermaid_program import drawn_by
from nbpublish.frontends.mkdocs_kept import described
from nbpublish.frontends.page_language import language_of
from nbpublish.frontends.plotly_library import installed_plotly
from nbpublish.frontends.vega_library import VegaLibrary
from nbpublish.model import Problem, Visibility
from nbpublish.page.messages import Words
from nbpublish.page.settings import PageSettings

if TYPE_CHECKING:
    from nbpublish.frontends.mkdocs_page import NotebookPage

ASSETS = "assets/nbpublish"
"""Folder of the site for what pages need beside them."""
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)


def page_settings(page: NotebookPage, config: MkDocsConfig) -> PageSettings:
    """How this page is written: its language and code options from its metadata, else from the site."""
    plugin: Any = config.plugins["nbpublish"]
    toc = config.mdx_configs.get("toc") or {}
    chosen: dict[str, Any] = {}
    if slugify := toc.get("slugify"):
        separator = toc.get("separator", "-")
        chosen["slugify"] = functools.partial(_slug, slugify, separator)
    return PageSettings(
        language=language_of(page, config),
        code=code_shown(page, config),
        asset_base=get_relative_url(ASSETS, page.url) + "/",
        plotly=installed_plotly,
        vega=VegaLibrary(plugin.project.store),
        diagrams=drawn_by(plugin.mermaid, plugin.project.store),
        live=live_way(page, config, page.format),
        permalink=permalink(toc.get("permalink", True)),
        autorefs=bool(autorefs_plugin(config)),
        about=about_page(page, config, plugin.commits, page.format, Words(language_of(page, config))),
        **chosen,
    )


def code_shown(page: NotebookPage, config: MkDocsConfig) -> Visibility:
    """How the page shows the code of cells that do not say it."""
    plugin: Any = config.plugins["nbpublish"]
    code = page.meta.get("code")
    return code if code in VISIBILITIES else plugin.config.code  # type: ignore[no-any-return]


def as_settings(settings: PageSettings, wanted: list[str], place: str | None) -> str:
    """All that decides how a page and its files are written, as text; empty where that cannot be told."""
    said = described(settings)
    return json.dumps([said, wanted, place]) if said else ""


def _slug(slugify: Callable[[str, str], str], separator: str, text: str) -> str:
    return slugify(text, separator)


def permalink(setting: object) -> str:
    """The text that the `toc` extension's setting of this name asks for: a paragraph sign, none, or one of its own."""
    return {"true": "¶", "false": "", "none": ""}.get(str(setting).lower(), str(setting))


def autorefs_plugin(config: MkDocsConfig) -> Any:
    """The mkdocs-autorefs plugin, None on a site without it."""
    return config.plugins.get("autorefs") or config.plugins.get("mkdocs-autorefs")


def odd_metadata(page: NotebookPage) -> list[Problem]:
    """A warning where the page's metadata ask for what does not exist."""
    code, path = page.meta.get("code"), page.file.src_uri
    if code in (None, *VISIBILITIES):
        return []
    message = f"`code: {code}` means nothing. Write one of {', '.join(VISIBILITIES)}."
    return [Problem("unknown-metadata", message, path, 1, severity="warning")]
