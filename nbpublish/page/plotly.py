"""A Plotly figure → room for an interactive chart, which is drawn when a reader asks for it.

The library that draws it weighs as much as all the rest of a site. So the page holds the figure's data, a picture of it
where there is one, and a button; `nb.js` does the rest, from files of the site alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from nbpublish.page.context import Context
from nbpublish.page.figures import captioned
from nbpublish.page.html import attributes, escape
from nbpublish.page.settings import Library

LARGEST_INLINE = 100_000
"""Bytes of a figure's data; more are a file of their own, so that the page itself stays quick to load."""
_WIDTH, _HEIGHT = 700, 450
"""CSS pixels of a figure that names no size, as Plotly has it."""
_MAPS = re.compile(r"(?:scatter|choropleth|density)?(?:geo|map|mapbox)|choropleth")
"""Kinds of trace whose outlines or tiles the library loads from other hosts."""


def chart(value: object, what: str, picture: str | None, context: Context) -> str | None:
    """The room for the chart of a figure, which `what` names; None where the site cannot draw it.

    `picture` is the `img` that is shown until then.
    """
    figure = _figure(value)
    text = _written(figure) if figure else None
    library = context.settings.plotly() if text else None
    if not (figure and text and library):
        return None
    data: dict[str, str] = {"data_plotly": context.assets.keep(library.script)}
    inline = ""
    if len(text.encode()) > LARGEST_INLINE:
        data["data_figure"] = context.assets.add(f"nb.figure({text});\n".encode(), "text/javascript")
    else:
        inline = f'<script type="application/json">{text}</script>'
    width, height = _size(figure)
    style = f"max-width:{width}px" if picture else f"max-width:{width}px;height:{height}px"
    box = attributes(class_="nb-chart", role="group", aria_label=what, data_height=height, style=style, **data)
    shown = picture or f"<p>{escape(what)}</p>"
    return captioned(f"<div{box}>{shown}{_button(library, context)}</div>{inline}", context, "nb-figure nb-plotly")


def _button(library: Library, context: Context) -> str:
    label = escape(context.words("chart.show"))
    size = escape(context.words("chart.size", size=f"{library.transfer / 1e6:.1f}"))
    without = escape(context.words("chart.script"))
    return (
        f'<button type="button" class="nb-show">{label} <small>{size}</small></button>'
        f"<noscript><p>{without}</p></noscript>"
    )


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


def _written(figure: Mapping[str, object]) -> str | None:
    """The figure as JSON that is also JavaScript and may stand in a `script` element."""
    parts = {name: figure[name] for name in ("data", "layout", "frames", "config") if figure.get(name)}
    try:
        text = json.dumps({"data": [], **parts}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return None
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _size(figure: Mapping[str, object]) -> tuple[int, int]:
    layout = figure.get("layout")
    said = [layout.get(name) if isinstance(layout, Mapping) else None for name in ("width", "height")]
    width, height = (round(n) if isinstance(n, int | float) and 10 <= n <= 10_000 else None for n in said)
    return width or _WIDTH, height or _HEIGHT
