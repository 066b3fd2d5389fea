"""One output becomes HTML: the best of the representations in its mimebundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nbpublish.model import ERROR, MISSING_GLYPHS, Options, Output
from nbpublish.page import addresses, anywidget, foreign, lints, placeholders, plotly, streams, tables, vega
from nbpublish.page.context import Context, metadata_of
from nbpublish.page.failures import failure
from nbpublish.page.figures import bytes_of, captioned, figure, picture, player
from nbpublish.page.html import escape, is_tag, parse, serialize
from nbpublish.page.labels import kind_of
from nbpublish.page.latex import latex_output
from nbpublish.page.markdown_output import displayed
from nbpublish.page.native import leaves, translate
from nbpublish.page.native.movable import movable
from nbpublish.page.tree import tree

if TYPE_CHECKING:
    from bs4.element import PageElement

Metadata = Mapping[str, object]
Bundle = Mapping[str, object]

MARIMO_BUNDLE = "application/vnd.marimo+mimebundle"
_PICTURES = ("image/svg+xml", "image/png", "image/webp", "image/avif", "image/jpeg", "image/gif", "image/bmp")
_LIVE = {
    "application/vnd.plotly.": "plotly",
    "application/vnd.vegalite.": "vegalite",
    "application/vnd.vega.": "vega",
    "application/vnd.jupyter.widget-view+": "widget",
    "application/vnd.bokehjs_exec.": "bokeh",
    "application/vnd.holoviews_exec.": "holoviews",
}
"""Beginnings of mimetypes that need a script, and the libraries they belong to."""


def render_outputs(outputs: Iterable[Output], context: Context) -> str:
    """`div.nb-outputs` with every output that shows something; empty where none does."""
    shown = [html for output in streams.merged(outputs) if (html := _output(output, context))]
    return f'<div class="nb-outputs">\n{chr(10).join(shown)}\n</div>' if shown else ""


def _output(output: Output, context: Context) -> str:
    if output.channel in ("stdout", "stderr"):
        return streams.stream(output, context)
    if ERROR in output.data:
        return failure(output.data[ERROR], context)
    if MISSING_GLYPHS in output.data:
        return lints.missing_glyphs(output.data[MISSING_GLYPHS], context)
    return bundle(output.data, output.metadata, context)


def bundle(data: Bundle, metadata: Metadata, context: Context) -> str:
    """The best representation that holds something, by the order below; a placeholder where none can be shown."""
    if MARIMO_BUNDLE in data:
        return _marimo_bundle(data[MARIMO_BUNDLE], metadata, context)
    if _loads_library(data):
        return ""
    live = next((kind for start, kind in _LIVE.items() if any(name.startswith(start) for name in data)), None)
    if live:
        drawn = _drawn(live, data, metadata, context)
        return drawn or _picture(data, metadata, context) or _live(live, data, metadata, context)
    for mimetype, render in _BEST_FIRST:
        if mimetype in data and _prefers(mimetype, data):
            html = render(data[mimetype], mimetype, metadata, context)
            if html is not None:
                return html
    return _unknown(data, context)


def _prefers(mimetype: str, data: Bundle) -> bool:
    """marimo's prose comes as Markdown and as HTML made of it; the Markdown takes part in the page's headings."""
    if mimetype == "text/html" and "text/markdown" in data:
        return 'class="markdown' not in _text(data["text/html"])
    return True


def _loads_library(data: Bundle) -> bool:
    """Whether an output only gets Jupyter's page ready for charts, such as `application/vnd.bokehjs_load.v0+json`."""
    return any(name.startswith("application/vnd.") and "_load." in name for name in data)


def _picture(data: Bundle, metadata: Metadata, context: Context) -> str | None:
    for mimetype in _PICTURES:
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
    shown = next((name for name in _PICTURES if bytes_of(data.get(name), name)), None)
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


def _live(kind: str, data: Bundle, metadata: Metadata, context: Context) -> str:
    """In place of a chart or widget without a picture: which it is, and what it is called."""
    said = _text(data.get("text/plain")).strip()
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


