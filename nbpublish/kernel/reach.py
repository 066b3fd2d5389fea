"""What a value reaches: the globals its functions read when they are called, and the mutable objects names share.

Two answers, both cautious: a name too many costs a cell that runs again, a name too few would cost a wrong page.

A class or function that is bound to a global name is followed by that name, not by sharing: whoever holds an
instance depends on the class's name, and so sees what happens to the class, while two instances of a class have
nothing to do with each other.
"""

from __future__ import annotations

import dis
import gc
import keyword
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbpublish.kernel import memory
from nbpublish.kernel.layout import identity, layout_of, library_function, library_name, mro_of

EVERYTHING = "*"
"""Stands among free names for all names: something reached may look into the namespace itself."""

_GLOBAL = {"LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME", "STORE_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_OPS = {dis.opmap[name]: 1 if name == "LOAD_GLOBAL" else 0 for name in _GLOBAL if name in dis.opmap}
_LOOKING = frozenset({"globals", "eval", "exec", "vars", "locals", "__import__"})
_QUERYING = frozenset({"query", "eval", "sql", "execute"})
_WORD = re.compile(r"[^\W\d]\w*")


def free_names(value: object, namespace: Mapping[str, Any]) -> frozenset[str]:
    """Globals that functions and classes reachable from `value` may read or bind when called, and their own names.

    Names are in it whether or not they exist: what is missing at a function's definition may be there at its call.
    """
    reach = _Reach(namespace)
    for _ in reach.mutable(value):
        pass
    return frozenset(reach.free)


def groups(names: Iterable[str], namespace: Mapping[str, Any]) -> list[frozenset[str]]:
    """Partition the names by the mutable objects they share: a change through one may be seen through another."""
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
    for one, other in memory.overlaps(reach.claims):
        parent[root(one)] = root(other)
    whole: dict[str, set[str]] = {}
    for name in found:
        whole.setdefault(root(name), set()).add(name)
    return [frozenset(group) for group in whole.values()]


def global_names(code: types.CodeType) -> frozenset[str]:
    """Names a piece of code, and code inside it, may look up among the globals."""
    names: set[str] = set()
    argument = 0
    for op, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument = argument << 8 | low
        if op in _OPS:
            names.add(code.co_names[argument >> _OPS[op]])
        if op != dis.EXTENDED_ARG:
            argument = 0
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= global_names(constant)
        elif type(constant) is str and not _QUERYING.isdisjoint(code.co_names):
            names.update(word for word in _WORD.findall(constant) if not keyword.iskeyword(word))
    if names & _LOOKING:
        names.add(EVERYTHING)
    return frozenset(names)


class _Reach:
    """A walk over values. Objects are kept alive while their identities count."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self.free: set[str] = set()
        self.claims: list[memory.Claim] = []
        self._open: list[tuple[int, int, bool]] = []
        self._kept: list[Any] = []
        self._bound: dict[int, list[str]] = {}
        for name, value in namespace.items():
            if issubclass(type(value), (type, types.FunctionType)):
                self._bound.setdefault(identity(value), []).append(name)
        self._leaves = dict(_LEAVES)

    def claim(self, name: str) -> None:
        """Say whose the memory is that was found since the last claim."""
        self.claims += [memory.Claim(start, end, shared, name) for start, end, shared in self._open]
        self._open.clear()

    def mutable(self, value: object, stop: Mapping[int, str] | None = None) -> Iterator[int]:
        """Identities of the mutable objects reachable from a value; not into those that `stop` holds already."""
        seen: dict[int, Any] = {}
        layer: list[Any] = [value]
        while layer:
            fresh = dict(zip(map(identity, layer), layer, strict=True))
            following: list[Any] = []
            plain: list[Any] = []
            for key, item in fresh.items():
                kind = type(item)
                if kind is str or kind is int or kind is float or item is None or kind is bool or key in seen:
                    continue
                seen[key] = item
                rule = self._leaves.get(identity(kind))
                if rule is None:
                    rule = self._rule(kind)
                if rule is _leaf:
                    continue
                if rule is not _descend:
                    rule(self, item, following)
                    if rule not in _RECORDED:
                        continue
                    yield key
                    continue
                if kind is not tuple and kind is not frozenset:
                    yield key
                    if stop is not None and key in stop and stop[key] is not None and self._known(key, stop):
                        continue
                plain.append(item)
            following += gc.get_referents(*plain)
            layer = following
        self._kept.append(seen)

    def _known(self, key: int, stop: Mapping[int, str]) -> bool:
        return False

    def _rule(self, kind: type) -> Any:
        rule = _rule_of(kind)
        self._leaves[identity(kind)] = rule
        self._kept.append(kind)
        return rule


def _leaf(reach: _Reach, item: Any, following: list[Any]) -> None:
    """An object that is immutable and holds nothing mutable."""


def _descend(reach: _Reach, item: Any, following: list[Any]) -> None:
    """An object to look into the way the garbage collector does."""


def _function(reach: _Reach, item: types.FunctionType, following: list[Any]) -> None:
    if library_function(item):
        return
    names = reach._bound.get(identity(item))
    if names:
        reach.free.update(names)
    if item.__globals__ is reach.namespace:
        reach.free |= global_names(item.__code__)
    following += [item.__closure__, item.__defaults__, item.__kwdefaults__, item.__annotations__]
    following += item.__dict__.values()


def _class(reach: _Reach, item: type, following: list[Any]) -> None:
    if library_name(item):
        return
    names = reach._bound.get(identity(item))
    if names:
        reach.free.update(names)
    following += gc.get_referents(item)


def _module(reach: _Reach, item: Any, following: list[Any]) -> None:
    pass


def _dict(reach: _Reach, item: Any, following: list[Any]) -> None:
    if item is reach.namespace:
        reach.free.add(EVERYTHING)
        return
    following += gc.get_referents(item)


def _array(reach: _Reach, item: Any, following: list[Any]) -> None:
    """An array, the memory it looks at and the object whose memory that is. The collector knows none of them."""
    if item.base is not None:
        following.append(item.base)
    reach._open.append((*memory.bounds(item), False))
    if item.dtype.hasobject:
        following += item.ravel("K").tolist()
    following += gc.get_referents(item)


def _frame(reach: _Reach, item: Any, following: list[Any]) -> None:
    """A frame or series of pandas: its columns are copied on writing, so only arrays outside can see a change."""
    for array in memory.columns_of(item):
        reach._open.append((*memory.bounds(array), True))
        if array.dtype.hasobject:
            following += array.ravel("K").tolist()
    following += vars(item).get("_attrs", {}).values()


_RECORDED = {_dict, _array, _frame}
_LEAVES: dict[int, Any] = {
    identity(kind): _leaf
    for kind in (
        *(str, bytes, int, float, complex, bool, type(None), type(Ellipsis), range, slice, object),
        *(types.CodeType, types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodDescriptorType),
        *(types.GetSetDescriptorType, types.MemberDescriptorType, types.ClassMethodDescriptorType),
    )
}
_LEAVES[identity(types.FunctionType)] = _function
_LEAVES[identity(dict)] = _dict
_IMMUTABLE = {
    *("datetime.date", "datetime.time", "datetime.timedelta", "datetime.tzinfo", "decimal.Decimal", "re.Pattern"),
    *("numpy.generic", "numpy.dtype", "numpy.ufunc", "uuid.UUID", "fractions.Fraction", "enum.Enum", "pathlib.PurePath"),
    *("pandas._libs.tslibs.offsets.BaseOffset", "pandas.core.dtypes.base.ExtensionDtype"),
}


def _rule_of(kind: type) -> Any:
    if issubclass(kind, type):
        return _class
    if issubclass(kind, types.ModuleType):
        return _module
    if issubclass(kind, types.BuiltinFunctionType):
        return _descend
    names = {library_name(base) for base in mro_of(kind)}
    if names & _IMMUTABLE and library_name(kind):
        return _leaf
    if "numpy.ndarray" in names:
        return _array
    if names & memory.COPIED_ON_WRITE and memory.copies_on_write():
        return _frame
    layout = layout_of(kind)
    if layout.core is object and not layout.slots and layout.attributes is None:
        return _leaf
    return _descend
