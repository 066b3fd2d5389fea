"""States of Python itself: warning filters, the working directory, the decimal context, limits."""

from __future__ import annotations

import decimal
import locale
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbpublish.kernel.folder import Folder
from nbpublish.kernel.state import Noticed, Snapshot, State


def _decimal() -> Snapshot:
    context = decimal.getcontext()
    traps = sorted(trap.__name__ for trap, is_set in context.traps.items() if is_set)
    return context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, traps


def _write_decimal(state: Snapshot) -> None:
    prec, rounding, lowest, highest, capitals, clamp, traps = state
    signals = [getattr(decimal, name) for name in traps]
    decimal.setcontext(decimal.Context(prec, rounding, lowest, highest, capitals, clamp, [], signals))


def _write_path(path: Snapshot) -> None:
    sys.path[:] = path


_issued = Noticed()


class _Asked(type):
    def __subclasscheck__(cls, subclass: type) -> bool:
        _issued.asked = True
        return False


class _Probe(Warning, metaclass=_Asked):
    """The category of a filter that matches nothing, and notices that it was asked."""


def _read_filters() -> Snapshot:
    """The filters, each category by its name: a snapshot must not load the library that a category is from."""
    found: list[Any] = [item for item in warnings.filters if item[2] is not _Probe]
    return [(action, text, (kind.__module__, kind.__qualname__), *rest) for action, text, kind, *rest in found]


def _write_filters(filters: Snapshot, *, probe: bool = False) -> None:
    kept: list[Any] = [(action, text, _category(*name), module, line) for action, text, name, module, line in filters]
    warnings.filters[:] = [("ignore", None, _Probe, None, 0), *kept] if probe else kept  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _category(module: str, name: str) -> type[Warning]:
    """The category of this name; until its library is loaded, one that nothing is of."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) else type(name, (Warning,), {"__module__": module})


def _asked_filters() -> bool:
    """Whether a warning was issued that no filter of the cell's own has settled, or a filter put before the others."""
    return _issued.asked or not warnings.filters or warnings.filters[0][2] is not _Probe


def _begin_filters() -> None:
    """Put the probe before all filters, and let each cell show its warnings as if no other had shown the same."""
    _write_filters(_read_filters(), probe=True)
    getattr(warnings, "onceregistry", {}).clear()
    _issued.forget()


@contextmanager
def filters_kept() -> Iterator[None]:
    """Undo what libraries that are loaded within do to the filters."""
    filters, before = warnings.filters, list(warnings.filters)
    try:
        yield
    finally:
        if warnings.filters is not filters or list(filters) != before:
            filters[:] = before  # type: ignore[index]
            warnings.filters = filters
            warnings._filters_mutated()  # type: ignore[attr-defined]


def _write_limits(limits: Snapshot) -> None:
    depth, digits = limits
    sys.setrecursionlimit(depth)
    sys.set_int_max_str_digits(digits)


STATES = (
    State(
        "<warnings>",
        "warnings",
        _read_filters,
        _write_filters,
        forget=_begin_filters,
        always=False,
        asked=_asked_filters,
    ),
    State("<cwd>", "os", os.getcwd, os.chdir, told=Folder.told, meant=Folder.meant),
    State(
        "<sys.path>",
        "sys",
        lambda: list(sys.path),
        _write_path,
        told=Folder.told_search,
        meant=Folder.meant_search,
    ),
    State("<limits>", "sys", lambda: (sys.getrecursionlimit(), sys.get_int_max_str_digits()), _write_limits),
    State("<locale>", "locale", lambda: locale.setlocale(locale.LC_ALL), lambda s: locale.setlocale(locale.LC_ALL, s)),
    State("<decimal>", "decimal", _decimal, _write_decimal),
)
