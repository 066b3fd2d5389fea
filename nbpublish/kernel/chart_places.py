"""Marks of a chart → where each lies in its picture.

This is asked of vl-convert: the chart is laid out once more, with the number of the mark as its description.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from nbpublish.kernel.rich_altair import laid_out

_LEAST = 12.0
"""Pixels; a smaller mark is selected as if it were so large."""


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def with_(self, other: _Box) -> _Box:
        """The smallest box around both."""
        return _Box(*map(min, self[:2], other[:2]), *map(max, self[2:], other[2:]))

    def meets(self, other: _Box) -> bool:
        """Whether more than an edge is in both."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


def places_of(spec: Mapping[str, Any], number: str, count: int) -> list[tuple[float, ...]]:
    """The middle, width and height of `count` marks, as shares of the picture's width and height.

    The field `number` of the data says which mark a row belongs to, from 0. Empty where vl-convert is missing, or where
    a mark is in several places and something else is between them.
    """
    drawn = laid_out(_numbered(spec, number))
    if drawn is None:
        return []
    found: dict[str, _Box] = {}
    scattered = set()
    for said, box in _items(drawn["scenegraph"], *drawn["origin"]):
        if found.setdefault(said, box) != box:
            found[said] = found[said].with_(box)
            scattered.add(said)
    names = [str(each) for each in range(count)]
    if not found.keys() >= set(names) or any(
        found[one].meets(found[other]) for one, other in combinations(names, 2) if {one, other} & scattered
    ):
        return []
    return [_shares(found[name], drawn["width"], drawn["height"]) for name in names]


def _numbered(spec: Mapping[str, Any], number: str) -> dict[str, Any]:
    """The chart with each mark's number as its description. What is aggregated keeps the number as one more group."""
    mark = spec["mark"] if isinstance(spec["mark"], dict) else {"type": spec["mark"]}
    encoding = dict(spec["encoding"])
    if any(isinstance(channel, dict) and "aggregate" in channel for channel in encoding.values()):
        detail = encoding.get("detail", [])
        groups = detail if isinstance(detail, list) else [detail]
        encoding["detail"] = [*groups, {"field": number, "type": "nominal"}]
    description = {"expr": f"'' + datum[{number!r}]"}
    return {**spec, "mark": {**mark, "description": description}, "encoding": encoding}


def _shares(box: _Box, width: float, height: float) -> tuple[float, ...]:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    wide, high = max(box.right - box.left, _LEAST), max(box.bottom - box.top, _LEAST)
    return tuple(round(share, 4) for share in (x / width, y / height, wide / width, high / height))


def _items(group: Mapping[str, Any], x: float, y: float) -> Iterator[tuple[str, _Box]]:
    """The descriptions of all marks, with the box of each in pixels."""
    for item in group.get("items", ()):
        if group.get("marktype") == "group":
            for inner in item.get("items", ()):
                yield from _items(inner, x + item.get("x", 0), y + item.get("y", 0))
        elif "description" in item and group.get("role") == "mark":
            yield str(item["description"]), _box(item, str(group.get("marktype")), x, y)


def _box(item: Mapping[str, Any], kind: str, x: float, y: float) -> _Box:
    left, top = x + item.get("x", 0), y + item.get("y", 0)
    if kind == "rect":
        return _Box(left, top, left + item.get("width", 0), top + item.get("height", 0))
    if kind == "arc":
        angle = (item.get("startAngle", 0) + item.get("endAngle", 0)) / 2
        outer, inner = item.get("outerRadius", 0), item.get("innerRadius", 0)
        far, half = ((inner + outer) / 2 if inner else outer * 0.62), outer * 0.15
        left, top = left + far * math.sin(angle), top - far * math.cos(angle)
    elif kind == "symbol":
        half = max(math.sqrt(item.get("size", 0) or 0) * 1.5, _LEAST) / 2
    else:
        half = _LEAST * 0.75
    return _Box(left - half, top - half, left + half, top + half)
