"""Pictures, sound and films become files beside the page."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from nbpublish.model import Options
from nbpublish.page import dark_plotly, dark_vega, parts
from nbpublish.page.context import Context, metadata_of
from nbpublish.page.dark import CLASS, themed
from nbpublish.page.html import attributes, escape, text_of
from nbpublish.page.labels import Kind, kind_of, number_mark
from nbpublish.page.lints import missing_alt
from nbpublish.page.sizes import size_of

PICTURES = ("image/svg+xml", "image/png", "image/webp", "image/avif", "image/jpeg", "image/gif", "image/bmp")
"""Mimetypes of pictures, the best first."""
LARGE = 2048
"""Characters from which a `data:` address is worth a file of its own."""
_DATA_URI = re.compile(r"data:(?P<type>[^,;]*)(?P<parameters>(?:;[^,;]*)*),(?P<data>.*)", re.DOTALL | re.IGNORECASE)


def figure(value: object, mimetype: str, metadata: Mapping[str, object], context: Context) -> str | None:
    """A picture with its alternative text, size and caption; None for a picture that holds no bytes."""
    data = bytes_of(value, mimetype)
    if not data:
        return None
    known = metadata_of(metadata, mimetype)
    return captioned(picture(data, mimetype, known, context), context)


def captioned(html: str, context: Context, classes: str = "nb-figure", kind: Kind = "figure") -> str:
    """A `figure` around something shown. The cell's caption and label go to the first one of their kind."""
    options = context.peek_options()
    if options is None or kind_of(options.label or "") not in (None, kind):
        return f"<figure{attributes(class_=classes)}>{html}</figure>"
    if options.parts:
        words = context.prose.inline(subcaption(options, context), context.cell)
        index = context.take_part()
        context.anchors |= {parts.label_of(options.label, index)} if options.label else set()
        return parts.part(html, words, index, options.label, kind, classes)
    context.take_options()
    return labelled(html, options.label, kind, classes, context)


def subcaption(options: Options, context: Context) -> str:
    """The caption of the next part of the cell's figure, as Markdown; empty where it has none."""
    return options.parts[context.part] if context.part < len(options.parts) else ""


def labelled(html: str, label: str | None, kind: Kind, classes: str, context: Context) -> str:
    """A `figure` with the caption of the cell at hand, and its number where it has a label.

    The caption of a table or of code stands above it, that of a figure below.
    """
    options = context.cell.options
    style = parts.columns(options.columns) if context.part else ""
    classes = f"{classes} {parts.CLASS}" if context.part else classes
    words = context.prose.inline(options.caption, context.cell) if options.caption else ""
    number = ""
    if label:
        context.anchors.add(label)
        number = number_mark(kind, label, 0, "caption" if words else "alone")
    caption = f"<figcaption>{number}{words}</figcaption>" if number or words else ""
    inside = caption + html if kind in ("table", "listing") else html + caption
    return f"<figure{attributes(class_=classes, id=label, style=style or None)}>{inside}</figure>"


def picture(data: bytes, mimetype: str, known: Mapping[str, object], context: Context) -> str:
    """An `img` that takes its room before it is loaded."""
    width, height = _size(data, mimetype, known)
    svg = data.decode("utf-8", "replace") if mimetype == "image/svg+xml" else ""
    dark = (themed(svg) or dark_vega.themed(svg) or dark_plotly.themed(svg)) if svg else None
    if dark:
        data = dark.encode()
    attrs = attributes(
        class_=CLASS if dark else None,
        src=context.assets.add(data, mimetype),
        alt=alternative(data, mimetype, known, context) or True,
        width=width,
        height=height,
        loading="lazy",
        decoding="async",
    )
    return f"<img{attrs}>"


def alternative(data: bytes, mimetype: str, known: Mapping[str, object], context: Context) -> str:
    """What a picture says to someone who does not see it: the author's words, else its own, else where it is from."""
    options = context.peek_options()
    own = subcaption(options, context) if options else ""
    if options and options.alt is not None and not own:
        return options.alt
    for key in ("alt", "title"):
        if isinstance(text := known.get(key), str) and text.strip():
            return text if key == "alt" else context.words("figure.alt-of", title=text)
    if mimetype == "image/svg+xml" and (title := svg_title(data)):
        return context.words("figure.alt-of", title=title)
    if said := own or (options and options.caption):
        return context.words("figure.alt-of", title=text_of(context.prose.inline(said, context.cell)))
    missing_alt(context)
    if context.cell.name and context.cell.name != "_":
        return context.words("figure.alt-cell", name=context.cell.name)
    return context.words("figure.alt")


def svg_title(data: bytes) -> str:
    """The title of a drawing on one line; empty where its first 20,000 bytes have none."""
    match = re.search(rb"<title[^>]*>([^<]*)</title>", data[:20_000])
    return " ".join(match.group(1).decode("utf-8", "replace").split()) if match else ""


def player(value: object, mimetype: str, context: Context) -> str | None:
    """A sound or a film with the browser's own controls."""
    data = bytes_of(value, mimetype)
    if not data:
        return None
    tag = mimetype.partition("/")[0]
    label = escape(context.words(f"{tag}.label"))
    source = escape(context.assets.add(data, mimetype))
    html = f'<{tag} controls preload="metadata" aria-label="{label}" src="{source}"></{tag}>'
    return captioned(html, context)


def bytes_of(value: object, mimetype: str) -> bytes | None:
    """The bytes of a representation, which may also come as Base64, as a `data:` address or (SVG) as text."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if not isinstance(value, str):
        return None
    if value[:5].lower() == "data:":
        decoded = decode_data_uri(value)
        return decoded[1] if decoded else None
    if mimetype == "image/svg+xml":
        return value.encode()
    return _base64(value)


def decode_data_uri(uri: str) -> tuple[str, bytes] | None:
    """Mimetype and bytes of a `data:` address (RFC 2397); None where it is broken."""
    match = _DATA_URI.fullmatch(uri.strip())
    if not match:
        return None
    mimetype = match["type"].lower() or "text/plain"
    raw = unquote_to_bytes(match["data"])
    if ";base64" not in match["parameters"].lower():
        return mimetype, raw
    data = _base64(raw.decode("ascii", "replace"))
    return (mimetype, data) if data is not None else None


def _base64(text: str) -> bytes | None:
    text = "".join(text.split())
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _size(data: bytes, mimetype: str, known: Mapping[str, object]) -> tuple[int | None, int | None]:
    """In whole CSS pixels. One measure alone keeps the picture's proportions."""
    width, height = _pixels(known.get("width")), _pixels(known.get("height"))
    own = size_of(data, mimetype)
    if own:
        if width and not height:
            height = width * own[1] / own[0]
        elif height and not width:
            width = height * own[0] / own[1]
        elif not width:
            width, height = own
    return (round(width) or 1, round(height) or 1) if width and height else (None, None)


def _pixels(value: object) -> float | None:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*([0-9.]+)\s*(?:px)?\s*", value)
        value = float(match.group(1)) if match and match.group(1).count(".") < 2 and match.group(1) != "." else None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6:
        return float(value)
    return None
