"""A chart of which marks can be selected: a round button over each, disabled until the page's script has come.

One more lies below them all, over the whole picture: nothing is selected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nbpublish.model import Widget
from nbpublish.page.context import Context
from nbpublish.page.html import attributes, escape, parse, serialize
from nbpublish.page.native.movable import movable, own_places

Places = tuple[int, ...]


def selectable(html: str, widget: Widget, places: Places, boxes: object, context: Context) -> str:
    """The HTML of a picture with what selects its marks; `boxes` says where they lie, in the order of the places.

    Where that is not known, a list of them stands below the picture.
    """
    soup = parse(html)
    image = soup.find("img")
    if image is None or not isinstance(boxes, Sequence) or len(boxes) + 1 != len(places):
        choice = movable(replace(widget, kind="dropdown"), places, escape(context.words("widget.selected")), context)
        return f"{html}<div class=\"nb-controls\">{choice}</div>"
    name = f"{context.book}-{context.unique('mark')}"  # as names, unlike ids, tie controls together
    buttons = []
    for number, place in enumerate(places):
        said = widget.labels[place] if place else context.words("widget.unselected")
        style = _style(boxes[number - 1]) if place else None
        attrs = attributes(type="radio", name=name, value=place, checked=place == widget.initial, disabled=True)
        buttons.append(f"<input{attrs}{attributes(aria_label=said, title=said if place else None, style=style)}>")
    key = attributes(class_="nb-marks", data_widget="vega", data_nb_key=f"{context.book} {widget.key}")
    key += own_places(widget, places)
    label = attributes(role="radiogroup", aria_label=str(image.get("alt") or widget.key))
    shown = f'<output class="nb-value" aria-hidden="true">{escape(widget.labels[widget.initial])}</output>'
    image.replace_with(parse(f"<div{key}{label}><div>{image}{''.join(buttons)}</div>{shown}</div>"))
    return serialize(soup)


def _style(box: Sequence[float]) -> str:
    return ";".join(f"{name}:{share * 100:.2f}%" for name, share in zip(_SIDES, box, strict=True))


_SIDES = ("left", "top", "width", "height")
