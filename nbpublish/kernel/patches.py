"""What cells change in libraries: attributes that these are given, lose or have replaced.

The modules that the notebook imports are looked at when they are loaded and after each cell: what stands in them and in
their classes. A library keeps caches and loads parts of itself late, so only what is plainly somebody else's counts.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, repeat
from operator import is_
from typing import Any

from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.layout import is_static, type_name, vars_of
from nbpublish.kernel.outside import NOT_THEIRS
from nbpublish.kernel.reach import survey
from nbpublish.model import Notebook, Version

LIBRARIES = "<libraries>"
_ATOMS = (str, int, float, bool, bytes, complex, type(None), tuple, frozenset)
_GONE: Any = object()

Change = tuple[str, str, Any]
"""Whose attribute, its name, and its value now."""


class Patches:
    """Follows the modules that a notebook imports, through the cells of a session."""

    def __init__(self, namespace: Mapping[str, Any], when_imported: Callable[[str, Callable[[], None]], None]) -> None:
        self._space = namespace
        self._when_imported = when_imported
        self._names: set[str] = set()
        self._libraries: dict[str, tuple[list[str], list[Any]]] = {}
        """By module or class, the names and values that it had."""
        self._views: dict[str, Any] = {}
        """By module or class, a view of its values, in which whatever happens to them shows."""
        self._whole: tuple[list[int], list[Any]] = [], []
        """How many values each has, and all of them in a row: thousands, and the same after nearly every cell."""
        self._owners: dict[str, Any] = {}
        self._originals: dict[tuple[str, str], Any] = {}

    def read(self, notebook: Notebook) -> None:
        """Know which modules the notebook imports."""
        names = {"builtins"} | {name for cell in notebook.cells for name in _imported(cell.code)}
        for name in sorted(names - self._names):
            self._names.add(name)
            self._when_imported(name, lambda name=name: self._begin(name))  # type: ignore[misc]

    def _begin(self, name: str) -> None:
        if name in sys.modules and name not in self._libraries and not _is_own(name):
            for owner, thing in _parts(name):
                self._owners[owner] = thing
                self._views[owner] = _items(thing).values()
                self._libraries[owner] = _contents(thing)
            self._sum_up()

    def open(self) -> None:
        """Before a cell: modules that came without being noticed are as they are."""
        for name in self._names:
            self._begin(name)

    def close(self, targets: Iterable[str]) -> Version | None:
        """After a cell: what it has changed, if it has; it assigns or deletes attributes under the paths `targets`."""
        for name in self._names:
            self._begin(name)
        changes = [*self._patched(), *_targets(targets)]
        prints = {f"{owner}.{name}": fingerprint(value, self._space) for owner, name, value in changes}
        if not prints:
            return None
        free = frozenset[str]().union(*(self._free(value) for _, _, value in changes))
        whole = None
        if None not in prints.values():
            whole = hashlib.sha256(repr(sorted(prints.items())).encode("utf-8", "replace")).hexdigest()[:32]
        return Version(whole, free=free)

    def _free(self, value: Any) -> frozenset[str]:
        """The names that the value reads when it is called, and those that it stands under."""
        names = {name for name, other in list(self._space.items()) if other is value and not isinstance(value, _ATOMS)}
        with suppress(Exception):
            names |= survey(value, self._space)[0]
        return frozenset(names)

    # --- libraries ----------------------------------------------------------------------------------------------------

    def _sum_up(self) -> None:
        values = [values for _, values in self._libraries.values()]
        self._whole = [*map(len, values)], [*chain.from_iterable(values)]

    def _is_as_it_was(self) -> bool:
        counts, values = self._whole
        views = self._views.values()
        return [*map(len, views)] == counts and _are(chain.from_iterable(views), values)

    def _patched(self) -> Iterator[Change]:
        if self._is_as_it_was():
            return
        for owner, (names, values) in self._libraries.items():
            if len(self._views[owner]) == len(values) and _are(self._views[owner], values):
                continue
            now = self._libraries[owner] = _contents(self._owners[owner])
            before, after = dict(zip(names, values, strict=True)), dict(zip(*now, strict=True))
            for name in {*before, *after}:
                value = after.get(name, _GONE)
                if value is not before.get(name, _GONE) and self._counts(owner, name, value):
                    self._originals.setdefault((owner, name), before.get(name, _GONE))
                    yield owner, name, "gone" if value is _GONE else value
        self._sum_up()

    def undo(self) -> None:
        """Give modules and classes back what they had, for a process that lives on."""
        for (owner, name), value in self._originals.items():
            with suppress(Exception):
                if value is _GONE:
                    delattr(self._owners[owner], name)
                else:
                    setattr(self._owners[owner], name, value)
        self._originals.clear()
        self._libraries = {owner: _contents(self._owners[owner]) for owner in self._libraries}
        self._sum_up()

    def _counts(self, owner: str, name: str, value: Any) -> bool:
        if (owner, name) == ("builtins", "_"):
            return True  # what `gettext.install` puts there
        if value is _GONE or isinstance(value, _ATOMS):
            plain = not name.startswith("_") and owner.partition(".")[0] not in sys.stdlib_module_names
            return plain and not (value is _GONE and name in sys.modules)
        whose = _maker(value).partition(".")[0]
        if whose == "__main__" or _is_own(whose):
            return True
        foreign = whose not in sys.stdlib_module_names and whose not in (owner.partition(".")[0], "nbpublish", "")
        return foreign and not name.startswith("_") and not isinstance(value, types.ModuleType)


def _is_own(module: str) -> bool:
    """Whether a module is the author's: it comes from a file that belongs to no package that is installed."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return isinstance(file, str) and file.endswith(".py") and not os.path.abspath(file).startswith(NOT_THEIRS)  # noqa: PTH100


