"""Parents in a notebook whose cells run as they stand, and where a name may be bound again and again."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.graph.names import Reading
from nbpublish.model import Names


def document_parents(names: Mapping[str, Names], readings: Mapping[str, Reading]) -> dict[str, set[str]]:
    """A cell's parents are, for each name it reads, the last cell above that bound it for certain, and those since
    that may have bound or deleted it, as in one branch of an `if`.

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
        for name in state.bound_by_calls(own.refs):
            state.bind(name, id, certain=False)
        for name in own.defs | own.deletes:
            state.bind(name, id, certain=name in readings[id].certain)
        for function, reads in readings[id].late.items():
            state.define(function, reads, readings[id].late_defs[function])
    return parents


class _State:
    """What the names mean at one point of the document."""

    def __init__(self) -> None:
        self._binders: dict[str, set[str]] = {}
        """By name, the cells of which one bound it last."""
        self._reads: dict[str, frozenset[str]] = {}
        """By function, what it reads when it is called."""
        self._binds: dict[str, frozenset[str]] = {}
        """By function, what it or a function it calls binds by `global` when it is called."""
        self._readers: dict[str, set[str]] = {}
        """By name, the functions that read it."""
        self._since: dict[str, set[str]] = {}
        """By function, names bound since its definition that it, or a function it calls, reads."""

    def sources(self, refs: frozenset[str]) -> set[str]:
        names = refs.union(*(self._since[ref] for ref in refs if ref in self._since))
        return {cell for name in names for cell in self._binders.get(name, ())}

    def bound_by_calls(self, refs: frozenset[str]) -> frozenset[str]:
        return frozenset[str]().union(*(self._binds[ref] for ref in refs if ref in self._binds))

    def bind(self, name: str, cell: str, *, certain: bool) -> None:
        if certain:
            self._binders[name] = {cell}
            for read in self._reads.pop(name, ()):
                self._readers[read].discard(name)
            self._since.pop(name, None)
            self._binds.pop(name, None)
        else:
            self._binders.setdefault(name, set()).add(cell)
        waiting = [name]
        seen: set[str] = set()
        while waiting:
            for function in self._readers.get(waiting.pop(), set()) - seen:
                self._since[function].add(name)
                seen.add(function)
                waiting.append(function)

    def define(self, function: str, reads: frozenset[str], binds: frozenset[str]) -> None:
        self._reads[function] = self._reads.get(function, frozenset()) | reads
        self._since.setdefault(function, set())
        self._binds[function] = self._binds.get(function, frozenset()) | binds | self.bound_by_calls(reads)
        for read in reads:
            self._readers.setdefault(read, set()).add(function)
