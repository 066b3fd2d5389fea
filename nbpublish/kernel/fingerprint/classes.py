"""Classes, by name where an import finds them and by body where the author wrote them, their instances, and modules."""

from __future__ import annotations

import _abc  # type: ignore[import-not-found]
import sys
import types
from typing import Any

from nbpublish.kernel.fingerprint.walk import Handler, Opaque, Walk
from nbpublish.kernel.layout import Layout, library_name, type_name, vars_of

_MADE = {  # by the interpreter, or noted in a class by whoever copies its instances
    *("__dict__", "__weakref__", "__module__", "__firstlineno__", "__static_attributes__"),
    *("_abc_impl", "__slotnames__"),
}
_DERIVED = {  # pydantic compiles these from the fields
    "__pydantic_core_schema__",
    "__pydantic_validator__",
    "__pydantic_serializer__",
    "__pydantic_complete__",
    "__pydantic_parent_namespace__",
    "__pydantic_setattr_handlers__",
    "__signature__",
}
_OF_FUNCTIONS = {"default_assumptions", "_prop_handler"}
"""What sympy notes in `f` of `f = Function("f")` when asked about it; what was assumed stands beside it."""


def visit_class(walk: Walk, item: type) -> None:
    name = library_name(item)
    if name:
        walk.stream.head(b"\x01lib")
        return walk.push(name)
    if not walk.first(item):
        return None
    walk.stream.head(b"\x01cls")
    of_sympy = library_name(type(item)) == "sympy.core.function.UndefinedFunction"
    derived = _DERIVED | _OF_FUNCTIONS if of_sympy else _DERIVED
    body = {name: value for name, value in vars_of(item).items() if name not in _MADE and name not in derived}
    if not body.get("__annotations__", True):  # made empty by whoever asked for it
        del body["__annotations__"]
    registered: set[Any] = set()
    if "_abc_impl" in vars_of(item):
        registered = {reference() for reference in _abc._get_dump(item)[0]} - {None}
    return walk.push(type_name(item), type(item), type.__dict__["__bases__"].__get__(item), body, registered)


def instance(layout: Layout, body: Handler | None) -> Handler:
    """The handler of instances with this layout; `body` writes what the core holds."""
    slots, attributes = layout.slots, layout.attributes

    def visit(walk: Walk, item: Any) -> None:
        if (body is None or walk.visited(item)) and not walk.first(item):
            return
        walk.stream.head(b"\x01obj", len(slots))
        walk.stack.append(type(item))
        state = {}
        for name, slot in slots:
            try:
                state[name] = slot.__get__(item)
            except AttributeError:  # a slot that is not set
                continue
        if attributes is not None:
            own = attributes(item)
            if type(own) is not dict:
                own = dict(own)
            walk.stack.append(own if not slots and body is None else {**state, "": own})
        elif state:
            walk.stack.append(state)
        if body is not None:
            body(walk, item)

    return visit


def visit_module(walk: Walk, item: types.ModuleType) -> None:
    own = vars(item).get("__name__")
    known = type(own) is str and sys.modules.get(own) is item
    name = own if known else next((name for name, module in list(sys.modules.items()) if module is item), None)
    if name is None:
        raise Opaque("a module that no import finds")
    walk.stream.head(b"\x01mod")
    walk.push(name)


HANDLERS: dict[type, Handler] = {type: visit_class, types.ModuleType: visit_module}
