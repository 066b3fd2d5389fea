"""The flow as a rail: cells below each other as they run, beside them a track for each cell that feeds others."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.page.flow.cells import Flow
from nbpublish.page.flow.svg import Pen

_ROW, _BOX, _WIDTH, _TRACK = 30, 24, 280, 12
"""Pixels from one cell to the next, height and width of a cell's box, and distance of two tracks."""


def rail(pen: Pen) -> str:
    """The drawing as SVG."""
    flow, place = pen.flow, pen.place
    middle = {id: 2 + _BOX / 2 + _ROW * at for id, at in place.items()}
    tracks = _tracks(flow, place)
    left = 8 + _TRACK * (1 + max(tracks.values(), default=0))
    parts = []
    for parent, child in flow.edges:
        x, start, end = left - 8 - _TRACK * tracks[parent], middle[parent], middle[child]
        line = f"M{left:g} {start:g}H{x + 5:g}q-5 0-5 5V{end - 5:g}q0 5 5 5H{left - 6:g}"
        parts.append(pen.edge(parent, child, line, f"M{left - 6:g} {end - 3:g}l6 3-6 3z"))
    for node in flow.nodes:
        box = (left, middle[node.id] - _BOX / 2, _WIDTH, _BOX)
        parts.append(pen.node(node, box, [f"{node.number}  {node.label}"]))
    return pen.frame(left + _WIDTH + 1, _ROW * len(place) + 2, parts, pen.words("flow.rail"))


def _tracks(flow: Flow, place: Mapping[str, int]) -> dict[str, int]:
    """A track for each cell that feeds others, from itself to the last of them: the nearest that is free there."""
    last: dict[str, int] = {}
    for parent, child in flow.edges:
        last[parent] = max(last.get(parent, 0), place[child])
    tracks: dict[str, int] = {}
    ends: list[int] = []
    for parent in sorted(last, key=place.__getitem__):
        track = next((at for at, end in enumerate(ends) if end < place[parent]), len(ends))
        ends[track:] = [last[parent], *ends[track + 1 :]]
        tracks[parent] = track
    return tracks
