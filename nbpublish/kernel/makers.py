"""Which cell has bound each name, so that a kernel that lives on can let go of what no cell of the notebook has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from nbpublish.kernel.private import is_mangled
from nbpublish.model import Notebook

_WORD = re.compile(r"[^\W\d]\w*")


class Makers:
    """Remembers by name the code of the cell that bound it last."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def bound(self, names: Iterable[str], code: str) -> None:
        """A cell with this code has bound these names."""
        self._codes.update(dict.fromkeys(names, code))

    def let_go(self, notebook: Notebook) -> list[str]:
        """The names that cells have bound which are not in the notebook any longer, and forget them.

        A shared name that still stands somewhere in the notebook is not among them: the next edit may need its value.
        """
        codes = {cell.code for cell in notebook.cells}
        left = [name for name, code in self._codes.items() if code not in codes]
        words = set(_words(notebook)) if left else set()
        found = [name for name in left if is_mangled(name) or name not in words]
        for name in found:
            del self._codes[name]
        return found


def _words(notebook: Notebook) -> Iterator[str]:
    """All that may be a name in the code of a notebook, its comments included, as Python calls names."""
    for cell in notebook.cells:
        if cell.kind == "code":
            yield from _WORD.findall(unicodedata.normalize("NFKC", f"{cell.source} {cell.code}"))
