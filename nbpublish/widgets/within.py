"""States as far as there is time for them, and decisions on no more than these.

Time is counted by what was recorded with the states: what their cells took, and what was needed besides. So a later
build of the same notebook, which runs none of them, stops where the first one did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product, takewhile

from nbpublish.model import Budget, Decision, Given, Run, Widget, counted
from nbpublish.widgets.plan import GRADUAL, settings

Known = Callable[[Given], Run | None]


class States:
    """The states of a run, each computed once by `walk`, until the budget's seconds are over."""

    def __init__(self, run: Run, walk: Callable[[Given], Run | None], budget: Budget) -> None:
        self._walk, self._budget = walk, budget
        self._runs: dict[tuple[tuple[str, int], ...], Run] = {(): run}
        self._counted = {trace.id for trace in run.traces.values()}
        self._longest = 0.0
        self.seconds = 0.0
        """What the states have taken so far."""
        self.over = False
        """Whether a state was not computed because there was no time for it."""

    def at(self, given: Given) -> Run | None:
        """The run in a state; None where there is no time for it."""
        if (known := self.known(given)) is not None:
            return known
        self.over = self.over or self.seconds + self._typical > self._budget.seconds
        found = None if self.over else self._walk(given)
        if found is None:
            self.over = True
            return None
        self._runs[_key(given)] = found
        self._count(found)
        return found

    def at_all(self, all_given: Iterable[Given]) -> Iterator[Run]:
        """The runs in those states for which there is time."""
        return (found for given in all_given if (found := self.at(given)) is not None)

    def known(self, given: Given) -> Run | None:
        """The run in a state that was computed before."""
        return self._runs.get(_key(given))

    @property
    def _typical(self) -> float:
        """Seconds that another state may well take: as much as the others on average."""
        return self.seconds / (len(self._runs) - 1) if len(self._runs) > 1 else 0.0

    def _count(self, run: Run) -> None:
        new = {trace.id: trace.seconds + trace.beside for trace in run.traces.values() if trace.id not in self._counted}
        self._counted |= new.keys()
        self.seconds += sum(new.values())


def affordable(
    run: Run, follows: Mapping[str, tuple[str, ...]], samples: Iterable[Given], budget: Budget, states: States
) -> Iterator[Given]:
    """As many of the samples as may be run to judge the others by: a third of the budget, by what is known so far."""
    left = budget.seconds / 3
    for given in samples:
        cells = [cell for cell, keys in follows.items() if not given.keys().isdisjoint(keys)]
        left -= sum(trace.seconds for cell in cells if (trace := run.traces.get(cell)))
        if left < 0 or states.seconds > budget.seconds / 3:
            return
        yield given


def within(widgets: Sequence[Widget], decisions: Iterable[Decision], known: Known) -> tuple[Decision, ...]:
    """The decisions with so few places that all their states are known; none for what has no other place left."""
    decisions = tuple(decisions)
    every = {widget.key: widget for widget in widgets}
    moving = [decision for decision in decisions if decision.extent != "default"]
    kept = {key: set(range(len(widget.values))) for key, widget in every.items()}
    for decision in moving:
        for key, places in zip(decision.widgets, _reached(decision, every, known), strict=True):
            kept[key] &= places
    for key, places in kept.items():
        widget = every[key]
        if any(len(places) < len(_places(each, key)) for each in moving if key in each.widgets):
            kept[key] = _as_a_reader_moves(widget, places)
    return tuple(_cut(decision, every, kept) if decision in moving else decision for decision in decisions)


def _key(given: Given) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(given.items()))


def _places(decision: Decision, key: str) -> tuple[int, ...]:
    return decision.places[decision.widgets.index(key)]


def _reached(decision: Decision, widgets: Mapping[str, Widget], known: Known) -> list[set[int]]:
    """For each widget of a decision, places of which all combinations are known."""
    followed = [widgets[key] for key in decision.widgets]
    stand = [widget.initial for widget in followed]

    def is_known(setting: Sequence[int]) -> bool:
        return known(counted(followed, dict(zip(decision.widgets, setting, strict=True)))) is not None

    if decision.extent == "axes":
        return [
            {at for at in places if is_known([*stand[:axis], at, *stand[axis + 1 :]])}
            for axis, places in enumerate(decision.places)
        ]
    first = list(takewhile(is_known, settings(decision, dict(zip(decision.widgets, stand, strict=True)))))
    found: list[set[int]] = [{at} for at in stand]
    order = sorted(range(len(stand)), key=lambda axis: len(decision.places[axis]))  # as in `settings`
    for at, axis in enumerate(order):
        faster = order[at + 1 :]
        if whole := len(first) // math.prod(len(decision.places[other]) for other in faster):
            found[axis] = set(list(dict.fromkeys(setting[axis] for setting in first))[:whole])
            for other in faster:
                found[other] = set(decision.places[other])
            break
    return found


def _as_a_reader_moves(widget: Widget, places: set[int]) -> set[int]:
    """Those of the places that can be offered: of choices all or none, of a button the first ones."""
    if widget.kind not in GRADUAL or widget.made:
        return {widget.initial}
    if widget.kind == "button":
        return set(takewhile(places.__contains__, range(len(widget.values))))
    return places


def _cut(decision: Decision, widgets: Mapping[str, Widget], kept: Mapping[str, set[int]]) -> Decision:
    pairs = list(zip(decision.widgets, decision.places, strict=True))
    places = tuple(tuple(place for place in places if place in kept[key]) for key, places in pairs)
    if places == decision.places:
        return decision
    if all(len(each) < 2 for each in places):
        return replace(decision, extent="default", computed=1, cause="seconds")
    if decision.extent == "axes":
        return replace(decision, places=places, computed=1 + sum(len(each) - 1 for each in places), cause="seconds")
    followed = [widgets[key] for key in decision.widgets]
    given = {_key(counted(followed, dict(zip(decision.widgets, each, strict=True)))) for each in product(*places)}
    return replace(decision, places=places, extent="some", computed=len(given), cause="seconds")
