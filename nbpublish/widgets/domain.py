"""A control → a widget: all places where a reader can put it."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from nbpublish.model import MOST_PLACES, Control, Widget

_FREE = 21
"""Places of a slider of which the author names no step."""
_SUBSETS = 6
"""Options of which every subset is a place."""
_DAYS = 366
_ROWS = 40
"""Rows of a table that can be selected."""
_CLICKS = 10
"""How often a button can be pressed."""
_NOTHING = "–"

Place = tuple[Any, str]
"""The value that is set, in JSON types, and what the reader sees."""


def key_of(control: Control) -> str:
    """The key of a control's widget."""
    return ".".join((control.name, *control.path))


def form_of(control: Control, beside: Iterable[Control]) -> str:
    """The key of the form that a control stands in, among those of its cell; empty where there is none."""
    forms = [other for other in beside if other.kind == "form" and other.name == control.name]
    held = [other for other in forms if control.path[: len(other.path)] == other.path != control.path]
    return key_of(held[-1]) if held else ""


def widget_of(control: Control, cell: str, values: Sequence[Any] = (), form: str = "") -> Widget | None:
    """The widget of a control that `cell` makes; None where it has no places, too many, or only one.

    `values` are those that the author has named for it; they take the place of all that follows from its kind. `form`
    is the key of the form that it stands in.
    """
    places = [(value, said(value)) for value in values] or list(_places(control))
    if not any(_same(value, control.initial) for value, _ in places):
        places = _with_initial(places, control)
    initial = next(at for at, (value, _) in enumerate(places) if _same(value, control.initial))
    if len(places) < 2:
        return None
    key = key_of(control)
    texts = tuple(as_json(value) for value, _ in places)
    labels = tuple(label for _, label in places)
    label, steps = str(control.properties.get("label") or ""), bool(control.properties.get("steps"))
    return Widget(
        *(key, control.name, control.path, cell, control.kind, control.element, texts, labels, initial),
        library=control.library,
        label=label if control.library == "ipywidgets" else "",
        steps=steps,
        form=form,
        whole=0 if values else _whole(control),
    )


def _whole(control: Control) -> int:
    """How many numbers, or pairs of them, a slider has; 0 for what offers all that it has."""
    of = control.properties
    if control.kind not in ("slider", "number", "range-slider") or of.get("start") is None or of.get("stop") is None:
        return 0
    count = len(of.get("steps") or ()) or grid_size(of["start"], of["stop"], of.get("step"))
    return count * (count + 1) // 2 if control.kind == "range-slider" else count


def said(value: Any) -> str:
    """A value as its reader sees it."""
    if isinstance(value, bool) or value is None:
        return {True: "✓", False: "✗", None: _NOTHING}[value]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(map(said, value)) or _NOTHING
    return str(value)


def as_json(value: Any) -> str:
    """A value as the text that stands for it in states."""
    return json.dumps(value, ensure_ascii=False)


def _same(one: Any, other: Any) -> bool:
    if as_json(one) == as_json(other):
        return True
    if not (_is_number(one) and _is_number(other)):
        return False
    # a place counts as many decimals as a reader may see, and the author's π some more
    return one == other if isinstance(one, int) and isinstance(other, int) else math.isclose(one, other, abs_tol=1e-12)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _with_initial(places: list[Place], control: Control) -> list[Place]:
    """The places with the initial one among them, numbers in their order."""
    places = [(control.initial, said(control.initial)), *places]
    if all(_is_number(value) for value, _ in places):
        places.sort(key=lambda place: place[0])
    return places


def _places(control: Control) -> Iterable[Place]:
    places = _KINDS.get(control.kind)
    try:
        return places(control) if places else ()
    except (TypeError, ValueError, KeyError, OverflowError):  # a control of another shape than we know
        return ()


def grid(start: float, stop: float, step: float | None) -> list[float]:
    """Numbers from `start` to `stop`, both included, `step` apart; few enough for a reader to need them all."""
    whole, step = _stepped(start, stop, step)
    count = grid_size(start, stop, step)
    chosen = range(count) if count <= MOST_PLACES else evenly(range(count), MOST_PLACES)
    return [start + at * step if whole else round(start + at * step, 12) for at in chosen]


def grid_size(start: float, stop: float, step: float | None) -> int:
    """How many numbers there are from `start` to `stop`, both included, `step` apart."""
    _, step = _stepped(start, stop, step)
    if not (step > 0 and math.isfinite(stop - start) and stop >= start):
        return 0
    return math.floor((stop - start) / step * (1 + 1e-12) + 1e-9) + 1


