"""A flowchart → frames: the chart itself and each of its groups, with their items on layers.

Each group is arranged by itself and stands in the frame around it as a single box, so that no group ever overlaps what
does not belong to it. A link that leads out of a group passes through a *port*: within the group it is an item on a
layer of its own, above or below all others. Labels of links are items too, on layers between those of the nodes, as in
Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs" (1993).

Within a frame, `along` runs along the layers and `down` from layer to layer, both in pixels; x and y follow from the
direction of the chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nbpublish.page.flow.layout import Item, Places, placed
from nbpublish.page.mermaid.flowchart import Direction, Flowchart, Link
from nbpublish.page.mermaid.shapes import LABEL, lines_of, size_of, text_size

_GAP, _BETWEEN, _PORT = 30, 46, 20
"""Pixels between two items side by side, between two layers of nodes, and from a port to the next layer."""
_BORDER, _TITLE = 16, 24
"""Pixels between a group's border and what is in it, and the height of its title."""
LOOP = 34
"""Pixels that a link from a node to itself reaches beside it."""

Point = tuple[float, float]
Ends = tuple[str | None, str | None]


@dataclass
class Frame:
    """The chart or a group: what stands in it, and where."""

    id: str
    direction: Direction
    inner: Mapping[str, Frame]
    """The groups directly in it."""
    room: Mapping[str, tuple[float, float]]
    """Extents of each item, along and down."""
    chains: Mapping[int, Sequence[str]]
    """By number of a link, its items from the upper to the lower one: nodes and groups, its label, its port."""
    upward: frozenset[int]
    """Links that are drawn from their end down to their start."""
    places: Places
    between: Sequence[float]
    """Pixels before each layer."""
    pad: tuple[float, float, float]
    """Pixels to the left of the items (and to the right), above and below them."""
    origin: Point = (0.0, 0.0)
    """The upper left corner on the drawing; set once the frame around it is arranged."""

    def __post_init__(self) -> None:
        layers = self.places.layers
        self.layer = {item: at for at, row in enumerate(layers) for item in row}
        self.thick = [max((self.room[id][1] for id in row if isinstance(id, str)), default=0.0) for row in layers]
        self.middle: list[float] = []
        self.length = 0.0
        for gap, thick in zip(self.between, self.thick, strict=True):
            self.length += gap
            self.middle.append(self.length + thick / 2)
            self.length += thick
        wides = {item: self.room[item][0] if isinstance(item, str) else 0.0 for item in self.layer}
        ends = [self.places.along[item] + wide / 2 for item, wide in wides.items()]
        wide, high = turned(self.direction, max(ends, default=0.0), self.length)
        left, above, below = self.pad
        self.wide, self.high = wide + 2 * left, high + above + below

    def pixel(self, along: float, down: float) -> Point:
        """A place in this frame on the whole drawing."""
        if self.direction in ("BT", "RL"):
            down = self.length - down
        x, y = turned(self.direction, along, down)
        return self.origin[0] + self.pad[0] + x, self.origin[1] + self.pad[1] + y

    def middle_of(self, item: Item) -> Point:
        """The middle of something within this frame, on the whole drawing."""
        return self.pixel(self.places.along[item], self.middle[self.layer[item]])

    def settle(self, origin: Point) -> None:
        """Give this frame and all within it their places on the drawing."""
        self.origin = origin
        for id, frame in self.inner.items():
            x, y = self.middle_of(id)
            frame.settle((x - frame.wide / 2, y - frame.high / 2))


def turned(direction: Direction, one: float, other: float) -> Point:
    """Extents along and down as width and height, and the other way round."""
    return (other, one) if direction in ("LR", "RL") else (one, other)


def port(link: int) -> str:
    """The item by which a link enters or leaves a frame."""
    return f"\0port {link}"


def tag(link: int) -> str:
    """The item that is the label of a link."""
    return f"\0label {link}"


def frame_of(
    chart: Flowchart, id: str = "", direction: Direction | None = None, upward: frozenset[int] = frozenset()
) -> Frame:
    """The frame of the group `id`, or of the whole chart, in which `upward` are known already."""
    direction = direction or chart.direction
    items = _items(chart, id)
    ends = {at: found for at, link in enumerate(chart.links) if (found := _ends(chart, id, link))}
    within = [(at, one, other) for at, (one, other) in ends.items() if one and other and one != other]
    upward |= _leading_back(within, items)
    inner = {
        group.id: frame_of(chart, group.id, _direction(chart, group.id, direction, group.direction), upward)
        for group in chart.groups
        if group.id in items
    }
    nodes = {node.id: size_of(node) for node in chart.nodes}
    sizes = {item: (inner[item].wide, inner[item].high) if item in inner else nodes[item] for item in items}
    room = {item: turned(direction, *size) for item, size in sizes.items()}
    for one, other in ends.values():
        if one == other and one:
            room[one] = (turned(direction, *sizes[one])[0] + 2 * LOOP, room[one][1])
    chains = _chains(chart, ends, upward)
    for at, chain in chains.items():
        for item in chain:
            if item == tag(at):
                wide, high = text_size(lines_of(chart.links[at].label), LABEL)
                room[item] = turned(direction, wide + 8 if wide else 2, high)
            elif item == port(at):
                room[item] = (8.0, 0.0)
    unit = 2 if any(len(chain) == 3 for chain in chains.values()) else 1
    depth = _depths(chart, chains, room, unit)
    edges = [edge for chain in chains.values() for edge in pairwise(chain)]
    places = placed(
        sorted(room, key=depth.__getitem__), edges, {item: size[0] for item, size in room.items()}, _GAP, depth
    )
    ports = {depth[item] for at, chain in chains.items() for item in chain if item == port(at)}
    between = [0.0, *(_gap(layer, ports, unit) for layer in range(1, len(places.layers)))][: len(places.layers)]
    return _with_room_for_title(Frame(id, direction, inner, room, chains, upward, places, between, (2, 2, 2)), chart)


