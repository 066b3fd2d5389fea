"""Widgets that the values of other widgets make, as `mo.ui.slider(1, most.value)` is.

What they are in each state of those others is seen there: they are joined to one widget that has all their places. What
such a widget makes is seen in its states in turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from nbpublish.model import MOST_PLACES, Decision, Given, Made, Run, Widget, counted
from nbpublish.widgets.combinations import settings_of

Found = dict[tuple[int, ...], Widget]
"""By the places of the widgets that make it, what a widget is then."""


def made_by(
    run: Run,
    widgets: Sequence[Widget],
    follows: Mapping[str, tuple[str, ...]],
    decisions: Sequence[Decision],
    at: Callable[[Given], Run | None],
    widgets_of: Callable[[Run], Sequence[Widget]],
) -> Iterator[tuple[Widget, ...]]:
    """What `widgets` make, those of one cell together; `at` gives a state that was computed."""
    known = {widget.key: widget for widget in widgets}
    for cell in run.notebook.cells:
        by = follows.get(cell.id, ())
        decision = next((each for each in decisions if by and set(by) <= set(each.widgets) and _is_full(each)), None)
        if decision is None:
            continue
        kept = dict(zip(decision.widgets, decision.places, strict=True))
        found: dict[str, Found] = {}
        for places in settings_of([known[key] for key in by], kept):
            state = at(counted(widgets, places))
            if state is None or not ((trace := state.traces.get(cell.id)) and trace.controls):
                continue
            for widget in widgets_of(state):
                if widget.cell == cell.id and widget.key not in known:
                    found.setdefault(widget.key, {})[tuple(places.values())] = widget
        stand = tuple(known[key].initial for key in by)
        joined = [_joined(each, by, stand) for each in found.values()]
        if group := tuple(widget for widget in joined if widget):
            yield group


def all_made_by_these(widgets: Sequence[Widget], follows: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether no widget is made by more than those of which it is known."""
    return all(set(follows.get(each.cell, ())) <= set(each.made.by) for each in widgets if each.made)


def _is_full(decision: Decision) -> bool:
    """Whether all combinations of its places are computed."""
    return decision.extent in ("all", "some")


def _joined(found: Found, by: tuple[str, ...], stand: tuple[int, ...]) -> Widget | None:
    """One widget with the places of all states; None where they are not of one kind, or have too many."""
    every = list(found.values())
    first = found.get(stand, every[0])
    places = list(dict.fromkeys(place for widget in every for place in _places(widget)))
    if len(places) > MOST_PLACES or any((each.kind, each.steps) != (first.kind, first.steps) for each in every):
        return None
    values = [json.loads(value) for value, _ in places]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        places = [place for _, place in sorted(zip(values, places, strict=True))]
    index = {place: number for number, place in enumerate(places)}
    at = {}
    for setting, widget in found.items():
        own = [index[place] for place in _places(widget)]
        at[setting] = own[widget.initial], tuple(own)
    return replace(
        first,
        values=tuple(value for value, _ in places),
        labels=tuple(label for _, label in places),
        initial=at[stand][0] if stand in at else 0,
        whole=0,
        made=Made(by, stand, at, {setting: widget.element for setting, widget in found.items()}),
    )


def _places(widget: Widget) -> Iterator[tuple[str, str]]:
    return zip(widget.values, widget.labels, strict=True)
