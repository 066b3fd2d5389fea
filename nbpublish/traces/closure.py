"""Which names a cell may read: those it mentions, and what can be reached through their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nbpublish.model import Names, Version

Versions = Mapping[str, Version]
EVERYTHING = "*"
"""Stands among free names for all names: something reached may look into the namespace itself."""


LIBRARIES = "<libraries>"
"""The state of libraries as cells have changed them."""
BACKGROUND = "<background>"
"""The state of threads, tasks and the like that cells have left running."""
LASTING = (LIBRARIES, BACKGROUND)
"""States that every cell below depends on and a process cannot go back from. Only running their cells makes them."""


def is_state(name: str) -> bool:
    """Whether it is a state of the process rather than a name of the author's."""
    return name.startswith("<")


_MODULE, _AMBIENT = "module ", "ambient module "
"""Begin the names that modules of the author's have versions under."""
_ANY_MODULE = frozenset(
    {
        *("exec", "eval", "__import__", "importlib", "import_module", "runpy", "run_path", "pkgutil", "globals"),
        *("modules", "pickle", "joblib", "dill", "cloudpickle", "read_pickle"),
    }
)
"""Words of code that may use a module without naming it."""


def is_module(name: str) -> bool:
    """Whether it is a module of the author's rather than a name of theirs."""
    return name.startswith((_MODULE, _AMBIENT))


def modules_named(words: frozenset[str], versions: Versions) -> Iterator[str]:
    """The author's modules that code with these words may use, and those that every cell may depend on."""
    for name in filter(is_module, versions):
        last = name.rpartition(" ")[2].rpartition(".")[2]
        if last in words or name.startswith(_AMBIENT) or not _ANY_MODULE.isdisjoint(words):
            yield name


def closure(
    names: Names,
    versions: Versions,
    *,
    unbinds: Iterable[str] = (),
    modules: Iterable[str] = (),
    everything: bool = False,
) -> frozenset[str]:
    """The names that a cell with these `names` may read where `versions` are what the names mean.

    Functions read globals when they are called, and an object may be changed through any name that leads to it. A name
    that is bound anew leaves its group, so the others of the group are looked at as well. What the cell `unbinds`, be
    it after binding it itself, is read, because it is gone afterwards. `modules` are those that its code names. With
    `everything`, or where the cell is dynamic, these are all names there are.
    """
    waiting = [*names.refs, *names.deletes, *modules]
    waiting += (name for name in (*unbinds, *LASTING) if name in versions)
    waiting += (name for name in names.defs if name in versions and len(versions[name].group) > 1)
    if everything or names.dynamic:
        waiting.append(EVERYTHING)
    return reachable(waiting, versions)


def reachable(names: Iterable[str], versions: Versions) -> frozenset[str]:
    """`names`, what functions among their values may read, and what shares objects with them; and so on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in versions:
                waiting += versions[name].free
                waiting += versions[name].group
            elif name == EVERYTHING:
                waiting += (other for other in versions if not is_state(other))
    return frozenset(found)
