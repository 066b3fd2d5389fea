"""Which states are worth running: as many as the budget allows, and what is given up first where it does not.

What follows the same widgets makes a *group*: its states are the product of their places. Where that is too much,
sliders keep fewer of their places, for the whole page, so that no two outputs ever show different values; then widgets
move one at a time; then nothing moves. Everything follows from what was recorded, so that a later build of the same
notebook decides in the same way.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from nbpublish.model import Budget, Decision, Extent, Given, Widget, counted
from nbpublish.widgets.combinations import combinations
from nbpublish.widgets.domain import evenly

GRADUAL = {"slider": 5, "number": 5, "range-slider": 5, "date": 5, "button": 2}
"""Kinds of which places may be left out, because a reader finds another one close by; and how many places each keeps,
where it has so many, before widgets move one at a time."""
_ALONE = 3
_SHRINK = 0.8

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Costs:
    """What is known of the cells that follow widgets."""

    follows: Mapping[str, Keys]
    """By cell, the widgets that it follows."""
    shows: frozenset[str]
    """Cells among them that may show something."""
    seconds: Mapping[str, float]
    """By cell, how long one execution takes."""
    bytes: Mapping[str, float]
    """By cell, what one more state of it adds to the page."""
    barred: Mapping[str, str] = field(default_factory=dict)
    """Cells that may not run in other states, with the reason."""


def plan(widgets: Sequence[Widget], costs: Costs, budget: Budget) -> tuple[Decision, ...]:
    """What is computed ahead for each cell that follows widgets and may show something."""
    planner = _Planner({widget.key: widget for widget in widgets}, costs, budget)
    return tuple(planner.decisions())


def states(widgets: Sequence[Widget], decisions: Iterable[Decision]) -> list[Given]:
    """The states that the decisions ask for, without the one that stands on the page; neighbours differ in little.

    What follows few widgets comes first: it has few states, and shall have them where there is no time for all.
    """
    initial = {widget.key: widget.initial for widget in widgets}
    found: dict[tuple[tuple[str, int], ...], None] = {}
    for decision in sorted(decisions, key=lambda decision: len(decision.widgets)):
        followed = [widget for widget in widgets if widget.key in decision.widgets]
        for places in settings(decision, initial):
            if given := counted(followed, dict(zip(decision.widgets, places, strict=True))):
                found.setdefault(tuple(sorted(given.items())))
    return [dict(given) for given in found]


def settings(decision: Decision, initial: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
    """The combinations of places of a decision's widgets for which its cell is computed.

    However many of the first of them are taken, their places are spread over all that a widget has.
    """
    stand = tuple(initial[key] for key in decision.widgets)
    spread = [_spread(places, at) for places, at in zip(decision.places, stand, strict=True)]
    if decision.extent in ("all", "some"):
        # the widget with most places moves fastest: each time one begins anew, the others are set again
        axes = sorted(range(len(decision.places)), key=lambda axis: len(decision.places[axis]))
        for setting in product(*(spread[axis] for axis in axes)):
            found = dict(zip(axes, setting, strict=True))
            yield tuple(found[axis] for axis in range(len(axes)))
    elif decision.extent == "axes":
        yield stand
        for axis, places in enumerate(spread):
            yield from ((*stand[:axis], at, *stand[axis + 1 :]) for at in places if at != stand[axis])
    else:
        yield stand


def _spread(places: Sequence[int], first: int) -> list[int]:
    """The same places in another order: `first`, the ends, and then what lies between, ever more finely."""
    order = dict.fromkeys(at for at in (first, *places[:1], *places[-1:]) if at in places)
    spans = deque([(0, len(places) - 1)])
    while spans:
        low, high = spans.popleft()
        if high - low > 1:
            middle = (low + high) // 2
            order[places[middle]] = None
            spans += [(low, middle), (middle, high)]
    return list(order)


def samples(widgets: Sequence[Widget], follows: Mapping[str, Keys]) -> list[Given]:
    """A few states by which to judge what all of them cost: each widget at its ends, and all at their last places."""
    followed = {key for keys in follows.values() for key in keys}
    moving = [widget for widget in widgets if widget.key in followed][:4]
    ends = [{each.key: at} for each in moving for at in (0, len(each.values) - 1) if at != each.initial]
    corner = {each.key: len(each.values) - 1 for each in moving if each.initial != len(each.values) - 1}
    if len(ends) == 1 and len(moving[0].values) > 2:  # what the first state takes, the others need not
        return [*ends, {moving[0].key: len(moving[0].values) // 2}]
    return [*ends, *([corner] if len(corner) > 1 else [])]


def moved_once(widgets: Iterable[Widget]) -> list[Given]:
    """A state for each of these widgets, which nothing is known to follow: it may set what cells follow."""
    return [{each.key: 0 if each.initial else len(each.values) - 1} for each in widgets if each.library != "none"]


@dataclass
class _Planner:
    widgets: Mapping[str, Widget]
    costs: Costs
    budget: Budget
    kept: dict[str, list[int]] = field(init=False)
    """By widget, the places that it keeps."""
    extents: dict[Keys, Extent] = field(default_factory=dict)
    causes: dict[Keys, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kept = {key: list(range(len(widget.values))) for key, widget in self.widgets.items()}

    def decisions(self) -> Iterator[Decision]:
        cells = [cell for cell in self.costs.follows if cell in self.costs.shows]
        groups = {self.costs.follows[cell] for cell in cells if not self._bar(cell)}
        self._fit(sorted(groups, key=lambda group: (self._wanted(group), group)))
        for cell in cells:
            yield self._decision(cell, self.costs.follows[cell])

    def _decision(self, cell: str, group: Keys) -> Decision:
        extent, cause = self.extents.get(group, "all"), self.causes.get(group, "")
        if bar := self._bar(cell):
            extent, cause = "default", bar
        places = tuple(tuple(self.kept[key]) for key in group)
        if extent == "all" and any(len(self.kept[key]) < self.widgets[key].wanted for key in group):
            extent = "some"
            met = (self.causes[each] for each in self.causes if not set(each).isdisjoint(group))
            cause = cause or next(met, "states")
        wanted = self._wanted(group)
        return Decision(cell, group, places, extent, wanted, min(wanted, self._count(group, extent)), cause)

    def _bar(self, cell: str) -> str:
        """Why a cell may not run in another state: something that it follows may not."""
        own = set(self.costs.follows[cell])
        reasons = [why for other, why in self.costs.barred.items() if own & set(self.costs.follows.get(other, ()))]
        return reasons[0] if reasons else ""

    def _wanted(self, group: Keys) -> int:
        widgets = [self.widgets[key] for key in group]
        makers = {key for widget in widgets if widget.made for key in widget.made.by}
        counts = {each.key: len(each.values) if each.key in makers else each.wanted for each in widgets}
        return combinations(widgets, {key: range(count) for key, count in counts.items()})

    def _count(self, group: Keys, extent: Extent) -> int:
        if extent in ("all", "some"):
            return combinations([self.widgets[key] for key in group], self.kept)
        return 1 if extent == "default" else 1 + sum(len(self.kept[key]) - 1 for key in group)

    # --- the budget -------------------------------------------------------------------------------------------------

    def _fit(self, groups: Sequence[Keys]) -> None:
        """Give up what is too much, the most expensive groups first."""
        while over := self._over(groups):
            group, cause = over
            self.causes[group] = cause  # the limit that is met last is the one that binds
            if not self._coarsen(group):
                self._give_up(group, cause)

    def _over(self, groups: Sequence[Keys]) -> tuple[Keys, str] | None:
        """A group that goes beyond the budget, and what of it; None where all is well."""
        moving = [group for group in groups if self.extents.get(group) != "default"]
        for group in reversed(moving):
            if self._count(group, self.extents.get(group, "all")) > self.budget.states:
                return group, "states"
        dearest = max(moving, key=self._seconds, default=None)
        if dearest is not None and self._page_seconds(moving) > self.budget.seconds:
            return dearest, "seconds"
        for group in moving:
            if max(self._bytes_of_cells(group), default=0) > self.budget.output_bytes:
                return group, "bytes"
        largest = max(moving, key=self._bytes, default=None)
        if largest is not None and sum(map(self._bytes, moving)) > self.budget.bytes:
            return largest, "bytes"
        return None

    def _coarsen(self, group: Keys) -> bool:
        """Leave out places of the slider that has most of them; False where none has any to spare."""
        fewest = {key: self._fewest(group, self.widgets[key]) for key in group}
        able = [key for key in group if len(self.kept[key]) > fewest[key]]
        if not able:
            return False
        key = max(able, key=lambda key: len(self.kept[key]))
        widget = self.widgets[key]
        count = max(int(fewest[key]), min(math.floor(len(self.kept[key]) * _SHRINK), len(self.kept[key]) - 1))
        is_button = widget.kind == "button"  # nobody can press it five times who cannot press it twice
        self.kept[key] = list(range(count)) if is_button else _around(widget.initial, len(widget.values), count)
        return True

    def _fewest(self, group: Keys, widget: Widget) -> float:
        """How many places a widget keeps at least; one that moves alone may have its ends and its start, and no more.

        Otherwise nothing would move at all.
        """
        if widget.made or widget.kind not in GRADUAL:
            return math.inf
        fewest = GRADUAL[widget.kind]
        return min(fewest, _ALONE) if self.extents.get(group) == "axes" else fewest

    def _give_up(self, group: Keys, cause: str) -> None:
        self.causes[group] = cause
        alone = len(group) == 1 or self.extents.get(group) == "axes" or any(self.widgets[key].form for key in group)
        self.extents[group] = "default" if alone else "axes"
        shared = {key for other, extent in self.extents.items() if extent != "default" for key in other}
        for key in group:
            if key in shared or self.extents[group] == "default":
                self.kept[key] = list(range(len(self.widgets[key].values)))

    def _seconds(self, group: Keys) -> float:
        return self._page_seconds([group])

    def _page_seconds(self, groups: Iterable[Keys]) -> float:
        """Seconds that the states of these groups take: each cell once for each combination of what it follows."""
        groups, total = list(groups), 0.0
        for cell, seconds in self.costs.seconds.items():
            own = self.costs.follows.get(cell)
            if own is None:
                continue
            counts = [self._combinations(set(own), group) for group in groups if not set(own).isdisjoint(group)]
            total += seconds * max(counts, default=0)
        return total

    def _combinations(self, own: set[str], group: Keys) -> int:
        """In how many ways a cell that follows `own` is set in the states of a group, the default one left out."""
        return self._count(tuple(key for key in group if key in own), self.extents.get(group, "all")) - 1

    def _bytes(self, group: Keys) -> float:
        return sum(self._bytes_of_cells(group))

    def _bytes_of_cells(self, group: Keys) -> Iterator[float]:
        """What the states of each cell that follows just this group add to the page."""
        count = self._count(group, self.extents.get(group, "all")) - 1
        return (count * self.costs.bytes.get(cell, 0) for cell, own in self.costs.follows.items() if own == group)


def _around(initial: int, count: int, wanted: int) -> list[int]:
    """`wanted` of `count` places, evenly spread, the ends and the initial one among them."""
    chosen = evenly(range(count), wanted)
    if initial not in chosen:
        inner = chosen[1:-1] or chosen
        nearest = min(inner, key=lambda at: abs(at - initial))
        chosen[chosen.index(nearest)] = initial
    return sorted(chosen)
