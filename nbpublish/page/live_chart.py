"""Room on a page for an interactive chart, which is drawn when a reader asks for it.

The library that draws it may weigh as much as all the rest of a site. So the page holds the chart's data, a picture of
it where there is one, and a button; `nb-chart.js` does the rest, from files of the site alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from nbpublish.page.context import Context
from nbpublish.page.figures import captioned
from nbpublish.page.html import attributes, escape
from nbpublish.page.settings import Library

LARGEST_INLINE = 100_000
"""Bytes of a chart's data; more are a file of their own, so that the page itself stays quick to load."""


@dataclass(frozen=True, slots=True)
class LiveChart:
    """What a library draws."""

    kind: Literal["plotly", "vega"]
    """Which script of ours asks the library to: `nb-KIND.js`."""
    what: str
    """What the chart is called."""
    data: str
    """As `written`."""
    size: tuple[int, int]
    """Width and height in CSS pixels."""


def written(value: object) -> str | None:
    """JSON that is also JavaScript and may stand in a `script` element; None for what JSON does not hold."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return None
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def room(chart: LiveChart, library: Library, picture: str | None, context: Context) -> str:
    """The room as HTML; `picture` is the `img` that is shown until the chart is drawn."""
    data = {"data_draw": chart.kind, "data_library": context.assets.keep(library.script)}
    inline = ""
    if len(chart.data.encode()) > LARGEST_INLINE:
        data["data_figure"] = context.assets.add(f"nb.figure({chart.data});\n".encode(), "text/javascript")
    else:  # in a list, which is no fault where Material runs the scripts of a page that it swaps in
        inline = f'<script type="application/json">[{chart.data}]</script>'
    width, height = chart.size
    style = f"max-width:{width}px" if picture else f"max-width:{width}px;height:{height}px"
    box = attributes(class_="nb-chart", role="group", aria_label=chart.what, data_height=height, style=style, **data)
    shown = picture or f"<p>{escape(chart.what)}</p>"
    button = _button(library, "chart.interactive" if picture else "chart.show", context)
    without = "" if picture else f"<noscript><p>{escape(context.words('chart.script'))}</p></noscript>"
    figure = f"<div{box}>{shown}{button}{without}</div>{inline}"
    return captioned(figure, context, f"nb-figure nb-ondemand nb-{chart.kind}")


def _button(library: Library, label: str, context: Context) -> str:
    """The words that its script says stand on it, in the reader's language."""
    size = context.words("chart.size", size=f"{library.transfer / 1e6:.1f}")
    said = "|".join(context.words(f"chart.{word}") for word in ("loading", "failed"))
    text = f"{escape(context.words(label))} <small>{escape(size)}</small>"
    return f'<button{attributes(type="button", class_="nb-show", data_words=said)}>{text}</button>'
