"""Environment variables through the cells of a session: which a cell reads, which it sets, and how they come back."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from nbpublish.kernel.loading import PLACES, Found, Loading
from nbpublish.model import Observation, Version

MARK = "NBPUBLISH_KERNEL"
"""A variable of ours, other in each process: the processes that a kernel has started are found by it."""
_UNSET = "unset"
_PROXIES = [f"{name}_proxy" for name in ("http", "https", "ftp", "all", "no")]
_PROXIES += [*map(str.upper, _PROXIES), "REQUEST_METHOD"]
_VIEWS = ("collections.abc", "_collections_abc")
"""What the module with the methods of all mappings is called."""


def state_of(variable: str) -> str:
    """The name under which a variable has versions."""
    return f"<environ:{variable}>"


def digest_of(value: str | None) -> str:
    """What stands for the value of a variable, None being that it is not set."""
    return _UNSET if value is None else hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def listing(variables: Mapping[str, str], pattern: str) -> str:
    """The variables that match a pattern such as `DASK_*`, a line each: its name and what stands for its value."""
    named = {name: value for name, value in variables.items() if name.startswith(pattern[:-1]) and name != MARK}
    return "\n".join(f"{name} {digest_of(value)}" for name, value in sorted(named.items()))


def digest_in(variables: Mapping[str, str], subject: str) -> str:
    """What stands for the value of a variable, or for all variables that match a pattern."""
    if not subject.endswith("*"):
        return digest_of(variables.get(subject))
    return digest_of(listing(variables, subject) or None)


class Environment:
    """Takes the place of `os.environ`'s class, so that reading a variable shows."""

    def __init__(self, loading: Loading) -> None:
        self._initial = _now()
        self._before = self._initial
        self._inputs: Mapping[str, Version] = {}
        self._asked = _Asked(loading)
        self._plain = type(os.environ)
        os.environ.__class__ = _recording(self._plain, self._asked)

    def restore(self, name: str, value: str | None) -> None:
        """Let a variable, given by its state's name, be what it was."""
        _set(name[len("<environ:") : -1], value)

    def open(self, inputs: Mapping[str, Version]) -> None:
        """Before a cell: variables that no cell before it has changed are as they were at first."""
        self._reset(kept={variable for variable in self._changed() if state_of(variable) in inputs})
        self._before, self._inputs = _now(), inputs
        self._asked.read.clear()
        self._asked.places.clear()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take no account of what is read meanwhile: it is ours, not the author's."""
        read, places = set(self._asked.read), set(self._asked.places)
        try:
            yield
        finally:
            self._asked.read.intersection_update(read)
            self._asked.places.intersection_update(places)

    def changed(self) -> dict[str, str | None]:
        """After a cell: the variables that it has changed, by their state's name."""
        now = _now()
        if now is self._before:
            return {}
        both = sorted({*now, *self._before})
        return {state_of(name): now.get(name) for name in both if now.get(name) != self._before.get(name)}

    def observed(self) -> Iterator[Observation]:
        """The variables that a cell has read, as they were before it; all that match where it looked at each."""
        for name in sorted(self._asked.read):
            yield Observation("environment", name, digest_in(self._before, name))
        for state in map(state_of, sorted(self._asked.places)):  # what the machine says is no matter, what cells say is
            yield Observation("state", state, self._inputs[state].identity if state in self._inputs else "")

    def found(self, found: Found) -> Iterator[Observation]:
        """The variables that libraries asked for when they were loaded, unless a cell has changed them since."""
        unset: list[str] = []
        for name, digest in sorted(found.variables.items()):
            if name not in self._asked.read and digest_in(self._before, name) == digest:
                if digest != _UNSET:
                    yield Observation("environment", name, digest)
                else:
                    unset.append(name)
        if unset:  # as nearly all of dozens are
            yield Observation("unset", " ".join(unset), "")

    def close(self) -> None:
        """Record no more, and undo what cells have set."""
        os.environ.__class__ = self._plain
        self._reset()

    def _changed(self) -> list[str]:
        now = _now()
        if now is self._initial:
            return []
        return [name for name in {*now, *self._initial} if now.get(name) != self._initial.get(name)]

    def _reset(self, kept: Collection[str] = ()) -> None:
        for variable in self._changed():
            if variable not in kept:
                _set(variable, self._initial.get(variable))


class _Asked:
    """What a cell has asked of the environment."""

    def __init__(self, loading: Loading) -> None:
        self.read: set[str] = set()
        """Variables, and patterns of such."""
        self.places: set[str] = set()
        """Variables that say where things lie, which libraries have asked for while they were loaded."""
        self._loading = loading
        self._going_through: tuple[int, int] | None = None
        """The frame that goes through all variables, and where in its code it does so."""

    def one(self, name: str, frame: FrameType) -> None:
        """The code of a frame has asked for a variable."""
        frame = _asker(frame)
        if (id(frame), frame.f_lasti) != self._going_through:
            self._note(name, frame)

    def all(self, frame: FrameType) -> None:
        """The code of a frame goes through all variables. A library that is being loaded looks for its own."""
        frame = _asker(frame)
        self._going_through = id(frame), frame.f_lasti
        if frame.f_code.co_name == "getproxies_environment":  # altair has urllib look for proxies when it is loaded
            self.read.update(_PROXIES)
            return
        libraries = self._loading.loaded_by(frame)
        for pattern in {f"{library.upper()}*" for library in libraries} or {"*"}:
            self._note(pattern, frame)

    def _note(self, name: str, frame: FrameType) -> None:
        is_loading = bool(self._loading.loaded_by(frame))
        if is_loading and name in PLACES:
            self.places.add(name)
            return
        self.read.add(name)
        if is_loading:
            self._loading.variable(name, digest_in(_now(), name), frame)


def _asker(frame: FrameType) -> FrameType:
    """The frame of who calls a method of mappings."""
    while frame.f_back and frame.f_globals.get("__name__") in _VIEWS:
        frame = frame.f_back
    return frame


_last: tuple[dict[Any, Any], dict[str, str]] = {}, {}
"""The variables as they were read last, as the system has them and as text. Nobody changes these."""


def _now() -> Mapping[str, str]:
    """All variables, read past the recording: it would cost more than all else that is done for a small cell."""
    global _last
    environ: Any = os.environ
    if not isinstance(environ, os._Environ):  # the author has put something else in its place
        return dict(environ)
    if environ._data != _last[0]:  # type: ignore[attr-defined]
        raw = dict(environ._data)  # type: ignore[attr-defined]
        _last = raw, {environ.decodekey(key): environ.decodevalue(value) for key, value in raw.items()}
    return _last[1]


def _set(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


def _recording(plain: Any, asked: _Asked) -> Any:
    class Recording(plain):  # type: ignore[misc]
        def __getitem__(self, name: Any) -> Any:
            if isinstance(name, str) and name != MARK:
                asked.one(name, sys._getframe(1))
            return super().__getitem__(name)

        def __iter__(self) -> Any:
            asked.all(sys._getframe(1))
            return super().__iter__()

        def __setitem__(self, name: Any, value: Any) -> None:
            asked.read.add(name)  # a variable set to what it was is one that the cell does not leave alone
            super().__setitem__(name, value)

        def __delitem__(self, name: Any) -> None:
            asked.read.add(name)
            super().__delitem__(name)

    Recording.__name__ = Recording.__qualname__ = plain.__name__
    Recording.__module__ = plain.__module__
    return Recording
