"""Parents in a notebook whose cells run as they stand, and where a name may be bound again and again."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.model import Names

Late = Mapping[str, frozenset[str]]
"""By function or class that a cell defines: what it reads when it is called."""


def document_parents(names: Mapping[str, Names], late: Mapping[str, Late]) -> dict[str, set[str]]:
    """A cell's parents are, for each name it reads, the last cell above that bound or deleted it.

    A function reads its globals when it is called: a cell that mentions one also depends on the cells that bound
    them since. A dynamic cell may read and bind any name, so it depends on all above and all below depend on it.
    """
    parents: dict[str, set[str]] = {}
    dynamic: set[str] = set()
    state = _State()
    for id, own in names.items():
        parents[id] = set(parents) if own.dynamic else state.sources(own.refs)
        if own.refs:
            parents[id] |= dynamic
        if own.dynamic:
            dynamic.add(id)
        for name in own.defs | own.deletes:
            state.bind(name, id)
        for function, reads in late[id].items():
            state.define(function, reads)
    return parents


class _State:
    """What the names mean at one point of the document."""

    def __init__(self) -> None:
        self._latest: dict[str, str] = {}
        """By name, the cell that bound it last."""
        self._reads: dict[str, frozenset[str]] = {}
        """By function, what it reads when it is called."""
        self._readers: dict[str, set[str]] = {}
        """By name, the functions that read it."""
        self._since: dict[str, set[str]] = {}
        """By function, names bound since its definition that it, or a function it calls, reads."""

    def sources(self, refs: frozenset[str]) -> set[str]:
        names = refs.union(*(self._since[ref] for ref in refs if ref in self._since))
        return {self._latest[name] for name in names if name in self._latest}

    def bind(self, name: str, cell: str) -> None:
        self._latest[name] = cell
        for read in self._reads.pop(name, ()):
            self._readers[read].discard(name)
        self._since.pop(name, None)
        waiting = [name]
        seen: set[str] = set()
        while waiting:
            for function in self._readers.get(waiting.pop(), set()) - seen:
                self._since[function].add(name)
                seen.add(function)
                waiting.append(function)

    def define(self, function: str, reads: frozenset[str]) -> None:
        self._reads[function] = reads
        self._since[function] = set()
        for read in reads:
            self._readers.setdefault(read, set()).add(function)
