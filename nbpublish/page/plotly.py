"""A Plotly figure → an interactive chart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from nbpublish.page.context import Context
from nbpublish.page.live_chart import LiveChart, room, written

_WIDTH, _HEIGHT = 700, 450
"""CSS pixels of a figure that names no size, as Plotly has it."""
_MAPS = re.compile(r"(?:scatter|choropleth|density)?(?:geo|map|mapbox)|choropleth")
"""Kinds of trace whose outlines or tiles the library loads from other hosts."""


def chart(value: object, what: str, picture: str | None, context: Context) -> str | None:
    """The room for the chart of a figure, which `what` names; None where the site cannot draw it.

    `picture` is the `img` that is shown until then.
    """
    figure = _figure(value)
    if figure is None:
        return None
    parts = {name: figure[name] for name in ("data", "layout", "frames", "config") if figure.get(name)}
    text = written({"data": [], **parts})
    library = context.settings.plotly() if text else None
    if not (text and library):
        return None
    return room(LiveChart("plotly", what, text, _size(figure)), library, picture, context)


def plain(title: str) -> str:
    """A title without the tags that Plotly understands in it."""
    return " ".join(re.sub(r"</?\w+[^<>]*>", " ", title).split())


def _figure(value: object) -> Mapping[str, object] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, Mapping) and isinstance(value.get("data"), list) else None


def loads_maps(value: object) -> bool:
    """Whether a figure is a map, of which the library would load parts from other hosts."""
    traces = (_figure(value) or {}).get("data")
    kinds = [trace.get("type") for trace in traces if isinstance(trace, Mapping)] if isinstance(traces, list) else []
    return any(isinstance(kind, str) and _MAPS.fullmatch(kind) for kind in kinds)


def _size(figure: Mapping[str, object]) -> tuple[int, int]:
    layout = figure.get("layout")
    said = [layout.get(name) if isinstance(layout, Mapping) else None for name in ("width", "height")]
    width, height = (round(n) if isinstance(n, int | float) and 10 <= n <= 10_000 else None for n in said)
    return width or _WIDTH, height or _HEIGHT
