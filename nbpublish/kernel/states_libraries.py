"""Settings of libraries that authors of notebooks change."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

from nbpublish.kernel.state import Noticed, Snapshot, State

_rc, _named = Noticed(), Noticed()
_ATOMS = frozenset({str, int, float, bool, type(None), tuple})
"""Types whose values need no copy."""


def _read_rc() -> Snapshot:
    """All settings but the backend: that is ours, and until it is chosen an object that cannot be copied."""
    items = dict.items(sys.modules["matplotlib"].rcParams)
    return {
        name: value if type(value) in _ATOMS else copy.copy(value) for name, value in items if name != "backend"
    }


def _own_rc() -> bool:
    """Whether the settings come from another file than the one that matplotlib is installed with."""
    matplotlib = sys.modules["matplotlib"]
    return not Path(matplotlib.matplotlib_fname()).is_relative_to(matplotlib.get_data_path())


def _write_rc(values: Snapshot) -> None:
    settings = sys.modules["matplotlib"].rcParams
    for name in [name for name in dict.keys(settings) if name not in values and name != "backend"]:
        dict.pop(settings, name)
    dict.update(settings, {name: copy.copy(value) for name, value in values.items()})


def _watch_rc() -> None:
    """Let the settings notice when a cell reads or sets one."""
    settings = sys.modules["matplotlib"].rcParams
    plain = type(settings)
    watched = {name: _rc.on(getattr(plain, name)) for name in _RC_METHODS if hasattr(plain, name)}
    if not getattr(plain, "nbpublish_watched", False):
        settings.__class__ = type(plain.__name__, (plain,), {**watched, "nbpublish_watched": True})


_RC_METHODS = ("__getitem__", "__setitem__", "__delitem__", "__iter__", "_get", "_set")


def _colors() -> Any:
    return sys.modules["matplotlib.colors"]._colors_full_map


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


def _settle_colors() -> None:
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
    State("<rcParams>", "matplotlib", _read_rc, _write_rc, _watch_rc, _rc.forget, False, lambda: bool(_rc), _own_rc),
    State(
        "<matplotlib colors>",
        "matplotlib.colors",
        lambda: dict(_colors()),
        _write_colors,
        _watch_colors,
        _settle_colors,
        False,
        lambda: bool(_named),
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
