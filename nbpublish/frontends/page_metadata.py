"""What a page's metadata tell where its author did not: its language, and how long it takes to read.

The templates of themes find it there, for `.md` pages as for notebooks.
"""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_language import language_of, language_of_folder
from nbpublish.frontends.page_settings import code_shown
from nbpublish.model import Run, Visibility
from nbpublish.page.language import written_language
from nbpublish.page.reading import minutes_of, reading_minutes
from nbpublish.page.render import prose_of

READ: tuple[Visibility, ...] = ("show", "fold")
"""Code is read, or it is not."""


def find_language(page: MkDocsPage, markdown: str, config: MkDocsConfig) -> None:
    """Put the language of a page under `lang` in its metadata, unless its author or the site says the same.

    It is that of its prose, as far as letters tell it, else the one that a folder around it is named by.

    There the theme's templates find it too, and for `.md` pages as for notebooks.
    """
    if page.meta.get("lang"):
        return
    if said := page.meta.get("language"):
        page.meta["lang"] = said
        return
    if isinstance(page, NotebookPage):
        found = page.language = page.kept.language if page.kept else language_of_prose(page.run)
    else:
        found = written_language([markdown])
    found = found or language_of_folder(page.file.src_uri)
    if found and found != language_of(page, config).partition("-")[0].lower():
        page.meta["lang"] = found


def find_reading_time(page: MkDocsPage, markdown: str, config: MkDocsConfig) -> None:
    """Put the minutes that reading takes under `reading_minutes` in the page's metadata, unless its author has."""
    if isinstance(page, NotebookPage):
        page.minutes = page.kept.minutes if page.kept else {code: minutes_of(page.run, code) for code in READ}
        page.meta.setdefault("reading_minutes", page.minutes["show" if code_shown(page, config) == "show" else "fold"])
    else:
        page.meta.setdefault("reading_minutes", reading_minutes([markdown]))


def all_prose(run: Run) -> list[str]:
    """The Markdown of all cells, computed Markdown included."""
    return [text for cell in run.notebook.cells for text in prose_of(cell, run)]


def language_of_prose(run: Run) -> str | None:
    """The language of a notebook's prose, computed prose included, as far as it can be found."""
    return written_language(all_prose(run))
