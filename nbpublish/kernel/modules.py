"""The author's own modules. Each is kept account of like a name: what it holds, who loaded it, who may use it.

A module has a version under the name `module helper`, identified by its source and the data in it. The cell that loads
it makes the first one; a cell that changes what it holds makes another. Where loading it may have changed anything
else, every cell below may depend on it, and its name begins with `ambient`.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

from nbpublish.kernel.clocks import found_in
from nbpublish.kernel.importable import module_digest
from nbpublish.kernel.libraries import Libraries
from nbpublish.kernel.module_source import is_quiet
from nbpublish.kernel.module_state import state_of
from nbpublish.kernel.outside import file_digest, subject_of
from nbpublish.kernel.reach import groups
from nbpublish.kernel.uses import Uses, compiled, words, words_in
from nbpublish.model import Observation, Version

_REACHING = frozenset(
    {
        *("exec", "eval", "__import__", "importlib", "import_module", "runpy", "run_path", "pkgutil", "globals"),
        *("modules", "pickle", "joblib", "dill", "cloudpickle", "read_pickle"),
    }
)
"""Words of code that may use a module without naming it."""


@dataclass(slots=True)
class Local:
    """A module of the author's, as it was when it was found."""

    name: str
    path: str
    """Its file; that of the missing `__init__.py` for a package without one."""
    digest: str
    words: frozenset[str]
    quiet: bool
    """Whether loading it changes nothing but itself."""
    impure: frozenset[str] = frozenset()
    """What its code may do that turns out otherwise each time."""

    @property
    def label(self) -> str:
        """The name under which it has versions."""
        return f"module {self.name}" if self.quiet else f"ambient module {self.name}"


