"""The pieces of a drawing, as SVG whose colours and fonts come from the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nbpublish.page.context import anchor
from nbpublish.page.flow.cells import Flow, Node
from nbpublish.page.flow.text import shortened
from nbpublish.page.html import escape
from nbpublish.page.messages import Words

FONT = 13
"""Pixels; `nb-content.css` says the same."""
_PADDING = 8


@dataclass(frozen=True)
class Pen:
    """Draws the cells and edges of one flow."""

    flow: Flow
    words: Words
    visible: frozenset[str]
    """Ids of the cells that appear on the page: only these can be links."""

    @cached_property
    def place(self) -> Mapping[str, int]:
        """By cell, its place in the flow, by which the script finds what belongs together."""
        return {node.id: at for at, node in enumerate(self.flow.nodes)}

    @cached_property
    def _parents(self) -> Mapping[str, list[int]]:
        """By cell, the numbers of those that it uses."""
        numbers = {node.id: node.number for node in self.flow.nodes}
        parents: dict[str, list[int]] = {node.id: [] for node in self.flow.nodes}
        for parent, child in self.flow.edges:
            parents[child].append(numbers[parent])
        return parents

    def frame(self, wide: float, high: float, parts: Iterable[str], label: str) -> str:
        """The whole drawing, in pixels."""
        inside = "\n".join(parts)
        size = f'viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}"'
        return f'<svg class="nb-flow" {size} role="group" aria-label="{escape(label)}">\n{inside}\n</svg>'

    def edge(self, parent: str, child: str, line: str, tip: str) -> str:
        """A line and the arrow at its end, as paths."""
        place = self.place
        ends = f'data-from="{place[parent]}" data-to="{place[child]}"'
        return f'<g {ends}><path d="{line}"/><path class="nb-flow-tip" d="{tip}"/></g>'

    def node(self, node: Node, box: tuple[float, float, float, float], lines: Sequence[str]) -> str:
        """A box with lines of text that leads to its cell; `box` is left, top, width and height in pixels."""
        left, top, wide, high = box
        room = (wide - 2 * _PADDING) / FONT
        text = ""
        for row, line in enumerate(lines):
            kind = ' class="nb-flow-defs"' if row else ""
            base = top + high * (row + 0.5) / len(lines) + FONT * 0.35
            text += f'<text{kind} x="{left + _PADDING:g}" y="{base:.0f}">{escape(shortened(line, room))}</text>'
        inside = f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" rx="5"/>{text}'
        said = f'data-node="{self.place[node.id]}" aria-label="{escape(self.spoken(node))}"'
        if node.id in self.visible:
            return f'<a xlink:href="#{escape(anchor(node.id))}" role="link" {said}>{inside}</a>'
        return f'<g role="img" {said}>{inside}</g>'

    def spoken(self, node: Node) -> str:
        """What is drawn of a cell, in words: its label, what it defines, the cells that it uses."""
        parts = [self.words("flow.cell", number=node.number, label=node.label)]
        if node.defs:
            parts.append(f"{self.words('names.defines')} {', '.join(node.defs)}")
        if parents := sorted(self._parents[node.id]):
            parts.append(self.words("flow.from", numbers=", ".join(map(str, parents))))
        return self.words("flow.pause").join(parts)
