"""What the last build did with each notebook, and why: for people who ask.

No build depends on it. A note is written only where something came of a build: where all cells were reused just as
before, the older note, which tells when they ran, still says it all.
"""

from __future__ import annotations

import difflib
import io
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from nbpublish.model import Cell, Notebook, Reason, Run
from nbpublish.store.fields import UnreadableError, UnwritableError, codec
from nbpublish.store.index import Index

_ALIKE = 0.4
"""How much of its text a cell must share with one of the last build to be taken for that cell edited."""


@dataclass(frozen=True, slots=True)
class PastCell:
    """A code cell as the last build found it, and what it did with it."""

    id: str
    source: str
    line: int
    reason: Reason
    name: str | None = None
    trace: str = ""
    """Id of the trace that was used; empty where there was none."""
    kept: bool = True
    """Whether what it gave could be used again: not where time ran out or the kernel died."""
    when: int = 0
    """When it ran that gave this trace, in seconds since the epoch."""
    ran: Reason | None = None
    """Why it was run then."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """What the last build did with one notebook."""

    path: str
    when: int
    """In seconds since the epoch."""
    cells: tuple[PastCell, ...]

    def cell(self, id: str) -> PastCell | None:
        """The cell with this id, as it was then."""
        return next((cell for cell in self.cells if cell.id == id), None)


_past = codec(Past)


class History:
    """The pasts of notebooks, by path."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def of(self, path: str) -> Past | None:
        """What the last build did with the notebook `path`; None where that is not known."""
        try:
            past: Past = _past.read(self._index.note(_name(path)))
        except (UnreadableError, TypeError, ValueError, LookupError, RecursionError):
            return None
        return past

    def keep(self, past: Past) -> None:
        try:
            self._index.keep_note(_name(past.path), _past.write(past))
        except (UnwritableError, TypeError, ValueError):
            return


def _name(path: str) -> str:
    return f"past {path}"


def counterparts(past: Past | None, notebook: Notebook) -> dict[str, PastCell]:
    """By id, which cell of the last build a code cell is: the one of the same id, else the one it was edited from.

    Edited is a cell that stands between the same neighbours and shares some of its text.
    """
    if past is None:
        return {}
    now = [cell for cell in notebook.cells if cell.kind == "code"]
    before = {cell.id: cell for cell in past.cells}
    found = {cell.id: before[cell.id] for cell in now if cell.id in before}
    ids = [cell.id for cell in now], [cell.id for cell in past.cells]
    matcher = difflib.SequenceMatcher(None, *ids, autojunk=False)
    for kind, start, end, old_start, old_end in matcher.get_opcodes():
        if kind == "replace":
            new = [cell for cell in now[start:end] if cell.id not in found]
            old = [cell for cell in past.cells[old_start:old_end] if cell not in found.values()]
            found |= _edited(new, old)
    return found


def _edited(new: Sequence[Cell], old: Sequence[PastCell]) -> dict[str, PastCell]:
    """Each new cell with the first old one that is left and alike; the only one of each are taken to be the same."""
    if len(new) == len(old) == 1:
        return {new[0].id: old[0]}
    found: dict[str, PastCell] = {}
    left = list(old)
    for cell in new:
        for other in left:
            if difflib.SequenceMatcher(None, cell.source, other.source, autojunk=False).ratio() >= _ALIKE:
                found[cell.id] = other
                left = left[left.index(other) + 1 :]
                break
    return found


def explained(run: Run, former: Mapping[str, PastCell]) -> Run:
    """The run, with reasons that say what changed since the last build, as far as only that build can tell."""
    reasons = {id: _since(reason, run, id, former.get(id)) for id, reason in run.reasons.items()}
    return replace(run, reasons=reasons)


def _since(reason: Reason, run: Run, id: str, before: PastCell | None) -> Reason:
    if before is None or reason.cause != "unchanged":
        return reason
    if run.traces[id].id != before.trace:
        return replace(reason, cause="earlier")
    now = run.notebook.cell(id).source
    if now == before.source:
        return reason
    return replace(reason, cause="layout" if _comments(now) == _comments(before.source) else "comment")


def _comments(source: str) -> list[str]:
    """The comments in a piece of code, as far as it can be read."""
    found: list[str] = []
    with suppress(SyntaxError, tokenize.TokenError):
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string)
    return found


def past_of(
    run: Run, before: Past | None, former: Mapping[str, PastCell], unkept: Iterable[str], now: int
) -> Past | None:
    """The note on a build; None where the one before it says it all. `unkept` are ids of cells to be run each time."""
    lost = set(unkept)
    cells = [_past_cell(run, cell, former.get(cell.id), cell.id in lost) for cell in _code(run.notebook)]
    quiet = all(cell.reason.cause == "unchanged" or cell.reason.action == "not_run" for cell in cells)
    same = before is not None and [(c.id, c.line) for c in cells] == [(c.id, c.line) for c in before.cells]
    if quiet and same and all(_says_the_same(cell, former[cell.id]) for cell in cells):
        return None
    return Past(run.notebook.path, now, tuple(cells))


def _says_the_same(cell: PastCell, before: PastCell) -> bool:
    return cell.trace == before.trace and (cell.reason.action == before.reason.action or bool(cell.trace))


def _code(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook.cells if cell.kind == "code"]


def _past_cell(run: Run, cell: Cell, before: PastCell | None, lost: bool) -> PastCell:
    trace, reason = run.traces.get(cell.id), run.reasons[cell.id]
    known = PastCell(cell.id, cell.source, cell.line, reason, cell.name)
    if trace is None:
        return known
    known = replace(known, trace=trace.id, kept=not lost, seconds=trace.seconds, when=int(trace.when))
    if reason.action == "run":
        return replace(known, ran=reason)
    return replace(known, ran=before.ran if before and before.trace == trace.id else None)
