"""A control that can be moved, where a state of another one has made it: it stands elsewhere than without a reader."""

from __future__ import annotations

import json
from dataclasses import replace

from nbpublish.page.html import attributes
from nbpublish.page.native.element import Element
from nbpublish.page.native.movable import movable


def moved(element: Element) -> str | None:
    """The HTML of a control that can be moved; None for any other element."""
    if element.widget is None:
        return None
    widget, places = element.widget
    made = element.get("initial-value")
    at = next((place for place in places if json.loads(widget.values[place]) == made), widget.initial)
    html = movable(replace(widget, initial=at), places, element.label, element.context)
    if html is None or at == widget.initial:
        return html
    return html.replace("<span", f"<span{attributes(data_nb_at=places.index(at))}", 1)