def _gap(layer: int, ports: set[int], unit: int) -> float:
    """Pixels between a layer and the one before; on one with ports there is nothing but lines."""
    near = {at + step for at in ports for step in range(1 - unit, unit + 1)} if 0 in ports else set()
    near |= {at - step for at in ports - {0} for step in range(unit)}
    return (_PORT if layer in near - {0} else _BETWEEN) / unit


def _with_room_for_title(frame: Frame, chart: Flowchart) -> Frame:
    title = next((group.title for group in chart.groups if group.id == frame.id), None)
    if title is None:
        return frame
    needed = text_size(lines_of(title), LABEL)[0] + 2 * _BORDER
    side = max(_BORDER, (needed - (frame.wide - 2 * frame.pad[0])) / 2)
    frame.pad = (side, _BORDER + (_TITLE if title else 0), _BORDER)
    frame.__post_init__()
    return frame


# --- what stands in a frame -------------------------------------------------------------------------------------------


def _items(chart: Flowchart, id: str) -> list[str]:
    """Nodes and groups directly in a frame, in the order in which they are written."""
    order = [end for link in chart.links for end in (link.start, link.end)] + [node.id for node in chart.nodes]
    found = [item for end in order if (item := _item(chart, id, end))]
    found += [group.id for group in chart.groups if chart.inside.get(group.id, "") == id]
    return list(dict.fromkeys(found))


def _item(chart: Flowchart, frame: str, id: str) -> str | None:
    """The item of a frame that is, or holds, a node or group; None where it lies elsewhere."""
    around = [id, *chart.holders(id), ""]
    return around[around.index(frame) - 1] if frame in around[1:] else None


def _ends(chart: Flowchart, frame: str, link: Link) -> Ends | None:
    """The items of a frame that a link joins, None for one outside; None in place of both where it joins nothing."""
    one, other = _item(chart, frame, link.start), _item(chart, frame, link.end)
    within = one == other and link.start != link.end  # of one group, or all of it elsewhere
    return None if within or one is other is None else (one, other)


def _direction(chart: Flowchart, id: str, around: Direction, own: Direction | None) -> Direction:
    """As in Mermaid, a group whose nodes are linked with others outside has the direction of what is around it."""
    crossed = any((id in chart.holders(link.start)) != (id in chart.holders(link.end)) for link in chart.links)
    return around if crossed else own or around


def _leading_back(edges: Sequence[tuple[int, str, str]], items: Iterable[str]) -> frozenset[int]:
    """Links to draw upwards, so that the others go round in no circle: those that lead back to where a walk came from.

    The walk starts at items that nothing leads to, and goes depth first in the order of the links.
    """
    below: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, start, end in edges:
        below[start].append((at, end))
    targets = {end for _, _, end in edges}
    back: set[int] = set()
    done: set[str] = set()
    for first in sorted(items, key=lambda item: item in targets):
        path, walk = [first], [iter(below[first] if first not in done else ())]
        while walk:
            step = next(walk[-1], None)
            if step is None:
                done.add(path.pop())
                walk.pop()
            elif step[1] in path:
                back.add(step[0])
            elif step[1] not in done:
                path.append(step[1])
                walk.append(iter(below[step[1]]))
    return frozenset(back)


# --- on which layer it stands -----------------------------------------------------------------------------------------


def _chains(chart: Flowchart, ends: Mapping[int, Ends], upward: frozenset[int]) -> dict[int, tuple[str, ...]]:
    """By link, its items from the upper to the lower one. Of links between the same two, all but one have a label."""
    chains: dict[int, tuple[str, ...]] = {}
    joined: set[tuple[str, str]] = set()
    for at, (one, other) in ends.items():
        if one == other:
            continue
        upper, lower = (one or port(at), other or port(at))[:: -1 if at in upward else 1]
        labelled = one and other and (chart.links[at].label or (upper, lower) in joined)
        joined.add((upper, lower))
        chains[at] = (upper, tag(at), lower) if labelled else (upper, lower)
    return chains


def _depths(chart: Flowchart, chains: Mapping[int, Sequence[str]], room: Iterable[str], unit: int) -> dict[str, int]:
    """Layers: nodes on every one or, where labels need some, on every second; ports above and below all nodes."""
    ends = [(chain[0], chain[-1], unit * chart.links[at].length) for at, chain in chains.items()]
    inner = [(upper, lower, length) for upper, lower, length in ends if "\0" not in upper + lower]
    depth = dict.fromkeys((id for id in room if "\0" not in id), 0)
    for _ in range(len(depth)):
        for upper, lower, length in inner:
            depth[lower] = max(depth[lower], depth[upper] + length)
    lower_ends = {lower for _, lower, _ in inner}
    for id in depth:  # one that nothing leads to stands just above what it leads to
        below = [depth[lower] - length for upper, lower, length in inner if upper == id]
        if id not in lower_ends and below:
            depth[id] = min(below)
    last = max(depth.values(), default=0)
    shift = unit * any("\0" in upper for upper, _, _ in ends)
    found = {id: layer + shift for id, layer in depth.items()}
    for upper, lower, _ in ends:
        if "\0" in upper:
            found[upper] = 0
        if "\0" in lower:
            found[lower] = last + shift + unit
    return found | {chain[1]: found[chain[0]] + 1 for chain in chains.values() if len(chain) == 3}
