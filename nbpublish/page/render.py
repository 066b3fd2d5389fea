"""A run becomes a page."""

from __future__ import annotations

from collections.abc import Callable

from nbpublish.model import Fragment, Page, Run
from nbpublish.page.assets import Assets
from nbpublish.page.cell import appears, render_cell
from nbpublish.page.context import Context, anchor
from nbpublish.page.html import closed
from nbpublish.page.messages import Words
from nbpublish.page.prose import Prose
from nbpublish.page.settings import PageSettings


def render(run: Run, settings: PageSettings, link: Callable[[str, int], str]) -> Page:
    """The page of a run: one closed fragment of HTML for each cell of which something is shown.

    `link` gives the address of what prose links to at a line of the notebook's file. A run without traces gives its
    prose and its code, and says once that the code was not executed.
    """
    notebook = run.notebook
    prose = Prose(link=link, slugify=settings.slugify, language=settings.language, path=notebook.path)
    visible = frozenset(cell.id for cell in notebook.cells if appears(cell, run, settings))
    words, assets = Words(settings.language), Assets(settings.asset_base)
    fragments: list[Fragment] = []
    problems = []
    if notebook.cells:
        context = Context(notebook, settings, prose, notebook.cells[0], words, assets, visible)
        for cell in notebook.cells:
            context.cell = cell
            if html := render_cell(cell, run, context):
                fragments.append(Fragment(cell.id, closed(html)))
        problems = context.problems
    ending = prose.finish()
    if ending and fragments:
        last = fragments[-1]
        fragments[-1] = Fragment(last.cell, f"{last.html}\n{closed(ending)}")
    return Page(
        title=prose.title,
        fragments=tuple(fragments),
        headings=tuple(prose.headings),
        anchors=frozenset(prose.anchors) | {anchor(fragment.cell) for fragment in fragments},
        assets=assets.all,
        problems=(*prose.problems, *problems),
    )
