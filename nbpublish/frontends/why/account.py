"""What is told of the cells of one notebook: what the next build would do, what the last one did, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbpublish.build import World
from nbpublish.frontends.why.cells import callers, code_cells, first_line
from nbpublish.frontends.why.words import Words, age, impure
from nbpublish.model import Cell, Notebook, Observation, Reason, Run, Trace
from nbpublish.project import Past, PastCell, Project, counterparts


@dataclass(frozen=True, slots=True)
class Told:
    """A reason with its words."""

    action: str
    """`run`, `may_run`, `reuse` or `not_run`."""
    reason: Reason
    words: str
    each: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """Names or states that a cell depends on, and the cell they come from; None: no cell changes them."""

    names: tuple[str, ...]
    cell: Cell | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Something else that a cell depends on."""

    kind: str
    subject: str
    holds: bool
    words: str
    """What became of it, where it holds no longer; else what it is called."""
    is_plain: bool = True
    """Whether an author would think of it: no variable that is not set, no path outside the project."""


@dataclass(frozen=True, slots=True)
class CellAccount:
    """All that is told of one code cell."""

    number: int
    cell: Cell
    next: Told
    last: Told | None = None
    """What the last build did with it; None where that is not known."""
    ran: Told | None = None
    """Why it ran when it last did."""
    when: float = 0.0
    """When it ran whose result is kept, in seconds since the epoch; 0 where there is none."""
    seconds: float = 0.0
    inputs: tuple[Input, ...] = ()
    gives: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    impure: tuple[str, ...] = ()
    age: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What is told of one notebook."""

    run: Run
    built: int | None
    """When a build last did something with it, in seconds since the epoch."""
    cells: tuple[CellAccount, ...]

    @property
    def notebook(self) -> Notebook:
        return self.run.notebook


def account_of(project: Project, notebook: Notebook) -> Account:
    """Look at a notebook of a project that is frozen, so that nothing is executed."""
    run = project.runs([notebook])[notebook.path]
    past = project.history.of(notebook.path) if project.history else None
    former, world = counterparts(past, notebook), project.world()
    teller = _Teller(run, project, past, world)
    cells = [teller.cell(number, cell, former.get(cell.id)) for number, cell in enumerate(code_cells(run.notebook), 1)]
    return Account(run, past.when if past else None, tuple(cells))


def told(reason: Reason, words: Words, cell: Cell | None = None, trace: Trace | None = None) -> Told:
    """A reason in words, with what is done for it."""
    said = reason.because or reason
    action = "may_run" if said.cause == "uncertain" else {"reused": "reuse"}.get(said.action, said.action)
    if said.cause == "refresh" and cell and trace:
        whole = _new_result_wanted(cell, trace)
        return Told(action, said, whole, (whole,))
    return Told(action, said, words.reason(said), tuple(words.each(said)))


@dataclass(frozen=True, slots=True)
class _Teller:
    run: Run
    project: Project
    past: Past | None
    world: World

    def cell(self, number: int, cell: Cell, before: PastCell | None) -> CellAccount:
        words = Words(callers(code_cells(self.run.notebook)), self.world.digest)
        trace = self.run.traces.get(cell.id) or self._earlier(cell, before)
        reason = self.run.reasons[cell.id]
        known = _unkept(reason, before) if before else reason
        if trace is None:
            last, ran = self._last(cell, before, None)
            return CellAccount(number, cell, told(known, words), last, ran, age=age(cell.options.refresh))
        return CellAccount(
            number,
            cell,
            told(known, words, cell, trace),
            *self._last(cell, before, trace),
            when=trace.when,
            seconds=trace.seconds,
            inputs=tuple(self._inputs(cell, trace)),
            gives=tuple(sorted(name for name in trace.versions if not name.startswith("<"))),
            seen=tuple(self._seen(trace, words)),
            impure=tuple(impure(subject) for subject in trace.impure),
            age=age(cell.options.refresh),
        )

    def _earlier(self, cell: Cell, before: PastCell | None) -> Trace | None:
        """What a cell gave before it became stale."""
        path = self.run.notebook.path
        found = self.project.store.latest(f"{path}:{cell.id}")
        return found or (self.project.store.latest(f"{path}:{before.id}") if before else None)

    def _last(self, cell: Cell, before: PastCell | None, trace: Trace | None) -> tuple[Told | None, Told | None]:
        if before is None or self.past is None:
            return None, None
        found = {(seen.kind, seen.subject): seen.digest for seen in trace.observations} if trace else {}
        if trace and trace.engine:
            found["engine", ""] = trace.engine
        words = Words(callers(self.past.cells), lambda kind, subject: found.get((kind, subject), ""))
        last = told(before.reason, words, cell, trace)
        return last, told(before.ran, words, cell, trace) if before.ran else None

    def _inputs(self, cell: Cell, trace: Trace) -> Iterator[Input]:
        """What a cell reads, by the cells that give it, in their order."""
        states = [seen.subject for seen in trace.observations if seen.kind == "state" and seen.digest]
        makers: dict[str | None, list[str]] = {}
        for name in (*(name for name, identity in trace.inputs.items() if identity), *states):
            makers.setdefault(self._maker(cell.id, name), []).append(name)
        for maker in (None, *self.run.graph.order):
            if maker in makers:
                yield Input(tuple(makers[maker]), self.run.notebook.cell(maker) if maker else None)

    def _maker(self, reader: str, name: str) -> str | None:
        """The cell that last gave `name` its value before a cell runs."""
        found = None
        for id in self.run.graph.order:
            if id == reader:
                break
            trace = self.run.traces.get(id)
            if name in trace.versions if trace else name in self.run.graph.names[id].defs:
                found = id
        return found

    def _seen(self, trace: Trace, words: Words) -> Iterator[Seen]:
        unset = self.world.digest("environment", "=")  # no variable can be called so
        for seen in sorted(trace.observations, key=lambda seen: (seen.kind, seen.subject)):
            if seen.kind not in _SHOWN:
                continue
            holds = self.world.digest(seen.kind, seen.subject) == seen.digest
            said = _called(seen) if holds else words.observation(seen)
            aside = seen.digest == unset if seen.kind == "environment" else seen.subject.startswith("/")
            yield Seen(seen.kind, seen.subject, holds, said, not holds or not aside)


def _called(seen: Observation) -> str:
    """Something that holds; a package with its version."""
    if seen.kind != "distribution":
        return seen.subject
    return f"{seen.subject} {seen.digest.partition(',')[0].partition(' ')[0]}".strip()


_SHOWN = frozenset(
    {"file", "missing", "exists", "directory", "glob", "written", "environment", "module", "distribution"}
)


def _unkept(reason: Reason, before: PastCell) -> Reason:
    """The reason for a cell whose result could not be kept."""
    if reason.because and reason.because.cause in ("lost", "new") and before.trace and not before.kept:
        return Reason("run", "unkept")
    return reason


def _new_result_wanted(cell: Cell, trace: Trace) -> str:
    if limit := age(cell.options.refresh):
        return f"the cell {limit}"
    return f"the cell {' and '.join(map(impure, trace.impure))}, and was refreshed"


# --- for machines ---------------------------------------------------------------------------------------------------


def as_json(account: Account, cells: Sequence[CellAccount]) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "notebook": account.notebook.path,
        "built": account.built,
        "cells": [_cell(entry, account) for entry in cells],
    }


def _cell(entry: CellAccount, account: Account) -> dict[str, Any]:
    return {
        **cell_as_json(entry.number, entry.cell),
        "next": _told(entry.next, account),
        "last": _told(entry.last, account) if entry.last else None,
        "ran": _told(entry.ran, account) if entry.ran else None,
        "when": entry.when or None,
        "seconds": round(entry.seconds, 3),
        "inputs": [
            {"names": list(given.names), "cell": given.cell and given.cell.id} for given in entry.inputs
        ],
        "gives": list(entry.gives),
        "seen": [{"kind": seen.kind, "subject": seen.subject, "holds": seen.holds} for seen in entry.seen],
        "impure": list(entry.impure),
    }


def cell_as_json(number: int, cell: Cell) -> dict[str, Any]:
    """By what a machine knows a cell."""
    return {"id": cell.id, "number": number, "name": cell.name, "line": cell.line, "code": first_line(cell.source)}


def _told(said: Told, account: Account) -> dict[str, Any]:
    return {"action": said.action, "words": said.words, "reasons": [*reasons_as_json(said.reason)]}


def reasons_as_json(reason: Reason) -> Iterator[dict[str, Any]]:
    """A reason and what else would have been one."""
    for one in (reason, *reason.also):
        seen = one.observation
        yield {
            "cause": one.cause,
            "cell": one.cell,
            "name": one.name,
            "observation": _observation(seen) if seen else None,
        }


def _observation(seen: Observation) -> dict[str, str]:
    return {"kind": seen.kind, "subject": seen.subject, "before": seen.digest}
