"""A control of marimo → what must be known of it to set it and to find it on the page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nbpublish.kernel.chart_marks import marks_of
from nbpublish.kernel.marimo_parts import is_a_part
from nbpublish.model import Control

_SHOWN = ("data", "raw-data", "spec", "figure")
WITHIN_FORM = "form"
"""Leads from a form to the control within it."""


def controls_in(name: str, value: Any, path: tuple[str, ...] = ()) -> list[Control]:
    """The control that is bound to `name`, or those within it."""
    if not is_a_part(value, "_plugins.ui._core.ui_element:UIElement"):
        return []
    arguments = value._args
    kind = arguments.component_name.removeprefix("marimo-")
    if kind == "dict":
        within = value.elements
        items: Iterable[tuple[Any, Any]] = within.items() if isinstance(within, dict) else enumerate(within)
        return [control for key, item in items for control in controls_in(name, item, (*path, str(key)))]
    properties = _plain(arguments.args)
    if is_a_part(value, "_plugins.ui._impl.altair_chart:altair_chart"):
        properties["marks"] = marks_of(value)
    if kind == "form":
        sent = Control(name, path, kind, str(value._id), False, {"checks": value.validate is not None})
        inner = (*path, WITHIN_FORM)
        # a form in a dictionary is a copy, and so is what it holds: but its HTML is that of the first
        shown = str(arguments.args["element-id"])
        within_form = controls_in(name, value.element, inner)
        return [sent, *(replace(each, element=shown) if each.path == inner else each for each in within_form)]
    if kind == "button" and is_a_part(value, "_plugins.ui._impl.run_button:run_button"):
        kind = "run-button"
    return [Control(name, path, kind, str(value._id), _json(arguments.initial_value), properties)]


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments that JSON can hold; what a table or a chart shows is no argument of its control."""
    kept = {name: _json(value) for name, value in arguments.items() if name not in _SHOWN}
    return {name: value for name, value in kept.items() if value is not None}


def _json(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError):
        return None
