"""Frames → the lines of links: where each begins and ends, and how it runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from nbpublish.page.flow.layout import Bend, Item
from nbpublish.page.mermaid.flowchart import Flowchart
from nbpublish.page.mermaid.frames import LOOP, Frame, Point, port, turned
from nbpublish.page.mermaid.shapes import reach, size_of

_SPREAD = 22
"""Pixels between the lines that leave a node on one side, where it is wide enough."""
_TIP = 9
"""Pixels that a line ends before the node, for its tip."""


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a link, from its start to its end."""

    path: str
    """As the `d` of an SVG path."""
    start: Point
    """Where it touches what it comes from."""
    end: Point
    start_heading: Point
    """The way from the line to there: one of the four directions."""
    end_heading: Point


def lines_of_links(chart: Flowchart, frame: Frame) -> dict[int, Line]:
    """By number of the link; `frame` is that of the whole chart, settled."""
    return _Lines(chart, frame).all()


class _Lines:
    def __init__(self, chart: Flowchart, frame: Frame) -> None:
        self.chart, self.root = chart, frame
        self.nodes = {node.id: node for node in chart.nodes}
        self.frames: dict[str, Frame] = {}
        self._note(frame)
        self._untwist(frame)
        self.asides = self._asides()

    def _note(self, frame: Frame) -> None:
        self.frames[frame.id] = frame
        for inner in frame.inner.values():
            self._note(inner)

    def _untwist(self, frame: Frame) -> None:
        """Let links that enter a group for one node, or leave it from one, do so in their order outside of it."""
        for id, inner in frame.inner.items():
            bundles: dict[tuple[int, str], list[int]] = defaultdict(list)
            for at, chain in inner.chains.items():
                side = chain.index(port(at)) if port(at) in chain else -1
                if side >= 0 and at in frame.chains and len(self._items(inner, at)) == 2:
                    bundles[side, chain[1 - side]].append(at)
            along = dict(inner.places.along)
            for links in bundles.values():
                free = sorted(along[port(at)] for at in links)
                for at, place in zip(sorted(links, key=partial(self._outside, frame, id)), free, strict=True):
                    along[port(at)] = place
            inner.places = replace(inner.places, along=along)
            self._untwist(inner)

    def _outside(self, frame: Frame, group: str, at: int) -> tuple[float, int]:
        """Where a link lies beside a group."""
        items = self._items(frame, at)
        return frame.places.along[items[1] if items[0] == group else items[-2]], at

    def all(self) -> dict[int, Line]:
        found = {}
        for at, link in enumerate(self.chart.links):
            if link.start == link.end:
                found[at] = self._loop(at)
            else:
                found[at] = self._line(at)
        return found

    # --- where lines touch nodes ------------------------------------------------------------------------------------

    def _asides(self) -> dict[tuple[int, str], float]:
        """By link and node, how far from the node's middle the line touches it: lines on one side do not all meet."""
        sides: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
        for frame in self.frames.values():
            for at, chain in frame.chains.items():
                items = self._items(frame, at)
                for id, beside, side in ((chain[0], items[1], 1), (chain[-1], items[-2], -1)):
                    if id in self.nodes:
                        sides[id, side].append((frame.places.along[beside], at))
        asides: dict[tuple[int, str], float] = {}
        for (id, _), found in sides.items():
            frame = self.frames[self.chart.inside.get(id, "")]
            wide = turned(frame.direction, *size_of(self.nodes[id]))[0]
            step = min(_SPREAD, wide * 0.6 / len(found))
            found.sort()
            forward = [place for place, (_, at) in enumerate(found) if at not in frame.upward]
            middle = sum(forward) / len(forward) if forward else (len(found) - 1) / 2
            for place, (_, at) in enumerate(found):
                asides[at, id] = (place - middle) * step
        return asides

    def _touch(self, frame: Frame, at: int, id: str, side: int) -> Point:
        """Where a link meets the lower border of an item (`side` 1) or the upper one (-1), on the drawing."""
        along, down = frame.places.along[id], frame.middle[frame.layer[id]]
        if id in self.nodes:
            aside = self.asides.get((at, id), 0.0)
            wide, high = turned(frame.direction, *size_of(self.nodes[id]))
            return frame.pixel(along + aside, down + side * reach(self.nodes[id].shape, wide, high, aside))
        if id == port(at):
            return frame.pixel(along, down)
        inner = frame.inner[id]
        border = frame.pixel(along, down + side * turned(frame.direction, inner.wide, inner.high)[1] / 2)
        if at not in inner.chains:
            return border
        x, y = inner.middle_of(port(at))
        return (border[0], y) if frame.direction in ("LR", "RL") else (x, border[1])

    # --- how they run -----------------------------------------------------------------------------------------------

    @staticmethod
    def _items(frame: Frame, at: int) -> list[Item]:
        chain = frame.chains[at]
        return [chain[0], *(item for edge in pairwise(chain) for item in frame.places.routes[edge][1:])]

    def _line(self, at: int) -> Line:
        parts = [self._part(frame, at) for frame in self._passed(at)]
        points = [point for part in parts for point, _ in part]
        curved = [curve for part in parts for _, curve in part]
        frame = self.frames[self._common(at)]
        headings = self._headings(frame, at)
        if self.chart.links[at].start_tip:
            points[0] = _back(points[0], headings[0])
        if self.chart.links[at].end_tip:
            points[-1] = _back(points[-1], headings[1])
        path = f"M{_said(points[0])}"
        for (one, other), curve in zip(pairwise(points), curved[1:], strict=True):
            path += self._step(frame, one, other) if curve else f"L{_said(other)}"
        start, end = (parts[0][0][0], parts[-1][-1][0])
        return Line(path, start, end, *headings)

    def _passed(self, at: int) -> list[Frame]:
        """The frames that a link passes, from its start to its end."""
        link = self.chart.links[at]
        up = [self.frames[id] for id in self.chart.holders(link.start) if at in self.frames[id].chains]
        down = [self.frames[id] for id in self.chart.holders(link.end) if at in self.frames[id].chains]
        common = self._common(at)
        up, down = ([frame for frame in frames if frame.id != common] for frames in (up, down))
        return [*up, self.frames[common], *reversed(down)]

    def _common(self, at: int) -> str:
        """The innermost frame that holds both ends of a link."""
        link = self.chart.links[at]
        others = {*self.chart.holders(link.end), ""}
        return next(id for id in (*self.chart.holders(link.start), "") if id in others)

    def _part(self, frame: Frame, at: int) -> list[tuple[Point, bool]]:
        """The points of a link within one frame, each with whether the line to it is a curve."""
        chain, items = frame.chains[at], self._items(frame, at)
        points = [(self._touch(frame, at, chain[0], 1), True)]
        for before, item, after in zip(items, items[1:], items[2:], strict=False):
            layer, along = frame.layer[item], frame.places.along[item]
            if isinstance(item, Bend) and self._is_free(frame, before, item, after):
                continue
            half = frame.thick[layer] / 2
            points.append((frame.pixel(along, frame.middle[layer] - half), True))
            points.append((frame.pixel(along, frame.middle[layer] + half), False))
        points.append((self._touch(frame, at, chain[-1], -1), True))
        if at in frame.upward:
            curves = [curve for _, curve in points[1:]]
            points = list(zip([point for point, _ in points[::-1]], [False, *curves[::-1]], strict=True))
        return [(points[0][0], False), *points[1:]]  # from frame to frame it is straight

    @staticmethod
    def _is_free(frame: Frame, before: Item, bend: Bend, after: Item) -> bool:
        """Whether a line may pass a layer of labels without a bend, because it touches none of them there."""
        on_layer = [item for item in frame.places.layers[bend.layer] if isinstance(item, str)]
        if not all(item.startswith("\0") for item in on_layer) or isinstance(before, Bend) or isinstance(after, Bend):
            return False
        one, other = frame.places.along[before], frame.places.along[after]
        low, high = min(one, other), max(one, other)
        return all(
            abs(frame.places.along[item] - min(max(frame.places.along[item], low), high)) > frame.room[item][0] / 2 + 4
            for item in on_layer
        )

    @staticmethod
    def _step(frame: Frame, one: Point, other: Point) -> str:
        """A curve that begins and ends in the direction of the chart."""
        if frame.direction in ("LR", "RL"):
            half = (one[0] + other[0]) / 2
            return f"C{_said((half, one[1]))} {_said((half, other[1]))} {_said(other)}"
        half = (one[1] + other[1]) / 2
        return f"C{_said((one[0], half))} {_said((other[0], half))} {_said(other)}"

    @staticmethod
    def _headings(frame: Frame, at: int) -> tuple[Point, Point]:
        """The ways in which a line arrives at its start and at its end."""
        down: Point = {"TB": (0.0, 1.0), "BT": (0.0, -1.0), "LR": (1.0, 0.0), "RL": (-1.0, 0.0)}[frame.direction]
        up = (-down[0], -down[1])
        return (down, up) if at in frame.upward else (up, down)

    def _loop(self, at: int) -> Line:
        """A line from a node round to the node itself, at its side."""
        id = self.chart.links[at].start
        frame = self.frames[self.chart.inside.get(id, "")]
        along, down = frame.places.along[id], frame.middle[frame.layer[id]]
        size = size_of(self.nodes[id]) if id in self.nodes else (frame.inner[id].wide, frame.inner[id].high)
        side = along + turned(frame.direction, *size)[0] / 2
        corners = ((side - 4, down - 7), (side + LOOP, down - 16), (side + LOOP, down + 16), (side, down + 7))
        start, one, other, end = (frame.pixel(*corner) for corner in corners)
        heading = (0.0, -1.0) if frame.direction in ("LR", "RL") else (-1.0, 0.0)
        last = _back(end, heading) if self.chart.links[at].end_tip else end
        return Line(f"M{_said(start)}C{_said(one)} {_said(other)} {_said(last)}", start, end, heading, heading)


def _back(point: Point, heading: Point) -> Point:
    return point[0] - heading[0] * _TIP, point[1] - heading[1] * _TIP


def _said(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"
