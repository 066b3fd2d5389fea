"""Cells that wait for each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

Parents = Mapping[str, Iterable[str]]


def cycles(cells: Sequence[str], parents: Parents) -> list[list[str]]:
    """Groups of cells that depend on each other in a circle, each cell in one group, both in the order of `cells`."""
    place = {id: i for i, id in enumerate(cells)}
    groups = [sorted(group, key=place.__getitem__) for group in _components(cells, parents) if len(group) > 1]
    return sorted(groups, key=lambda group: place[group[0]])


def shortest_cycle(start: str, group: Collection[str], parents: Parents) -> list[str]:
    """The shortest way from a cell of a group back to itself: each cell feeds the next, the last feeds the first."""
    feeds: dict[str, str] = {}
    waiting = [start]
    for id in waiting:
        for parent in parents[id]:
            if parent == start:
                way = [id]
                while way[-1] != start:
                    way.append(feeds[way[-1]])
                return [start, *way[:-1]]
            if parent in group and parent not in feeds:
                feeds[parent] = id
                waiting.append(parent)
    raise ValueError(f"{start} is in no cycle")


def _components(cells: Iterable[str], parents: Parents) -> Iterator[list[str]]:
    """Tarjan's strongly connected components (1972), with a stack of our own in place of recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    for root in cells:
        path = [] if root in index else [(root, iter(parents[root]))]
        while path:
            id, rest = path[-1]
            if id not in index:
                index[id] = low[id] = len(index)
                open_[id] = None
            for parent in rest:
                if parent not in index:
                    path.append((parent, iter(parents[parent])))
                    break
                if parent in open_:
                    low[id] = min(low[id], index[parent])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[id])
                if low[id] == index[id]:
                    group: list[str] = []
                    while not group or group[-1] != id:
                        group.append(open_.popitem()[0])
                    yield group
