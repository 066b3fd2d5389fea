"""Functions, by what they do, and everything that wraps one."""

from __future__ import annotations

import functools
import types
from typing import Any

from nbpublish.kernel.fingerprint.walk import Handler, Opaque, Walk
from nbpublish.kernel.layout import is_static, library_function, library_name, resolves, type_name


def visit_function(walk: Walk, item: types.FunctionType) -> None:
    """A library's function by its name, any other by code, defaults, closure and attributes.

    The globals it reads are told apart by `free_names`: their values may change between its definition and its call.
    """
    if name := library_function(item):
        walk.stream.head(b"\x01lib")
        return walk.push(name)
    if not walk.first(item):
        return None
    walk.stream.head(b"\x01fun", item.__globals__ is walk.namespace)
    closure = item.__closure__ or ()
    names = (item.__name__, item.__qualname__, item.__doc__, item.__module__)
    annotations = list(item.__annotations__.items())
    return walk.push(
        names, item.__code__, item.__defaults__, item.__kwdefaults__, closure, annotations, item.__dict__
    )


def visit_code(walk: Walk, code: types.CodeType) -> None:
    """Code without its place in the file, which only a traceback shows."""
    walk.stream.head(b"\x01cod")
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_qualname)
    numbers = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags, code.co_nlocals)
    walk.push(code.co_code, code.co_exceptiontable, numbers, *names, code.co_consts)


def visit_cell(walk: Walk, cell: types.CellType) -> None:
    if not walk.first(cell):
        return None
    try:
        content = cell.cell_contents
    except ValueError:
        return walk.stream.head(b"\x01cel", 0)
    walk.stream.head(b"\x01cel", 1)
    return walk.push(content)


def visit_method(walk: Walk, item: types.MethodType) -> None:
    walk.stream.head(b"\x01mtd")
    walk.push(item.__func__, item.__self__)


def visit_builtin(walk: Walk, item: types.BuiltinFunctionType) -> None:
    """A function of a compiled module, or a method bound to an object: `[].append`."""
    owner = item.__self__
    walk.stream.head(b"\x01blt")
    if owner is None or issubclass(type(owner), types.ModuleType):
        module = item.__module__
        return walk.push(module if type(module) is str else "", item.__qualname__)
    return walk.push(item.__name__, owner)


def visit_descriptor(walk: Walk, item: Any) -> None:
    """A method or attribute of a class as the class holds it."""
    walk.stream.head(b"\x01dsc")
    walk.push(type(item).__name__, item.__name__, library_name(item.__objclass__) or "")


def visit_method_wrapper(walk: Walk, item: types.MethodWrapperType) -> None:
    walk.stream.head(b"\x01mwr")
    walk.push(item.__name__, item.__self__)


def visit_property(walk: Walk, item: property) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01prp")
        walk.push(item.fget, item.fset, item.fdel, item.__doc__)


def visit_static(walk: Walk, item: Any) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01stc")
        walk.push(type(item).__name__, item.__func__)


def visit_partial(walk: Walk, item: functools.partial[Any]) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01prt")
        walk.push(item.func, item.args, item.keywords)


def compiled_name(item: Any) -> str | None:
    """`module.qualname` of an object of a compiled type that an import finds; None for any other."""
    if not library_name(type(item)) and not is_static(type(item)) and type_name(type(item))[0] == "__main__":
        return None
    try:
        module, qualname = item.__module__, item.__qualname__
    except Exception:
        return None
    if type(module) is str and type(qualname) is str and resolves(module, qualname, item):
        return f"{module}.{qualname}"
    return None


_memoized: Any = type(functools.lru_cache(lambda: None))


def visit_memoized(walk: Walk, item: Any) -> None:
    """A function under `lru_cache`. What it remembers cannot be told, so once it remembers anything it is opaque."""
    if not walk.first(item):
        return
    if _memoized.cache_info(item)[3]:
        raise Opaque("a function under lru_cache remembers results")
    walk.stream.head(b"\x01lru")
    walk.push(_memoized.cache_parameters(item) if hasattr(_memoized, "cache_parameters") else None)


HANDLERS: dict[type, Handler] = {
    types.FunctionType: visit_function,
    types.CodeType: visit_code,
    types.CellType: visit_cell,
    types.MethodType: visit_method,
    types.BuiltinFunctionType: visit_builtin,
    types.WrapperDescriptorType: visit_descriptor,
    types.MethodDescriptorType: visit_descriptor,
    types.ClassMethodDescriptorType: visit_descriptor,
    types.GetSetDescriptorType: visit_descriptor,
    types.MemberDescriptorType: visit_descriptor,
    types.MethodWrapperType: visit_method_wrapper,
    property: visit_property,
    staticmethod: visit_static,
    classmethod: visit_static,
    functools.partial: visit_partial,
    _memoized: visit_memoized,
}
