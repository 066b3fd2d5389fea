"""States of the process that cells share without a name, each with what reads and what writes it.

A state of a library exists once the library is loaded. Until a cell changes it, it is what it was then: its initial
state, which nobody needs to write down.
"""

from __future__ import annotations

import copy
import decimal
import locale
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Snapshot = Any
"""A picklable value that compares by content."""


@dataclass(frozen=True, slots=True)
class State:
    """A state: `read` gives a snapshot, `write` restores one."""

    name: str
    library: str
    """The module that it belongs to; the state exists once that is loaded."""
    read: Callable[[], Snapshot]
    write: Callable[[Snapshot], object]
    begin: Callable[[], object] = lambda: None
    """Called once, when the library is loaded."""
    settle: Callable[[], object] = lambda: None
    """Called before each cell."""
    always: bool = True
    """A cell counts as having read it even where it has not changed it."""
    asked: Callable[[], bool] = lambda: False
    """Whether the cell has read or set it, where that can be told."""


# --- random numbers


def _settle_random() -> None:
    """Write the same state in another way than `seed` writes it, so that seeding shows even where it changes nothing.

    A generator seeded afresh has used up all 624 words; it makes new ones when asked. Have them made now.
    """
    version, words, gauss = random.getstate()
    if words[-1] == 624:
        random.getrandbits(32)
        made = random.getstate()[1]
        random.setstate((version, (*made[:-1], 0), gauss))


def _numpy() -> Any:
    return sys.modules["numpy.random"]


def _read_numpy() -> Snapshot:
    kind, words, *rest = _numpy().get_state()
    return kind, words.tobytes(), *rest


def _write_numpy(state: Snapshot) -> None:
    import numpy as np

    kind, words, *rest = state
    _numpy().set_state((kind, np.frombuffer(words, dtype=np.uint32), *rest))


def _settle_numpy() -> None:
    kind, words, position, *rest = _numpy().get_state()
    if kind == "MT19937" and position == 624:
        _numpy().set_state((kind, words, position, 0, 0.0))
        _numpy().randint(0, 2**32, dtype="uint32")
        _, made, _, *_ = _numpy().get_state()
        _numpy().set_state((kind, made, 0, *rest))


# --- libraries


def _read_rc() -> Snapshot:
    """All settings but the backend: that is ours, and until it is chosen an object that cannot be copied."""
    items = dict.items(sys.modules["matplotlib"].rcParams)
    return {name: copy.copy(value) for name, value in items if name != "backend"}


def _write_rc(values: Snapshot) -> None:
    settings = sys.modules["matplotlib"].rcParams
    for name in [name for name in dict.keys(settings) if name not in values and name != "backend"]:
        dict.pop(settings, name)
    dict.update(settings, {name: copy.copy(value) for name, value in values.items()})


class _Settings:
    read = False


def _watch_rc() -> None:
    """Let the settings notice when a cell reads or sets one."""
    settings = sys.modules["matplotlib"].rcParams
    plain = type(settings)
    watched = {name: _noticing(getattr(plain, name)) for name in _RC_METHODS if hasattr(plain, name)}
    if not getattr(plain, "nbpublish_watched", False):
        settings.__class__ = type(plain.__name__, (plain,), {**watched, "nbpublish_watched": True})


_RC_METHODS = ("__getitem__", "__setitem__", "__delitem__", "__iter__", "_get", "_set")


def _noticing(method: Callable[..., Any]) -> Callable[..., Any]:
    def noticing(*arguments: Any) -> Any:
        _Settings.read = True
        return method(*arguments)

    return noticing


def _settle_rc() -> None:
    _Settings.read = False


def _pandas() -> Any:
    return sys.modules["pandas._config.config"]


def _write_pandas(options: Snapshot) -> None:
    settings = _pandas()._global_config
    settings.clear()
    settings.update(copy.deepcopy(options))


def _polars() -> Any:
    return sys.modules["polars"].Config


def _printing() -> Any:
    import numpy as np

    return np


def _decimal() -> Snapshot:
    context = decimal.getcontext()
    traps = sorted(trap.__name__ for trap, is_set in context.traps.items() if is_set)
    return context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, traps


def _write_decimal(state: Snapshot) -> None:
    prec, rounding, lowest, highest, capitals, clamp, traps = state
    signals = [getattr(decimal, name) for name in traps]
    decimal.setcontext(decimal.Context(prec, rounding, lowest, highest, capitals, clamp, [], signals))


# --- Python itself


def _write_path(path: Snapshot) -> None:
    sys.path[:] = path


class _Asked(type):
    asked = False

    def __subclasscheck__(cls, subclass: type) -> bool:
        _Asked.asked = True
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
    return _Asked.asked or not warnings.filters or warnings.filters[0][2] is not _Probe


def _settle_filters() -> None:
    """Put the probe before all filters, and let each cell show its warnings as if no other had shown the same."""
    _write_filters(_read_filters(), probe=True)
    getattr(warnings, "onceregistry", {}).clear()
    _Asked.asked = False


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


STATES = (
    State("<random>", "random", random.getstate, random.setstate, lambda: random.seed(0), _settle_random, always=False),
    State(
        "<numpy.random>",
        "numpy.random",
        _read_numpy,
        _write_numpy,
        lambda: _numpy().seed(0),
        _settle_numpy,
        always=False,
    ),
    State(
        "<warnings>",
        "warnings",
        _read_filters,
        _write_filters,
        settle=_settle_filters,
        always=False,
        asked=_asked_filters,
    ),
    State("<cwd>", "os", os.getcwd, os.chdir),
    State("<sys.path>", "sys", lambda: list(sys.path), _write_path),
    State("<locale>", "locale", lambda: locale.setlocale(locale.LC_ALL), lambda s: locale.setlocale(locale.LC_ALL, s)),
    State("<decimal>", "decimal", _decimal, _write_decimal),
    State("<rcParams>", "matplotlib", _read_rc, _write_rc, _watch_rc, _settle_rc, False, lambda: _Settings.read),
    State(
        "<numpy options>",
        "numpy",
        lambda: _printing().get_printoptions(),
        lambda options: _printing().set_printoptions(**options),
    ),
    State("<pandas options>", "pandas", lambda: copy.deepcopy(_pandas()._global_config), _write_pandas),
    State("<polars options>", "polars", lambda: _polars().save(), lambda s: _polars().load(s)),
)
