"""A control of ipywidgets → what must be known of it to set it and to find it on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbpublish.kernel.bundle import is_a
from nbpublish.model import Control

_SLIDERS = {
    "IntSlider": "slider",
    "FloatSlider": "slider",
    "BoundedIntText": "number",
    "BoundedFloatText": "number",
    "IntRangeSlider": "range-slider",
    "FloatRangeSlider": "range-slider",
}
_CHOICES = {"Dropdown": "dropdown", "Select": "dropdown", "RadioButtons": "radio", "ToggleButtons": "radio"}
_TOGGLES = {"Checkbox": "checkbox", "ToggleButton": "checkbox"}


def element(name: str) -> str:
    """The id by which the page finds the control that is bound to a shared name."""
    return f"ipywidgets {name}"


def controls_in(name: str, value: Any) -> list[Control]:
    """The control that is bound to `name`; none for a widget without places that are known beforehand."""
    if not is_a(value, "ipywidgets", "ValueWidget") and not is_a(value, "ipywidgets", "DOMWidget"):
        return []
    kind = type(value).__name__
    properties: dict[str, Any] = {"label": getattr(value, "description", "")}
    if kind in _SLIDERS:
        initial = list(value.value) if isinstance(value.value, tuple) else value.value
        properties |= {"start": value.min, "stop": value.max, "step": value.step}
        return [Control(name, (), _SLIDERS[kind], element(name), initial, properties, "ipywidgets")]
    if kind == "FloatLogSlider":  # ends and step are exponents
        properties |= {"start": value.min, "stop": value.max, "step": value.step, "base": value.base}
        return [Control(name, (), "slider", element(name), value.value, properties, "ipywidgets")]
    if kind in _CHOICES:
        properties["options"] = list(value._options_labels)
        initial = value.label
        if _CHOICES[kind] == "dropdown":
            initial = [] if initial is None else [initial]
        return [Control(name, (), _CHOICES[kind], element(name), initial, properties, "ipywidgets")]
    if kind == "SelectionSlider":
        properties["steps"] = list(value._options_labels)
        return [Control(name, (), "slider", element(name), value.index, properties, "ipywidgets")]
    if kind in _TOGGLES:
        return [Control(name, (), "checkbox", element(name), value.value, properties, "ipywidgets")]
    if kind == "Text":
        return [Control(name, (), "text", element(name), value.value, properties, "ipywidgets")]
    return []


def shown_within(value: Any, namespace: Mapping[str, Any]) -> list[str]:
    """Ids of the controls that a displayed widget is or holds, in their order."""
    names = {id(each): name for name, each in sorted(namespace.items(), reverse=True) if controls_in(name, each)}
    waiting, found = [value], list[str]()
    while waiting:
        widget = waiting.pop(0)
        if id(widget) in names:
            found.append(element(names[id(widget)]))
        waiting = [*getattr(widget, "children", ()), *waiting]
    return found
