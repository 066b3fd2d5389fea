"""What Python itself says of files, by its audit events: opened, listed, matched, removed, renamed, made."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from nbpublish.kernel import impure
from nbpublish.kernel.looks import Looks
from nbpublish.kernel.net import STARTING
from nbpublish.kernel.outside import pattern_of

_current: list[Looks] = []
_hooked: list[bool] = []
_ASIDE = frozenset({"glob", "importlib", "_frozen_importlib_external", "pkgutil", "nbpublish"})
"""Modules that list folders to find something else: what they look for is observed in another way."""
_MAGIC = frozenset(("_select_from", "_iterate_directories", "_select_recursive", "_iglob", "glob", "rglob"))
"""Functions by which pathlib looks for what matches a pattern."""


@contextmanager
def observed(looks: Looks) -> Iterator[None]:
    """Tell `looks` of everything. Hooks cannot be taken away, so there is one for all."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    _current.append(looks)
    try:
        yield
    finally:
        _current.remove(looks)


def executed() -> int | None:
    """How often modules and other whole pieces of code have begun to be executed; None where nobody counts."""
    return _executed if _hooked else None


_executed = 0


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "exec":
        global _executed
        _executed += 1
        return
    tell = _EVENTS.get(event)
    if tell is None or not _current or _only_imports(event, arguments):
        return  # what nearly all end with: libraries that are imported cause tens of thousands
    _current[-1].told(tell, _current[-1], *arguments)


def _only_imports(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a compiled module is opened, or a module is imported that is no library with code of its own."""
    if event == "import":
        return arguments[1] is None
    return event == "open" and type(arguments[0]) is str and arguments[0].endswith(".pyc")


def _opened(looks: Looks, path: Any, mode: Any, flags: Any) -> None:
    flags = flags if isinstance(flags, int) else 0
    if flags & (os.O_WRONLY | os.O_RDWR):
        anew = bool(flags & os.O_TRUNC)
        looks.holds(path, depends=not anew, forced=anew)
    else:
        looks.reads(path)


def _listed(looks: Looks, path: Any) -> None:
    frame = sys._getframe(3)
    if _is_aside(frame):
        return
    looks.lists(path)
    name = looks.name(os.curdir if path is None else path)
    if "stat" in frame.f_code.co_names and name is not None:  # entries know sizes without asking again
        with os.scandir(name) as entries:
            for entry in entries:
                if entry.is_file():
                    looks.reads(entry.path)


def _is_aside(frame: FrameType) -> bool:
    """Whether it is importing, or looking for what matches a pattern, that lists a folder."""
    module = str(frame.f_globals.get("__name__")).partition(".")[0]
    if module == "pathlib":
        above = frame.f_back
        return above is not None and not {frame.f_code.co_name, above.f_code.co_name}.isdisjoint(_MAGIC)
    return module in _ASIDE


def _globbed(looks: Looks, pattern: Any, recursive: Any = False, root: Any = None, descriptor: Any = None) -> None:
    if not isinstance(pattern, str | bytes) or descriptor is not None:
        raise ValueError("a pattern below a descriptor")
    pattern = os.fsdecode(pattern)
    folder = os.path.abspath(os.fsdecode(root) if root is not None else os.curdir)  # noqa: PTH100
    looks.matches(pattern_of(pattern if recursive else pattern.replace("**", "*"), folder))


def _globbed_below(looks: Looks, folder: Any, pattern: Any) -> None:
    looks.matches(pattern_of(os.fsdecode(pattern), os.path.abspath(os.fsdecode(folder))))  # noqa: PTH100


def _globbed_anywhere_below(looks: Looks, folder: Any, pattern: Any) -> None:
    _globbed_below(looks, folder, Path("**", os.fsdecode(pattern)))


def _connected(looks: Looks, database: Any) -> None:
    name = os.fsdecode(database)
    if name.startswith("file:"):
        from urllib.parse import unquote, urlsplit  # takes longer to load than all of this module

        parts = urlsplit(name)
        if "mode=memory" in parts.query:
            return
        name = unquote(parts.path)
    if name and not name.startswith(":memory:"):
        looks.reads(name)
        looks.holds(name)


def _removed(looks: Looks, path: Any, descriptor: Any = -1) -> None:
    looks.writes(_beside(path, descriptor), depends=True, forced=False)


def _renamed(looks: Looks, source: Any, target: Any, beside: Any = -1, into: Any = -1) -> None:
    source, target = _beside(source, beside), _beside(target, into)
    looks.reads(source)
    begin, end = looks.name(source), looks.name(target)
    if begin is None or end is None or not Path(begin).is_dir():
        looks.writes(source, depends=True, forced=False)
        looks.writes(target)
        return
    looks.below(begin, lambda path: looks.writes(path, forced=False))
    looks.below(begin, lambda path: looks.writes(end + path.removeprefix(begin)))


def _made(looks: Looks, path: Any, mode: Any = 0, descriptor: Any = -1) -> None:
    looks.writes(_beside(path, descriptor), forced=False)


def _linked(looks: Looks, source: Any, target: Any, *descriptors: Any) -> None:
    looks.reads(source)
    looks.writes(target)


def _shortened(looks: Looks, path: Any, length: Any) -> None:
    looks.writes(path, depends=True)


def _cleared(looks: Looks, path: Any, *_: Any) -> None:
    looks.below(path, lambda name: looks.writes(name, forced=False))


def _beside(path: Any, descriptor: Any) -> Any:
    """A path that is meant relative to an open folder."""
    if isinstance(descriptor, int) and descriptor >= 0 and not os.path.isabs(path):  # noqa: PTH117
        return os.path.join(os.readlink(f"/proc/self/fd/{descriptor}"), os.fsdecode(path))  # noqa: PTH115, PTH118
    return path


def _started(looks: Looks, *_: Any) -> None:
    looks.net.cast()


def _linked_in(looks: Looks, *_: Any) -> None:
    frame: FrameType | None = sys._getframe(3)
    while frame and frame.f_globals.get("__name__") == "ctypes":
        frame = frame.f_back
    if frame and looks.is_theirs(frame.f_code.co_filename):
        looks.net.stays = True
        looks.net.cast()


def _imported(looks: Looks, module: Any, file: Any, *_: Any) -> None:
    if isinstance(file, str):
        looks.net.loaded(file)


def _both(one: Callable[..., None], other: Callable[..., None] | None) -> Callable[..., None]:
    def tell(looks: Looks, *arguments: Any) -> None:
        one(looks, *arguments)
        if other is not None:
            other(looks, *arguments)

    return tell


_EVENTS: dict[str, Callable[..., None]] = {
    **impure.EVENTS,
    "open": _opened,
    "os.listdir": _listed,
    "os.scandir": _listed,
    "glob.glob/2": _globbed,
    "pathlib.Path.glob": _globbed_below,
    "pathlib.Path.rglob": _globbed_anywhere_below,
    "sqlite3.connect": _connected,
    "os.remove": _removed,
    "os.rmdir": _removed,
    "os.rename": _renamed,
    "os.mkdir": _made,
    "os.link": _linked,
    "os.symlink": _linked,
    "os.truncate": _shortened,
    "shutil.rmtree": _cleared,
    "import": _imported,
    "ctypes.dlopen": _linked_in,
    **{event: _both(_started, impure.EVENTS.get(event)) for event in STARTING},
}
"""By audit event, who tells of it; its arguments follow `looks`."""
