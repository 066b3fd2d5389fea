"""Atoms and containers of the language."""

from __future__ import annotations

import array
import collections
import sys
import types
from itertools import islice, repeat
from operator import is_
from typing import Any

from nbpublish.kernel.fingerprint.stream import atom
from nbpublish.kernel.fingerprint.walk import Handler, Opaque, Walk
from nbpublish.kernel.layout import identity, is_static, vars_of

_ATOMS = {identity(t) for t in (str, int, float, bool, bytes, complex, type(None), type(Ellipsis))}
_PIECE = 1 << 16  # elements encoded at once


def only_atoms(items: Any) -> bool:
    """Whether a collection holds nothing but atoms. Long ones are mostly of one type, which C tells quickly."""
    first = next(iter(items), None)
    kind = type(first)
    if identity(kind) not in _ATOMS:
        return False
    if all(map(is_, map(type, items), repeat(kind))):
        return True
    return all(identity(type(item)) in _ATOMS for item in items)


def visit_atom(walk: Walk, item: Any) -> None:
    walk.stream.write(atom(item))


def visit_singleton(walk: Walk, item: Any) -> None:
    walk.stream.write(b"\x01NIm")


def _number(walk: Walk, item: Any) -> None:
    """The content of a subclass of an atom's type."""
    walk.first(item)
    for kind in _PLAIN:
        if issubclass(type(item), kind):
            return walk.stream.write(atom(_PLAIN[kind](item)))
    raise Opaque("an unknown kind of atom")


_PLAIN: dict[type, Any] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    bytes: lambda item: bytes.__getitem__(item, slice(None)),
    complex: lambda item: complex(complex.__complex__(item)),
}


def _write_items(walk: Walk, items: Any) -> None:
    length = len(items)
    walk.spend(length >> 3)
    for start in range(0, length, _PIECE):
        walk.stream.write(atom(items[start : start + _PIECE]))


def visit_list(walk: Walk, item: list[Any]) -> None:
    if not walk.first(item):
        return None
    items = item if type(item) is list else list.copy(item)
    walk.stream.head(b"\x01lst", len(items))
    if only_atoms(items):
        return _write_items(walk, items)
    walk.spend(len(items))
    walk.stack += items[::-1]
    return None


def visit_tuple(walk: Walk, item: tuple[Any, ...]) -> None:
    items = item if type(item) is tuple else tuple.__getitem__(item, slice(None))
    if only_atoms(items):
        walk.stream.head(b"\x01tup", len(items))
        return _write_items(walk, items)
    if items and not walk.first(item):
        return None
    walk.stream.head(b"\x01tup", len(items))
    walk.stack += items[::-1]
    return None


def visit_dict(walk: Walk, item: dict[Any, Any]) -> None:
    if not walk.first(item):
        return
    write_mapping(walk, item)


def write_mapping(walk: Walk, item: dict[Any, Any]) -> None:
    """A dict's items in its order, which a program can tell."""
    keys = list(dict.keys(item))
    values = list(dict.values(item))
    walk.stream.head(b"\x01dct", len(keys))
    if only_atoms(keys):
        _write_items(walk, keys)
        if only_atoms(values):
            return _write_items(walk, values)
        walk.spend(len(values))
        walk.stack += values[::-1]
        return None
    pairs = [part for pair in zip(keys, values, strict=True) for part in pair]
    walk.spend(len(pairs))
    walk.stack += pairs[::-1]
    return None


def visit_set(walk: Walk, item: set[Any]) -> None:
    if walk.first(item):
        _write_members(walk, b"\x01set", list(set.__iter__(item)))


def visit_frozenset(walk: Walk, item: frozenset[Any]) -> None:
    items = list(frozenset.__iter__(item))
    if only_atoms(items) or not items or walk.first(item):
        _write_members(walk, b"\x01fzs", items)


def _write_members(walk: Walk, tag: bytes, items: list[Any]) -> None:
    walk.stream.head(tag, len(items))
    walk.spend(len(items))
    if only_atoms(items):
        walk.stream.write(b"".join(map(atom, items) if _is_in_order(items) else sorted(map(atom, items))))
    elif items:
        walk.unordered(items)


