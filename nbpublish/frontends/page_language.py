"""The language of a page, and that of the site."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.page.messages import LANGUAGES


def language_of(page: MkDocsPage, config: MkDocsConfig) -> str:
    """The page's `lang`, else the theme's language (Material's word) or locale (MkDocs's word)."""
    lang = page.meta.get("lang")
    return str(lang) if lang else site_language(config)


def site_language(config: MkDocsConfig) -> str:
    """The language of the site."""
    theme = config.theme
    if "language" in theme:
        return str(theme["language"])
    return str(theme.locale).replace("_", "-")


def language_of_folder(path: str) -> str | None:
    """The language that a folder on the way to a file is named by, of those that the words of a page are there in."""
    return next((name for name in path.split("/")[-2::-1] if name.lower() in LANGUAGES), None)
