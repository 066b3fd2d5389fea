"""Names become parents, and parents an order to run in."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from nbpublish.model import Names

Parents = dict[str, set[str]]


def dataflow_parents(names: Mapping[str, Names]) -> Parents:
    """A cell's parents are the cells that define what it reads.

    A cell that deletes a name of another runs after all others that read the name.
    """
    definers, readers = _by_name(names, "defs"), _by_name(names, "refs")
    return {
        id: {definer for name in own.refs for definer in definers[name]}.union(
            *(readers[name] for name in own.deletes if name not in own.defs)
        )
        - {id}
        for id, own in names.items()
    }


def _by_name(names: Mapping[str, Names], field: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for id, own in names.items():
        for name in getattr(own, field):
            found[name].append(id)
    return found


def document_parents(names: Mapping[str, Names]) -> Parents:
    """A cell's parents are, for each name it reads, the last cell above that binds or deletes it.

    A dynamic cell may read and bind any name.
    """
    parents: Parents = {}
    latest: dict[str, str] = {}
    dynamic: list[str] = []
    for id, own in names.items():
        parents[id] = set(parents) if own.dynamic else {latest[name] for name in own.refs if name in latest}
        parents[id] |= set(dynamic)
        latest |= dict.fromkeys(own.defs | own.deletes, id)
        if own.dynamic:
            dynamic.append(id)
    return parents


def topological_order(cells: Sequence[str], parents: Mapping[str, Iterable[str]]) -> list[str]:
    """Every cell after its parents; of the cells that could run next, the first in `cells` does.

    Kahn's algorithm (1962) with a heap, in O((V + E) log V). Cells in a cycle, and those below one, are left out.
    """
    place = {id: i for i, id in enumerate(cells)}
    children: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(cells, 0)
    for id in cells:
        for parent in parents[id]:
            if parent in place:
                children[parent].append(id)
                waiting[id] += 1
    ready = [i for i, id in enumerate(cells) if not waiting[id]]
    order = []
    while ready:
        id = cells[heapq.heappop(ready)]
        order.append(id)
        for child in children[id]:
            waiting[child] -= 1
            if not waiting[child]:
                heapq.heappush(ready, place[child])
    return order


def cycles(cells: Collection[str], parents: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups of cells that depend on each other in a circle, each cell in one group, both in the order of `cells`.

    Tarjan's strongly connected components (1972), with a stack of our own in place of recursion.
    """
    place = {id: i for i, id in enumerate(cells)}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    is_open: set[str] = set()
    groups = []
    for root in cells:
        if root in index:
            continue
        path = [(root, iter(parents[root]))]
        while path:
            id, rest = path[-1]
            if id not in index:
                index[id] = low[id] = len(index)
                open_.append(id)
                is_open.add(id)
            for parent in rest:
                if parent not in index:
                    path.append((parent, iter(parents[parent])))
                    break
                if parent in is_open:
                    low[id] = min(low[id], index[parent])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[id])
                if low[id] == index[id]:
                    at = open_.index(id)
                    group, open_[at:] = open_[at:], []
                    is_open -= set(group)
                    if len(group) > 1:
                        groups.append(sorted(group, key=place.__getitem__))
    return sorted(groups, key=lambda group: place[group[0]])
