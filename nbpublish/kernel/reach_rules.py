"""By kind of object, what it holds as far as a change can be seen through it."""

from __future__ import annotations

import gc
import types
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbpublish.kernel import memory
from nbpublish.kernel.code_names import EVERYTHING, global_names
from nbpublish.kernel.jupyter_state import observers_of, state_of
from nbpublish.kernel.layout import identity, layout_of, library_function, library_name, mro_of, type_name, vars_of
from nbpublish.kernel.private import is_mangled
from nbpublish.kernel.uses import Uses


@dataclass(eq=False)
class Reach:
    """What was reached of a namespace."""

    namespace: Mapping[str, Any]
    free: set[str] = field(default_factory=set)
    """Globals that functions and classes may read or bind, and their own names."""
    own: bool = False
    """Whether functions or classes were met that the notebook defines."""
    methods: set[int] = field(default_factory=set)
    """Functions that belong to a class, and so are changed through it."""
    bound: dict[int, list[str]] = field(default_factory=dict)
    """Global names of functions and classes."""
    memory: list[tuple[int, int, bool]] = field(default_factory=list)
    """Begin and end of memory, and whether it is copied on writing."""
    uses: Uses = field(default_factory=Uses)
    """What functions and classes use of modules."""
    private: list[str] = field(default_factory=list)
    """Names of the namespace that are private to a cell."""

    def __post_init__(self) -> None:
        self.private += filter(is_mangled, self.namespace)
        for name, value in self.namespace.items():
            if issubclass(type(value), (type, types.FunctionType)):
                self.bound.setdefault(identity(value), []).append(name)


Rule = Callable[[Reach, Any, list[Any]], bool]
"""Adds what an object holds to a list, and says whether the object itself can change."""


def leaf(reach: Reach, item: Any, following: list[Any]) -> bool:
    """Immutable, and holds nothing that is not."""
    return False


def mutable(reach: Reach, item: Any, following: list[Any]) -> bool:
    """An object to look into the way the garbage collector does."""
    following += gc.get_referents(item)
    return True


def _through(reach: Reach, item: Any, following: list[Any]) -> bool:
    """Immutable, but what it holds may change: tuples, bound methods."""
    following += gc.get_referents(item)
    return False


def _function(reach: Reach, item: types.FunctionType, following: list[Any]) -> bool:
    reach.uses.modules.update(name for name in (item.__module__, item.__globals__.get("__name__")) if type(name) is str)
    if library_function(item):
        return False
    reach.own |= item.__globals__ is reach.namespace
    names = reach.bound.get(identity(item), ())
    reach.free.update(names)
    if item.__globals__ is reach.namespace:
        reach.free |= global_names(item.__code__)
        reach.uses.codes.append(item.__code__)
    cells = zip(item.__code__.co_freevars, item.__closure__ or (), strict=True)
    following += [cell for name, cell in cells if name != "__class__"]
    following += [item.__defaults__, *(item.__kwdefaults__ or {}).values(), *item.__dict__.values()]
    return not names and identity(item) not in reach.methods


def _class(reach: Reach, item: type, following: list[Any]) -> bool:
    """What a class holds; what the interpreter and libraries keep in it, they do not change later."""
    reach.uses.modules.add(type_name(item)[0])
    if library_name(item):
        return False
    reach.own = True
    names = reach.bound.get(identity(item), ())
    reach.free.update(names)
    following += [*mro_of(item)[1:], type(item)]
    for name, value in vars_of(item).items():
        functions = [part for part in _functions_in(value) if type(part) is types.FunctionType]
        reach.methods.update(map(identity, functions))
        following += functions
        if not (name.startswith("_") and name.endswith("_")) and name not in _KEPT_IN_CLASSES:
            following.append(value)
    return not names


def _functions_in(value: Any) -> tuple[Any, ...]:
    if type(value) is property:
        return value.fget, value.fset, value.fdel
    return (value.__func__,) if type(value) in (staticmethod, classmethod) else (value,)


def _member(reach: Reach, item: Any, following: list[Any]) -> bool:
    """A member of an enumeration belongs to its class."""
    following += gc.get_referents(item)
    return False


def _module(reach: Reach, item: Any, following: list[Any]) -> bool:
    name = vars(types.ModuleType)["__dict__"].__get__(item).get("__name__")
    reach.uses.modules.update([name] if type(name) is str else [])
    return False


def _dict(reach: Reach, item: Any, following: list[Any]) -> bool:
    if item is reach.namespace:
        reach.free.add(EVERYTHING)
        return False
    copied = [name for name in reach.private if name in item and item[name] is reach.namespace[name]]
    if copied:  # as `mo.cache` copies all globals: nobody calls what is private to a cell by its name in there
        following += (part for name, value in item.items() if name not in copied for part in (name, value))
    else:
        following += gc.get_referents(item)
    return True


