"""A run becomes a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from nbpublish.model import Cell, Fragment, Heading, Page, Run
from nbpublish.page import states
from nbpublish.page.about import ANCHOR, about_section, live_link
from nbpublish.page.assets import Assets
from nbpublish.page.cell import FOLD_ONLY, appears, render_cell
from nbpublish.page.context import Context, anchor
from nbpublish.page.flow.section import flow_section
from nbpublish.page.frames import steady
from nbpublish.page.html import closed, escape
from nbpublish.page.kept_states import PageStates
from nbpublish.page.markdown_output import without_marks
from nbpublish.page.mermaid.diagram import diagram_html
from nbpublish.page.mermaid.picture import picture_of
from nbpublish.page.messages import Words
from nbpublish.page.native.layout import OUTLINE
from nbpublish.page.prose import Prose
from nbpublish.page.settings import PageSettings
from nbpublish.page.states import Moves

_OPENING = re.compile(r'<div class="nb-cell nb-prose"[^>]*>\s*(?:<div class="nb-(?:outputs|markdown)">\s*)*<h1\b')
_NO_CELL = Cell(id="", kind="raw", source="", line=1)


def render(
    run: Run, settings: PageSettings, link: Callable[[str, int], str], kept: PageStates | None = None
) -> Page:
    """The page of a run: one closed fragment of HTML for each cell of which something is shown.

    `link` gives the address of what prose links to at a line of the notebook's file. A run without traces gives its
    prose and its code, and says once that the code was not executed. `kept` is what is known of the page's states.
    """
    run, notebook = steady(run), run.notebook
    context, fragments = _context(run, settings, link), list[Fragment]()
    prose, words, moves = context.prose, context.words, Moves(run)
    context.widgets = moves.by_element({})
    context.still = None if run.still is None else {each.element: each.cause for each in run.still}
    followers = states.followers(run, moves, context, kept)
    context.following = {**dict.fromkeys(followers, ""), **states.remarks(run, followers, context)}
    for cell in notebook.cells:
        context.cell = cell
        if html := render_cell(cell, run, context):
            fragments.append(Fragment(cell.id, closed(html)))
    fragments = _title_first(fragments)
    if settings.live:
        fragments = _below_title(fragments, f"<p>{live_link(settings.live, words)}</p>")
    headings = tuple(replace(heading, html=without_marks(heading.html)) for heading in prose.headings)
    fragments = [replace(fragment, html=_with_outline(fragment.html, headings)) for fragment in fragments]
    shown = "".join(fragment.html for fragment in fragments)
    moving = states.script(run, followers, moves, context, kept)
    endings = filter(None, (closed(prose.finish()), _ending(run, context, shown), closed(moving)))
    if fragments and (ending := "\n".join(endings)):
        fragments.append(Fragment("", ending))
    cells = {anchor(fragment.cell) for fragment in fragments if fragment.cell}
    return Page(
        title=without_marks(prose.title) if prose.title else prose.title,
        fragments=tuple(fragments),
        headings=headings,
        anchors=frozenset(prose.anchors) | context.anchors | cells,
        assets=context.assets.all,
        problems=(*prose.problems, *context.problems),
    )


def _context(run: Run, settings: PageSettings, link: Callable[[str, int], str]) -> Context:
    """What the cells of a page share, once all prose of the notebook is read: titles, labels, definitions."""
    words, assets = Words(settings.language), Assets(settings.asset_base)
    prose = Prose(
        link=link,
        slugify=settings.slugify,
        language=settings.language,
        path=run.notebook.path,
        permalink=settings.permalink,
        autorefs=settings.autorefs,
        diagrams=lambda source, tell: diagram_html(source, words, tell, picture_of(settings, assets)),
    )
    for cell in run.notebook.cells:
        for text in prose_of(cell, run):
            prose.read(text, cell)
    visible = frozenset(cell.id for cell in run.notebook.cells if appears(cell, run, settings))
    return Context(run.notebook, settings, prose, _NO_CELL, words, assets, visible)


def _ending(run: Run, context: Context, shown: str) -> str:
    """What is told of the page as a whole; `shown` is the HTML of its cells."""
    settings, words = context.settings, context.words
    flow = flow_section(run, words, context.visible) if settings.flow else ""
    if settings.about is None or not shown:
        return flow
    context.anchors.add(ANCHOR)
    return about_section(run, settings.about, words, shown, flow)


def _title_first(fragments: list[Fragment]) -> list[Fragment]:
    """Hidden code that comes before the page's title, mostly imports, is shown folded after the cell of the title."""
    lead = 0
    while lead < len(fragments) and FOLD_ONLY.search(fragments[lead].html):
        lead += 1
    if not lead or lead == len(fragments) or not _OPENING.match(fragments[lead].html):
        return fragments
    return [fragments[lead], *fragments[:lead], *fragments[lead + 1 :]]


def _below_title(fragments: list[Fragment], html: str) -> list[Fragment]:
    """With something right below the page's title; at the top of a page without one."""
    for at, fragment in enumerate(fragments):
        before, title, after = fragment.html.partition("</h1>")
        if title:
            return [*fragments[:at], replace(fragment, html=f"{before}{title}\n{html}{after}"), *fragments[at + 1 :]]
    return [replace(fragment, html=f"{html}\n{fragment.html}") for fragment in fragments[:1]] + fragments[1:]


def prose_of(cell: Cell, run: Run) -> list[str]:
    """All Markdown of a cell: its own, or what it displays."""
    if cell.kind == "markdown":
        return [cell.source]
    trace = run.traces.get(cell.id)
    values = [output.data.get("text/markdown") for output in trace.outputs] if trace else []
    return [value for value in values if isinstance(value, str)]


def _with_outline(html: str, headings: tuple[Heading, ...]) -> str:
    """The list of the page's headings, where marimo's `mo.outline()` stands."""
    if OUTLINE not in html:
        return html
    items = "".join(f'<li data-level="{h.level}"><a href="#{escape(h.id)}">{h.html}</a></li>' for h in headings)
    return html.replace(OUTLINE, f"<ul>{items}</ul>" if items else "")
