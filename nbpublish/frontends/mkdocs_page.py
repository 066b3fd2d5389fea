"""A MkDocs page that is rendered from a run instead of from Markdown."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown.extensions.toc import nest_toc_tokens  # type: ignore[import-untyped]
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.pages import _RelativePathTreeprocessor
from mkdocs.structure.toc import TableOfContents, get_toc

from nbpublish.frontends.mkdocs_exports import exported, exports_wanted
from nbpublish.frontends.mkdocs_files import NotebookFile, as_markdown
from nbpublish.frontends.mkdocs_kept import Kept, Links, Shelf, as_json, counts_of, described, digest
from nbpublish.frontends.mkdocs_search import searchable
from nbpublish.frontends.page_settings import as_settings, autorefs_plugin, odd_metadata, page_settings
from nbpublish.frontends.search_text import Section, sections
from nbpublish.model import Asset, Fragment, Heading, Observation, Page, Problem, Run
from nbpublish.page.html import escape, spoken
from nbpublish.page.kept_states import KeptStates, PageStates
from nbpublish.page.messages import Words
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.project import Standing, unexpected


class NotebookPage(MkDocsPage):
    """Mixed into the class of a page that exists already, by `become_notebook`; never constructed.

    MkDocs makes the pages of the navigation, and Material's blog its posts: each keeps its class, so that everything
    else they do with a page still holds.
    """

    file: NotebookFile
    shelf: Shelf
    runs: Mapping[str, Run]
    rendered: Page
    kept: Kept | None
    """What was made of the notebook before, where its run holds."""
    pure: Page
    """The page as it was rendered from the run alone."""
    links: Links
    settings: str
    language: str | None
    """In which the prose is written, as far as that was found."""
    is_kept: bool
    """Whether the page was taken as it had been rendered before."""
    exports: tuple[Asset, ...]
    """Files that readers can take along, as they are called."""
    minutes: Mapping[str, int]
    """That reading takes, by how the site shows code."""
    is_alone: bool
    """Whether it is made by itself, for somebody who looks at it: the files beside it come with the whole site."""
    _sifted: dict[str, str]
    _sections: dict[str, list[list[str]]]

    @property
    def run(self) -> Run:
        """The run of its notebook; made when it is needed."""
        return self.runs[self.file.src_uri]

    @property
    def problems_of_run(self) -> tuple[Problem, ...]:
        return self.kept.problems if self.kept else self.run.problems

    def read_source(self, config: MkDocsConfig) -> None:
        if self.markdown is None:  # a blog post has read its own already
            self.markdown = self.file.markdown
            self.meta = self.file.metadata

    def render(self, config: MkDocsConfig, files: Files) -> None:
        links = _RelativePathTreeprocessor(self.file, files, config)
        self.links = Links(functools.partial(address, links.path_to_url))
        settings = page_settings(self, config)
        wanted = [] if self.is_alone else exports_wanted(self, config)
        self.settings = as_settings(settings, wanted, self.canonical_url)
        kept = self._kept_page()
        self.is_kept = kept is not None
        if kept is None:
            plugin: Any = config.plugins["nbpublish"]
            states: KeptStates | None = plugin.states
            known = states.of(self.file.src_uri, described(replace(settings, about=None))) if states else None
            kept = render_safely(self.run, settings, self.links, known)
            addresses = {link.url: link.address for link in self.links.asked}
            place = self.canonical_url or ""
            kept, self.exports = exported(self.run, kept, addresses, place, settings.language, wanted)
        if getattr(settings.diagrams, "refused", None):
            self.settings = ""  # another time the program may draw what it did not: the page is not kept
        self.pure = page = kept
        self.rendered = page = replace(page, problems=(*page.problems, *odd_metadata(self)))
        said = "" if config.theme.get("nb_content") else words_of_script(settings.language)
        self.content = notices(self.problems_of_run) + page.html + said
        self.toc = table_of_contents(page.headings, config)
        self._title_from_render = page.title
        self.present_anchor_ids = set(page.anchors)
        self.links_to_anchors = links.links_to_anchors
        autorefs = autorefs_plugin(config)
        for heading in page.headings if autorefs else ():
            autorefs.register_anchor(self, heading.id, title=heading.html, primary=True)

    def _kept_page(self) -> Page | None:
        """The page that was rendered before, where it would be rendered in the same way."""
        if self.kept is None or not self.settings or self.settings != self.kept.settings:
            return None
        page, exports = self.shelf.page(self.kept), self.shelf.files(self.kept.exports)
        if page is None or exports is None or not self.links.lead_as_before(self.kept.links):
            return None
        self.exports = exports
        return page

    @property
    def format(self) -> str:
        return self.kept.format if self.kept else self.file.notebook.format

    def searched(self, *, bare: bool) -> str:
        """What of its content is searched; sifted once, unless a plugin changes the content."""
        content = self.content or ""
        key = digest(content, "bare" if bare else "")
        if key not in self._sifted:
            known = self.kept.searched.get(key) if self.kept else None
            self._sifted[key] = searchable(content, bare=bare) if known is None else known
        return self._sifted[key]

    @property
    def sections(self) -> list[Section]:
        """Its parts in our theme's index."""
        title, content = self.title or "", self.content or ""
        key = digest(title, content)
        if key not in self._sections:
            known = self.kept.sections.get(key) if self.kept else None
            self._sections[key] = known or [list(part) for part in sections(title, content)]
        return [Section(*part) for part in self._sections[key]]

    def to_keep(self, standing: Standing | None) -> Kept | None:
        """What was made in this build; None where that is kept already, or would not be the same another time.

        `standing` says on what the run stands, where it was made in this build.
        """
        if not self.settings or any(problem.code == "internal-error" for problem in self.pure.problems):
            return None
        made: dict[str, Any] = {
            "settings": self.settings,
            "links": tuple(self.links.asked),
            "language": self.language,
            "minutes": self.minutes,
            "page": self.pure,
            "searched": self._sifted,
            "sections": self._sections,
        }
        if self.kept:
            is_new = any(getattr(self.kept, name) != value for name, value in made.items() if name != "page")
            return replace(self.kept, **made) if is_new or not self.is_kept else None
        if standing is None:
            return None
        return Kept(
            answers=tuple(Observation(*key, answer) for key, answer in standing.answers.items()),
            expires=standing.expires,
            keys=tuple({trace.key: None for run in (self.run, *self.run.states) for trace in run.traces.values()}),
            cells=counts_of(self.run),
            problems=self.run.problems,
            markdown=as_markdown(self.file.notebook),
            metadata=as_json(self.file.notebook.metadata),
            assets=(),
            exports=(),
            format=self.format,
            **made,
        )


