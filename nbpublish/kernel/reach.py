"""What a value reaches: the globals its functions read when they are called, and the mutable objects names share.

Two answers, both cautious: a name too many costs a cell that runs again, a name too few would cost a wrong page.

A class or function that is bound to a global name is followed by that name, not by sharing: whoever holds an
instance depends on the class's name, and so sees what happens to the class, while two instances of a class have
nothing to do with each other.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from nbpublish.kernel import memory
from nbpublish.kernel.code_names import EVERYTHING
from nbpublish.kernel.layout import identity, mro_of, type_name
from nbpublish.kernel.reach_rules import RULES, Reach, Rule, leaf, mutable, rule_of
from nbpublish.kernel.uses import Uses

__all__ = ["EVERYTHING", "free_names", "groups", "survey"]


def free_names(value: object, namespace: Mapping[str, Any]) -> frozenset[str]:
    """Globals that functions and classes reachable from `value` may read or bind when called, and their own names.

    Names are in it whether or not they exist: what is missing at a function's definition may be there at its call.
    """
    walk = _Walk(namespace)
    for _ in walk.mutable(value):
        pass
    return frozenset(walk.reach.free)


def survey(value: object, namespace: Mapping[str, Any]) -> tuple[frozenset[str], bool]:
    """The free names of a value, and whether it reaches functions or classes of the notebook's own."""
    walk = _Walk(namespace)
    for _ in walk.mutable(value):
        pass
    return frozenset(walk.reach.free), walk.reach.own


def groups(
    names: Iterable[str], namespace: Mapping[str, Any], uses: dict[str, Uses] | None = None
) -> list[frozenset[str]]:
    """Partition the names by the mutable objects they share: a change through one may be seen through another.

    `uses` is given what their values use of modules; what names share stands at one of them.
    """
    found = sorted(name for name in set(names) if name in namespace)
    parent = {name: name for name in found}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    owners: dict[int, str] = {}
    walk = _Walk(namespace)
    for name in found:
        for key in walk.mutable(namespace[name], owners):
            if (owner := owners.setdefault(key, name)) is not name:
                parent[root(name)] = root(owner)
        walk.claim(name)
        if uses is not None:
            uses[name] = walk.used()
    for one, other in memory.overlaps(walk.claims):
        parent[root(one)] = root(other)
    whole: dict[str, set[str]] = {}
    for name in found:
        whole.setdefault(root(name), set()).add(name)
    return [frozenset(group) for group in whole.values()]


class _Walk:
    """A walk over values, a layer at a time. Objects are kept alive while their identities count."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.reach = Reach(namespace)
        self.claims: list[memory.Claim] = []
        self._rules = dict(RULES)
        self._met: set[int] = set()
        """Types of what was met."""
        self._from: dict[int, set[str]] = {}
        """By type, the modules that it and its bases are from."""
        self._kept: list[Any] = []

    def claim(self, name: str) -> None:
        """Say whose the memory is that was found since the last claim."""
        self.claims += [memory.Claim(start, end, copied, name) for start, end, copied in self.reach.memory]
        self.reach.memory.clear()

    def used(self) -> Uses:
        """What was met of modules since the last time."""
        uses, self.reach.uses = self.reach.uses, Uses()
        for key in self._met:
            uses.modules |= self._from.get(key, set())
        self._met.clear()
        return uses

    def mutable(self, value: object, owners: Mapping[int, str] = MappingProxyType({})) -> Iterator[int]:
        """Identities of the mutable objects reachable from a value; what `owners` has already is not looked into."""
        seen: dict[int, Any] = {}
        layer: list[Any] = [value]
        while layer:
            layer = [
                item
                for item in layer
                if (kind := type(item)) is not str and kind is not int and kind is not float and item is not None
            ]
            plain: list[Any] = []
            following: list[Any] = []
            for key, item in zip(map(identity, layer), layer, strict=True):
                if key in seen:
                    continue
                seen[key] = item
                kind = type(item)
                type_key = identity(kind)
                self._met.add(type_key)
                rule = self._rules.get(type_key) or self._rule(kind)
                if rule is leaf:
                    continue
                if key in owners:
                    yield key
                elif rule is mutable:
                    plain.append(item)
                    yield key
                elif rule(self.reach, item, following):
                    yield key
            layer = following + gc.get_referents(*plain)
        self._kept.append(seen)

    def _rule(self, kind: type) -> Rule:
        rule = rule_of(kind)
        self._rules[identity(kind)] = rule
        self._from[identity(kind)] = {type_name(base)[0] for base in mro_of(kind)}
        self._kept.append(kind)
        return rule
