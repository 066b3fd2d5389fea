"""A table of which rows can be selected: a box in each row, disabled until the page's script has come."""

from __future__ import annotations

import json

from nbpublish.model import Widget
from nbpublish.page.context import Context
from nbpublish.page.html import attributes, parse, serialize

Places = tuple[int, ...]


def selectable(html: str, widget: Widget, places: Places, context: Context) -> str:
    """The HTML of a table with a box for each row that a place of its widget selects."""
    soup = parse(html)
    chosen = json.loads(widget.values[widget.initial])
    known = {row for place in places for row in json.loads(widget.values[place])}
    for number, row in enumerate(soup.select("tbody > tr")):
        first = row.find(["th", "td"])
        if number not in known or first is None:
            continue
        label = context.words("widget.row", number=number + 1)
        box = attributes(type="checkbox", value=number, checked=number in chosen, aria_label=label, disabled=True)
        first.insert(0, parse(f"<input{box}> "))
    key = attributes(class_="nb-selects", data_widget="table", data_nb_key=f"{context.book} {widget.key}")
    return f"<div{key}>{serialize(soup)}</div>"
