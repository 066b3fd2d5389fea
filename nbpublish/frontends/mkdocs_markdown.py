"""`.md` pages, which MkDocs renders by Python-Markdown: what of the prose of notebooks holds on them, too.

References, formulas, Mermaid's diagrams, heads of tables and the joining of Japanese lines are extensions of
Python-Markdown. One set of them serves all pages of a build, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from markdown.extensions import Extension  # type: ignore[import-untyped]
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_relative_url

from nbpublish.frontends.diagrams_extension import Diagrams, diagrams_of_others
from nbpublish.frontends.faults import Faults
from nbpublish.frontends.formulas_extension import Formulas, formulas_of_others
from nbpublish.frontends.labels_extension import Labels
from nbpublish.frontends.lines_extension import Lines
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_language import language_of
from nbpublish.frontends.page_settings import ASSETS
from nbpublish.frontends.tables_extension import Tables
from nbpublish.model import Asset, Problem
from nbpublish.page.assets import Assets


@dataclass(frozen=True)
class Found:
    """What the extensions found wrong on a page, and the files that it needs beside it."""

    problems: tuple[Problem, ...] = ()
    assets: tuple[Asset, ...] = ()


class MarkdownPages:
    """Brings the extensions into a site, and collects what they find and make; `draw` draws what we do not."""

    def __init__(self, config: MkDocsConfig, draw: Callable[[str], bytes | None]) -> None:
        self._config, self._draw = config, draw
        self._found: dict[str, Found] = {}
        self._assets = Assets("")
        self._faults = Faults()
        labelled = formulas_of_others(config.markdown_extensions)
        others = diagrams_of_others(config.mdx_configs, config.plugins)
        ours: list[Extension] = [Labels(), Lines(), Tables(), Formulas(self._faults, only_labelled=labelled)]
        ours += [] if others else [Diagrams(self._faults, self._picture)]
        own = (Labels, Lines, Tables, Formulas, Diagrams)  # those of an earlier build with the same configuration
        kept = [extension for extension in config.markdown_extensions if not isinstance(extension, own)]
        config.markdown_extensions[:] = [*kept, *ours]

    @property
    def found(self) -> Iterable[Found]:
        return self._found.values()

    def found_on(self, path: str) -> Found:
        """What was found on the page of a file when it was last rendered."""
        return self._found.get(path, Found())

    def begin(self, page: MkDocsPage) -> None:
        """A page will be rendered."""
        self._faults.begin(language_of(page, self._config))
        self._assets = Assets(get_relative_url(ASSETS, page.url) + "/")

    def end(self, page: MkDocsPage) -> None:
        """It has been."""
        if isinstance(page, NotebookPage):
            return
        path = page.file.src_uri
        problems = self._faults.problems(path, _source(page)) if self._faults.any else ()
        self._found[path] = Found(tuple(problems), self._assets.all)

    def _picture(self, source: str) -> str | None:
        svg = self._draw(source)
        return self._assets.add(svg, "image/svg+xml") if svg else None


def _source(page: MkDocsPage) -> str:
    """The whole text of a page's file, front matter included."""
    file = page.file
    try:
        if file.generated_by or not file.src_dir:
            return file.content_string
        return (Path(file.src_dir) / file.src_uri).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return page.markdown or ""
