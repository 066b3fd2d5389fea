"""The code of a cell becomes the names it shares with other cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from nbpublish.graph.dynamic import is_dynamic
from nbpublish.graph.scopes import Scopes
from nbpublish.graph.syntax import Malformed, parse
from nbpublish.graph.texts import Texts, texts_of
from nbpublish.model import Names
from nbpublish.remembered import remembered


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell's code says about names, before it is seen beside the other cells."""

    names: Names
    texts: Texts = field(default_factory=Texts)
    late: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By name that the cell binds to a function or class: what it reads when it is called."""
    late_defs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By the same names: what they bind when they are called."""
    certain: frozenset[str] = frozenset()
    """What of `names.defs` the cell binds in any case, not in one branch only."""
    missing: frozenset[str] = frozenset()
    """Private names that the cell reads without binding them."""
    star: int | None = None
    """Line of the cell with a `from … import *`."""

    def among(self, shared: Mapping[str, Iterable[str]]) -> Names:
        """The names, where those that stand in texts are references too if they are `shared`.

        `shared` leads from a name in lower case to the names that some cell defines.
        """
        tables = {name for table in self.texts.tables.reads for name in shared.get(table, ())}
        words = {word for word in self.texts.words if word in shared.get(word.lower(), ())}
        return replace(self.names, refs=self.names.refs | tables | words)


def is_private(name: str) -> bool:
    """Whether a name belongs to its cell alone, as marimo has it: `_x` and `__`, but not `__version__`."""
    return name == "__" or (name.startswith("_") and not name.startswith("__"))


@remembered  # a preview reads a notebook again after each edit, and all cells but one are as they were
def read(code: str, *, private: bool = True) -> Reading:
    """The names that `code` binds, reads and deletes at module level, also from within its functions.

    With `private`, names such as `_x` are the cell's own. Raises Malformed where `code` is not Python.
    """
    tree = parse(code)
    scopes = Scopes(code)
    try:
        scopes.module(tree)
        texts = texts_of(scopes.trees)
        dynamic = bool(scopes.stars) or any(map(is_dynamic, scopes.trees))
    except RecursionError:
        raise Malformed("it is nested too deeply", 1) from None
    own = {n for n in scopes.refs | scopes.defs | scopes.deletes if private and is_private(n)}
    names = Names(
        frozenset(scopes.defs - own) | texts.tables.creates,
        frozenset(scopes.refs - own),
        frozenset(scopes.deletes - own),
        dynamic,
    )
    late, late_defs = (
        {name: frozenset(of) for name, of in by_name.items() if name in scopes.defs}
        for by_name in (scopes.late, scopes.late_defs)
    )
    star = scopes.stars[0].lineno if scopes.stars else None
    missing = frozenset(own & scopes.refs - scopes.defs)
    return Reading(names, texts, late, late_defs, frozenset(scopes.certain), missing, star)


def shared_names(readings: Iterable[Reading]) -> dict[str, set[str]]:
    """From each name in lower case to the names that the cells define; SQL does not tell cases apart."""
    shared: dict[str, set[str]] = {}
    for reading in readings:
        for name in reading.names.defs:
            for word in {name.lower(), name.rpartition(".")[2].lower()}:  # `t` may stand for `schema.t`
                shared.setdefault(word, set()).add(name)
    return shared


def names_of(code: str, *, private: bool = True, shared: Iterable[str] = ()) -> Names:
    """The names of one cell beside others that define `shared`. Raises Malformed where `code` is not Python."""
    return read(code, private=private).among({name.lower(): {name} for name in shared})
