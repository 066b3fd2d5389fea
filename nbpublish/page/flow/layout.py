"""A directed acyclic graph → places on layers, by the method of Sugiyama, Tagawa and Toda (1981).

Every node stands one layer below the lowest of its parents. An edge that passes layers has a bend on each of them.
Within the layers, nodes and bends are sorted by the mean place of their neighbours, and swapped with the next one as
long as fewer edges cross; then they move beside their neighbours as far as their order allows, which is the isotonic
regression of where they would like to be (pool adjacent violators, Barlow and others 1972).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bend:
    """Where an edge passes a layer."""

    edge: Edge
    layer: int


Item = str | Bend
Layers = list[list[Item]]

_SWEEPS = 12
_LARGE = 400
"""Nodes and bends beyond which neighbours are no longer swapped, because that takes time with the square of them."""


@dataclass(frozen=True, slots=True)
class Places:
    """The middle of every node and bend along its layer, and what lies on which layer."""

    along: Mapping[Item, float]
    layers: Sequence[Sequence[Item]]
    routes: Mapping[Edge, tuple[Item, ...]]
    """By edge, its ends and the bends between, from parent to child."""


def placed(
    nodes: Sequence[str],
    edges: Iterable[Edge],
    size: Mapping[str, float],
    gap: float,
    depth: Mapping[str, int] | None = None,
) -> Places:
    """Places for `nodes`, given in an order in which every parent comes before its children.

    `size` is a node's extent along its layer, `gap` the least distance between two, `depth` the layer of each where
    the caller has chosen them. The first place is where the leftmost node begins at 0. Edges to or from unknown nodes
    are left out.
    """
    known = set(nodes)
    kept = [(parent, child) for parent, child in dict.fromkeys(edges) if parent in known and child in known]
    depth = _depths(nodes, kept) if depth is None else depth
    routes = {edge: _route(edge, depth) for edge in kept}
    layers: Layers = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        layers[depth[node]].append(node)
    for route in routes.values():
        for bend in route[1:-1]:
            assert isinstance(bend, Bend)
            layers[bend.layer].append(bend)
    links = [pair for route in routes.values() for pair in pairwise(route)]
    layers = _ordered(layers, links)
    sizes = {item: size[item] if isinstance(item, str) else 0.0 for layer in layers for item in layer}
    return Places(_along(layers, links, sizes, gap), layers, routes)


def _depths(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The layer of every node: as high as its parents allow, but a node without parents just above its children."""
    parents = _gathered((child, parent) for parent, child in edges)
    children = _gathered(edges)
    depth: dict[str, int] = {}
    for node in nodes:
        depth[node] = 1 + max((depth[parent] for parent in parents.get(node, ())), default=-1)
    for node in reversed(nodes):
        if node not in parents and node in children:
            depth[node] = min(depth[child] for child in children[node]) - 1
    return depth


def _route(edge: Edge, depth: Mapping[str, int]) -> tuple[Item, ...]:
    parent, child = edge
    return (parent, *(Bend(edge, layer) for layer in range(depth[parent] + 1, depth[child])), child)


def _gathered(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


# --- the order within the layers --------------------------------------------------------------------------------------


def _ordered(layers: Layers, links: Sequence[tuple[Item, Item]]) -> Layers:
    """The best order of all that the sweeps, down and up in turn, come by."""
    below, above = _gathered(links), _gathered((child, parent) for parent, child in links)
    layers = [list(layer) for layer in layers]
    small = sum(map(len, layers)) <= _LARGE
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        for at in range(1, len(layers)) if down else range(len(layers) - 2, -1, -1):
            _sort(layers[at], layers[at - 1 if down else at + 1], above if down else below)
        if small:
            for layer, row in enumerate(layers):
                _swap(row, layers[layer - 1] if layer else [], above)
                _swap(row, layers[layer + 1] if layer + 1 < len(layers) else [], below)
        count = _crossings(layers, below)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
    return best


def _sort(row: list[Item], beside: Sequence[Item], neighbours: Mapping[Item, list[Item]]) -> None:
    """By the mean place of the neighbours on the layer beside; what has none there stays where it is."""
    place = {item: at for at, item in enumerate(beside)}
    own = {item: at for at, item in enumerate(row)}

    def mean(item: Item) -> tuple[float, int]:
        found = [place[other] for other in neighbours.get(item, ())]
        return (sum(found) / len(found) if found else own[item]), own[item]

    row.sort(key=mean)


def _swap(row: list[Item], beside: Sequence[Item], neighbours: Mapping[Item, list[Item]]) -> None:
    """Exchange items that stand side by side wherever their edges to one layer then cross less."""
    place = {item: at for at, item in enumerate(beside)}
    ends = {item: sorted(place[other] for other in neighbours.get(item, ())) for item in row}
    for at in range(len(row) - 1):
        one, other = row[at], row[at + 1]
        if _crossed(ends[other], ends[one]) < _crossed(ends[one], ends[other]):
            row[at], row[at + 1] = other, one


def _crossed(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(1 for one in left for other in right if one > other)


def _crossings(layers: Layers, below: Mapping[Item, list[Item]]) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        place = {item: at for at, item in enumerate(lower)}
        seen: list[int] = []
        for item in upper:
            ends = [place[other] for other in below.get(item, ())]
            total += sum(1 for end in ends for other in seen if other > end)
            seen += ends
    return total


# --- the places -------------------------------------------------------------------------------------------------------


def _along(
    layers: Layers, links: Sequence[tuple[Item, Item]], size: Mapping[Item, float], gap: float
) -> dict[Item, float]:
    """Middles along the layers, near the middles of the neighbours, with no two items closer than `gap`."""
    near = _gathered([*links, *((child, parent) for parent, child in links)])
    along: dict[Item, float] = {}
    for row in layers:
        for item, offset in zip(row, _offsets(row, size, gap), strict=True):
            along[item] = offset
    for turn in range(40):
        for row in layers if turn % 2 else reversed(layers):
            wanted = [_middle(item, near.get(item, ()), along) for item in row]
            offsets = _offsets(row, size, gap)
            free = _isotonic([want - offset for want, offset in zip(wanted, offsets, strict=True)])
            for item, value, offset in zip(row, free, offsets, strict=True):
                along[item] = value + offset
    left = min((middle - size[item] / 2 for item, middle in along.items()), default=0.0)
    return {item: middle - left for item, middle in along.items()}


def _middle(item: Item, near: Iterable[Item], along: Mapping[Item, float]) -> float:
    """Where the neighbours are in the mean. Bends pull three times at bends, so that long edges become straight."""
    weighted = [(3 if isinstance(item, Bend) and isinstance(other, Bend) else 1, along[other]) for other in near]
    weight = sum(count for count, _ in weighted)
    return sum(count * at for count, at in weighted) / weight if weight else along[item]


def _offsets(row: Sequence[Item], size: Mapping[Item, float], gap: float) -> list[float]:
    """How far each item is at least from the first."""
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + (size[one] + size[other]) / 2 + gap)
    return offsets[: len(row)]


def _isotonic(values: Iterable[float]) -> list[float]:
    """The non-decreasing numbers nearest to `values` in the sum of squares."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, few), (other, many) = blocks[-2:]
            blocks[-2:] = [((one * few + other * many) / (few + many), few + many)]
    return [mean for mean, count in blocks for _ in range(count)]
