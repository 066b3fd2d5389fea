"""Dataclasses ⇄ JSON, by the types of their fields.

JSON has no tuples, bytes or keys other than text. Where a value has them it is written as an object with one key that
begins with `$`, so that everything comes back as it was.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Turn = Callable[[Any], Any]
_SCALARS = frozenset({str, int, float, bool, NoneType})
_TEXT = frozenset({str})


class UnwritableError(Exception):
    """A value that JSON cannot hold."""


class UnreadableError(Exception):
    """JSON that was not written from such a value."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Turns values of one type into JSON and back. `write` raises UnwritableError; `read` UnreadableError."""

    write: Turn
    read: Turn
    plain: frozenset[type] | None = None
    """The types that such values have in JSON, where they stand there as they are."""


def pack(value: Any) -> Any:
    """Any tree of JSON types, bytes and tuples, in JSON types alone. Raises UnwritableError for other types."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, list):
        return list(value) if _SCALARS.issuperset(map(type, value)) else [pack(item) for item in value]
    if isinstance(value, Mapping):
        if _TEXT.issuperset(map(type, value)) and not any(key.startswith("$") for key in value):
            return {key: pack(item) for key, item in value.items()}
        return {"$items": [[pack(key), pack(item)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return {"$tuple": [pack(item) for item in value]}
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode()}
    for plain in (bool, int, float, str):
        if isinstance(value, plain):  # a subclass, such as an enumeration's member
            return plain(value)
    raise UnwritableError(f"a value of type {type(value).__name__} in an output")


def unpack(value: Any) -> Any:
    """What `pack` was given. Raises UnreadableError."""
    if isinstance(value, list):
        return value if _SCALARS.issuperset(map(type, value)) else [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(key, item)] = value.items()
        if key == "$tuple":
            return tuple(map(unpack, item))
        if key == "$bytes":
            return b64decode(item, validate=True)
        if key == "$items":
            return {unpack(key): unpack(item) for key, item in item}
    return {key: unpack(item) for key, item in value.items()}


def codec(kind: Any, overrides: Mapping[str, tuple[Turn, Turn]] | None = None) -> Codec:
    """The codec of a dataclass; `overrides` says by name which fields are written and read in another way."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    parts = {name: _codec(hints[name]) for name in names}
    parts |= {name: Codec(*turns) for name, turns in (overrides or {}).items()}
    writers = [(name, attrgetter(name), parts[name].write) for name in names]
    plain = [(name, part.plain) for name, part in parts.items() if part.plain]
    turned = [(name, part.read) for name, part in parts.items() if not part.plain]
    expected = set(names)

    def write(value: Any) -> dict[str, Any]:
        return {name: turn(get(value)) for name, get, turn in writers}

    def read(value: Any) -> Any:
        if not isinstance(value, dict) or value.keys() != expected:
            raise UnreadableError(f"not the fields of {kind.__name__}")
        made = dict(value)
        for name, types in plain:
            if type(made[name]) not in types:
                raise UnreadableError(f"{name} is out of place")
        for name, turn in turned:
            made[name] = turn(made[name])
        return kind(**made)

    return Codec(write, read)


@cache
def _codec(hint: Any) -> Codec:
    if is_dataclass(hint):
        return codec(hint) if hint not in _hints_within(hint) else _recursive(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _exactly(frozenset({int, float} if hint is float else {hint}))
    if origin is Literal:
        return Codec(_same, _checked(lambda value: value in arguments))
    if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
        return _optional(_codec(next(argument for argument in arguments if argument is not NoneType)))
    if origin is tuple and arguments[1:] == (...,):
        return _many(_codec(arguments[0]), list, tuple)
    if origin is frozenset:
        return _many(_codec(arguments[0]), sorted, frozenset)
    if origin is not None and issubclass(origin, Mapping) and arguments[0] is str:
        return _mapping(_codec(arguments[1]))
    return Codec(pack, unpack)


def _hints_within(kind: Any) -> set[Any]:
    """What the types of a dataclass's own fields are made of."""
    waiting, found = list(get_type_hints(kind).values()), set()
    while waiting:
        hint = waiting.pop()
        found |= {hint} if is_dataclass(hint) else set()
        waiting += get_args(hint)
    return found


def _recursive(kind: Any) -> Codec:
    """The codec of a dataclass that holds values of its own kind."""
    made: list[Codec] = []

    def whole() -> Codec:
        if not made:
            made.append(codec(kind))
        return made[0]

    return Codec(lambda value: whole().write(value), lambda value: whole().read(value))


def _exactly(types: frozenset[type]) -> Codec:
    return Codec(pack, _checked(lambda value: type(value) in types), types)


def _checked(fits: Callable[[Any], bool]) -> Turn:
    def read(value: Any) -> Any:
        if not fits(value):
            raise UnreadableError(f"{value!r:.40} is out of place")
        return value

    return read


def _optional(inner: Codec) -> Codec:
    if inner.plain:
        return _exactly(inner.plain | {NoneType})
    return Codec(
        lambda value: None if value is None else inner.write(value),
        lambda value: None if value is None else inner.read(value),
    )


def _many(inner: Codec, order: Callable[[Any], list[Any]], kind: Callable[[Any], Any]) -> Codec:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise UnreadableError("no list")
        if inner.plain and inner.plain.issuperset(map(type, value)):
            return kind(value)
        return kind(map(inner.read, value))

    return Codec(lambda value: [inner.write(item) for item in order(value)], read)


def _mapping(inner: Codec) -> Codec:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise UnreadableError("no object")
        if inner.plain and inner.plain.issuperset(map(type, value.values())):
            return value
        return {key: inner.read(item) for key, item in value.items()}

    return Codec(lambda value: {key: inner.write(item) for key, item in value.items()}, read)


def _same(value: Any) -> Any:
    return value