def _imported(code: str) -> set[str]:
    """The modules that a cell may import, with their parents."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")}
    return {".".join(parts[:n]) for parts in (name.split(".") for name in names) for n in range(1, len(parts) + 1)}


def _parts(module: str) -> Iterator[tuple[str, Any]]:
    """A module, and the classes in it that Python code can change."""
    found = sys.modules.get(module)
    if not isinstance(found, types.ModuleType):
        return
    yield module, found
    for name, value in list(vars(found).items()):
        if isinstance(value, type) and not is_static(value) and _root(type_name(value)[0]) == _root(module):
            yield f"{module}.{name}", value


def _items(owner: Any) -> Any:
    return vars_of(owner) if isinstance(owner, type) else vars(owner)


def _contents(owner: Any) -> tuple[list[str], list[Any]]:
    items = _items(owner)
    return list(items), list(items.values())


def _are(now: Iterable[Any], values: list[Any]) -> bool:
    """Whether these are the very values, of which there are as many."""
    try:
        return all(map(is_, now, values))
    except RuntimeError:  # a thread of the author's puts something there just now
        return False


def _root(module: str) -> str:
    return module.partition(".")[0]


def _maker(value: Any) -> str:
    """The module that a function, class, descriptor or instance comes from; "" where nothing says so."""
    for _ in range(5):
        inner = next((v for v in map(_attribute, repeat(value), _INNER) if v is not None), None)
        if inner is None:
            break
        value = inner
    if isinstance(value, types.ModuleType):
        return value.__name__
    if isinstance(value, type):
        return type_name(value)[0]
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType):
        module = _attribute(value, "__module__")
        return module if isinstance(module, str) else ""
    return type_name(type(value))[0]


_INNER = ("__func__", "fget", "_accessor", "func", "__wrapped__")


def _attribute(value: Any, name: str) -> Any:
    """An attribute of what wraps a function, without running code of the author's."""
    if isinstance(value, type) or (name != "__module__" and isinstance(value, types.ModuleType)):
        return None
    with suppress(Exception):
        return object.__getattribute__(value, name)
    return None


def _targets(paths: Iterable[str]) -> Iterator[Change]:
    """What stands under dotted paths now."""
    for path in sorted(paths):
        parts = path.split(".")
        for n in range(len(parts), 0, -1):
            if (module := sys.modules.get(".".join(parts[:n]))) is None:
                continue
            if _is_own(module.__name__):  # what happens to these is followed where they are
                break
            value: Any = module
            for name in parts[n:]:
                value = _GONE if value is _GONE else getattr(value, name, _GONE)
            yield ".".join(parts[:-1]), parts[-1], "gone" if value is _GONE else value
            break
        else:
            yield path, "", "no module"
