"""One output becomes HTML: the best of the representations in its mimebundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nbpublish.model import ERROR, MISSING_GLYPHS, Options, Output
from nbpublish.page import addresses, foreign, lints, live, marks, placeholders, rows, same_markup, streams, tables
from nbpublish.page.context import Context, text_in
from nbpublish.page.failures import failure
from nbpublish.page.figures import PICTURES, bytes_of, captioned, figure, player
from nbpublish.page.html import escape, is_tag, parse, serialize
from nbpublish.page.labels import kind_of
from nbpublish.page.latex import latex_output
from nbpublish.page.markdown_output import displayed
from nbpublish.page.native import leaves, translate
from nbpublish.page.tree import tree

if TYPE_CHECKING:
    from bs4.element import PageElement

Metadata = Mapping[str, object]
Bundle = Mapping[str, object]

MARIMO_BUNDLE = "application/vnd.marimo+mimebundle"
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
    moved = context.widgets.get(str(metadata.get("selects")))
    if moved and moved[0].kind == "vega":
        return marks.selectable(live.still(data, metadata, context), *moved, metadata.get("marks"), context)
    if kind := live.kind_of(data):
        return live.output(kind, data, metadata, context)
    metadata = tables.with_rows(data, metadata, context)
    for mimetype, render in _BEST_FIRST:
        if mimetype in data and _prefers(mimetype, data):
            html = render(data[mimetype], mimetype, metadata, context)
            if html is not None:
                return rows.selectable(html, *moved, context) if moved and html else html
    return _unknown(data, context)


def _prefers(mimetype: str, data: Bundle) -> bool:
    """marimo's prose comes as Markdown and as HTML made of it; the Markdown takes part in the page's headings."""
    if mimetype == "text/html" and "text/markdown" in data:
        return 'class="markdown' not in text_in(data["text/html"])
    return True


def _loads_library(data: Bundle) -> bool:
    """Whether an output only gets Jupyter's page ready for charts, such as `application/vnd.bokehjs_load.v0+json`."""
    return any(name.startswith("application/vnd.") and "_load." in name for name in data)


def _html(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    html, kinds = same_markup.made(text_in(value), context.tables, lambda text: _made(text, context))
    if not html:
        return ""
    note = tables.size_note(metadata.get("table"), context)
    if kinds[:1] == ("nb-table",) and _names_a_table(context.peek_options()):
        return captioned(html + note, context, "nb-figure nb-figure-table", "table")
    if kinds and all(kind.startswith("nb-") for kind in kinds):
        return html + note
    return f'<div class="nb-html">{html}{note}</div>'


def _made(text: str, context: Context) -> same_markup.Made:
    """The HTML of an output as it stands on our pages, and the kinds of its outer elements."""
    soup = parse(text)
    foreign.drop_loading_notes(soup)
    addresses.resolve_all(soup, context)
    translate.elements(soup, context, bundle)
    tables.clean(soup, context)
    foreign.scrub(soup, context)
    foreign.extract(soup, context)
    addresses.spell_in_drawings(soup)
    kinds = tuple(_kind(child) for child in soup.children if is_tag(child) or str(child).strip())
    return serialize(soup).strip(), kinds


def _names_a_table(options: Options | None) -> bool:
    named = options is not None and (options.caption or options.label)
    return bool(options and named and kind_of(options.label or "") in (None, "table"))


def _kind(node: PageElement) -> str:
    """The first class of an element; empty for text."""
    return str(node.get_attribute_list("class")[0] or "") if is_tag(node) and node.get("class") else ""


def _markdown(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    text = text_in(value)
    if text.lstrip().startswith('<span class="markdown'):
        return _html(text, mimetype, metadata, context)
    html = displayed(text, context, bundle)
    return f'<div class="nb-markdown">{html}</div>' if html.strip() else ""


def _image(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return figure(value, mimetype, metadata, context)


def _media(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return player(value, mimetype, context)


def _latex(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    return latex_output(text_in(value), context)


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
    return streams.preformatted(text_in(value), "nb-text", context)


def _javascript(value: object, mimetype: str, metadata: Metadata, context: Context) -> str | None:
    context.problem(
        "script-output", "A JavaScript output is not run on the page. Display HTML or a picture in its place."
    )
    return placeholders.placeholder("javascript", context.words("placeholder.javascript"))


Renderer = Callable[[object, str, Metadata, Context], "str | None"]

_BEST_FIRST: Sequence[tuple[str, Renderer]] = (
    ("text/html", _html),
    ("text/markdown", _markdown),
    *((mimetype, _image) for mimetype in PICTURES),
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
