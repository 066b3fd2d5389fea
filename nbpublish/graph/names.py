"""The code of a cell becomes the names it shares with other cells."""

from __future__ import annotations

from nbpublish.graph.dynamic import is_dynamic
from nbpublish.graph.scopes import Scopes
from nbpublish.graph.syntax import Malformed, parse
from nbpublish.model import Names


def is_private(name: str) -> bool:
    """Whether a name belongs to its cell alone, as marimo has it: `_x` and `__`, but not `__version__`."""
    return name == "__" or (name.startswith("_") and not name.startswith("__"))


def names_of(code: str, *, private: bool = True) -> Names:
    """The names that `code` binds, reads and deletes at module level, also from within its functions.

    With `private`, names such as `_x` are the cell's own and left out. Raises Malformed where `code` is not Python.
    """
    tree = parse(code)
    scopes = Scopes(code)
    try:
        scopes.module(tree)
    except RecursionError:
        raise Malformed("It is nested too deeply to be analysed", 1) from None
    refs = scopes.refs | scopes.deletes
    shared = (frozenset(n for n in names if not (private and is_private(n))) for names in (scopes.defs, refs, scopes.deletes))
    defs, refs_, deletes = shared
    return Names(defs, refs_, deletes, dynamic=bool(scopes.stars) or is_dynamic(tree))
