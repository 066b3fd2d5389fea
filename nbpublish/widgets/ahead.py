"""A run → the same run with its widgets, and with a run for each state that is worth it.

This decides and joins; how a notebook runs in a state is handed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from nbpublish.model import Budget, Decision, Given, Output, Run, Widget
from nbpublish.widgets.annotations import Annotation, interacts_in, notes_in
from nbpublish.widgets.costs import barred_in, costs_of, is_barred, may_show
from nbpublish.widgets.domain import as_json, form_of, said, widget_of
from nbpublish.widgets.follow import Links, followers, links_of, releases
from nbpublish.widgets.made import all_made_by_these, made_by
from nbpublish.widgets.plan import moved_once, plan, samples, states
from nbpublish.widgets.remarks import failures, faults
from nbpublish.widgets.still import still
from nbpublish.widgets.within import States, affordable, within

Walk = Callable[[tuple[Widget, ...], Given], Run | None]
"""Runs the notebook in a state of these widgets; None where the time for states is over before it comes to its end."""

Told = Callable[[int, int], None]
"""Hears how many of how many states are known."""

_LISTED = 50_000
"""Combinations of places that a page lists for a cell, those included that controls which others make never have."""
_ROUNDS = 4
"""How often states may show that more follows a widget than was known."""


def _nobody(done: int, total: int) -> None:
    """Need not hear it."""


def with_states(run: Run, walk: Walk, budget: Budget, told: Told = _nobody) -> Run:
    """The run with its widgets, what was decided about them, and the states that were computed.

    `told` hears how far these are.
    """
    widgets = widgets_of(run)
    if not widgets:
        return replace(run, still=tuple(still(run, {})), remarks=tuple(faults(run)))
    every = widgets
    states = States(run, lambda given: walk(plans.widgets, given), budget)
    plans = _Plans(run, states, budget, told)
    plans.settle(_independent(run, widgets))
    refused = plans.take_made()
    released = releases(run.notebook, run.graph, plans.widgets, plans.links)
    decisions = tuple(replace(each, releases=released.get(each.cell, {})) for each in plans.decisions)
    found = replace(run, widgets=plans.widgets, decisions=decisions, states=tuple(plans.computed))
    made = {widget.key for widget in every} - {widget.key for widget in plans.widgets}
    found = replace(found, still=tuple(still(found, {key: refused.get(key, "made") for key in made})))
    unsettled = dict.fromkeys(problem for state in plans.computed for problem in state.remarks)
    return replace(found, remarks=(*faults(run), *failures(found), *unsettled))


def _places(decision: Decision) -> dict[str, tuple[int, ...]]:
    return dict(zip(decision.widgets, decision.places, strict=True))


class _Plans:
    """What follows the widgets of a run, and what is worth computing, as far as is known by now."""

    def __init__(self, run: Run, states: States, budget: Budget, told: Told) -> None:
        self.run, self.states, self.budget, self.told = run, states, budget, told
        self.widgets: tuple[Widget, ...] = ()
        self.links: Links = {}
        self.follows: dict[str, tuple[str, ...]] = {}
        self.decisions: tuple[Decision, ...] = ()
        self.tried: list[Run] = [run]
        self.computed: list[Run] = []

    def settle(self, widgets: tuple[Widget, ...]) -> None:
        """Compute the states of these widgets that are worth it, until no state shows that more follows them."""
        run, budget, known = self.run, self.budget, None
        self.widgets = widgets
        self._learn([run, *self.tried[1:], *self.computed])
        for _ in range(_ROUNDS):
            self.follows = follows = followers(run.notebook, run.graph, widgets, self.links)
            barred = barred_in(run, follows, budget)
            free = {cell: keys for cell, keys in follows.items() if not is_barred(keys, barred, follows)}
            apart = [widget for widget in widgets if not widget.made]
            unfollowed = [each for each in apart if not any(each.key in keys for keys in follows.values())]
            sampled = affordable(run, free, samples(apart, free), budget, self.states)
            self.tried = [run, *self.states.at_all(sampled), *self.states.at_all(moved_once(unfollowed))]
            shows = self._shown(follows)
            if (follows, shows) == known:
                break
            known = follows, shows
            self.decisions = plan(widgets, costs_of(self.tried, follows, shows, barred), budget)
            self._compute()
            self._learn([run, *self.tried[1:], *self.computed])

    def _compute(self) -> None:
        """Compute the states that the decisions ask for, or decide on fewer where there is no time for them all."""
        wanted = states(self.widgets, self.decisions)
        for done, given in enumerate(wanted):
            self.told(done, len(wanted))
            self.states.at(given)
        if not all(map(self.states.known, wanted)):
            self.decisions = within(self.widgets, self.decisions, self.states.known)
            wanted = states(self.widgets, self.decisions)
        found = self.states.at_all(wanted)
        self.computed = sorted(found, key=lambda run: [run.given.get(each.key, each.initial) for each in self.widgets])

    def take_made(self) -> dict[str, str]:
        """Let what these widgets make move as well, and what that makes in turn; by key, why some of it cannot."""
        refused: dict[str, str] = {}
        while True:
            alone = widgets = self.widgets
            for group in made_by(self.run, alone, self.follows, self.decisions, self.states.known, widgets_of):
                cause = self._refusal((*widgets, *group))
                widgets = widgets if cause else (*widgets, *group)
                refused |= {each.key: cause for each in group}
            if widgets == alone:
                return refused
            self.settle(widgets)
            # states have shown that something else makes one, too; or there was no time for all of it
            if not all_made_by_these(widgets, self.follows) or self.states.over:
                cause = "seconds" if self.states.over else "made"
                self.settle(alone)
                return refused | {each.key: cause for each in widgets if each not in alone}

    def _refusal(self, widgets: tuple[Widget, ...]) -> str:
        """Why the last of these widgets cannot move: the budget has no room for all their states, or others would lose
        some; empty where nothing is in the way."""
        follows = followers(self.run.notebook, self.run.graph, widgets, self.links)
        if not all_made_by_these(widgets, follows):
            return "made"
        costs = costs_of(self.tried, follows, self._shown(follows), barred_in(self.run, follows, self.budget))
        made = {widget.key for widget in widgets if widget.made}
        before = {decision.cell: decision for decision in self.decisions}
        for decision in plan(widgets, costs, self.budget):
            old, own = before.get(decision.cell), _places(decision)
            if made.isdisjoint(own):
                fits = old == decision
            else:
                fits = decision.extent in ("all", "some") and (old is None or _places(old).items() <= own.items())
            if not fits or math.prod(map(len, decision.places)) > _LISTED:
                return decision.cause or "states"
        return ""

    def _shown(self, follows: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        return frozenset(cell for cell in follows if may_show(self.run, cell, [*self.tried, *self.computed]))

    def _learn(self, runs: Sequence[Run]) -> None:
        more = links_of(runs, self.widgets)
        cells = self.links.keys() | more.keys()
        self.links = {id: self.links.get(id, frozenset()) | more.get(id, frozenset()) for id in cells}


# --- widgets ----------------------------------------------------------------------------------------------------------


def widgets_of(run: Run) -> tuple[Widget, ...]:
    """What a reader can move, in the order in which it stands in the notebook."""
    found: dict[str, Widget] = {}
    seen = [text for trace in run.traces.values() for output in trace.outputs for text in _texts(output)]
    for cell in run.notebook.cells:
        trace = run.traces.get(cell.id)
        if trace is None:
            continue
        named = {note.name: note for note in notes_in(cell.code)}
        for control in trace.controls:
            if not any(control.element in text for text in seen):
                continue  # nobody can move what is not on the page
            note = named.get(control.name)
            if note is None or note.values or not note.is_static:
                widget = widget_of(control, cell.id, note.values if note else (), form_of(control, trace.controls))
                if widget and widget.key not in found and control.name in run.graph.names[cell.id].defs:
                    found[widget.key] = widget
        for note in [*named.values(), *interacts_in(cell.code)]:
            if (constant := _constant(note, cell.id, run)) and constant.key not in found:
                found[constant.key] = constant
    return tuple(found.values())


def _independent(run: Run, widgets: tuple[Widget, ...]) -> tuple[Widget, ...]:
    """The widgets without those that another one's value makes, which may be others in each of its states."""
    follows = followers(run.notebook, run.graph, widgets, links_of([run], widgets))
    return tuple(widget for widget in widgets if widget.library == "none" or not follows.get(widget.cell))


def _texts(output: Output) -> Iterator[str]:
    """Where the elements of controls may stand."""
    yield from (value for value in output.data.values() if isinstance(value, str))
    yield from (str(value) for name, value in output.data.items() if name.endswith("+json"))
    yield " ".join(output.metadata.get("controls", ()))
    yield str(output.metadata.get("selects", ""))


def _constant(note: Annotation, cell: str, run: Run) -> Widget | None:
    """The widget of a constant with a note; None where the name is bound in other cells too."""
    if not note.is_constant or note.is_static or len(note.values) < 2:
        return None
    if not note.is_argument and sum(note.name in names.defs for names in run.graph.names.values()) > 1:
        return None
    texts = tuple(map(as_json, note.values))
    initial = texts.index(as_json(note.initial))
    labels = tuple(map(said, note.values))
    return Widget(
        *(note.name, note.name, (), cell, note.kind, "", texts, labels, initial),
        library="none",
        label=note.label,
        line=note.line,
        whole=note.whole,
    )
