"""What a cell uses that is installed: distributions, and where files of the author's would come before them."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from importlib.machinery import ModuleSpec
from pathlib import Path
from threading import get_ident
from types import FrameType, ModuleType

from nbpublish.kernel.audit import executed
from nbpublish.kernel.distributions import Installed
from nbpublish.kernel.importable import importing_paths, is_site, libraries, present, shadows
from nbpublish.kernel.imports import Listener
from nbpublish.kernel.loading import Found, Loading
from nbpublish.kernel.outside import subject_of
from nbpublish.kernel.uses import Uses, words_in
from nbpublish.model import Observation

_OURS = str(Path(__file__).parent.parent) + os.sep
_SESSION = str(Path(__file__).with_name("session.py"))
_IMPORTING = frozenset(("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"))
"""The code between a statement that imports and a finder."""
_PYTHON = tuple(str(Path(sysconfig.get_paths()[name]).resolve()) + os.sep for name in ("stdlib", "platstdlib"))


class Libraries(Listener):
    """Follows what is loaded from the places that libraries are installed in. `folder` is the notebook's.

    It is a finder that finds nothing and remembers what was asked for.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = str(root) + os.sep
        self._base = root
        self._folder = str(folder)
        self._paths = importing_paths(os.environ, [path for path in sys.path if path != self._folder])
        self._sites = tuple(folder + os.sep for folder in self._paths if is_site(folder))
        self._sought: dict[str, bool] = {}
        """By module that was asked for in this cell, whether the author's code did so."""
        self.missed = False
        """Whether the cell has failed for want of a module."""
        self._known: dict[str, bool] = {}
        self.loading = Loading(self._loaded_by)
        self.found = Found()
        """What the libraries that the cell uses looked at while they were loaded."""
        self._innermost: tuple[object, list[str]] = None, []
        """The globals of a module that is being loaded in this cell, and the libraries of all that are."""
        self._idle: tuple[int, int | None] = 0, None
        """A thread in which no module was being loaded, and how often modules had been executed by then."""
        self._owners: dict[tuple[str, str], tuple[str, ...]] = {}
        """By top-level module and its file, the distributions that it is from."""

    @cached_property
    def _installed(self) -> Installed:
        return Installed(self._paths)

    @cached_property
    def _libraries(self) -> frozenset[str]:
        return libraries(self._paths)

    @cached_property
    def _own_folders(self) -> list[str]:
        """Folders of the author's that imports look into, before those of libraries."""
        said = importing_paths(os.environ, ())
        return [self._folder, *(path for path in said if not is_site(path) and not (path + os.sep).startswith(_PYTHON))]

    # --- as a finder ------------------------------------------------------------------------------------------------

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._sought or not self._sought[name]:
            self._sought[name] = self._is_asked_by_author(sys._getframe(1))
        return None

    def _is_asked_by_author(self, frame: FrameType | None) -> bool:
        """Whether the author's code asks, be it through a library that it calls, or a library that is being loaded."""
        return next((who is None for who in self._askers(frame)), False)

    def _loaded_by(self, frame: FrameType | None) -> list[str]:
        """The libraries that are being loaded, up to where the author's code asks for them; the innermost first."""
        now = get_ident(), executed()
        if now == self._idle and now[1] is not None:  # a figure asks for a variable with each piece of text
            return []
        if not _loads_anything(frame):
            self._idle = now
            return []
        for nearest in self._askers(frame):
            if nearest is None:
                break
            module = nearest.f_globals  # not the frame, which would keep the author's values alive
            if module is not self._innermost[0]:  # one looks often, and meanwhile all below it stays as it is
                found = [str(who.f_globals.get("__name__")) for who in self._askers(nearest) if who]
                self._innermost = module, [name.partition(".")[0] for name in found]
            return self._innermost[1]
        return []

    def _askers(self, frame: FrameType | None) -> Iterator[FrameType | None]:
        """Who has had the code of a frame run: modules of libraries that are being loaded, then None for the author's
        code."""
        while frame is not None:
            code = frame.f_code  # each look at it is told to all who audit
            if code.co_filename not in _IMPORTING:
                name = str(frame.f_globals.get("__name__"))
                if code.co_filename == _SESSION:
                    return
                if name == "__main__" or not self.has(name, code.co_filename):
                    yield None
                    return
                if code.co_name == "<module>" and frame.f_locals is frame.f_globals:  # not what `eval` runs
                    yield frame
            frame = frame.f_back

    # --- a cell -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Before a cell."""
        self._sought.clear()
        self.missed = False
        self._innermost = None, []
        for site in self._installed.sites.values():
            site.distributions  # noqa: B018  listed now, or it would look as if the cell had done so

    def has(self, name: str, path: str) -> bool:
        """Whether a module that comes from this file is Python's, ours or a library's rather than the author's."""
        if path not in self._known:
            self._known[path] = self._has(name, path)
        return self._known[path]

    def _has(self, name: str, path: str) -> bool:
        if path.startswith(("<frozen", _OURS, *self._sites, *_PYTHON)):
            return True
        folder = self._folder_of(name, path)
        is_own = folder == self._folder or (folder + os.sep).startswith(self._root)
        return not is_own and bool(self._installed.owners(name.partition(".")[0], folder))

    def observed(self, uses: Uses, said: Collection[str], own: Collection[str]) -> Iterator[Observation]:
        """What a cell depends on that uses some values, and whose code has the words `said`; `own` are the author's."""
        tops = {name.partition(".")[0] for name in uses.modules}
        tops |= {name for name, asked in self._sought.items() if asked and "." not in name}
        for code in uses.codes:
            tops |= words_in(code) & sys.modules.keys()
        tops |= {word for word in said if word in sys.modules}
        tops -= {"__main__", "builtins", "nbpublish", *own}
        used = {name for top in sorted(tops) for name in self._distributions(top)}
        used |= {extra for name in used for extra in self._installed.extras(name) if self._is_loaded(extra)}
        self.found = self.loading.of(set(self._looking(tops, used)))
        for name in sorted(used):
            yield Observation("distribution", name, self._installed.description(name))
        if tops:
            for folder in self._own_folders:
                found = shadows(folder, self._libraries)
                yield Observation("shadows", subject_of(folder, self._base), found)
        yield from self._in_vain()

    def _looking(self, tops: Collection[str], used: Iterable[str]) -> Iterator[str]:
        """The libraries that looked at anything while they were loaded, and are used or required by what is."""
        for library in self.loading.libraries:
            owners = self._distributions(library)
            if library in tops or any(not self._installed.closure(name).isdisjoint(owners) for name in used):
                yield library

    def before(self, name: str, path: str) -> Iterator[Observation]:
        """That a module of the author's is found in no folder that imports look into before its own."""
        if "." in name:
            return
        own = self._folder_of(name, path)
        for folder in itertools.takewhile(lambda folder: folder != own, self._own_folders):
            yield Observation("module", subject_of(str(Path(folder, f"{name}.py")), self._base), "")

    def _in_vain(self) -> Iterator[Observation]:
        """Modules that are not there, for which the author's code has asked."""
        missing = {name for name, asked in self._sought.items() if (asked or self.missed) and name not in sys.modules}
        tops = sorted(name for name in missing if "." not in name)
        if tops:
            importlib.invalidate_caches()
            subject = f"{subject_of(self._folder, self._base)}: {' '.join(tops)}"
            yield Observation("absent", subject, present(tops, [self._folder, *self._paths]))
        for name in sorted(missing - set(tops)):
            parent, _, last = name.rpartition(".")
            folders = getattr(sys.modules.get(parent), "__path__", ())
            for folder in map(str, folders):
                if not self.has(name, str(Path(folder, f"{last}.py"))):
                    yield Observation("module", subject_of(str(Path(folder, f"{last}.py")), self._base), "")

    def _distributions(self, top: str) -> tuple[str, ...]:
        module = sys.modules.get(top)
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or top in sys.stdlib_module_names:
            return ()
        if (top, file) not in self._owners:
            self._owners[top, file] = self._installed.owners(top, self._folder_of(top, os.path.abspath(file)))  # noqa: PTH100
        return self._owners[top, file]

    def _is_loaded(self, distribution: str) -> bool:
        return any(name in sys.modules for name in (distribution, distribution.replace("-", "_")))

    def _folder_of(self, name: str, path: str) -> str:
        """The folder that holds the top level of a module."""
        is_package = os.path.basename(path).startswith("__init__.")  # noqa: PTH119
        levels = name.count(".") + is_package + 1
        return str(Path(path).parents[levels - 1]) if len(Path(path).parents) >= levels else ""


def _loads_anything(frame: FrameType | None) -> bool:
    """Whether a module may be in the middle of being executed in this thread."""
    if "greenlet" in sys.modules:  # it may be in the middle of that in another stack
        return True
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") != "__main__":
            return True
        frame = frame.f_back
    return False
