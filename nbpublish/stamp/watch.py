"""Notes what this process looks at while a site is built, whoever does it: MkDocs, a plugin, a theme, a template.

Python's audit events tell of files that are opened and folders that are listed. They do not tell of questions whether
a file is there, as template loaders ask them, nor of environment variables: for these, `os.stat` and `os.environ` note
what they are asked. A connection or another program may have told anything: then what the site depends on is unknown.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from nbpublish.stamp.looks import (
    FOLDER,
    MISSING,
    Looks,
    digest_of_file,
    digest_of_names,
    digest_of_variable,
    is_fresh,
    names_in,
    state_of,
)

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PASSED_OVER = ("/proc/", "/sys/", "/dev/")
_OTHERS = frozenset(
    {
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"),
        *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"),
    }
)
"""Events that tell of connections and of other programs."""
_EVENTS = _OTHERS | {"open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "shutil.copyfile", "shutil.move"}
_BASIC = ("TZ", "LANG", "LANGUAGE", "SOURCE_DATE_EPOCH")
_BASIC_STARTS = ("LC_", "PYTHON")
"""Variables that Python itself reads."""
_INDIFFERENT = frozenset(
    {"nbpublish", "rich", "click", "subprocess", "multiprocessing", "concurrent", "shutil", "tempfile", "psutil"}
)
"""Packages whose reading of variables decides nothing about a site: terminals, temporary folders, and ourselves."""
_CARRIERS = frozenset({"os", "_collections_abc", "collections.abc", "nbpublish.stamp.watch"})
_current: list[Watch] = []
_hooked: list[bool] = []


class Watch:
    """What was looked at since it began. `ours` are modules whose processes and connections are known."""

    def __init__(self, ours: tuple[str, ...]) -> None:
        self.unknown: list[str] = []
        """What may have told something that cannot be looked at again."""
        self._ours = ours
        self._files: dict[str, str] = {}
        self._fresh: dict[str, str] = {}
        self._folders: dict[str, frozenset[str] | None] = {}
        self._variables: dict[str, str] = {}
        self._written: set[str] = set()
        self._made: set[str] = set()
        self._busy: set[int] = set()

    def looks(self, *passed_over: str) -> Looks:
        """All of it. What lies in the places `passed_over` does not count."""
        places = (*passed_over, *self._made)
        below = tuple(place + os.sep for place in places)

        def counts(path: str) -> bool:
            return path not in places and not path.startswith(below) and path not in self._written

        self._look_at_modules()
        self._look_at_variables()
        return Looks(
            {path: state for path, state in self._files.items() if counts(path)},
            {path: digest for path, digest in self._fresh.items() if counts(path)},
            {path: digest_of_names(names, path, places) for path, names in self._folders.items() if counts(path)},
            places,
            dict(self._variables),
        )

    # --- what is noted ----------------------------------------------------------------------------------------------

    def look(self, path: str | os.PathLike[str]) -> None:
        """A file or a folder that counts as looked at, with what is in it."""
        name = self._name(path)
        if name is None:
            return
        self._read(name)
        if self._files.get(name) == FOLDER:
            self._folders.setdefault(name, names_in(name))

    def variable(self, name: str) -> None:
        """An environment variable that counts as read, or all that begin as a pattern such as `DASK_*` says."""
        if name not in self._variables:
            self._variables[name] = digest_of_variable(name)

    def told(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event."""
        if event in _OTHERS:
            if not self._is_ours():
                self.unknown.append(event)
        elif event == "open":
            self._opened(*arguments)
        elif event in ("os.listdir", "os.scandir"):
            name = self._name(os.curdir if arguments[0] is None else arguments[0])
            if name is not None and name not in self._folders and not self._is_ours():
                self._folders[name] = names_in(name)
        elif event == "os.mkdir":
            name = self._name(arguments[0])
            if name is not None and state_of(name) == MISSING:
                self._made.add(name)
        else:
            self._writes(self._name(arguments[1]))

    def asked(self, path: Any) -> None:
        """`os.stat` is about to be asked for a path."""
        name = self._name(path)
        if name is not None:
            self._read(name)

    def _opened(self, path: Any, mode: Any, flags: Any) -> None:
        name = self._name(path)
        if name is None:
            return
        if isinstance(flags, int) and flags & _WRITES:
            self._writes(name)
        else:
            self._read(name)

    def _read(self, name: str) -> None:
        if name not in self._files and name not in self._written:
            self._files[name] = state = state_of(name)
            if is_fresh(state):
                self._fresh[name] = digest_of_file(name)

    def _writes(self, name: str | None) -> None:
        if name is not None and self._files.get(name, MISSING) == MISSING:
            self._files.pop(name, None)
            self._written.add(name)

    @staticmethod
    def _name(path: Any) -> str | None:
        if not isinstance(path, str | bytes | os.PathLike):
            return None  # a descriptor: its file has been opened before
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  links are not followed
        if name.startswith(_PASSED_OVER) or name.endswith(".pyc") or "__pycache__" in name:
            return None
        return name

    def _is_ours(self) -> bool:
        frame = sys._getframe()
        while frame.f_back:
            frame = frame.f_back
            if str(frame.f_globals.get("__name__", "")).startswith(self._ours):
                return True
        return False

    def _look_at_modules(self) -> None:
        """The code that ran. Python looks for it in ways that nobody is told of."""
        for module in list(sys.modules.values()):
            if isinstance(path := getattr(module, "__file__", None), str):
                self._read(os.path.abspath(path))  # noqa: PTH100
        for folder in sys.path:
            self.look(folder or os.curdir)

    def _look_at_variables(self) -> None:
        for name in {*_BASIC, *(name for name in os.environ if name.startswith(_BASIC_STARTS))}:
            self.variable(name)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Gives whether something of ours is not already at work in this thread; what happens inside is not noted."""
        thread = get_ident()
        if thread in self._busy:
            yield False
            return
        self._busy.add(thread)
        try:
            yield True
        finally:
            self._busy.discard(thread)


@contextmanager
def watching(*ours: str) -> Iterator[Watch]:
    """Watch this process inside the context."""
    watch = Watch(ours)
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    # `shutil` and `tempfile` look at once whether functions of `os` are the ones they know
    _ = shutil, tempfile
    stat, lstat, kind = os.stat, os.lstat, os.environ.__class__
    replaced: dict[str, Callable[..., os.stat_result]] = {"stat": _noting(stat), "lstat": _noting(lstat)}
    supports = [s for s in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks) if stat in s]
    try:
        _current.append(watch)
        os.stat, os.lstat = replaced["stat"], replaced["lstat"]
        for names in supports:
            names.add(replaced["stat"])
        os.environ.__class__ = _Watched
        yield watch
    finally:
        os.environ.__class__ = kind
        os.stat, os.lstat = stat, lstat
        for names in supports:
            names.discard(replaced["stat"])
        _current.remove(watch)


@contextmanager
def answered_for(*paths: str | os.PathLike[str]) -> Iterator[None]:
    """Inside, a program may be started without making the site unknown: what it tells changes with `paths` alone."""
    if not _current:
        yield
        return
    watch = _current[-1]
    for path in paths:
        watch.look(path)
    with watch.alone():
        yield


def _noting(stat: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    def noted(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
        if _current and not options.get("dir_fd"):
            watch = _current[-1]
            with watch.alone() as alone:
                if alone:
                    watch.asked(path)
        return stat(path, *arguments, **options)

    return noted


class _Watched(type(os.environ)):  # type: ignore[misc]  # the class has no public name
    def __getitem__(self, name: Any) -> Any:
        if _current and isinstance(name, str) and not _is_indifferent():
            watch = _current[-1]
            with watch.alone() as alone:
                if alone:
                    watch.variable(name)
        return super().__getitem__(name)


def _is_indifferent() -> bool:
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get("__name__") in _CARRIERS:
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _INDIFFERENT


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _current and event in _EVENTS:
        watch = _current[-1]
        with watch.alone() as alone:
            if alone:
                watch.told(event, arguments)