def _html(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    soup = parse(_text(value))
    foreign.drop_loading_notes(soup)
    addresses.resolve_all(soup, context)
    translate.elements(soup, context, bundle)
    tables.clean(soup, context)
    foreign.scrub(soup, context)
    foreign.extract(soup, context)
    html = serialize(soup).strip()
    if not html:
        return ""
    note = tables.size_note(metadata.get("table"), context)
    kinds = [_kind(child) for child in soup.children if str(child).strip()]
    if kinds[:1] == ["nb-table"] and _names_a_table(context.peek_options()):
        return captioned(html + note, context, "nb-figure nb-figure-table", "table")
    if kinds and all(kind.startswith("nb-") for kind in kinds):
        return html + note
    return f'<div class="nb-html">{html}{note}</div>'


def _names_a_table(options: Options | None) -> bool:
    named = options is not None and (options.caption or options.label)
    return bool(options and named and kind_of(options.label or "") in (None, "table"))


def _kind(node: PageElement) -> str:
    """The first class of an element; empty for text."""
    return str(node.get_attribute_list("class")[0] or "") if is_tag(node) and node.get("class") else ""


def _markdown(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    text = _text(value)
    if text.lstrip().startswith('<span class="markdown'):
        return _html(text, mimetype, metadata, context)
    html = displayed(text, context, bundle)
    return f'<div class="nb-markdown">{html}</div>' if html.strip() else ""


def _image(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return figure(value, mimetype, metadata, context)


def _media(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return player(value, mimetype, context)


def _latex(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return latex_output(_text(value), context)


def _json(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return streams.preformatted(str(value), "nb-text", context)
    return tree(leaves.named(value), context, lambda text: _leaf(text, context))


def _leaf(text: str, context: Context) -> str | None:
    """marimo shows lists and dictionaries as JSON, with what is more than text written into strings."""
    return leaves.formatted(text, lambda html: translate.html(html, context, bundle), bundle, context)


def _pdf(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    data = bytes_of(value, mimetype)
    if not data:
        return None
    href = escape(context.assets.add(data, mimetype))
    label = escape(context.words("download.file", name="PDF"))
    return f'<p><a class="nb-download" href="{href}" download>{label}</a></p>'


def _plain(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return streams.preformatted(_text(value), "nb-text", context)


def _javascript(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    context.problem(
        "script-output", "A JavaScript output is not run on the page. Display HTML or a picture in its place."
    )
    return placeholders.placeholder("javascript", context.words("placeholder.javascript"))


Renderer = Callable[[object, str, Metadata, Context], "str | None"]

_BEST_FIRST: Sequence[tuple[str, Renderer]] = (
    ("text/html", _html),
    ("text/markdown", _markdown),
    *((mimetype, _image) for mimetype in _PICTURES),
    ("video/mp4", _media),
    ("video/webm", _media),
    ("video/ogg", _media),
    ("audio/mpeg", _media),
    ("audio/wav", _media),
    ("audio/x-wav", _media),
    ("audio/ogg", _media),
    ("audio/flac", _media),
    ("audio/mp4", _media),
    ("text/latex", _latex),
    ("application/pdf", _pdf),
    ("application/json", _json),
    ("application/geo+json", _json),
    ("text/plain", _plain),
    ("application/javascript", _javascript),
    ("text/javascript", _javascript),
    ("text/csv", _plain),
)


def _marimo_bundle(value: object, metadata: Metadata, context: Context) -> str:
    """marimo's own mimebundle: a JSON object, with the metadata inside."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, Mapping):
        return placeholders.placeholder("binary", context.words("placeholder.binary", mimetype=MARIMO_BUNDLE))
    inner = value.get("__metadata__")
    known = {**metadata, **inner} if isinstance(inner, Mapping) else metadata
    rest = {str(name): item for name, item in value.items() if name not in ("__metadata__", MARIMO_BUNDLE)}
    return bundle(rest, known, context)


def _unknown(data: Bundle, context: Context) -> str:
    """Of all that is left, what is text is shown; the rest is named."""
    kinds = [mimetype for mimetype, value in data.items() if value not in ("", b"", None)]
    if not kinds:
        return ""
    for mimetype in kinds:
        value = data[mimetype]
        if mimetype.startswith("text/") and isinstance(value, str):
            return streams.preformatted(value, "nb-text", context)
    mimetype = kinds[0]
    if mimetype.endswith("json"):
        return _json(data[mimetype], mimetype, {}, context) or ""
    text = context.words("placeholder.binary", mimetype=mimetype)
    return placeholders.placeholder("binary", text)


def _text(value: object) -> str:
    """Text of a representation, which nbformat may also hold as a list of lines."""
    if isinstance(value, list):
        return "".join(str(line) for line in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
