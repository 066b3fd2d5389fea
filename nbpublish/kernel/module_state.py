"""What a module of the author's holds, as one fingerprint: functions by name, data by content."""

from __future__ import annotations

import hashlib
import logging
import threading
import types
from collections.abc import Iterator
from typing import Any

from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.layout import type_name, vars_of

_STATELESS: tuple[type, ...] = (logging.Logger, type(threading.Lock()), type(threading.RLock()))
"""Types of which modules often hold one, and of which nothing can be seen that a cell would show."""


def state_of(module: types.ModuleType, source: str) -> str | None:
    """Identifies a module by its source and all that it holds; None where it holds something opaque."""
    parts = [source]
    for name, value in sorted(_data(module), key=lambda item: item[0]):
        found = fingerprint(value, {})
        if found is None:
            return None
        parts.append(f"{name} {found}")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _data(module: types.ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in list(vars(module).items()):
        if (name.startswith("__") and name.endswith("__")) or isinstance(value, _STATELESS):
            continue
        if not issubclass(type(value), types.ModuleType):
            yield name, value
        if issubclass(type(value), type) and type_name(value)[0] == module.__name__:
            yield from _attributes(name, value)


def _attributes(name: str, owner: type) -> Iterator[tuple[str, Any]]:
    """What a class keeps besides its methods; that it is found by name says nothing of it."""
    for key, value in list(vars_of(owner).items()):
        plain = (types.FunctionType, staticmethod, classmethod, property, types.MemberDescriptorType)
        if not (key.startswith("__") and key.endswith("__")) and not issubclass(type(value), plain):
            yield f"{name}.{key}", value