@functools.cache
def _class_with(kind: type[MkDocsPage]) -> type[MkDocsPage]:
    return type(f"Notebook{kind.__name__}", (NotebookPage, kind), {})


def become_notebook(page: MkDocsPage, runs: Mapping[str, Run], shelf: Shelf) -> NotebookPage:
    """Let a page be rendered from the run of its notebook from now on, or taken as it was rendered before."""
    if not isinstance(page, NotebookPage):
        page.__class__ = _class_with(type(page))
    assert isinstance(page, NotebookPage)
    page.runs, page.shelf, page.kept = runs, shelf, page.file.kept
    page.language, page.minutes, page.exports, page._sifted, page._sections = None, {}, (), {}, {}
    page.is_alone = False
    return page


def words_of_script(language: str) -> str:
    """What the buttons of `nb.js` say, where the theme does not tell it."""
    words = Words(language)
    said = "|".join(map(words, ("button.copy", "button.copied", "scroller.label", "button.enlarge", "button.close")))
    return f'\n<template data-nb-words="{escape(said)}"></template>'


def table_of_contents(headings: Iterable[Heading], config: MkDocsConfig) -> TableOfContents:
    """The headings as MkDocs nests them, within `toc_depth` of the `toc` extension where the site sets it."""
    depth = str((config.mdx_configs.get("toc") or {}).get("toc_depth", 6))
    first, _, last = depth.rpartition("-")
    shown = range(int(first or 1), int(last) + 1)
    tokens = [
        {"level": heading.level, "id": heading.id, "name": heading.html, "children": []}
        for heading in headings
        if heading.level in shown
    ]
    return get_toc(nest_toc_tokens(tokens))


def address(path_to_url: Callable[[str], str], url: str) -> str:
    """What MkDocs makes of a link, with words of all scripts as themselves.

    CommonMark writes `#%E7%B5%90…` for `#結果`, and MkDocs compares anchors as they are written.
    """
    plain = unquote(url)
    try:
        same = urlsplit(plain)[:4] == tuple(map(unquote, urlsplit(url)[:4]))
    except ValueError:  # `//[` is taken for half an IPv6 address
        same = False
    if not same:  # an escaped `#` or `?` has to stay one
        plain = url
    found = path_to_url(plain)
    return url if found == plain else found


def notices(problems: Iterable[Problem]) -> str:
    """The problems that concern no single cell, as HTML for the top of the page."""
    found = [problem for problem in problems if problem.cell is None]
    return "".join(
        f'<p class="nb-problem{" nb-warning" if problem.severity == "warning" else ""}">'
        f"{spoken(str(problem))}</p>\n"
        for problem in found
    )


def render_safely(
    run: Run, settings: PageSettings, link: Callable[[str, int], str], kept: PageStates | None = None
) -> Page:
    """The page of a run; where rendering itself fails, a page that says so."""
    try:
        return render(run, settings, link, kept)
    except Exception as error:
        problem = unexpected(run.notebook.path, error)
        said = f'<p class="nb-problem">{spoken(problem.message)}</p>'
        return Page(None, (Fragment("nbpublish", said),), problems=(problem,))
