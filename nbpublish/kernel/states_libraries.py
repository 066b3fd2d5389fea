"""Settings of libraries that authors of notebooks change."""

from __future__ import annotations

import copy
import functools
import sys
from pathlib import Path
from typing import Any

from nbpublish.kernel.state import Noticed, Snapshot, State

_rc, _named = Noticed(), Noticed()
_ATOMS = frozenset({str, int, float, bool, type(None), tuple})
"""Types whose values need no copy."""


_last_rc: tuple[list[Any], list[str], Snapshot] = [], [], {}
"""The settings as they were read last: names and values in a row, the names of those that may change in place, all."""


def _read_rc() -> Snapshot:
    """All settings but the backend: that is ours, and until it is chosen an object that cannot be copied."""
    global _last_rc
    settings = sys.modules["matplotlib"].rcParams
    now = [*dict.keys(settings), *dict.values(settings)]
    row, changing, snapshot = _last_rc
    if now == row and all(snapshot[name] == dict.__getitem__(settings, name) for name in changing):
        return snapshot
    snapshot = {name: value for name, value in dict.items(settings) if name != "backend"}
    changing = [name for name, value in snapshot.items() if type(value) not in _ATOMS]
    snapshot |= {name: copy.copy(snapshot[name]) for name in changing}
    _last_rc = now, changing, snapshot
    return snapshot


def _own_rc() -> bool:
    """Whether the settings come from another file than the one that matplotlib is installed with."""
    matplotlib = sys.modules["matplotlib"]
    return not Path(matplotlib.matplotlib_fname()).is_relative_to(matplotlib.get_data_path())


def _write_rc(values: Snapshot) -> None:
    settings = sys.modules["matplotlib"].rcParams
    for name in [name for name in dict.keys(settings) if name not in values and name != "backend"]:
        dict.pop(settings, name)
    dict.update(settings, {name: copy.copy(value) for name, value in values.items()})


_RC_METHODS = ("__getitem__", "__setitem__", "__delitem__", "__iter__", "_get", "_set")
_watched: dict[type, Any] = {}
"""By class of the settings, one that notices when a cell reads or sets one. A figure does so thousands of times, so
they go back to their own class with the first."""


def _watch_rc() -> None:
    plain = type(sys.modules["matplotlib"].rcParams)
    if plain not in _watched.values():
        methods = {name: _noticing_once(plain, name) for name in _RC_METHODS if hasattr(plain, name)}
        _watched[plain] = type(plain.__name__, (plain,), methods)


def _noticing_once(plain: type, name: str) -> Any:
    method = getattr(plain, name)

    @functools.wraps(method)
    def noticing(settings: Any, *arguments: Any) -> Any:
        _rc.asked = True
        settings.__class__ = plain
        return method(settings, *arguments)

    return noticing


def _forget_rc() -> None:
    _rc.forget()
    settings = sys.modules["matplotlib"].rcParams
    settings.__class__ = _watched.get(type(settings), type(settings))


def _colors() -> Any:
    return sys.modules["matplotlib.colors"]._colors_full_map


_last_colors: dict[str, Any] = {}
"""The names of colors as they were read last."""


def _read_colors() -> Snapshot:
    """All names of colors and what they stand for."""
    global _last_colors
    if (now := _colors()) != _last_colors:
        _last_colors = dict(now)
    return _last_colors


def _write_colors(colors: Snapshot) -> None:
    known = _colors()
    dict.clear(known)
    dict.update(known, colors)
    known.cache.clear()


def _watch_colors() -> None:
    known = _colors()
    plain = type(known)
    if not hasattr(plain.__getitem__, "nbpublish_notices"):
        known.__class__ = type(plain.__name__, (plain,), {"__getitem__": _named.on(plain.__getitem__)})


def _forget_colors() -> None:
    """Forget what was looked up, for what stands in the cache is not looked up again."""
    _colors().cache.clear()
    _named.forget()


def _pandas() -> Any:
    return sys.modules["pandas._config.config"]


def _write_pandas(options: Snapshot) -> None:
    settings = _pandas()._global_config
    settings.clear()
    settings.update(copy.deepcopy(options))


def _polars() -> Any:
    return sys.modules["polars"].Config


def _numpy() -> Any:
    import numpy as np

    return np


def _sklearn() -> Any:
    return sys.modules["sklearn"]


def _read_errors() -> Snapshot:
    return _numpy().geterr(), _numpy().geterrcall()


def _write_errors(errors: Snapshot) -> None:
    kinds, call = errors
    _numpy().seterr(**kinds)
    _numpy().seterrcall(call)


STATES = (
    State(
        "<rcParams>",
        "matplotlib",
        _read_rc,
        _write_rc,
        _watch_rc,
        forget=_forget_rc,
        always=False,
        asked=lambda: bool(_rc),
        authored=_own_rc,
    ),
    State(
        "<matplotlib colors>",
        "matplotlib.colors",
        _read_colors,
        _write_colors,
        _watch_colors,
        forget=_forget_colors,
        always=False,
        asked=lambda: bool(_named),
    ),
    State(
        "<numpy options>",
        "numpy",
        lambda: _numpy().get_printoptions(),
        lambda options: _numpy().set_printoptions(**options),
    ),
    State("<numpy errors>", "numpy", _read_errors, _write_errors),
    State("<pandas options>", "pandas", lambda: copy.deepcopy(_pandas()._global_config), _write_pandas),
    State("<polars options>", "polars", lambda: _polars().save(), lambda s: _polars().load(s)),
    State("<sklearn options>", "sklearn", lambda: _sklearn().get_config(), lambda s: _sklearn().set_config(**s)),
)
