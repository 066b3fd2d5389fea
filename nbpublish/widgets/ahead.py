"""A run → the same run with its widgets, and with a run for each state that is worth it.

This decides and joins; how a notebook runs in a state is handed in.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from statistics import median
from typing import Any

from nbpublish.model import Budget, Control, Decision, Given, Output, Run, Trace, Widget
from nbpublish.widgets.annotations import Annotation, interacts_in, notes_in
from nbpublish.widgets.domain import as_json, key_of, said, widget_of
from nbpublish.widgets.follow import Links, followers, links_of
from nbpublish.widgets.made import all_made_by_these, made_by
from nbpublish.widgets.plan import Costs, moved_once, plan, samples, states
from nbpublish.widgets.remarks import failures, faults
from nbpublish.widgets.still import still
from nbpublish.widgets.within import States, affordable, within

Walk = Callable[[tuple[Widget, ...], Given], Run | None]
"""Runs the notebook in a state of these widgets; None where the time for states is over before it comes to its end."""

Told = Callable[[int, int], None]
"""Hears how many of how many states are known."""

_ROUNDS = 4
"""How often states may show that more follows a widget than was known."""
_SMALLER = 0.7
"""What a raster of a state weighs beside the PNG that it was: WebP without loss takes 34 to 71 % of it."""
_SHARED = 0.06
"""What a further state of text adds to a page: most of it is as in the other states."""


def _nobody(done: int, total: int) -> None:
    """Need not hear it."""


def with_states(run: Run, walk: Walk, budget: Budget, told: Told = _nobody) -> Run:
    """The run with its widgets, what was decided about them, and the states that were computed.

    `told` hears how far these are.
    """
    widgets = widgets_of(run)
    if not widgets:
        return replace(run, still=tuple(still(run, ())), remarks=tuple(faults(run)))
    every, widgets = widgets, _independent(run, widgets)
    states = States(run, lambda given: walk(plans.widgets, given), budget)
    plans = _Plans(run, states, budget, told)
    plans.settle(widgets)
    alone = widgets
    for group in made_by(run, widgets, plans.follows, plans.decisions, states.known, widgets_of):
        more = (*widgets, *group)
        if plans.has_room(more):
            widgets = more
    if widgets != alone:
        plans.settle(widgets)
        # states have shown that something else makes one, too; or there was no time for all of it
        if not all_made_by_these(widgets, plans.follows) or states.over:
            widgets = alone
            plans.settle(widgets)
    found = replace(run, widgets=widgets, decisions=plans.decisions, states=tuple(plans.computed))
    made = {widget.key for widget in every} - {widget.key for widget in widgets}
    found = replace(found, still=tuple(still(found, made)))
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
            barred = _barred(run, follows, budget)
            free = {cell: keys for cell, keys in follows.items() if not _is_barred(keys, barred, follows)}
            apart = [widget for widget in widgets if not widget.made]
            unfollowed = [each for each in apart if not any(each.key in keys for keys in follows.values())]
            sampled = affordable(run, free, samples(apart, free), budget, self.states)
            self.tried = [run, *self.states.at_all(sampled), *self.states.at_all(moved_once(unfollowed))]
            shows = self._shown(follows)
            if (follows, shows) == known:
                break
            known = follows, shows
            self.decisions = plan(widgets, _costs(self.tried, follows, shows, barred), budget)
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

    def has_room(self, widgets: tuple[Widget, ...]) -> bool:
        """Whether the budget has room for all states of the last of these widgets, and the others lose nothing."""
        follows = followers(self.run.notebook, self.run.graph, widgets, self.links)
        if not all_made_by_these(widgets, follows):
            return False
        costs = _costs(self.tried, follows, self._shown(follows), _barred(self.run, follows, self.budget))
        made = {widget.key for widget in widgets if widget.made}
        before = {decision.cell: decision for decision in self.decisions}
        for decision in plan(widgets, costs, self.budget):
            old, own = before.get(decision.cell), _places(decision)
            if made.isdisjoint(own):
                fits = old == decision
            else:
                fits = decision.extent in ("all", "some") and (old is None or _places(old).items() <= own.items())
            if not fits:
                return False
        return True

    def _shown(self, follows: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        return frozenset(cell for cell in follows if _may_show(self.run, cell, [*self.tried, *self.computed]))

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
                widget = widget_of(control, cell.id, note.values if note else (), _form_of(control, trace))
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


def _form_of(control: Control, trace: Trace) -> str:
    """The key of the form that a control stands in; empty where there is none."""
    forms = [other for other in trace.controls if other.kind == "form" and other.name == control.name]
    held = [other for other in forms if control.path[: len(other.path)] == other.path != control.path]
    return key_of(held[-1]) if held else ""


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
    )


# --- what is known of the cells ---------------------------------------------------------------------------------------


def _costs(
    tried: Sequence[Run], follows: Mapping[str, tuple[str, ...]], shows: frozenset[str], barred: Mapping[str, str]
) -> Costs:
    seconds: dict[str, float] = {}
    weights: dict[str, float] = {}
    base = {trace.id for trace in tried[0].traces.values()}
    for cell in follows:
        traces = [trace for each in tried if (trace := each.traces.get(cell))]
        seconds[cell] = median(trace.seconds for trace in traces) if traces else 0.0
        # what all states take besides, and not only the first of them, where a process had to begin
        seconds[cell] += min((trace.beside for trace in traces if trace.id not in base), default=0.0)
        weights[cell] = max((_weight(trace, traces) for trace in traces), default=0.0)
    return Costs(follows, shows, seconds, weights, barred)


def _weight(trace: Trace, beside: Sequence[Trace]) -> float:
    """Bytes that a state with such outputs adds to a page that shows some other states."""
    others = (output.data for other in beside if other is not trace for output in other.outputs)
    shared = {leaf for data in others for value in data.values() for leaf in _leaves(value)}
    return sum(_size(output.data, shared) for output in trace.outputs)


def _size(data: Mapping[str, Any], shared: Set[str]) -> float:
    pictures = [len(value) for name, value in data.items() if name.startswith("image/") and isinstance(value, bytes)]
    texts = [len(value) for value in data.values() if isinstance(value, str)]
    charts = [len(leaf) + 1 for value in data.values() for leaf in _leaves(value) if leaf not in shared]
    return _SMALLER * min(pictures, default=0) + _SHARED * max(texts, default=0) + sum(charts)


def _leaves(value: object) -> Iterator[str]:
    """The numbers and texts of a chart, which is JSON; nothing for what is text or bytes as a whole."""
    waiting = [value] if isinstance(value, Mapping | list) else []
    while waiting:
        item = waiting.pop()
        inner = item.values() if isinstance(item, Mapping) else item
        for part in inner:
            if isinstance(part, Mapping | list):
                waiting.append(part)
            else:
                yield str(part)


def _may_show(run: Run, cell: str, runs: Iterable[Run]) -> bool:
    """Whether a cell shows something, if only that it did not run; or an expression stands in it for its own sake."""
    found = run.notebook.cell(cell)
    if found.options.removed or found.options.output == "hide":
        return False
    traces = [each.traces.get(cell) for each in runs]
    if any(trace is None or trace.outputs or trace.exit != "ok" for trace in traces):
        return True
    try:
        nodes = list(ast.walk(ast.parse(found.code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return any(isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant) for node in nodes)


def _barred(run: Run, follows: Mapping[str, tuple[str, ...]], budget: Budget) -> dict[str, str]:
    """Cells that may not run in other states, because of what they do to the world."""
    barred = {}
    for cell in follows:
        trace = run.traces.get(cell)
        if trace is None:
            continue
        if trace.exit == "died":
            barred[cell] = "died"
        elif any(name.startswith(("<file:", "<temporary file:")) for name in trace.versions):
            barred[cell] = "writes"
        elif "network" in trace.impure and not budget.network:
            barred[cell] = "network"
        elif "entropy" in trace.impure:
            barred[cell] = "chance"
    return barred


def _is_barred(keys: tuple[str, ...], barred: Mapping[str, str], follows: Mapping[str, tuple[str, ...]]) -> bool:
    return any(set(keys) & set(follows[cell]) for cell in barred)


