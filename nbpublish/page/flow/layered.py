"""The flow from top to bottom: every cell below those that it uses."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from nbpublish.page.flow.layout import Bend, Item, Places, placed
from nbpublish.page.flow.svg import Pen

_WIDTH, _HEIGHT, _GAP, _BETWEEN = 136, 40, 20, 36
"""Pixels: a cell's box, between two boxes side by side, between two layers."""
_MARGIN = 2


def layered(pen: Pen) -> str:
    """The drawing as SVG."""
    place = pen.place
    found = _places(len(place), tuple((place[parent], place[child]) for parent, child in pen.flow.edges))
    middle = {
        item: (_MARGIN + found.along[item], _MARGIN + layer * (_HEIGHT + _BETWEEN) + _HEIGHT / 2)
        for layer, row in enumerate(found.layers)
        for item in row
    }
    parts = []
    for parent, child in dict.fromkeys(pen.flow.edges):
        line, tip = _curve(found.routes[str(place[parent]), str(place[child])], middle)
        parts.append(pen.edge(parent, child, line, tip))
    for node in pen.flow.nodes:
        x, y = middle[str(place[node.id])]
        box = (round(x - _WIDTH / 2), y - _HEIGHT / 2, _WIDTH, _HEIGHT)
        defs = [" ".join(node.defs)] if node.defs else []
        parts.append(pen.node(node, box, [f"{node.number}  {node.label}", *defs]))
    wide = max((x for x, _ in middle.values()), default=0) + _WIDTH / 2 + _MARGIN
    high = len(found.layers) * (_HEIGHT + _BETWEEN) - _BETWEEN + 2 * _MARGIN
    return pen.frame(wide, high, parts, pen.words("flow.layered"))


@lru_cache(32)
def _places(count: int, edges: tuple[tuple[int, int], ...]) -> Places:
    """Where the cells lie, each called by its number: an edit renames a cell, and mostly changes no place."""
    names = list(map(str, range(count)))
    named = ((str(parent), str(child)) for parent, child in edges)
    return placed(names, named, dict.fromkeys(names, float(_WIDTH)), _GAP)


def _curve(route: tuple[Item, ...], middle: dict[Item, tuple[float, float]]) -> tuple[str, str]:
    """A smooth line from the lower side of the first item to the upper side of the last, and the arrow there.

    Beside the boxes of the layers that it passes it is straight, so that it touches none of them.
    """
    x, y = middle[route[0]]
    y += _HEIGHT / 2
    line = f"M{x:.0f} {y:.0f}"
    for _, item in pairwise(route):
        to_x, to_y = middle[item]
        to_y -= _HEIGHT / 2 + (0 if isinstance(item, Bend) else 6)
        half = (y + to_y) / 2
        line += f"C{x:.0f} {half:.0f} {to_x:.0f} {half:.0f} {to_x:.0f} {to_y:.0f}"
        x, y = to_x, to_y
        if isinstance(item, Bend):
            y += _HEIGHT
            line += f"V{y:.0f}"
    return line, f"M{x - 3:.0f} {y:.0f}h6l-3 6z"
