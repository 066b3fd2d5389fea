"""Environment variables through the cells of a session: which a cell reads, which it sets, and how they come back."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from nbpublish.model import Observation, Version

MARK = "NBPUBLISH_KERNEL"
"""A variable of ours, other in each process: the processes that a kernel has started are found by it."""
_UNSET = "unset"
_PROXIES = [f"{name}_proxy" for name in ("http", "https", "ftp", "all", "no")]
_PROXIES += [*map(str.upper, _PROXIES), "REQUEST_METHOD"]


def state_of(variable: str) -> str:
    """The name under which a variable has versions."""
    return f"<environ:{variable}>"


def digest_of(value: str | None) -> str:
    """What stands for the value of a variable, None being that it is not set."""
    return _UNSET if value is None else hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:32]


class Environment:
    """Takes the place of `os.environ`'s class, so that reading a variable shows."""

    def __init__(self) -> None:
        self._initial = _now()
        self._before = self._initial
        self._read: set[str] = set()
        self._plain = type(os.environ)
        os.environ.__class__ = _recording(self._plain, self._read)

    def restore(self, name: str, value: str | None) -> None:
        """Let a variable, given by its state's name, be what it was."""
        _set(name[len("<environ:") : -1], value)

    def open(self, inputs: Mapping[str, Version]) -> None:
        """Before a cell: variables that no cell before it has changed are as they were at first."""
        self._reset(kept={variable for variable in self._changed() if state_of(variable) in inputs})
        self._before = _now()
        self._read.clear()

    def changed(self) -> dict[str, str | None]:
        """After a cell: the variables that it has changed, by their state's name."""
        now = _now()
        both = sorted({*now, *self._before})
        return {state_of(name): now.get(name) for name in both if now.get(name) != self._before.get(name)}

    def observed(self) -> Iterator[Observation]:
        """The variables that a cell has read, as they were before it."""
        for name in sorted(self._read):
            yield Observation("environment", name, digest_of(self._before.get(name)))

    def close(self) -> None:
        os.environ.__class__ = self._plain
        self._reset()

    def _changed(self) -> list[str]:
        now = _now()
        return [name for name in {*now, *self._initial} if now.get(name) != self._initial.get(name)]

    def _reset(self, kept: Collection[str] = ()) -> None:
        for variable in self._changed():
            if variable not in kept:
                _set(variable, self._initial.get(variable))


def _now() -> dict[str, str]:
    """All variables, read past the recording: it would cost more than all else that is done for a small cell."""
    environ: Any = os.environ
    if not isinstance(environ, os._Environ):  # the author has put something else in its place
        return dict(environ)
    return {environ.decodekey(key): environ.decodevalue(value) for key, value in environ._data.items()}  # type: ignore[attr-defined]


def _set(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


def _recording(plain: Any, read: set[str]) -> Any:
    class Recording(plain):  # type: ignore[misc]
        def __getitem__(self, name: Any) -> Any:
            for_proxies = _looks_for_proxies()
            read.update(_PROXIES if for_proxies else ())
            if isinstance(name, str) and name != MARK and not (for_proxies and name[-6:].lower() != "_proxy"):
                read.add(name)
            return super().__getitem__(name)

        def __setitem__(self, name: Any, value: Any) -> None:
            read.add(name)  # a variable set to what it was is one that the cell does not leave alone
            super().__setitem__(name, value)

        def __delitem__(self, name: Any) -> None:
            read.add(name)
            super().__delitem__(name)

    Recording.__name__ = Recording.__qualname__ = plain.__name__
    Recording.__module__ = plain.__module__
    return Recording



def _looks_for_proxies() -> bool:
    """Whether it is urllib that goes through all variables, to find those that name proxies. altair does so on import,
    and every terminal has some variable that no other has."""
    items = sys._getframe(1).f_back
    asking = items.f_back if items and items.f_code.co_name == "__iter__" else None
    return asking is not None and asking.f_code.co_name == "getproxies_environment"
