"""Was it right to reuse? Notebooks run once more from the beginning, with nothing known of them, and are compared.

A cell that is run alone, on inputs that are restored, would repeat a mistake that lies in the restoring. So whole
notebooks run, in fresh kernels. Where a cell gives another result than the one that was reused, the notebook runs a
second time: two runs that differ show that the cell cannot be repeated, two that agree that a change was missed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nbpublish.model import ERROR, Notebook, Output, Problem, Reason, Run, Trace

_LONGEST = 60
"""Characters that are quoted of what differs."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found."""

    seed: int
    """Chooses the same notebooks again, where the same cells are reused."""
    reused: int = 0
    """Cells that the build reused."""
    cells: int = 0
    """Those of them that were compared."""
    notebooks: int = 0
    different: int = 0
    """Cells that gave another result, although nothing they depend on changed."""
    impure: int = 0
    """Cells that gave another result, as the clock, the network or chance let one expect."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying one notebook found."""

    run: Run
    """What its page shall show: what was reused, or, where that cannot be repeated, the new run."""
    cells: int
    different: int
    impure: int


def chosen(runs: Iterable[Run], share: float, seed: int) -> list[Run]:
    """Runs at random, until they hold that share of all cells that were reused; at least one, where any has some."""
    candidates = [run for run in runs if reused(run)]
    random.Random(seed).shuffle(candidates)
    wanted = share * sum(len(reused(run)) for run in candidates)
    found: list[Run] = []
    for run in candidates:
        if found and sum(len(reused(other)) for other in found) >= wanted:
            break
        found.append(run)
    return found


def reused(run: Run) -> list[str]:
    """The cells of a run whose results were recorded by an earlier build."""
    return [id for id, reason in run.reasons.items() if reason.action == "reused"]


def verdict(run: Run, clean: Callable[[Notebook], Run]) -> Verdict:
    """Compare a run, and those of the states of its widgets, with clean ones of the same notebook."""
    fresh = clean(run.notebook)
    expected = _impure(fresh) | _impure(run)
    surprising: dict[str, tuple[Run, Run]] = {}
    impure: set[str] = set()
    for old, new in _pairs(run, fresh):
        for id in reused(old):
            if _alike(old.traces.get(id), new.traces.get(id)):
                continue
            if id in expected or id in _impure(new) | _impure(old):
                impure.add(id)
            elif id in run.graph.names:  # what sets a control is none of the author's cells
                surprising.setdefault(id, (old, new))
    if not surprising:
        return Verdict(run, len(reused(run)), 0, len(impure))
    again = _by_state(clean(run.notebook))
    problems = []
    for id, (old, new) in surprising.items():
        steady = _alike(new.traces.get(id), _trace_in(again.get(_state(new)), id))
        problems.append(_finding(old, new, id, _where(run, new), steady=steady))
    return Verdict(_shown(fresh, problems), len(reused(run)), len(surprising), len(impure))


def replaced(run: Run, fresh: Run) -> Iterator[Trace]:
    """The traces of a new run, and of its states, that say something else than those that they take the place of."""
    before = _by_state(run)
    for state, new in _by_state(fresh).items():
        for id, trace in new.traces.items():
            old = _trace_in(before.get(state), id)
            if old is None or old.key != trace.key or not _alike(old, trace) or _values(old) != _values(trace):
                yield replace(trace, problem=None)


State = frozenset[tuple[str, int]]


def _pairs(run: Run, fresh: Run) -> Iterator[tuple[Run, Run]]:
    """The runs of each state that both have, the one without a reader first."""
    others = _by_state(fresh)
    return ((old, others[state]) for state, old in _by_state(run).items() if state in others)


def _by_state(run: Run) -> dict[State, Run]:
    return {_state(each): each for each in (run, *run.states)}


def _state(run: Run) -> State:
    return frozenset(run.given.items())


