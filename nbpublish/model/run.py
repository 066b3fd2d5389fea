"""One build of one notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nbpublish.model.graph import Graph
from nbpublish.model.notebook import Notebook, Problem
from nbpublish.model.traces import Observation, Trace
from nbpublish.model.widgets import Decision, Given, Still, Widget, counted, placed

Cause = Literal[
    "new",  # run: no trace of this cell was found
    "code",  # run: its code changed
    "input",  # run: `name` has a new value, from `cell`, or is gone
    "observation",  # run: `observation` holds no longer
    "refresh",  # run: a new result was asked for, or its own is older than the author allows
    "engine",  # run: Python, nbpublish or the platform is another one; the observation says what it was
    "lost",  # run: nothing about it changed, but no result of it is kept
    "unkept",  # run: its result cannot be kept, because time ran out or the kernel died
    "uncertain",  # run, perhaps: `cell`, which gives `name`, must run first
    "verified",  # run again to compare, with its whole notebook, in which a cell gave another result
    "dynamic",  # run again: it reached for `name`, which does not stand in its code
    "differs",  # run: run again for its values, it gave others than before
    "unchanged",  # reused: nothing it depends on changed
    "comment",  # reused: since the last build only comments in it changed
    "layout",  # reused: since the last build only the layout of its code changed
    "earlier",  # reused: all is again as it was in an earlier build
    "replayed",  # reused, and run again all the same, because `cell` needed its values
    "ancestor-failed",  # not run: `cell` failed or could not run
    "ancestor-stopped",  # not run: `cell` called mo.stop
    "disabled",  # not run: it, or its ancestor `cell`, is disabled
    "problem",  # not run: it has an error found before running
    "kernel-died",  # not run: `cell` took the kernel with it
    "not-executed",  # not run: this build executes nothing
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell was run, reused or not run."""

    action: Literal["run", "reused", "not_run"]
    cause: Cause
    cell: str | None = None
    """The cell that caused it, where another one did."""
    name: str | None = None
    observation: Observation | None = None
    also: tuple[Reason, ...] = ()
    """What else would have been reason enough."""
    because: Reason | None = None
    """Of a cell that is not run where nothing is executed: why it would run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One build of one notebook: a trace for each code cell that has one, a reason for every code cell."""

    notebook: Notebook
    graph: Graph
    traces: Mapping[str, Trace]
    reasons: Mapping[str, Reason]
    widgets: tuple[Widget, ...] = ()
    """What a reader can move on the page."""
    decisions: tuple[Decision, ...] = ()
    """What was decided about each cell that follows widgets."""
    given: Given = field(default_factory=dict)
    """The state of which this is the run; empty for what stands on the page without a reader."""
    states: tuple[Run, ...] = ()
    """A run for each state that was computed ahead."""
    still: tuple[Still, ...] | None = None
    """Controls that cannot be moved; None where nothing was decided about any."""
    remarks: tuple[Problem, ...] = ()
    """What is wrong with widgets and in states."""

    def counted(self, given: Given) -> dict[str, int]:
        """A state without what counts for nothing in it: the key of the run that shows it."""
        return counted(self.widgets, given)

    def placed(self, given: Given) -> dict[str, int]:
        """Where all widgets stand in a state."""
        return placed(self.widgets, given)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of reading, analysing and running, in that order."""
        ran = tuple(t.problem for t in self.traces.values() if t.problem)
        return self.notebook.problems + self.graph.problems + ran + self.remarks
