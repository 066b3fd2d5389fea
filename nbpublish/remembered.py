"""Functions that remember what they have given, for as long as it is asked for.

A preview asks for the same again after each save: all cells but one are as they were. `functools.lru_cache` keeps what
nobody asks for until so much else was asked for that its room is full, so that a process grows for hundreds of edits;
and once more is in use than it has room for, it finds nothing at all. Here what was not asked for in a whole season is
forgotten, and whoever goes on for long says when one ends.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

MOST = 1024
"""Answers of one function that end a season of its own, so that a build of thousands of cells keeps no more."""
_NOTHING: Any = object()


class Remembered(Generic[P, R]):
    """A function that gives for equal arguments what it gave before. May be asked from several threads."""

    def __init__(self, function: Callable[P, R], most: int = MOST) -> None:
        functools.update_wrapper(self, function)
        self._function, self._most = function, most
        self._now: dict[object, R] = {}
        self._before: dict[object, R] = {}
        """What was asked for in the season before, and not in this one so far."""
        self._lock = threading.Lock()

    def __call__(self, *values: P.args, **named: P.kwargs) -> R:
        key = (values, *sorted(named.items())) if named else values
        answer: R = self._now.get(key, _NOTHING)
        if answer is not _NOTHING:
            return answer
        answer = self._before.get(key, _NOTHING)
        if answer is _NOTHING:
            answer = self._function(*values, **named)
        with self._lock:
            if len(self._now) >= self._most:
                self._before, self._now = self._now, {}
            self._before.pop(key, None)
            self._now[key] = answer
        return answer

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._now) + len(self._before)

    def season_ends(self) -> None:
        """Forget what was not asked for since this was called last."""
        with self._lock:
            self._before, self._now = self._now, {}


ALL: list[Remembered[..., Any]] = []
"""Every function that remembers."""


def remembered(function: Callable[P, R]) -> Remembered[P, R]:
    """Let a function of a module remember: its arguments are hashable, and all that its answer depends on."""
    made = Remembered(function)
    ALL.append(made)
    return made


def season_ends() -> None:
    """Let all functions forget what was not asked for since this was called last."""
    for each in ALL:
        each.season_ends()
