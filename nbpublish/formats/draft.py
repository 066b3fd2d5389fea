"""Drafts of cells, as a format finds them, become cells: options applied, magics translated, ids given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from nbpublish.formats.magics import translate
from nbpublish.formats.options import stated
from nbpublish.model import Cell, Options, Problem

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)


@dataclass(slots=True)
class Draft:
    """A cell before it has an id."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    line: int
    name: str | None = None
    id: str | None = None
    """Id it wishes for; one that cannot stand in an URL as it is written is not granted."""
    options: Options = field(default_factory=Options)
    python: str | None = None
    problems: list[Problem] = field(default_factory=list)


def cells_of(
    path: str, drafts: Iterable[Draft], *, last: int, magics: bool
) -> tuple[tuple[Cell, ...], tuple[Problem, ...]]:
    """The cells, and the problems of each with its id.

    `last` is the file's last line, which an empty cell at its end must not go past; `magics` says that the code may
    hold IPython's syntax.
    """
    cells: list[Cell] = []
    problems: list[Problem] = []
    taken: set[str] = set()
    for draft in drafts:
        if draft.kind == "code":
            _refine(draft, path, magics)
        id = _unique(_wish(draft), taken)
        line = min(draft.line, last)
        cells.append(Cell(id, draft.kind, draft.source, line, draft.name, draft.options, draft.python))
        problems += [replace(problem, cell=id, line=min(problem.line, last)) for problem in draft.problems]
    return tuple(cells), tuple(problems)


def _refine(draft: Draft, path: str, magics: bool) -> None:
    before = draft.source.count("\n")
    draft.source, draft.line, draft.options, found = stated(draft.source, draft.line, path, draft.options)
    draft.problems += found
    if draft.python is not None:
        draft.python = "\n".join(draft.python.split("\n")[before - draft.source.count("\n") :])
    if magics:
        python, found = translate(draft.source if draft.python is None else draft.python, path, draft.line)
        draft.python = draft.python if python is None else python
        draft.problems += found


def _wish(draft: Draft) -> str:
    if draft.id and _ID.fullmatch(draft.id):
        return draft.id
    return hashlib.sha256(draft.source.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _unique(wish: str, taken: set[str]) -> str:
    id, count = wish, 1
    while id in taken:
        count += 1
        id = f"{wish}-{count}"
    taken.add(id)
    return id
