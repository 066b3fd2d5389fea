"""The world as `python notebook.py`, started in the notebook's folder, would see it."""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from nbpublish.model import Notebook

ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "PLOTLY_RENDERER": "plotly_mimetype",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
}
"""Set for every kernel: figures are drawn to files, sets iterate in the same order each time."""
UNWANTED = {"COLUMNS", "LINES", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "PYTHONINSPECT", "PYTHONSTARTUP"}
"""Not handed down: the terminal of whoever builds must not show on the page."""


class Main(ModuleType):
    """The module that the author's code is. Tells which names others look for in it in vain."""

    __slots__ = ("when_missing",)
    when_missing: Callable[[str], object]

    def __getattr__(self, name: str) -> Any:
        if (told := _when_missing(self)) is not None:
            told(name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def _when_missing(module: Main) -> Callable[[str], object] | None:
    try:
        found: Callable[[str], object] = Main.when_missing.__get__(module)
    except AttributeError:
        return None
    return found


def main_module(path: Path) -> Main:
    """The module that the author's code is, with the attributes Python gives to a script."""
    module = Main("__main__")
    module.__file__ = str(path)
    module.__loader__ = SourceFileLoader("__main__", str(path))
    vars(module).update(__builtins__=builtins, __package__=None, __spec__=None, __cached__=None, __annotations__={})
    return module


@dataclass
class Siblings:
    """Files beside the notebook that are called like libraries we have loaded.

    The author's `import random` must give the author's `random.py`, and our own code the library.
    """

    folder: Path
    native: frozenset[str]
    """Modules that Python itself has loaded when a script starts; these no sibling can take the place of."""
    early: frozenset[str] = frozenset()
    """Modules that were loaded before for `keeping`."""
    _libraries: dict[str, ModuleType] = field(default_factory=dict)
    _before: dict[str, ModuleType] = field(default_factory=dict)
    """What was loaded once the libraries were forgotten."""

    def uncover(self) -> None:
        """Forget the libraries that the author's siblings are called like."""
        siblings = _importable(self.folder) - self.native - {*sys.builtin_module_names, "nbpublish"}
        for name in _loaded(siblings):
            self._libraries[name] = sys.modules.pop(name)
        self._before = dict(sys.modules)
        importlib.invalidate_caches()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let imports within find the libraries, whatever stands beside the notebook."""
        shadows = _importable(self.folder) - self.native
        if not shadows:
            yield
            return
        theirs = {name: sys.modules[name] for name in _loaded(shadows)}
        theirs = {name: module for name, module in theirs.items() if _stands_in(module, self.folder)}
        for name in theirs:
            del sys.modules[name]
        sys.modules.update(self._libraries)
        paths = [path for path in sys.path if path in ("", str(self.folder))]
        sys.path[:] = [path for path in sys.path if path not in paths]
        try:
            yield
        finally:
            for name in _loaded(shadows - {"nbpublish"}):
                if name not in theirs:
                    self._libraries[name] = sys.modules.pop(name)
            sys.modules.update(theirs)
            sys.path[:0] = paths

    @contextmanager
    def keeping(self, library: str) -> Iterator[None]:
        """Import a library that every notebook of a kind needs, and let no sibling take the place of what it loads, be
        it within.

        So does `marimo` itself, which has loaded all its libraries before it looks at a notebook: a lecture called
        `markdown.py` must not break the others.
        """
        with self.aside():
            before = {*sys.modules, *self._libraries} - self.early
            is_there = load(library)
            yield
            if not is_there:  # the cell that needs it says so
                return
            loaded = {name.partition(".")[0] for name in {*sys.modules, *self._libraries} - before}
        self.native |= loaded
        for name in [name for name in self._libraries if name.partition(".")[0] in loaded]:
            sys.modules[name] = self._libraries.pop(name)

    def cover(self) -> None:
        """Undo `uncover`, and forget the author's modules, for a process that lives on."""
        for name in [name for name in list(sys.modules) if sys.modules[name] is not self._before.get(name)]:
            if name != "__main__" and name not in self._libraries and _stands_in(sys.modules[name], self.folder):
                del sys.modules[name]
        sys.modules.update(self._libraries)


def needs_marimo(notebook: Notebook, folder: Path) -> bool:
    """Whether a notebook in a folder cannot do without marimo, whatever cells run, and has no other beside it."""
    mentioned = notebook.format == "marimo" and any("marimo" in cell.code for cell in notebook.cells)
    return mentioned and "marimo" not in _importable(folder)


def load(library: str) -> bool:
    """Import a library; False where it cannot be."""
    try:
        importlib.import_module(library)
    except ImportError:
        return False
    return True


def _loaded(tops: frozenset[str]) -> list[str]:
    """Modules of these names, and those within them, that are loaded."""
    if tops.isdisjoint(sys.modules):  # as nearly always, and there are thousands of modules to go through
        return []
    return [name for name in list(sys.modules) if name.partition(".")[0] in tops]


def _importable(folder: Path) -> frozenset[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return frozenset()
    packages = {entry.name for entry in entries if entry.is_dir() and Path(entry.path, "__init__.py").exists()}
    return frozenset(packages | {entry.name.removesuffix(".py") for entry in entries if entry.name.endswith(".py")})


def _stands_in(module: ModuleType, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return bool(file) and str(file).startswith(str(folder) + os.sep)


@contextmanager
def entered(module: ModuleType, path: Path) -> Iterator[None]:
    """Be in the notebook's folder, with its module as `__main__` and nothing in `sys.argv` but its name."""
    before = sys.modules.get("__main__"), list(sys.path), list(sys.argv), Path.cwd()
    sys.modules["__main__"] = module
    sys.path.insert(0, str(path.parent))
    sys.argv[:] = [path.name]
    os.chdir(path.parent)
    try:
        yield
    finally:
        if before[0]:
            sys.modules["__main__"] = before[0]
        sys.path[:] = before[1]
        sys.argv[:] = before[2]
        os.chdir(before[3])


@contextmanager
def replaced(target: Any, **names: Callable[..., object] | object) -> Iterator[None]:
    """Set attributes of `target` for a while."""
    missing = object()
    before = {name: getattr(target, name, missing) for name in names}
    for name, value in names.items():
        setattr(target, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                delattr(target, name)
            else:
                setattr(target, name, value)


def no_password(prompt: object = "Password: ", *_: object, **__: object) -> NoReturn:
    """Stands for `getpass`. Raises EOFError, as where nobody answers."""
    raise EOFError(
        f"getpass({str(prompt)!r}) was called, but nobody can answer while the notebook is being published. "
        "Read the secret from an environment variable instead."
    )


def no_input(prompt: object = "") -> NoReturn:
    """Stands for `input`. Raises EOFError, as where nobody answers."""
    raise EOFError(
        f"input({str(prompt)!r}) was called, but nobody can answer while the notebook is being published. "
        "Write the value into the notebook instead."
    )


def no_breakpoint(*_: object, **__: object) -> None:
    """Stands for `breakpoint`, and says that it does nothing."""
    sys.stderr.write("breakpoint() does nothing while the notebook is being published.\n")