def _weak(reach: Reach, item: Any, following: list[Any]) -> bool:
    following.append(item())
    return False


def _array(reach: Reach, item: Any, following: list[Any]) -> bool:
    """An array, the memory it looks at and the object whose memory that is. The collector knows none of them."""
    following.append(item.base)
    reach.memory.append((*memory.bounds(item), False))
    if item.dtype.hasobject:
        following += item.ravel("K").tolist()
    following += gc.get_referents(item)
    return True


def _tensor(reach: Reach, item: Any, following: list[Any]) -> bool:
    """A tensor of torch, with all of the storage that it is a view of."""
    storage = item.untyped_storage()
    start = storage.data_ptr()
    reach.memory.append((start, start + storage.nbytes(), False))
    following += gc.get_referents(item)
    return True


def _frame(reach: Reach, item: Any, following: list[Any]) -> bool:
    """A frame, series or index of pandas: columns are copied on writing, so only arrays outside can see a change."""
    for array in memory.columns_of(item):
        reach.memory.append((*memory.bounds(array), True))
        if array.dtype.hasobject:
            following += array.ravel("K").tolist()
    own = vars(item)
    following += [*own.get("_attrs", {}).values(), *(getattr(own.get("_mgr"), "axes", ()))]
    return True


def _control(reach: Reach, item: Any, following: list[Any]) -> bool:
    """A control of marimo. Its context leads to all other controls, but nothing is changed through it."""
    following += [value for name, value in vars(item).items() if name != "_ctx"]
    return True


def _jupyter_control(reach: Reach, item: Any, following: list[Any]) -> bool:
    """A control of ipywidgets. Its line to a browser leads to all other controls, but nothing is changed through it."""
    following += [*state_of(item).values(), *observers_of(item)]
    return True


def _expression(reach: Reach, item: Any, following: list[Any]) -> bool:
    """An expression of sympy: immutable, however much it finds out about itself, and most share their symbols."""
    following += [*item.args, type(item)]
    return False


_KEPT_IN_CLASSES = {"_abc_impl", "_field_defaults", "_fields", "_member_names_"}
RULES: dict[int, Rule] = {
    **dict.fromkeys(
        map(
            identity,
            (
                *(str, bytes, int, float, complex, bool, type(None), type(Ellipsis), range, slice),
                *(types.CodeType, types.WrapperDescriptorType, types.MethodDescriptorType, types.GetSetDescriptorType),
                *(types.MemberDescriptorType, types.ClassMethodDescriptorType),
            ),
        ),
        leaf,
    ),
    **dict.fromkeys(
        map(
            identity,
            (
                *(tuple, frozenset, property, staticmethod, classmethod, types.MappingProxyType),
                *(types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType),
            ),
        ),
        _through,
    ),
    identity(types.FunctionType): _function,
    identity(dict): _dict,
    identity(list): mutable,
    identity(object): mutable,  # has nothing but its identity, which `is` asks for
    identity(weakref.ref): _weak,
}
_IMMUTABLE = {
    *("datetime.date", "datetime.time", "datetime.timedelta", "datetime.tzinfo", "decimal.Decimal", "re.Pattern"),
    *("numpy.generic", "numpy.dtype", "numpy.ufunc", "uuid.UUID", "fractions.Fraction", "pathlib.PurePath"),
    *("pandas._libs.tslibs.offsets.BaseOffset", "pandas.core.dtypes.base.ExtensionDtype"),
    *("pandas.api.extensions.ExtensionDtype", "pyarrow.lib.DataType", "polars.datatypes.classes.DataType"),
}
_FRAMES = memory.COPIED_ON_WRITE | {"pandas.Index", "pandas.core.indexes.base.Index"}


def rule_of(kind: type) -> Rule:
    """The rule for objects of a type that no table names."""
    if issubclass(kind, type):
        return _class
    if issubclass(kind, types.ModuleType):
        return _module
    names = {library_name(base) for base in mro_of(kind)}
    if names & _IMMUTABLE and library_name(kind):
        return leaf
    if "enum.Enum" in names:
        return leaf if library_name(kind) else _member
    if "numpy.ndarray" in names:
        return _array
    if "torch.Tensor" in names:
        return _tensor
    if "marimo._plugins.ui._core.ui_element.UIElement" in names:
        return _control
    if "ipywidgets.widgets.widget.Widget" in names and library_name(kind):
        return _jupyter_control
    if "sympy.core.basic.Basic" in names and library_name(kind):
        return _expression
    if names & _FRAMES and memory.copies_on_write():
        return _frame
    layout = layout_of(kind)
    stateless = layout.core is object and not layout.slots and layout.attributes is None
    return _through if stateless and library_name(kind) else mutable
