"""The MkDocs plugin: notebooks in the docs folder become pages of the site.

    on_files   notebooks are recognised by their content and become pages (`mkdocs_files`)
    on_nav     now it is known which of them are published: those are run, several at once (`project`)
    on_pre_page, Page.render   a page is rendered from its run (`mkdocs_page`)
    on_page_markdown   the language of a page is found from its prose
    on_env     the files that pages need beside them join the site
    on_post_build   problems are logged
"""

from __future__ import annotations

import logging
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils.templates import TemplateContext

from nbpublish.build import Report
from nbpublish.errors import NbpublishError, Superseded
from nbpublish.frontends.beside import add_beside, add_cards
from nbpublish.frontends.commits import Commits, commits_of
from nbpublish.frontends.configuration import work_of
from nbpublish.frontends.content_layer import content_files, link_content, own_theme
from nbpublish.frontends.disk_files import circle
from nbpublish.frontends.home_page import contents, home_missing
from nbpublish.frontends.made_files import MadeFiles
from nbpublish.frontends.math_font import link_math_font
from nbpublish.frontends.mermaid_program import Installed, drawn_by, find_mermaid
from nbpublish.frontends.mkdocs_files import NotebookFile, with_notebooks, write_posts
from nbpublish.frontends.mkdocs_kept import Kept, Shelf, standing_of
from nbpublish.frontends.mkdocs_labels import number_pages
from nbpublish.frontends.mkdocs_lints import images_without_words
from nbpublish.frontends.mkdocs_markdown import MarkdownPages
from nbpublish.frontends.mkdocs_options import Options
from nbpublish.frontends.mkdocs_page import NotebookPage, become_notebook
from nbpublish.frontends.mkdocs_runs import Runs, log_starts, run_again
from nbpublish.frontends.navigation import NavigationWriter
from nbpublish.frontends.page_metadata import find_language, find_reading_time
from nbpublish.model import Page, Problem
from nbpublish.page.kept_states import KeptStates
from nbpublish.page.lints import ON_CHECK
from nbpublish.project import DiskStore, Project, Standing, open_cache

log = get_plugin_logger(__name__)


class NbpublishPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]  # of MkDocs's subclass hook
    """Publishes the notebooks of a MkDocs site. What it found is left on it for other front ends to take."""

    report: Report | None = None
    """Told of every code cell, where a front end shows progress."""
    project: Project | None = None
    """Handed in before a build by a front end that keeps one from build to build; else opened here."""
    runs: Runs
    """Runs of the last build by path; made when asked for, where pages were taken as they had been made before."""
    pages: dict[str, Page]
    """Pages of the last build by path of the notebook."""
    held: dict[str, Kept]
    """By path, what was made before of notebooks and is what the last build would have made."""
    written: int
    """How many pages the last build wrote, those of `.md` files included."""
    problems: tuple[Problem, ...]
    """Problems of the last build by path and line."""
    lints: bool = False
    """Whether problems are told that only `nbpublish check` looks for."""
    strict: bool = False
    """What mkdocs.yml says of it, where a front end builds without."""
    standings: dict[str, Standing | None]
    """By path, on what each run of the last build stands; None where another build would execute something."""
    states: KeptStates | None = None
    """What pages showed in states of widgets, where they will be rendered again in the same process."""
    mermaid: Installed | None
    """The program that draws diagrams."""
    commits: Commits
    """What git knows of the docs folder."""
    files: Files
    """All files of the last build's site."""
    markdown_pages: MarkdownPages
    """What was found on the `.md` pages of the last build."""
    _nav: Navigation
    _order: dict[str, int]
    _shelf: Shelf
    _notebooks: list[NotebookPage]

    def __init__(self) -> None:
        self._own: Project | None = None
        self._cache: DiskStore | None = None
        self._serving = False
        self._reset()

    def _reset(self) -> None:
        self.runs, self.pages, self.written, self.problems = Runs(), {}, 0, ()
        self.held, self._notebooks = {}, []
        self.standings, self.commits = {}, Commits()
        self._unfinished = True
        self._found: list[Problem] = []
        self._posts: tempfile.TemporaryDirectory[str] | None = None
        self._home: File | None = None

    # Having this method makes MkDocs keep the plugin, and with it what was run, from build to build under `serve`.
    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        self._serving = command == "serve"

    def on_shutdown(self) -> None:
        if self._own:
            self._own.close()
        if self._cache:
            self._cache.close()
            self._cache = None
        self.project = self.report = self._own = None  # MkDocs keeps plugins for as long as the process lives

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self._reset()
        if link := circle(config.docs_dir):
            raise PluginError(f"{link} is a link to a folder that it lies in. Delete it: its pages would have no end.")
        self.project = self._opened(config)
        self._shelf = Shelf(self.project, config)
        self.mermaid = find_mermaid()
        self.markdown_pages = MarkdownPages(config, drawn_by(self.mermaid, self.project.store))
        link_content(config)
        if self.config.math_font:
            link_math_font(Path(self.config.math_font), config.extra_css)
        return config

    def _opened(self, config: MkDocsConfig) -> Project:
        """The project that was handed in, else ours: the same one as long as folder and settings are the same."""
        root, settings, own = Path(config.docs_dir), self.config.settings, self._own
        if self.project and self.project is not own and self.project.root == root:
            return self.project
        if own is None or (own.root, own.settings) != (root, settings):
            if own:
                own.close()
            self._cache = open_cache(work_of(config))
            self._own = own = Project(root, settings, self._cache)
        return own

    @event_priority(100)  # before the blog, tags and redirects ask which files are pages
    def _find_notebooks(self, /, files: Files, *, config: MkDocsConfig) -> Files:
        assert self.project
        files, self._found = with_notebooks(files, self.project, self._shelf)
        if any(name.startswith("material/blog") for name in config.plugins):
            self._posts = tempfile.TemporaryDirectory(prefix="nbpublish-")
            write_posts(files, config, Path(self._posts.name))
        for file in content_files(config):
            files.append(file)
        return files

    @event_priority(-100)  # after the blog and generators have added their pages
    def _give_home(self, /, files: Files, *, config: MkDocsConfig) -> Files:
        self._home = home_missing(files, config)
        if self._home:
            files.append(self._home)
        return files

    on_files = CombinedEvent(_find_notebooks, _give_home)

    @event_priority(-100)  # after the blog has decided which of its posts are published
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        assert self.project
        inclusion = InclusionLevel.is_in_serve if self._serving else InclusionLevel.is_included
        pages = files.documentation_pages(inclusion=inclusion)
        self._run([file for file in pages if isinstance(file, NotebookFile)])
        self.commits = commits_of(Path(config.docs_dir), self._shelf.records)
        self._nav = nav
        self._order = {page.url: place for place, page in enumerate(nav.pages)}
        return nav

    def _run(self, files: list[NotebookFile]) -> None:
        """Run the notebooks of which we do not know that they would give what they gave before."""
        assert self.project
        for file in files:
            if file.kept and not self._shelf.holds(file.kept):
                file.kept = None
            if file.kept:
                self.held[file.src_uri] = file.kept
                self.runs.later(file.src_uri, partial(run_again, file, self.project))
        try:
            notebooks = [file.notebook for file in files if file.kept is None]
            if notebooks:
                self.runs.update(self.project.runs(notebooks, self.report or log_starts()))
        except Superseded:
            raise
        except NbpublishError as error:
            raise PluginError(str(error)) from error

    def on_pre_page(self, page: MkDocsPage, *, config: MkDocsConfig, files: Files) -> MkDocsPage:
        if isinstance(page.file, NotebookFile):
            if page.file.src_uri not in self.runs:  # a plugin decided late to publish it
                self._run([page.file])
            return become_notebook(page, self.runs, self._shelf)
        return page

    @event_priority(-100)  # after macros and snippets have filled in theirs
    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> None:
        find_language(page, markdown, config)
        find_reading_time(page, markdown, config)
        self.markdown_pages.begin(page)

    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> None:
        self.markdown_pages.end(page)

    @event_priority(100)
    def _before_search(
        self, /, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, **_: Any
    ) -> TemplateContext:
        if isinstance(page, NotebookPage) and page.content:
            self._content = page.content
            page.content = page.searched(bare="search" in config.plugins)  # Material's is "material/search"
        return context

    @event_priority(-100)
    def _after_search(self, /, context: TemplateContext, *, page: MkDocsPage, **_: Any) -> TemplateContext:
        if isinstance(page, NotebookPage) and page.content:
            page.content = self._content
        return context

    # Search plugins, MkDocs's own and Material's, index `page.content` at this event, between these two.
    on_page_context = CombinedEvent(_before_search, _after_search)

    @event_priority(-100)  # after all others have had their say on the content
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        pages = [file.page for file in files.documentation_pages() if file.page]
        self.written, self.files = len(pages), files
        self._notebooks = [page for page in pages if isinstance(page, NotebookPage)]
        if self.lints:
            self._found += [problem for page in pages for problem in images_without_words(page)]
        self._found += number_pages(pages, self._nav, config, self.config.numbers)
        found_in_markdown = [*self.markdown_pages.found]
        self._found += [problem for found in found_in_markdown for problem in found.problems]
        self.pages = {page.file.src_uri: page.rendered for page in self._notebooks}
        made = MadeFiles(files, config)
        made.add_assets(asset for found in found_in_markdown for asset in found.assets)
        made.add_assets(asset for page in self.pages.values() for asset in page.assets)
        self._found += add_beside(pages, files, self._nav, config)
        if self.config.math_font and self.project:
            made.add_math_font(Path(self.config.math_font), pages, self.project.store)
        if self._makes_cards(config):
            self._found += add_cards(pages, files, config, self._shelf)
        self.commits.date(pages)
        if own_theme(config):
            env.globals["nb_navigation"] = NavigationWriter(config.theme["navigation_depth"])
            made.add_search_index(sorted(pages, key=self._place))
        if self._home and self._home.page:  # now all titles are known
            self._home.page.content = contents(self._home.page, self._nav)
        return env

    def _makes_cards(self, config: MkDocsConfig) -> bool:
        if self.config.cards is not None:
            return self.config.cards
        return bool(config.site_url) and own_theme(config) and not self._serving

    def _place(self, page: MkDocsPage) -> int:
        """Where a page stands in the navigation; of two that fit a search equally well, the first is meant."""
        return self._order.get(page.url, len(self._order))

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        assert self.project
        self.standings = {path: standing_of(kept) for path, kept in self.held.items()}
        made = {path: run for path, run in self.runs.made.items() if path not in self.held}
        self.standings |= {path: self.project.standing(run) for path, run in made.items()}
        for page in self._notebooks:
            path, data = page.file.src_uri, page.file.data
            if data is not None and (kept := page.to_keep(self.standings.get(path))):
                self._shelf.keep(path, data, kept, page.exports)
        self._finish()

    def on_build_error(self, *, error: Exception) -> None:
        if self._unfinished:  # a strict build fails after everything has been said
            self._finish()

    def _finish(self) -> None:
        """Collect and log all problems: an error or a warning of MkDocs's log fails a build under `--strict`."""
        self._unfinished = False
        found = {*self._found}
        for run in self.runs.made.values():
            found |= {*run.problems}
        for kept in self.held.values():
            found |= {*kept.problems}
        for page in self.pages.values():
            found |= {*page.problems}
        found = {problem for problem in found if self.lints or problem.code not in ON_CHECK}
        self.problems = tuple(sorted(found, key=lambda found: (found.path, found.line, found.code, found.message)))
        for problem in self.problems:
            log.log(logging.ERROR if problem.severity == "error" else logging.WARNING, "%s", problem)
        if self._posts:
            self._posts.cleanup()
        if self._cache:
            self._cache.tidy()
            self._cache.close()  # it may be used again