class Modules:
    """Follows the modules that are loaded from files below, beside and outside the folder `root`.

    Those in `libraries` are followed by their distribution. `folder` is the notebook's.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._looked = set(sys.modules)
        """Names of modules that are ours, or that have been looked at."""
        self._loaded_last: list[str] = []
        """Those of all that were loaded after the last cell: as a rule they still are, and a list is compared fast."""
        self._local: dict[str, Local] = {}
        self._by_word: dict[str, set[str]] = {}
        self.code: CodeType | None = None
        """The code of the cell."""
        self._words: frozenset[str] = frozenset()
        self.impure: set[str] = set()
        """What the code of the modules that the cell uses may do that turns out otherwise each time."""
        self._fresh: set[str] = set()
        """Modules that the cell has loaded."""
        self._holding: dict[str, Uses] = {}
        self.libraries = Libraries(root, folder)

    @property
    def paths(self) -> Collection[str]:
        """The files of all that are loaded."""
        return _Paths(self._local)

    # --- a cell -----------------------------------------------------------------------------------------------------

    def open(self, code: str) -> None:
        """Before a cell with this code."""
        self.code = compiled(code)
        self._words = words_in(self.code) if self.code else frozenset()
        self.impure = set()
        self._fresh.clear()
        self._holding.clear()
        self.libraries.open()

    def close(self) -> None:
        """After a cell: find out what has been loaded."""
        self._holding.clear()
        loaded = [*sys.modules]
        if loaded == self._loaded_last:
            return
        self._loaded_last = loaded
        for name in [name for name in loaded if name not in self._looked]:
            self._looked.add(name)
            self._find(name, sys.modules[name])

    def labels(self, uses: Uses) -> frozenset[str]:
        """The names of all modules that values may use."""
        return frozenset(self._local[name].label for name in self._reached(uses, frozenset()))

    def account(self, uses: Uses, inputs: Mapping[str, Version]) -> tuple[list[Observation], dict[str, Version]]:
        """What a cell has to do with modules that may see `inputs`: what it depends on, and the versions it made."""
        seen: list[Observation] = []
        versions: dict[str, Version] = {}
        with_fresh = Uses(uses.modules | self._fresh, uses.codes)
        local = [self._local[name] for name in sorted(self._reached(with_fresh, self._words))]
        for module in local:
            self.impure |= module.impure
            now = self._state(module)
            before = inputs.get(module.label)
            if before is None:
                seen += self._loaded(module)
            if before is None or now is None or before.fingerprint != now:
                free = self.labels(Uses({module.name})) - {module.label}
                versions[module.label] = Version(now, free=free, group=(module.label,))
        text = self._words.union(*(module.words for module in local))
        used = Uses(set(uses.modules), list(uses.codes))
        used.add(self._held(module) for module in local)
        seen += self.libraries.observed(used, text, {name.partition(".")[0] for name in self._local})
        return seen, versions

    def _loaded(self, module: Local) -> Iterator[Observation]:
        """What a cell depends on that loads a module, or would have loaded it if no other had."""
        yield Observation("name", module.label, "")
        yield Observation("module", subject_of(module.path, self._root), module.digest)
        yield from self.libraries.before(module.name, module.path)

    # --- what uses what ---------------------------------------------------------------------------------------------

    def _reached(self, uses: Uses, said: frozenset[str]) -> set[str]:
        """The author's modules that code with the words `said` and values may use, with all that these use in turn."""
        said = said.union(*map(words_in, uses.codes)) if uses.codes else said
        found: set[str] = set()
        waiting = [name for name in uses.modules if name in self._local]
        waiting += self._named(said)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            module = self._local[name]
            waiting += [parent for parent in _parents(name) if parent in self._local]
            waiting += self._named(module.words)
            waiting += [other for other in self._held(module).modules if other in self._local]
        return found

    def _named(self, said: frozenset[str]) -> Iterable[str]:
        if not _REACHING.isdisjoint(said):
            return list(self._local)
        return [name for word in said & self._by_word.keys() for name in self._by_word[word]]

    def _held(self, module: Local) -> Uses:
        """What the values in a module use."""
        if module.name in self._holding:
            return self._holding[module.name]
        held: dict[str, Uses] = {}
        space = vars(sys.modules[module.name]) if module.name in sys.modules else {}
        with suppress(Exception):  # an object that cannot be looked into
            groups([name for name in space if not _is_dunder(name)], space, held)
        uses = self._holding[module.name] = Uses({name for other in held.values() for name in other.modules})
        return uses

    def _state(self, module: Local) -> str | None:
        loaded = sys.modules.get(module.name)
        return state_of(loaded, module.digest) if loaded else "gone"

    # --- what is loaded ---------------------------------------------------------------------------------------------

    def _find(self, name: str, module: ModuleType) -> None:
        path = _file_of(module)
        if path is None or name == "__main__" or self.libraries.has(name, path):
            return
        source = ""
        if path.endswith(".py"):
            with suppress(OSError, ValueError):
                source = Path(path).read_text("utf-8", "replace")
        is_python = path.endswith(".py")
        said = words(source) if is_python else _REACHING
        tree = _parsed(source)
        quiet = is_python and tree is not None and is_quiet(tree)
        local = self._local[name] = Local(name, path, module_digest(path, file_digest), said, quiet)
        code = compiled(source)
        local.impure = found_in(code, vars(module)) if code else frozenset()
        self._fresh.add(name)
        self._by_word.setdefault(name.rpartition(".")[2], set()).add(name)

    def load(self, label: str, wanted: str) -> bool:
        """Load a module between cells; False where it does not hold what is wanted."""
        if not label.startswith("module "):
            return False
        name = label.removeprefix("module ")
        with suppress(Exception):
            importlib.import_module(name)
        self.close()
        return name in self._local and self._state(self._local[name]) == wanted


class _Paths(Collection[str]):
    """The files of modules, as they are found."""

    def __init__(self, local: Mapping[str, Local]) -> None:
        self._local = local

    def __contains__(self, path: object) -> bool:
        return any(module.path == path for module in self._local.values())

    def __iter__(self) -> Iterator[str]:
        return (module.path for module in self._local.values())

    def __len__(self) -> int:
        return len(self._local)


def _parents(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _file_of(module: ModuleType) -> str | None:
    """Where a module comes from; None where that is no file."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return os.path.abspath(file)  # noqa: PTH100
    folders = getattr(module, "__path__", None)
    with suppress(Exception):
        folder = next(iter(folders)) if folders is not None else None
        return os.path.join(os.path.abspath(folder), "__init__.py") if folder else None  # noqa: PTH100, PTH118
    return None
