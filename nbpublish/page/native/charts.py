"""Elements that draw: charts of libraries, mimebundles, Matplotlib."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.page import placeholders
from nbpublish.page.figures import figure
from nbpublish.page.native.element import Element, loads


def _mime(e: Element) -> str:
    """What `mo.as_html` makes of a value that is no HTML: an output of its own."""
    mimetype, value = e.text("mime"), e.get("data")
    if not mimetype:
        return e.inside
    if isinstance(value, str) and mimetype.endswith(("json", "mimebundle")):
        value = loads(value)
    metadata = value.get("__metadata__") if isinstance(value, Mapping) else None
    return e.bundle({mimetype: value}, metadata if isinstance(metadata, Mapping) else {}, e.context)


def _vega(e: Element) -> str:
    return e.bundle({"application/vnd.vegalite.v5+json": e.get("spec")}, {}, e.context)


def _plotly(e: Element) -> str:
    return e.bundle({"application/vnd.plotly.v1+json": e.get("figure")}, {}, e.context)


def _matplotlib(e: Element) -> str:
    size = {"width": e.number("width"), "height": e.number("height")}
    html = figure(e.get("chart-base64"), "image/png", size, e.context)
    return html or placeholders.live("matplotlib", e.context.words("what.matplotlib"), e.context)


TRANSLATIONS = {
    "mime-renderer": _mime,
    "vega": _vega,
    "plotly": _plotly,
    "matplotlib": _matplotlib,
    "mpl-interactive": _matplotlib,
}
