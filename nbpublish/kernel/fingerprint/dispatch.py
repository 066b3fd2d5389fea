"""Which handler a type's instances have: by the type itself, by a library class it derives from, or by its layout."""

from __future__ import annotations

import pickle
import types
from typing import Any

from nbpublish.kernel.fingerprint import arrays, builtins, callables, classes, frames, libraries, opaque, reduce
from nbpublish.kernel.fingerprint.walk import UNORDERED, Handler, Opaque, Walk, visit_unordered
from nbpublish.kernel.layout import identity, layout_of, library_name, mro_of

EXACT: dict[type, Handler] = {
    **builtins.HANDLERS,
    **callables.HANDLERS,
    **classes.HANDLERS,
    **frames.EXACT,
    pickle.PickleBuffer: reduce.visit_buffer,
    UNORDERED: visit_unordered,
}
"""Handlers of the interpreter's own types. They write what C holds; subclasses have attributes besides."""

BY_NAME: dict[str, Handler] = {**arrays.HANDLERS, **frames.HANDLERS, **libraries.HANDLERS}
"""Handlers of library classes and of all that derives from them: complete, attributes included."""

HANDLERS: dict[int, Handler] = {identity(type_): handler for type_, handler in EXACT.items()}
_CORES = dict(HANDLERS)
_kept: list[type] = []  # a type whose handler is remembered lives on, or its address might name another


def handler_for(type_: type) -> Handler:
    """Find the handler of a type, and remember it."""
    handler = _find(type_)
    HANDLERS[identity(type_)] = handler
    _kept.append(type_)
    return handler


def _find(type_: type) -> Handler:
    if issubclass(type_, type):
        return classes.visit_class
    if issubclass(type_, types.ModuleType):
        return classes.visit_module
    names = [(base, library_name(base)) for base in mro_of(type_)]
    for _, name in names:
        if name and (reason := opaque.reason(name)):
            return _refuse(reason)
        if name and name in BY_NAME:
            return BY_NAME[name]
    layout = layout_of(type_)
    core = layout.core
    if core is object:
        return classes.instance(layout, None)
    if issubclass(core, BaseException):
        return classes.instance(layout, builtins.visit_exception)
    body: Handler | None = _CORES.get(identity(core))
    if body is None:
        name = library_name(core) or ""
        if not reduce.is_trusted(name):
            return _by_name_or_refuse(f"a {name or core.__qualname__} may hold more than it tells")
        body = reduce.visit
    return body if core is type_ and layout.attributes is None else classes.instance(layout, body)


def _by_name_or_refuse(reason: str) -> Handler:
    """Compiled functions, sentinels and the like are known by the name an import finds them under."""

    def handler(walk: Walk, item: Any) -> None:
        name = callables.compiled_name(item)
        if name is None:
            raise Opaque(reason)
        walk.stream.head(b"\x01lib")
        walk.push(name)

    return handler


def _refuse(reason: str) -> Handler:
    def handler(walk: Walk, item: Any) -> None:
        raise Opaque(reason)

    return handler
