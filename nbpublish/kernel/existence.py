"""Whether there is something at a path: what `os.stat` and its like are asked, which raises no audit event.

Functions of `os` are replaced while a notebook's session lasts. Who only asks whether a file is there depends on that
alone; who asks for its size or time depends on its content. Times themselves are not followed: they differ from one
machine to the next.
"""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nbpublish.kernel.looks import Looks
from nbpublish.kernel.outside import FOLDER, GONE

_ASKING = frozenset(
    {
        *("exists", "lexists", "isfile", "isdir", "islink", "ismount", "isjunction"),
        *("is_file", "is_dir", "is_symlink", "is_mount", "is_junction", "is_socket", "is_fifo", "is_block_device"),
        *("is_char_device", "samefile", "realpath", "_joinrealpath", "resolve", "makedirs", "mkdir"),
    }
)
"""Functions of `os.path` and `pathlib` that look at nothing but the kind of what is there."""
_PATHS = frozenset({"genericpath", "posixpath", "ntpath", "pathlib", "os"})
_NOT_ASKING = frozenset({"linecache", "inspect", "importlib", "_frozen_importlib_external", "pkgutil", "nbpublish"})
"""Modules that look for source and libraries."""


@contextmanager
def observed(looks: Looks) -> Iterator[None]:
    """Tell `looks` what the functions are asked."""
    before = {name: getattr(os, name) for name in ("stat", "lstat", "access")}
    try:
        for name, function in before.items():
            setattr(os, name, _telling(function, looks))
        yield
    finally:
        for name, function in before.items():
            setattr(os, name, function)


def _telling(function: Callable[..., Any], looks: Looks) -> Callable[..., Any]:
    answers_only = function is os.access

    @functools.wraps(function)
    def telling(path: Any, *arguments: Any, **options: Any) -> Any:
        if not looks.active or options.get("dir_fd") is not None or isinstance(path, int):
            return function(path, *arguments, **options)
        try:
            found = function(path, *arguments, **options)
        except (OSError, ValueError):
            looks.told(_asked, looks, path, GONE, sys._getframe(1))
            raise
        kind = "" if answers_only else FOLDER if stat.S_ISDIR(found.st_mode) else "file"
        looks.told(_asked, looks, path, kind, sys._getframe(1))
        return found

    return telling


def _asking(frame: Any) -> str:
    """The file of the code that asks, by whichever function of Python's."""
    while frame.f_back and str(frame.f_globals.get("__name__")) in _PATHS:
        frame = frame.f_back
    return str(frame.f_code.co_filename)


def _asked(looks: Looks, path: Any, kind: str, frame: Any) -> None:
    name = looks.name(path)
    if name is None or not (looks.is_near(name) or looks.is_theirs(_asking(frame))):
        return
    module = str(frame.f_globals.get("__name__")).partition(".")[0]
    if module in _NOT_ASKING:
        return
    above = frame.f_back.f_code.co_name if frame.f_back else ""
    asks = module in _PATHS and not {frame.f_code.co_name, above}.isdisjoint(_ASKING)
    if kind == GONE or asks or kind in (FOLDER, ""):
        looks.asks(path, kind)
    else:
        looks.reads(path)
