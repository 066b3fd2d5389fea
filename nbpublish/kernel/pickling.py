"""How objects of a group are taken apart so that they come back as they were, where plain pickle would not do it."""

from __future__ import annotations

import importlib
import marshal
import pickle
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import Any

from nbpublish.kernel.array_pickling import Arrays
from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.folder import Folder
from nbpublish.kernel.layout import identity, library_function, library_name, mro_of


class Pickler(pickle.Pickler):
    """Pickles functions by code, arrays with their memory, and what has a global name outside the group by that name.

    What functions and their cells hold may lead back to them, so it comes `late`: in lists after the group itself,
    each item a function to call and its arguments.
    """

    def __init__(
        self,
        stream: Any,
        group: Mapping[str, Any],
        namespace: Mapping[str, Any],
        buffers: Any,
        whole: set[int],
        folder: Folder | None = None,
    ) -> None:
        super().__init__(stream, 5, buffer_callback=buffers)
        self.needs: dict[str, str] = {}
        self.leads_into_folder = False
        """Whether a path into the project's folder was among the objects; pickle takes paths apart."""
        self.has_wide_text = False
        """Whether an array among them may hold text, of four bytes a letter."""
        self._folder = folder
        self.late: list[tuple[Any, ...]] = []
        self.arrays = Arrays(whole)
        self._namespace = namespace
        self._rules: dict[int, Any] = {}
        members = set(map(identity, group.values()))
        self._names = {
            identity(value): name
            for name, value in namespace.items()
            if issubclass(type(value), (type, types.FunctionType)) and identity(value) not in members
        }

    def reducer_override(self, item: Any) -> Any:
        kind = type(item)
        key = identity(kind)
        if key not in self._rules:
            self._rules[key] = self._rule(kind)
        rule = self._rules[key]
        return NotImplemented if rule is None else rule(item)

    def _rule(self, kind: type) -> Any:
        if kind is types.FunctionType:
            return self._function
        if kind is types.CellType:
            return self._cell
        if kind is types.CodeType:
            return lambda code: (marshal.loads, (marshal.dumps(code),))
        if issubclass(kind, type):
            return self._class
        if issubclass(kind, PurePath):
            return self._path
        if kind is types.ModuleType:
            return lambda module: (importlib.import_module, (module.__name__,))
        names = {library_name(base) for base in mro_of(kind)}
        if "marimo._plugins.ui._core.ui_element.UIElement" in names:
            raise pickle.PicklingError("a control is known to marimo once its cell has run")
        if "ipywidgets.widgets.widget.Widget" in names:
            raise pickle.PicklingError("a control is known to its library once its cell has run")
        if "plotly.basedatatypes.BaseFigure" in names:
            return _plotly
        rule = self.arrays.rule(names)
        return partial(self._array, rule) if rule and "numpy.ndarray" in names else rule

    def _array(self, rule: Callable[[Any], Any], array: Any) -> Any:
        self.has_wide_text |= array.dtype.kind in "UV"
        return rule(array)

    def _path(self, path: PurePath) -> Any:
        self.leads_into_folder |= self._folder is not None and self._folder.has(str(path))
        return NotImplemented

    def _class(self, item: type) -> Any:
        if library_name(item):
            return NotImplemented
        named = self._named(item)
        if named is None:
            raise pickle.PicklingError("a class of the author's comes back by running its statement")
        return named

    def _named(self, item: Any) -> Any:
        name = self._names.get(identity(item))
        if name is None:
            return None
        found = fingerprint(item, self._namespace)
        if found is None:
            raise pickle.PicklingError(f"{name} has no fingerprint")
        self.needs[name] = found
        return lookup, (name,)

    def _function(self, item: types.FunctionType) -> Any:
        if library_function(item):
            return NotImplemented
        if named := self._named(item):
            return named
        if item.__globals__ is not self._namespace:
            raise pickle.PicklingError("a function made inside a library")
        self.late.append((_complete, item, item.__defaults__, item.__kwdefaults__, item.__dict__, item.__annotations__))
        names = (item.__name__, item.__qualname__, item.__doc__, item.__module__)
        return make_function, (item.__code__, names, item.__closure__)

    def _cell(self, cell: types.CellType) -> Any:
        with suppress(ValueError):  # an empty one
            self.late.append((_fill, cell, cell.cell_contents))
        return _new_cell, ()


# --- called while loading: the names below stand in blobs ------------------------------------------------------------


def lookup(name: str, namespace: Mapping[str, Any]) -> Any:
    """What is live under a global name."""
    return namespace[name]


def make_function(code: types.CodeType, names: Any, closure: Any, namespace: dict[str, Any]) -> types.FunctionType:
    """A function of the live namespace, whose defaults and attributes come late."""
    function = types.FunctionType(code, namespace, names[0], None, closure)
    function.__qualname__, function.__doc__, function.__module__ = names[1:]
    return function


def _new_cell() -> types.CellType:
    return types.CellType()


def _fill(cell: types.CellType, content: Any) -> None:
    cell.cell_contents = content


def _complete(function: Any, defaults: Any, keywords: Any, attributes: dict[str, Any], annotations: Any) -> None:
    function.__defaults__, function.__kwdefaults__ = defaults, keywords
    function.__dict__ = attributes
    function.__annotations__ = annotations


def _plotly(figure: Any) -> Any:
    """plotly's own reduction turns arrays into base64, which they stay."""
    frames = [frame._props for frame in figure._frame_objs]
    properties = {"data": figure._data, "layout": figure._layout, **({"frames": frames} if frames else {})}
    return _new_plotly, (type(figure), properties, figure._grid_str, figure._grid_ref)


def _new_plotly(kind: type, properties: dict[str, Any], text: Any, reference: Any) -> Any:
    figure = kind({**properties, "_grid_str": text, "_grid_ref": reference})
    _reorder(figure._layout, properties["layout"])
    for mine, theirs in zip(figure._data, properties["data"], strict=True):
        _reorder(mine, theirs)
    return figure


def _reorder(target: Any, model: Any) -> None:
    """Bring the keys of nested dicts into the order of their model, which shows in the page's JSON."""
    if type(target) is dict and type(model) is dict and target.keys() == model.keys():
        for key in model:
            target[key] = value = target.pop(key)
            _reorder(value, model[key])
    elif type(target) in (list, tuple) and type(target) is type(model):
        for mine, theirs in zip(target, model, strict=False):
            _reorder(mine, theirs)