def _is_in_order(items: list[Any]) -> bool:
    """Whether the order of a set's members is decided by how it came about, and so can be told.

    It depends on what was put in first where hashes collide. Where hashes differ between processes, it means nothing.
    """
    return not sys.flags.hash_randomization and None not in items


def visit_bytearray(walk: Walk, item: bytearray) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01bya")
        walk.bytes(item, bytearray.__len__(item))


def visit_array(walk: Walk, item: array.array[Any]) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01arr", ord(item.typecode))
        view = memoryview(item)
        walk.bytes(view, view.nbytes)


def visit_memoryview(walk: Walk, item: memoryview) -> None:
    if not walk.first(item):
        return
    try:
        data = item.tobytes()
    except ValueError as error:
        raise Opaque("a released memoryview") from error
    walk.stream.head(b"\x01mem")
    walk.push(item.format, item.shape, item.strides, item.readonly, data)


def visit_range(walk: Walk, item: range) -> None:
    walk.stream.head(b"\x01rng")
    walk.push(item.start, item.stop, item.step)


def visit_slice(walk: Walk, item: slice) -> None:
    walk.stream.head(b"\x01slc")
    walk.push(item.start, item.stop, item.step)


def visit_proxy(walk: Walk, item: Any) -> None:
    """A read-only view of a dict, or of its keys, values or items."""
    import gc

    if not walk.first(item):
        return
    held = gc.get_referents(item)
    if len(held) != 1:
        raise Opaque("a view of an unknown mapping")
    walk.stream.head(b"\x01prx")
    walk.push(type(item).__name__, held[0])


def visit_ordered(walk: Walk, item: collections.OrderedDict[Any, Any]) -> None:
    """An OrderedDict has an order of its own, which `move_to_end` changes without the dict's."""
    if not walk.first(item):
        return
    walk.stream.head(b"\x01ord", len(item))
    for key in list(collections.OrderedDict.__iter__(item))[::-1]:
        walk.stack += (dict.__getitem__(item, key), key)


def visit_deque(walk: Walk, item: collections.deque[Any]) -> None:
    if not walk.first(item):
        return
    items = list(islice(collections.deque.__iter__(item), None))
    walk.stream.head(b"\x01deq", len(items))
    walk.stack += items[::-1]
    walk.stack.append(item.maxlen)


_OF_EXCEPTIONS = ("args", "__traceback__", "__cause__", "__context__")
_exception = {name: BaseException.__dict__[name].__get__ for name in _OF_EXCEPTIONS}


def visit_exception(walk: Walk, item: BaseException) -> None:
    """An exception that was not raised, or whose traceback was taken away; a traceback is opaque."""
    if not walk.first(item):
        return
    walk.stream.head(b"\x01exc")
    members: dict[str, Any] = {}
    for base in type(item).__mro__:
        members |= {
            name: value.__get__(item)
            for name, value in vars_of(base).items()
            if is_static(base) and type(value) is types.MemberDescriptorType
        }
    walk.push(*(get(item) for get in _exception.values()), members)


HANDLERS: dict[type, Handler] = {
    **dict.fromkeys((str, int, float, bytes, complex), _number),
    **dict.fromkeys((bool, type(None), type(Ellipsis)), visit_atom),
    type(NotImplemented): visit_singleton,
    list: visit_list,
    tuple: visit_tuple,
    dict: visit_dict,
    set: visit_set,
    frozenset: visit_frozenset,
    bytearray: visit_bytearray,
    array.array: visit_array,
    memoryview: visit_memoryview,
    range: visit_range,
    slice: visit_slice,
    types.MappingProxyType: visit_proxy,
    type({}.keys()): visit_proxy,
    type({}.values()): visit_proxy,
    type({}.items()): visit_proxy,
    collections.OrderedDict: visit_ordered,
    collections.deque: visit_deque,
}
