"""What an object holds, read without running a line of the author's: no attribute look-up, no `__eq__`, no `__hash__`.

An instance may lie about its `__class__`, and a class about its `__dict__`; the descriptors of `type` do not.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

identity: Callable[[object], int] = object.__hash__
"""One number for each living object, like `id`, which every audit hook would be told of."""

_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement, or by newer extension modules
_POINTER = 8 if sys.maxsize > 2**32 else 4

_type_vars = type.__dict__["__dict__"].__get__
_type_mro = type.__dict__["__mro__"].__get__
_type_base = type.__dict__["__base__"].__get__
_type_size = type.__dict__["__basicsize__"].__get__
_type_item = type.__dict__["__itemsize__"].__get__
_type_dict = type.__dict__["__dictoffset__"].__get__
_type_weak = type.__dict__["__weakrefoffset__"].__get__
_type_flags = type.__dict__["__flags__"].__get__
_type_module = type.__dict__["__module__"].__get__
_type_qualname = type.__dict__["__qualname__"].__get__
_module_vars: Any = vars(types.ModuleType)["__dict__"].__get__


@dataclass(frozen=True, slots=True)
class Layout:
    """How instances of a type are built: a core whose state is C's, and what Python code added to it."""

    core: type
    """The first base with state that Python cannot see; `object` where there is none."""
    slots: tuple[tuple[str, Any], ...]
    """Name and descriptor of each slot added above the core."""
    attributes: Any
    """Descriptor that gives an instance's `__dict__`, None where it has none."""


def vars_of(type_: type) -> Any:
    """The namespace of a class, as a mapping proxy."""
    return _type_vars(type_)


def mro_of(type_: type) -> tuple[type, ...]:
    """The real method resolution order of a class."""
    return _type_mro(type_)  # type: ignore[no-any-return]


def is_static(type_: type) -> bool:
    """Whether a type is compiled into the interpreter or an extension, so its name identifies it."""
    return not _type_flags(type_) & _HEAP


def layout_of(type_: type) -> Layout:
    """The layout of a type's instances.

    A class statement adds slots, a `__dict__` and a place for weak references to the size of its base. A type
    whose size is not explained by these has state of its own that only its methods can tell.
    """
    slots: list[tuple[str, Any]] = []
    core = type_
    while core is not object:
        base = _type_base(core)
        members = [(name, m) for name, m in vars_of(core).items() if type(m) is types.MemberDescriptorType]
        if _type_size(core) - _type_size(base) > _explained(core, base, len(members)):
            break
        if _type_item(core) != _type_item(base):
            break
        slots += members
        core = base
    return Layout(core, tuple(slots), _attributes(type_))


def _explained(type_: type, base: type, members: int) -> int:
    added = members + (_type_dict(type_) != 0 and _type_dict(base) == 0) + (_type_weak(type_) != 0 == _type_weak(base))
    return int(added) * _POINTER


def _attributes(type_: type) -> Any:
    if _type_dict(type_) == 0:
        return None
    for base in mro_of(type_):
        descriptor = vars_of(base).get("__dict__")
        if type(descriptor) is types.GetSetDescriptorType:
            return descriptor.__get__
    return None


def module_vars(name: str) -> dict[str, Any] | None:
    """The namespace of an imported module, None where there is none of this name."""
    module = sys.modules.get(name)
    return _module_vars(module) if issubclass(type(module), types.ModuleType) else None


def type_name(type_: type) -> tuple[str, str]:
    """Module and qualified name that a class gives itself."""
    module = _type_module(type_)
    return (module if type(module) is str else ""), _type_qualname(type_)


def resolves(module: str, qualname: str, target: object) -> bool:
    """Whether an import of `module` finds exactly `target` under `qualname`. The notebook itself never counts."""
    if module == "__main__" or (namespace := module_vars(module)) is None:
        return False
    found: Any = None
    for part in qualname.split("."):
        if part not in namespace:
            return False
        found = namespace[part]
        if not issubclass(type(found), type):
            namespace = {}
            continue
        namespace = vars_of(found)
    return found is target


def library_name(type_: type) -> str | None:
    """`module.qualname` of a class that an import finds, None for one that is the author's or local to a function."""
    module, qualname = type_name(type_)
    if is_static(type_) or resolves(module, qualname, type_):
        return f"{module}.{qualname}"
    return None


def library_function(function: types.FunctionType) -> str | None:
    """`module.qualname` of a function that an import finds, None for any other."""
    module = function.__module__
    if type(module) is str and resolves(module, function.__qualname__, function):
        return f"{module}.{function.__qualname__}"
    return None
