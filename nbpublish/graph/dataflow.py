"""Parents and order of a notebook whose cells run by their dependencies, as marimo has them."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from nbpublish.model import Names


def dataflow_parents(names: Mapping[str, Names], setup: str | None = None) -> dict[str, set[str]]:
    """A cell's parents are the cells that define what it reads; the setup cell has none.

    A cell that deletes a name of another runs after all others that read the name.
    """
    definers = _by_name((id, own.defs) for id, own in names.items())
    readers = _by_name((id, own.refs) for id, own in names.items())
    parents: dict[str, set[str]] = {}
    for id, own in names.items():
        # what a cell binds itself it never takes from another, or two cells that both count with `i` would be a cycle
        parents[id] = {definer for name in own.refs - own.defs for definer in definers[name]}
        parents[id].update(reader for name in own.deletes - own.defs for reader in readers[name])
        parents[id].discard(id)
    if setup in parents:
        parents[setup] = set()
    return parents


def _by_name(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for id, names in pairs:
        for name in names:
            found[name].append(id)
    return found


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