def _stepped(start: float, stop: float, step: float | None) -> tuple[bool, float]:
    """Whether all numbers are whole, and their step; a round one where the author names none."""
    whole = all(isinstance(number, int) for number in (start, stop, 1 if step is None else step))
    if step is None:
        step = 1 if whole else _nice((stop - start) / (_FREE - 1))
    return whole, step


def evenly(items: Sequence[int], count: int) -> list[int]:
    """`count` of the items, evenly spread, the first and the last among them."""
    last = len(items) - 1
    return sorted({items[round(at * last / (count - 1))] for at in range(count)}) if count > 1 else [items[0]]


def _nice(step: float) -> float:
    """The largest of 1, 2, 2.5, 5 times a power of ten that is not above `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return max(factor * power for factor in (1, 2, 2.5, 5) if factor * power <= step * (1 + 1e-9))


def _numbers(control: Control) -> list[Place]:
    steps = control.properties.get("steps")
    if steps:
        return [(at, said(step)) for at, step in enumerate(steps)]
    of = control.properties
    if of.get("start") is None or of.get("stop") is None:
        return []
    numbers = grid(of["start"], of["stop"], of.get("step"))
    if base := of.get("base"):
        numbers = [float(f"{base**exponent:.12g}") for exponent in numbers]
    return [(number, said(number)) for number in numbers]


def _ranges(control: Control) -> Iterator[Place]:
    ends = _numbers(control)
    if len(ends) > 24:  # as many ranges as a slider may have places
        ends = [ends[at] for at in evenly(range(len(ends)), 13)]
    for low, (first, first_label) in enumerate(ends):
        for last, last_label in ends[low:]:
            yield [first, last], f"{first_label} – {last_label}"


def _choices(control: Control) -> Iterator[Place]:
    if control.properties.get("allow-select-none"):
        yield [], _NOTHING
    for option in control.properties["options"]:
        yield [option], said(option)


def _radio(control: Control) -> list[Place]:
    return [(option, said(option)) for option in control.properties["options"]]


def _subsets(control: Control) -> Iterator[Place]:
    options = control.properties["options"]
    most = control.properties.get("max-selections") or len(options)
    if len(options) <= _SUBSETS:
        for count in range(min(most, len(options)) + 1):
            for chosen in combinations(options, count):
                yield list(chosen), said(list(chosen))


def _rows(control: Control) -> Iterator[Place]:
    """No row, each row, and for a small table where several may be selected every set of them."""
    selection, count = control.properties.get("selection"), control.properties["total-rows"]
    if selection not in ("single", "multi") or count > _ROWS:
        return
    most = count if selection == "multi" and count <= _SUBSETS else 1
    for chosen in (rows for size in range(most + 1) for rows in combinations(range(count), size)):
        yield list(chosen), ", ".join(str(row + 1) for row in chosen) or _NOTHING


def _marks(control: Control) -> Iterator[Place]:
    """No mark of a chart, and each."""
    marks = control.properties["marks"]
    if marks:
        yield control.initial, _NOTHING
    yield from ((mark["set"], mark["label"]) for mark in marks)


def _toggle(control: Control) -> list[Place]:
    return [(False, "✗"), (True, "✓")]


def _tabs(control: Control) -> Iterator[Place]:
    for at, name in enumerate(control.properties["tabs"]):
        first = control.initial == "" and at == 0
        yield "" if first else str(at), _text(str(name))


def _days(control: Control) -> Iterator[Place]:
    first = datetime.date.fromisoformat(control.properties["start"])
    last = datetime.date.fromisoformat(control.properties["stop"])
    days = (last - first).days
    if 0 <= days < _DAYS:
        for day in range(days + 1):
            date = (first + datetime.timedelta(day)).isoformat()
            yield date, date


def _run(control: Control) -> list[Place]:
    return [(0, _NOTHING), (1, "▶")]


def _clicks(control: Control) -> list[Place]:
    return [(count, said(count)) for count in range(_CLICKS + 1)]


def _text(html: str) -> str:
    """HTML of a label without its tags."""
    parts = html.split("<")
    return "".join([parts[0], *(part.partition(">")[2] for part in parts[1:])]).strip()


_KINDS: dict[str, Callable[[Control], Iterable[Place]]] = {
    "slider": _numbers,
    "number": _numbers,
    "range-slider": _ranges,
    "dropdown": _choices,
    "radio": _radio,
    "multiselect": _subsets,
    "checkbox": _toggle,
    "switch": _toggle,
    "tabs": _tabs,
    "date": _days,
    "run-button": _run,
    "button": _clicks,
    "form": _toggle,
    "table": _rows,
    "vega": _marks,
}
