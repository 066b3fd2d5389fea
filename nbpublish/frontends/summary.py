"""What a build amounts to, as a value: for the terminal, for `--json`, for GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbpublish.model import Problem, Run


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of one build or check."""

    pages: int
    """Pages written, or looked at by a check; notebooks and `.md` pages together."""
    cells: dict[str, int]
    """How many code cells were `run`, `reused`, `failed` (also counted as run or reused) and `not_run`."""
    seconds: float
    problems: tuple[Problem, ...]
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else was asked for, as JSON: `notebooks`, `verified`."""

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors

    @property
    def is_stale(self) -> bool:
        """Whether cells would have to run that were not to."""
        return any(problem.code == "stale" for problem in self.problems)

    def failed(self, *, strict: bool) -> bool:
        """Whether the build counts as failed: on any error, and under `strict` on any warning."""
        return bool(self.problems if strict else self.errors)

    def line(self, did: str) -> tuple[str, str, str]:
        """One line in two parts, what was `did` and with which problems, and the colour of the second."""
        cells = self.cells
        parts = [f"{cells['run']} run"]
        parts += [f"{cells[key]} {key.replace('_', ' ')}" for key in ("reused", "failed", "not_run") if cells[key]]
        faults = [plural(self.errors, "error"), plural(self.warnings, "warning")]
        said = ", ".join(fault for fault in faults if not fault.startswith("0 ")) or "no problems"
        colour = "red" if self.errors else "yellow" if self.warnings else "green"
        return f"{did}: {plural(self.pages, 'page')}; cells: {', '.join(parts)}; {self.seconds:.1f} s; ", said, colour

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {
            "pages": self.pages,
            "cells": self.cells,
            "seconds": round(self.seconds, 3),
            "problems": [
                {
                    "path": problem.path,
                    "line": problem.line,
                    "code": problem.code,
                    "message": problem.message,
                    "severity": problem.severity,
                }
                for problem in self.problems
            ],
            **self.more,
        }

    def with_problems(self, more: Iterable[Problem]) -> Summary:
        """The same with further problems, each in its place."""
        return replace(self, problems=_sorted((*self.problems, *more)))


def summarise(
    runs: Iterable[Run],
    problems: Sequence[Problem],
    *,
    pages: int,
    seconds: float,
    held: Iterable[Mapping[str, int]] = (),
) -> Summary:
    """Count what became of the cells of all notebooks; `held` are counts of those whose runs were not needed."""
    counts = Counter({"run": 0, "reused": 0, "failed": 0, "not_run": 0})
    for run in runs:
        counts.update(reason.action for reason in run.reasons.values())
        counts["failed"] += sum(trace.problem is not None for trace in run.traces.values())
    for known in held:
        counts.update(known)
    return Summary(pages, dict(counts), seconds, _sorted(problems))


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=_place))


def plural(count: int, noun: str) -> str:
    """A number of things in words."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _place(problem: Problem) -> tuple[str, int, str]:
    return problem.path, problem.line, problem.code
