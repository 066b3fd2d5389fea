"""Fingerprints of random values against what a program could see, told by a slow and simple description."""

from __future__ import annotations

import copy
import marshal
import pickle
import struct
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nbpublish.kernel.fingerprint import fingerprint

ATOMS = st.sampled_from(
    [0, 1, -1, True, False, None, 0.0, -0.0, 1.0, 1 << 40, 1j, ..., float("nan"), *("", "a", "1", "\ud800", b"", b"a")]
)
KEYS = st.one_of(ATOMS, st.tuples(ATOMS, ATOMS), st.frozensets(ATOMS, max_size=2))


class Thing:
    """An instance with attributes."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


def containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(KEYS, parts, max_size=3),
        st.sets(KEYS, max_size=3),
        st.frozensets(KEYS, max_size=3),
        st.lists(st.tuples(st.sampled_from("ab"), parts), max_size=2).map(lambda pairs: Thing(**dict(pairs))),
        parts.map(lambda part: [part, part]),
        parts.map(lambda part: [part, {"again": (part,)}]),
        st.binary(max_size=2).map(bytearray),
    )


VALUES = st.recursive(ATOMS, containers, max_leaves=8)


def description(value: Any, seen: dict[int, int] | None = None) -> Any:
    """What a program can see of a value: types, contents, order, and which mutable parts are one object."""
    seen = {} if seen is None else seen
    kind = type(value)
    if kind is float:
        return "float", struct.pack("<d", value)
    if kind is complex:
        return "complex", struct.pack("<dd", value.real, value.imag)
    if kind in (set, frozenset):
        members = sorted(repr(description(member)) for member in value)  # members here are immutable
        return (kind.__name__, members, *_place(value, seen, kind is set))
    if kind in (list, tuple, dict, Thing, bytearray):
        mutable = kind is not tuple or not _immutable(value)
        if mutable and id(value) in seen:
            return "again", seen[id(value)]
        place = _place(value, seen, mutable)
        parts: Any = value
        if kind is dict:
            parts = [part for pair in value.items() for part in pair]
        elif kind is Thing:
            parts = [part for pair in vars(value).items() for part in pair]
        return kind.__name__, [description(part, seen) for part in parts], *place
    return kind.__name__, repr(value)


def _place(value: Any, seen: dict[int, int], mutable: bool) -> tuple[Any, ...]:
    if not mutable:
        return ()
    if id(value) in seen:
        return ("again", seen[id(value)])
    seen[id(value)] = len(seen)
    return ()


def _immutable(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_immutable, value))
    return type(value) not in (list, dict, set, Thing, bytearray)


@settings(max_examples=600, deadline=None)
@given(VALUES, VALUES)
def test_equal_fingerprints_look_equal(one: Any, other: Any) -> None:
    if fingerprint(one, {}) == fingerprint(other, {}):
        assert repr(description(one)) == repr(description(other))


CHANGES = ["type", "part", "order", "alias", "attribute", "length"]


def changed(value: Any, how: str, place: int) -> Any:
    """A copy of a value in which one thing is another."""
    duplicate = copy.deepcopy(value)
    found = list(_lists(duplicate))
    if not found:
        return [duplicate]
    target = found[place % len(found)]
    if how == "order":
        target.reverse()
    elif how == "alias":
        target[:] = [copy.deepcopy(part) for part in target] if place % 2 else target[:1] * len(target)
    elif how == "length":
        target.append(target[0] if target else 0)
    elif target:
        first = target[0]
        target[0] = {"type": (first,), "part": [first, 1], "attribute": Thing(a=first)}[how]
    return duplicate


def _lists(value: Any) -> Any:
    seen = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if type(part) in (list, tuple, dict, Thing) and all(part is not other for other in seen):
            seen.append(part)
            if type(part) is list:
                yield part
            waiting += part.values() if type(part) is dict else vars(part).values() if type(part) is Thing else part


@settings(max_examples=600, deadline=None)
@given(VALUES, st.sampled_from(CHANGES), st.integers(0, 5))
def test_one_change_shows(value: Any, how: str, place: int) -> None:
    other = changed(value, how, place)
    same = repr(description(value)) == repr(description(other))
    alike = fingerprint(value, {}) == fingerprint(other, {})
    assert same or not alike


@settings(max_examples=600, deadline=None)
@given(VALUES)
def test_copies_have_the_same(value: Any) -> None:
    found = fingerprint(value, {})
    assert found is not None
    assert fingerprint(copy.deepcopy(value), {}) == found
    assert fingerprint(pickle.loads(pickle.dumps(value)), {}) == found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.integers(), st.floats(), st.text(), st.binary()), max_size=5))
def test_atoms_alone_are_told_whichever_way_they_are_written(atoms: list[Any]) -> None:
    """Long containers of atoms are written at once; the result tells them apart as well as `marshal` does."""
    other = [*atoms]
    other.append(0)
    other.pop()
    assert fingerprint(atoms, {}) == fingerprint(other, {})
    assert fingerprint(atoms, {}) != fingerprint([*atoms, 0], {})
    back = atoms[::-1]
    assert (fingerprint(atoms, {}) == fingerprint(back, {})) == (marshal.dumps(atoms, 2) == marshal.dumps(back, 2))


@settings(max_examples=100, deadline=None)
@given(st.lists(KEYS, max_size=8, unique_by=repr), st.randoms())
def test_sets_have_no_order(members: list[Any], random: Any) -> None:
    shuffled = [*members]
    random.shuffle(shuffled)
    one, other = set(), set()
    for member in members:
        one.add(member)
    for member in shuffled:
        other.add(member)
    if repr(description(one)) == repr(description(other)):  # 1, 1.0 and True are one member, whichever came first
        assert fingerprint(one, {}) == fingerprint(other, {})
