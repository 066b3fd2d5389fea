"""What a value reaches: the globals its functions read when they are called, and the mutable objects names share.

Two answers, both cautious: a name too many costs a cell that runs again, a name too few would cost a wrong page.

A class or function that is bound to a global name is followed by that name, not by sharing: whoever holds an
instance depends on the class's name, and so sees what happens to the class, while two instances of a class have
nothing to do with each other.
"""

from __future__ import annotations

import gc
import types
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from nbpublish.kernel import memory
from nbpublish.kernel.code_names import EVERYTHING, global_names
from nbpublish.kernel.jupyter_state import observers_of, state_of
from nbpublish.kernel.layout import identity, layout_of, library_function, library_name, mro_of, type_name, vars_of
from nbpublish.kernel.uses import Uses

__all__ = ["EVERYTHING", "free_names", "groups", "survey"]


def free_names(value: object, namespace: Mapping[str, Any]) -> frozenset[str]:
    """Globals that functions and classes reachable from `value` may read or bind when called, and their own names.

    Names are in it whether or not they exist: what is missing at a function's definition may be there at its call.
    """
    reach = _Reach(namespace)
    for _ in reach.mutable(value):
        pass
    return frozenset(reach.free)


def survey(value: object, namespace: Mapping[str, Any]) -> tuple[frozenset[str], bool]:
    """The free names of a value, and whether it reaches functions or classes of the notebook's own."""
    reach = _Reach(namespace)
    for _ in reach.mutable(value):
        pass
    return frozenset(reach.free), reach.own


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
    reach = _Reach(namespace)
    for name in found:
        for key in reach.mutable(namespace[name], owners):
            if (owner := owners.setdefault(key, name)) is not name:
                parent[root(name)] = root(owner)
        reach.claim(name)
        if uses is not None:
            uses[name] = reach.used()
    for one, other in memory.overlaps(reach.claims):
        parent[root(one)] = root(other)
    whole: dict[str, set[str]] = {}
    for name in found:
        whole.setdefault(root(name), set()).add(name)
    return [frozenset(group) for group in whole.values()]