def _where(run: Run, state: Run) -> str:
    """For which values of widgets a state of the run stands, in words; empty for what stands there without a reader."""
    labels = {widget.key: widget.labels for widget in run.widgets}
    values = ", ".join(f"{key} = {labels[key][place]}" for key, place in sorted(state.given.items()))
    return values and f" for {values}"


def _trace_in(run: Run | None, id: str) -> Trace | None:
    return run.traces.get(id) if run else None


def _values(trace: Trace) -> dict[str, str | None]:
    return {name: version.fingerprint for name, version in trace.versions.items()}


def _alike(one: Trace | None, other: Trace | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.exit, one.outputs, one.cut) == (other.exit, other.outputs, other.cut)


def _shown(fresh: Run, problems: Collection[Problem]) -> Run:
    notebook = replace(fresh.notebook, problems=(*fresh.notebook.problems, *problems))
    reasons = {id: Reason("run", "verified") if r.action == "run" else r for id, r in fresh.reasons.items()}
    return replace(fresh, notebook=notebook, reasons=reasons)


def _impure(run: Run) -> set[str]:
    """Cells whose results may differ from one execution to the next, and all that get values from them."""
    found: set[str] = set()
    givers: dict[str, str] = {}
    for id, trace in run.traces.items():
        read = (*trace.inputs, *(seen.subject for seen in trace.observations if seen.kind == "state"))
        parents = {givers[name] for name in read if name in givers} | {*run.graph.parents.get(id, ())}
        if trace.impure or parents & found:
            found.add(id)
        givers |= dict.fromkeys((*trace.versions, *trace.deleted), id)
    return found


def _finding(run: Run, fresh: Run, id: str, where: str, *, steady: bool) -> Problem:
    path, line = run.notebook.path, run.notebook.cell(id).line
    what = _difference(run.traces.get(id), fresh.traces.get(id))
    if steady:
        message = (
            f"The cell was reused and gives another result when the notebook runs from the beginning{where}: {what}. "
            "nbpublish missed a change: please report it with this line and, if you can, the notebook. "
            "The page shows the new result."
        )
        return Problem("missed-change", message, path, line, id)
    message = (
        f"The cell gives another result each time it runs{where}: {what}. Give it a seed, sort what has no order, or "
        "print no times and addresses. The page shows the new result."
    )
    return Problem("not-reproducible", message, path, line, id, "warning")


def _difference(old: Trace | None, new: Trace | None) -> str:
    """What the new one has that the old one has not, in a few words."""
    if old is None or new is None:
        return "it did not run" if new is None else "it runs now"
    if old.exit != new.exit:
        return f"it {_EXITS[new.exit]}, and {_EXITS[old.exit]} before"
    if len(old.outputs) != len(new.outputs):
        return f"{len(new.outputs)} outputs in place of {len(old.outputs)}"
    for before, now in zip(old.outputs, new.outputs, strict=True):
        if before != now:
            return _between(before, now)
    return "more or less of its output is kept"


_EXITS: Mapping[str, str] = {"ok": "succeeds", "failed": "fails", "stopped": "stops", "died": "ends Python"}


def _between(before: Output, now: Output) -> str:
    for mimetype in (*now.data, *before.data):
        old, new = before.data.get(mimetype), now.data.get(mimetype)
        if old == new:
            continue
        if mimetype == ERROR:
            return "it fails in another way"
        if isinstance(old, str) and isinstance(new, str) and mimetype.startswith("text/"):
            return _first_lines(old, new)
        return f"another {mimetype}"
    return "other metadata of its output"


def _first_lines(old: str, new: str) -> str:
    lines = [*old.splitlines(), ""], [*new.splitlines(), ""]
    was, became = next(((was, became) for was, became in zip(*lines, strict=False) if was != became), ("", ""))
    return f"`{_short(became)}` in place of `{_short(was)}`"


def _short(line: str) -> str:
    line = line.strip()
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"
