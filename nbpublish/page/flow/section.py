"""The part of a page that shows how its cells hang together."""

from __future__ import annotations

from functools import lru_cache

from nbpublish.model import Run
from nbpublish.page.flow.cells import Flow, flow_of
from nbpublish.page.flow.layered import layered
from nbpublish.page.flow.rail import rail
from nbpublish.page.flow.svg import Pen
from nbpublish.page.html import escape
from nbpublish.page.messages import Words

_FEWEST = 3
"""Cells that must hang together before a drawing says more than the names below the code."""
_MOST = 150
"""Cells beyond which a drawing is nothing but lines."""


def flow_section(run: Run, words: Words, visible: frozenset[str]) -> str:
    """The drawings as two tabs, folded; empty where there is little to draw or too much.

    Only cells that are `visible` on the page are links.
    """
    flow = flow_of(run)
    if not _FEWEST <= len(flow.nodes) <= _MOST:
        return ""
    return _drawn(flow, words.language, visible & {node.id for node in flow.nodes})


@lru_cache(8)
def _drawn(flow: Flow, language: str, visible: frozenset[str]) -> str:
    """A preview draws the same flow again and again."""
    words = Words(language)
    pen = Pen(flow, words, visible)
    views = "".join(
        f'<input type="radio" name="nb-flow" id="nb-flow-{at}"{" checked" if at == 1 else ""}>'
        f'<label for="nb-flow-{at}">{escape(words(title))}</label>\n'
        f'<div class="nb-tab"><div class="nb-html">{drawing}</div></div>\n'
        for at, (title, drawing) in enumerate((("flow.in-order", rail(pen)), ("flow.by-layers", layered(pen))), 1)
    )
    summary = escape(words("flow.title"))
    tabs = f'<div class="nb-tabs">\n{views}</div>'
    return f'<details class="nb-flow-section"><summary>{summary}</summary>\n{tabs}</details>'
