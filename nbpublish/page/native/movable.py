"""Controls that move: native ones, whose places are numbered, disabled until the page's script has come."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise

from nbpublish.model import Widget
from nbpublish.page.context import Context
from nbpublish.page.html import attributes, escape, read_out

Places = tuple[int, ...]


def movable(widget: Widget, places: Places, label: str, context: Context) -> str | None:
    """The control of a widget that can be moved to `places`, with a label in HTML; None for a kind without one."""
    build = _BUILDERS.get(widget.kind)
    if build is None:
        return None
    html = build(widget, places, label, context)
    html = html.replace("<span", f"<span{own_places(widget, places)}", 1)
    if not label and widget.path:  # what it stands in says what it is to those who see it
        html = html.replace(_named(widget, ""), "")
    elif "<math" not in label:
        return html
    if widget.kind in _GROUPS:  # named themselves, as their parts are
        return html
    return re.sub("<(?:input|select|button)", lambda tag: tag[0] + _name(widget, label), html, count=1)


def own_places(widget: Widget, places: Places) -> str:
    """The attribute that says which of all its places a control has, where others make it; else nothing."""
    return attributes(data_nb_places=json.dumps(places)) if widget.made else ""


_GROUPS = frozenset({"radio", "multiselect", "range-slider"})


def _name(widget: Widget, label: str, role: str | None = None) -> str:
    """Attributes that name a control, or a group of them, to those who do not see its label."""
    return attributes(role=role, aria_label=read_out(label) or widget.title)


def _frame(widget: Widget, kind: str, inside: str, context: Context, extra: str = "") -> str:
    key = attributes(class_="nb-widget", data_widget=kind, data_nb_key=f"{context.book} {widget.key}")
    return f"<span{key}{extra}>{inside}</span>"


def _named(widget: Widget, label: str) -> str:
    """A label in HTML; where the author gives none, the name in the code."""
    return f'<span class="nb-label">{label or f"<code>{escape(widget.key)}</code>"}</span>'


def _value(widget: Widget) -> str:
    return f'<output class="nb-value" aria-hidden="true">{escape(widget.labels[widget.initial])}</output>'


def _slider(widget: Widget, places: Places, label: str, context: Context) -> str:
    at, said = places.index(widget.initial), widget.labels[widget.initial]
    attrs = attributes(type="range", min=0, max=len(places) - 1, step=1, value=at, aria_valuetext=said, disabled=True)
    inside = f"<label>{_named(widget, label)} <input{attrs}></label>{_value(widget)}"
    return _frame(widget, "slider", inside, context)


def _range_slider(widget: Widget, places: Places, label: str, context: Context) -> str:
    """Two sliders over the ends; a place is a pair of them."""
    ends: list[str] = []
    for place in places:
        first = json.dumps(json.loads(widget.values[place])[0])
        if first not in ends:
            ends.append(first)
    chosen = [json.dumps(end) for end in json.loads(widget.values[widget.initial])]
    inputs = []
    for value, word in zip(chosen, ("widget.from", "widget.to"), strict=True):
        attrs = attributes(
            type="range",
            min=0,
            max=len(ends) - 1,
            step=1,
            value=ends.index(value) if value in ends else len(ends) - 1,
            aria_label=context.words(word),
            disabled=True,
        )
        inputs.append(f"<input{attrs}>")
    inside, named = f"{_named(widget, label)} {''.join(inputs)}{_value(widget)}", _name(widget, label, "group")
    return _frame(widget, "range-slider", inside, context, named + attributes(data_ends=json.dumps(ends)))


def _number(widget: Widget, places: Places, label: str, context: Context) -> str:
    values = [json.loads(widget.values[place]) for place in places]
    steps = {round(after - before, 10) for before, after in pairwise(values)}
    attrs = attributes(
        type="number",
        min=min(values),
        max=max(values),
        step=steps.pop() if len(steps) == 1 else "any",
        value=json.loads(widget.values[widget.initial]),
        disabled=True,
    )
    return _frame(widget, "number", f"<label>{_named(widget, label)} <input{attrs}></label>", context)


def _select(widget: Widget, places: Places, label: str, context: Context) -> str:
    options = "".join(
        f"<option{attributes(selected=place == widget.initial)}>{escape(widget.labels[place])}</option>"
        for place in places
    )
    inside = f"<label>{_named(widget, label)} <select disabled>{options}</select></label>"
    return _frame(widget, "dropdown", inside, context)


def _date(widget: Widget, places: Places, label: str, context: Context) -> str:
    attrs = attributes(
        type="date",
        min=widget.labels[places[0]],
        max=widget.labels[places[-1]],
        value=widget.labels[widget.initial],
        disabled=True,
    )
    return _frame(widget, "date", f"<label>{_named(widget, label)} <input{attrs}></label>", context)


def _radio(widget: Widget, places: Places, label: str, context: Context) -> str:
    group = f"{context.book}-{context.unique('radio')}"  # as names, unlike ids, tie controls together
    buttons = []
    for place in places:
        if widget.values[place] == "null":  # nothing chosen yet
            continue
        attrs = attributes(type="radio", name=group, value=place, checked=place == widget.initial, disabled=True)
        buttons.append(f"<label><input{attrs}> {escape(widget.labels[place])}</label>")
    inside = f"{_named(widget, label)} {' '.join(buttons)}"
    return _frame(widget, "radio", inside, context, _name(widget, label, "radiogroup"))


def _toggle(widget: Widget, places: Places, label: str, context: Context) -> str:
    on = widget.values[widget.initial] == "true"
    role = "switch" if widget.kind == "switch" else None
    attrs = attributes(type="checkbox", role=role, checked=on, disabled=True)
    return _frame(widget, widget.kind, f"<label><input{attrs}> {_named(widget, label)}</label>", context)


def _checks(widget: Widget, places: Places, label: str, context: Context) -> str:
    """One box for each option; a place is a set of them."""
    chosen = json.loads(widget.values[widget.initial])
    options: list[str] = []
    for place in places:
        options += [option for option in json.loads(widget.values[place]) if option not in options]
    boxes = []
    for option in options:
        attrs = attributes(type="checkbox", value=json.dumps(option), checked=option in chosen, disabled=True)
        boxes.append(f"<label><input{attrs}> {escape(option)}</label>")
    inside = f"{_named(widget, label)} {' '.join(boxes)}"
    return _frame(widget, "multiselect", inside, context, _name(widget, label, "group"))


def _button(widget: Widget, places: Places, label: str, context: Context) -> str:
    text = label or escape(context.words("widget.button"))
    return _frame(widget, widget.kind, f'<button type="button" disabled>{text}</button>', context)


_BUILDERS: dict[str, Callable[[Widget, Places, str, Context], str]] = {
    "slider": _slider,
    "range-slider": _range_slider,
    "number": _number,
    "dropdown": _select,
    "text": _select,
    "radio": _radio,
    "checkbox": _toggle,
    "switch": _toggle,
    "multiselect": _checks,
    "date": _date,
    "run-button": _button,
    "button": _button,
}
