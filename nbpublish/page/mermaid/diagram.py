"""The source of a diagram → what the page shows of it: a drawing, or the source and a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from nbpublish.page.mermaid.draw import MOST, drawn
from nbpublish.page.mermaid.flowchart import Flowchart
from nbpublish.page.mermaid.read import UnreadError, is_flowchart, read
from nbpublish.page.messages import Words
from nbpublish.page.settings import RefusedError

Picture = Callable[[str], "str | None"]
"""Has a diagram drawn by a program of this machine; gives the address of its picture, None where there is no program.
Raises RefusedError."""
Tell = Callable[[str, int], None]
"""Tells the author of a problem, with its line in the source, from 0."""
_TITLE = re.compile(
    r"^[ \t]*(?:accTitle[ \t]*:|title[ \t:]|pie[ \t]+(?:showData[ \t]+)?title[ \t])[ \t]*(\S.*?)[ \t]*$", re.M
)
_INSTALL = "Install Mermaid's command line, the npm package @mermaid-js/mermaid-cli, to have it drawn."


def diagram_html(source: str, words: Words, tell: Tell, picture: Picture = lambda source: None) -> str:
    """A `figure` with the drawing.

    A flowchart is drawn by us. Another diagram, or a flowchart with something that we do not draw, is a `picture`.
    Where there is none the source is shown.
    """
    try:
        chart = _drawable(source)
    except UnreadError as error:
        return _undrawn(source, error, words, tell, picture)
    title = f"<figcaption>{escape(chart.title)}</figcaption>" if chart.title else ""
    svg = drawn(chart, _spoken(chart, words))
    return f'<figure class="nb-diagram"><div class="nb-html">{svg}</div>{title}</figure>'


def _drawable(source: str) -> Flowchart:
    chart = read(source)
    for link in chart.links:
        if link.start in chart.holders(link.end) or link.end in chart.holders(link.start):
            raise UnreadError(f"a link between {link.start} and {link.end}, of which one lies in the other", 0)
    if not chart.nodes or len(chart.nodes) + len(chart.links) > MOST:
        raise UnreadError(f"{len(chart.nodes)} nodes", 0)
    return chart


def _undrawn(source: str, error: UnreadError, words: Words, tell: Tell, picture: Picture) -> str:
    label = words.html("diagram.label")
    try:
        address = picture(source)
    except RefusedError as refused:
        tell(f"Mermaid does not draw this diagram, so its source is shown: {refused}", 0)
        return _source(source, words)
    if address:
        said = _TITLE.search(source)
        alt = escape(words("figure.alt-of", title=said[1])) if said else label
        image = f'<img src="{escape(address)}" alt="{alt}" loading="lazy">'
        return f'<figure class="nb-figure nb-diagram">{image}</figure>'
    what = " ".join(error.what.split())[:80]
    if is_flowchart(source):
        tell(f"This flowchart is shown as its source, because we do not draw `{what}`. {_INSTALL}", error.line)
    else:
        tell(f"This Mermaid diagram (`{what}`) is shown as its source: only flowcharts are drawn. {_INSTALL}", 0)
    return _source(source, words)


def _source(source: str, words: Words) -> str:
    note = f'<p class="nb-note">{words.html("diagram.source")}</p>'
    pre = f'<pre class="nb-mermaid">{escape(source)}</pre>'
    return f'<figure class="nb-diagram" aria-label="{words.html("diagram.label")}">{pre}{note}</figure>'


def _spoken(chart: Flowchart, words: Words) -> str:
    """What the drawing shows, in words."""
    parts = [*filter(None, (chart.title, chart.description))] or [words("diagram.flowchart")]
    if not chart.description:
        parts += _links_spoken(chart, words)
    return words("diagram.pause").join(parts)


def _links_spoken(chart: Flowchart, words: Words) -> Iterator[str]:
    names = {node.id: node.label for node in chart.nodes} | {group.id: group.title for group in chart.groups}
    names = {id: " ".join(name.split()) or id for id, name in names.items()}
    joined = set()
    for link in chart.links:
        if link.stroke == "invisible":
            continue
        joined |= {link.start, link.end}
        key = "diagram.link-labelled" if link.label else "diagram.link"
        yield words(key, start=names[link.start], end=names[link.end], label=" ".join(link.label.split()))
    yield from (names[node.id] for node in chart.nodes if node.id not in joined)
