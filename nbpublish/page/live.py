"""Outputs that live by a script, charts and widgets: drawn where the site can draw them, else a picture or a name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from nbpublish.page import anywidget, placeholders, plotly, vega
from nbpublish.page.context import Context, metadata_of, text_in
from nbpublish.page.figures import PICTURES, bytes_of, figure, picture
from nbpublish.page.html import escape
from nbpublish.page.native.movable import movable

Metadata = Mapping[str, object]
Bundle = Mapping[str, object]

_KINDS = {
    "application/vnd.plotly.": "plotly",
    "application/vnd.vegalite.": "vegalite",
    "application/vnd.vega.": "vega",
    "application/vnd.jupyter.widget-view+": "widget",
    "application/vnd.bokehjs_exec.": "bokeh",
    "application/vnd.holoviews_exec.": "holoviews",
}
"""Beginnings of mimetypes that need a script, and the libraries they belong to."""


def kind_of(data: Bundle) -> str | None:
    """What kind of chart or widget a mimebundle holds; None where it holds neither."""
    return next((kind for start, kind in _KINDS.items() if any(name.startswith(start) for name in data)), None)


def output(kind: str, data: Bundle, metadata: Metadata, context: Context) -> str:
    """The chart or widget itself, else its picture, else its name."""
    drawn = _drawn(kind, data, metadata, context)
    return drawn or _picture(data, metadata, context) or _named(kind, data, metadata, context)


def still(data: Bundle, metadata: Metadata, context: Context) -> str:
    """The picture of a chart, else its name."""
    return _picture(data, metadata, context) or _named(kind_of(data) or "vegalite", data, metadata, context)


def _picture(data: Bundle, metadata: Metadata, context: Context) -> str | None:
    for mimetype in PICTURES:
        if mimetype in data and (html := figure(data[mimetype], mimetype, metadata, context)):
            return html
    return None


def _drawn(kind: str, data: Bundle, metadata: Metadata, context: Context) -> str | None:
    """The chart itself, where the site can draw it; its picture is shown first."""
    if kind == "widget":
        return _moved(metadata, context) or anywidget.mounted(data, context)
    if kind not in ("plotly", "vegalite", "vega"):
        return None
    value = next(value for name, value in data.items() if name.startswith(f"application/vnd.{kind}."))
    if kind == "plotly" and plotly.loads_maps(value):
        context.problem(
            "remote-map",
            "Plotly loads the outlines and tiles of maps from another host, so the page shows no interactive map. "
            "Install kaleido to have a picture of it.",
        )
        return None
    if isinstance(trouble := metadata.get("no_picture"), str):
        said = f"Kaleido drew no picture of this chart, because {trouble}; without a script it is only named."
        context.problem("no-picture", f"{said} Install Chrome or Chromium where nbpublish runs, or uninstall kaleido.")
    title = metadata.get("title") or metadata.get("alt") or chart_title(value)
    what = placeholders.name_of(kind, plotly.plain(title) if isinstance(title, str) else "", context)
    shown = next((name for name in PICTURES if bytes_of(data.get(name), name)), None)
    drawn = bytes_of(data[shown], shown) if shown else None
    image = picture(drawn, shown, metadata_of(metadata, shown), context) if shown and drawn else None
    if kind == "plotly":
        return plotly.chart(value, what, image, context)
    return vega.chart(value, metadata_of(metadata, shown or ""), what, image, context)


def _moved(metadata: Metadata, context: Context) -> str | None:
    """The controls that a Jupyter widget is or holds, where readers can move them; None where they cannot."""
    ids = metadata.get("controls")
    known = [context.widgets[id] for id in ids if id in context.widgets] if isinstance(ids, list) else []
    found = [movable(widget, places, escape(widget.label), context) or "" for widget, places in known]
    return f'<div class="nb-controls">{"".join(found)}</div>' if any(found) else None


def _named(kind: str, data: Bundle, metadata: Metadata, context: Context) -> str:
    """In place of a chart or widget without a picture: which it is, and what it is called."""
    said = text_in(data.get("text/plain")).strip()
    if kind == "widget":
        name = said.partition("\n")[0]
        what = placeholders.widget_of(name, context)
        return placeholders.live("widget", what, context)
    value = next((value for name, value in data.items() if name.startswith("application/vnd.")), None)
    title = metadata.get("title") or metadata.get("alt")
    title = title if isinstance(title, str) and title else chart_title(value)
    return placeholders.chart(kind, title, context, told=kind == "plotly" and plotly.loads_maps(value))


def chart_title(value: object) -> str:
    """The title in a Plotly figure or a Vega specification; empty where it has none."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ""
    for path in (("layout", "title", "text"), ("layout", "title"), ("title", "text"), ("title",)):
        found: object = value
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            return found
        if isinstance(found, list) and all(isinstance(line, str) for line in found):
            return " ".join(found)
    return ""
