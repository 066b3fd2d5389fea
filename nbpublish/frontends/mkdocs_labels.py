"""The pages of a site → the same pages with numbers, and with references that lead to what they name.

All pages have been written by then, notebooks with marks of ours (`page/labels.py`) and `.md` pages with those of
`labels_extension.py`. Only here one page depends on another, and here all of them are looked at in every build.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url

from nbpublish.frontends.mkdocs_options import Numbers
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_language import language_of
from nbpublish.model import Problem
from nbpublish.page.captions import with_captions
from nbpublish.page.chapters import chapter_of
from nbpublish.page.labels import Number, has_marks, marks_of
from nbpublish.page.numbering import Numbering, renamed
from nbpublish.page.things import Written

_TAG = re.compile(r"<[^>]*>")


def number_pages(
    pages: Iterable[MkDocsPage], nav: Navigation, config: MkDocsConfig, numbers: Numbers
) -> list[Problem]:
    """Put numbers and references into all pages, in place. What is wrong with labels of `.md` pages is returned."""
    everything = _in_order(pages, nav)
    for page in everything:
        if not isinstance(page, NotebookPage):
            page.content = with_captions(page.content or "")
            labels = {mark.label for mark in marks_of(page.content) if isinstance(mark, Number)}
            page.present_anchor_ids = (page.present_anchor_ids or set()) | labels  # for MkDocs, which looks at links
    if not any(has_marks(page.content or "") for page in everything):
        return []
    written = {page.file.src_uri: _written(page, config) for page in everything}
    numbering = Numbering(
        list(written.values()),
        relative=get_relative_url,
        by_chapter=numbers == "chapter",
        line_of=Lines({page.file.src_uri: page for page in everything}),
    )
    problems: list[Problem] = []
    for page in everything:
        if has_marks(page.content or ""):
            problems += _finish(page, written[page.file.src_uri], numbering)
    return problems


def _in_order(pages: Iterable[MkDocsPage], nav: Navigation) -> list[MkDocsPage]:
    """In the order of the navigation; pages that are not in it follow."""
    pages = list(pages)
    places = {id(page): place for place, page in enumerate(nav.pages)}
    return sorted(pages, key=lambda page: places.get(id(page), len(places)))


def _written(page: MkDocsPage, config: MkDocsConfig) -> Written:
    title = _TAG.sub("", str(page.title or ""))
    path = page.file.src_uri
    chapter = chapter_of(page.meta, title, path)
    return Written(path, page.url, title, language_of(page, config), chapter, page.content or "")


def _finish(page: MkDocsPage, written: Written, numbering: Numbering) -> tuple[Problem, ...]:
    finished = numbering.finished(written)
    page.content = finished.html
    for item in page.toc:
        _finish_contents(item, written, numbering)
    if not isinstance(page, NotebookPage):
        return finished.problems
    page.rendered, names = numbering.finished_page(page.rendered, written)
    page._title_from_render = page.rendered.title
    page.content = renamed(page.content, names)
    return ()


def _finish_contents(item: AnchorLink, written: Written, numbering: Numbering) -> None:
    """Headings in the table of contents, where they refer to something."""
    item.title = numbering.filled(item.title, written, links=False)
    for child in item.children:
        _finish_contents(child, written, numbering)


class Lines:
    """Finds the lines of files on which labels stand."""

    def __init__(self, pages: dict[str, MkDocsPage]) -> None:
        self._pages = pages
        self._lines = functools.cache(self._read)

    def __call__(self, path: str, label: str, defined: bool) -> int:
        """The line on which a label is given to something, or else is used; 1 where it is not found."""
        name = re.escape(label)
        before = r"(?:#|\(|\\label\{|\b(?:label|name)[\"']?\s*[=:]\s*[\"']?)" if defined else r"(?:[@`<#{]|ref\{)"
        for pattern in (rf"{before}{name}(?![\w-])", name):
            for number, line in enumerate(self._lines(path), 1):
                if re.search(pattern, line):
                    return number
        return 1

    def _read(self, path: str) -> list[str]:
        file = self._pages[path].file
        try:
            if file.generated_by or not file.abs_src_path:
                return file.content_string.splitlines()
            return (Path(file.src_dir or "") / file.src_uri).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
