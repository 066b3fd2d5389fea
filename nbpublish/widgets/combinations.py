"""How many settings widgets have together, and which: of controls that others make, only places that they have then."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from nbpublish.model import Widget

Kept = Mapping[str, Sequence[int]]
"""By widget, the places that are to be computed. One that others make keeps all its places."""


def combinations(widgets: Sequence[Widget], kept: Kept) -> int:
    """The number of settings. What stands in a form counts once that is sent."""
    by = {key for widget in widgets if widget.made for key in widget.made.by}
    others = [widget for widget in widgets if widget.key not in by]
    keys = {widget.key for widget in others}
    first = [widget for widget in others if widget.form not in keys]
    total = 0
    for setting in settings_of([widget for widget in widgets if widget.key in by], kept):
        total += math.prod(_weight(widget, others, kept, setting) for widget in first)
    return total


def settings_of(makers: Sequence[Widget], kept: Kept) -> Iterator[dict[str, int]]:
    """Every setting of widgets, each once. What makes one of them, and the form that it stands in, comes before it."""

    def further(at: int, found: dict[str, int], moved: frozenset[str]) -> Iterator[dict[str, int]]:
        if at == len(makers):
            yield found
            return
        widget = makers[at]
        stands = widget.standing(found)[0]
        for place in _places(widget, kept, found) if widget.form in moved else (stands,):
            now = moved if place == stands else moved | {widget.key}
            yield from further(at + 1, {**found, widget.key: place}, now)

    return further(0, {}, frozenset({""}))


def _places(widget: Widget, kept: Kept, setting: Mapping[str, int]) -> Sequence[int]:
    stands, able = widget.standing(setting)
    return (able or (stands,)) if widget.made else kept[widget.key]


def _weight(widget: Widget, others: Sequence[Widget], kept: Kept, setting: Mapping[str, int]) -> int:
    """In how many ways a widget can be set in a setting of those that make some, with what stands in it."""
    if widget.form in setting and setting[widget.form] == 0:  # it has not been sent
        return 1
    own = len(_places(widget, kept, setting))
    if widget.kind != "form" or own < 2:
        return own
    return 1 + math.prod(_weight(each, others, kept, setting) for each in others if each.form == widget.key)