class _Reach:
    """A walk over values, a layer at a time. Objects are kept alive while their identities count."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self.free: set[str] = set()
        self.own = False
        """Whether functions or classes were met that the notebook defines."""
        self.methods: set[int] = set()
        """Functions that belong to a class, and so are changed through it."""
        self.bound: dict[int, list[str]] = {}
        """Global names of functions and classes."""
        for name, value in namespace.items():
            if issubclass(type(value), (type, types.FunctionType)):
                self.bound.setdefault(identity(value), []).append(name)
        self.claims: list[memory.Claim] = []
        self.seen_memory: list[tuple[int, int, bool]] = []
        self.uses = Uses()
        self._rules = dict(_RULES)
        self._met: set[int] = set()
        """Types of what was met."""
        self._from: dict[int, set[str]] = {}
        """By type, the modules that it and its bases are from."""
        self._kept: list[Any] = []

    def claim(self, name: str) -> None:
        """Say whose the memory is that was found since the last claim."""
        self.claims += [memory.Claim(start, end, copied, name) for start, end, copied in self.seen_memory]
        self.seen_memory.clear()

    def used(self) -> Uses:
        """What was met of modules since the last time."""
        for key in self._met:
            self.uses.modules |= self._from.get(key, set())
        uses, self.uses = self.uses, Uses()
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
                if rule is _leaf:
                    continue
                if key in owners:
                    yield key
                elif rule is _mutable:
                    plain.append(item)
                    yield key
                elif rule(self, item, following):
                    yield key
            layer = following + gc.get_referents(*plain)
        self._kept.append(seen)

    def _rule(self, kind: type) -> Rule:
        rule = _rule_of(kind)
        self._rules[identity(kind)] = rule
        self._from[identity(kind)] = {type_name(base)[0] for base in mro_of(kind)}
        self._kept.append(kind)
        return rule


Rule = Callable[[_Reach, Any, list[Any]], bool]
"""Adds what an object holds to a list, and says whether the object itself can change."""


def _leaf(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """Immutable, and holds nothing that is not."""
    return False


def _mutable(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """An object to look into the way the garbage collector does."""
    following += gc.get_referents(item)
    return True


def _through(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """Immutable, but what it holds may change: tuples, bound methods."""
    following += gc.get_referents(item)
    return False


def _function(reach: _Reach, item: types.FunctionType, following: list[Any]) -> bool:
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


def _class(reach: _Reach, item: type, following: list[Any]) -> bool:
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


def _member(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """A member of an enumeration belongs to its class."""
    following += gc.get_referents(item)
    return False


def _module(reach: _Reach, item: Any, following: list[Any]) -> bool:
    name = vars(types.ModuleType)["__dict__"].__get__(item).get("__name__")
    reach.uses.modules.update([name] if type(name) is str else [])
    return False


def _dict(reach: _Reach, item: Any, following: list[Any]) -> bool:
    if item is reach.namespace:
        reach.free.add(EVERYTHING)
        return False
    following += gc.get_referents(item)
    return True


def _weak(reach: _Reach, item: Any, following: list[Any]) -> bool:
    following.append(item())
    return False


def _array(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """An array, the memory it looks at and the object whose memory that is. The collector knows none of them."""
    following.append(item.base)
    reach.seen_memory.append((*memory.bounds(item), False))
    if item.dtype.hasobject:
        following += item.ravel("K").tolist()
    following += gc.get_referents(item)
    return True


def _tensor(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """A tensor of torch, with all of the storage that it is a view of."""
    storage = item.untyped_storage()
    start = storage.data_ptr()
    reach.seen_memory.append((start, start + storage.nbytes(), False))
    following += gc.get_referents(item)
    return True


def _frame(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """A frame, series or index of pandas: columns are copied on writing, so only arrays outside can see a change."""
    for array in memory.columns_of(item):
        reach.seen_memory.append((*memory.bounds(array), True))
        if array.dtype.hasobject:
            following += array.ravel("K").tolist()
    own = vars(item)
    following += [*own.get("_attrs", {}).values(), *(getattr(own.get("_mgr"), "axes", ()))]
    return True


def _control(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """A control of marimo. Its context leads to all other controls, but nothing is changed through it."""
    following += [value for name, value in vars(item).items() if name != "_ctx"]
    return True


def _jupyter_control(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """A control of ipywidgets. Its line to a browser leads to all other controls, but nothing is changed through it."""
    following += [*state_of(item).values(), *observers_of(item)]
    return True


def _expression(reach: _Reach, item: Any, following: list[Any]) -> bool:
    """An expression of sympy: immutable, however much it finds out about itself, and most share their symbols."""
    following += [*item.args, type(item)]
    return False


_KEPT_IN_CLASSES = {"_abc_impl", "_field_defaults", "_fields", "_member_names_"}
_RULES: dict[int, Rule] = {
    **dict.fromkeys(
        map(
            identity,
            (
                *(str, bytes, int, float, complex, bool, type(None), type(Ellipsis), range, slice),
                *(types.CodeType, types.WrapperDescriptorType, types.MethodDescriptorType, types.GetSetDescriptorType),
                *(types.MemberDescriptorType, types.ClassMethodDescriptorType),
            ),
        ),
        _leaf,
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
    identity(list): _mutable,
    identity(object): _mutable,  # has nothing but its identity, which `is` asks for
    identity(weakref.ref): _weak,
}
_IMMUTABLE = {
    *("datetime.date", "datetime.time", "datetime.timedelta", "datetime.tzinfo", "decimal.Decimal", "re.Pattern"),
    *("numpy.generic", "numpy.dtype", "numpy.ufunc", "uuid.UUID", "fractions.Fraction", "pathlib.PurePath"),
    *("pandas._libs.tslibs.offsets.BaseOffset", "pandas.core.dtypes.base.ExtensionDtype"),
    *("pandas.api.extensions.ExtensionDtype", "pyarrow.lib.DataType", "polars.datatypes.classes.DataType"),
}
_FRAMES = memory.COPIED_ON_WRITE | {"pandas.Index", "pandas.core.indexes.base.Index"}


def _rule_of(kind: type) -> Rule:
    if issubclass(kind, type):
        return _class
    if issubclass(kind, types.ModuleType):
        return _module
    names = {library_name(base) for base in mro_of(kind)}
    if names & _IMMUTABLE and library_name(kind):
        return _leaf
    if "enum.Enum" in names:
        return _leaf if library_name(kind) else _member
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
    return _through if stateless and library_name(kind) else _mutable
