"""A value of a marimo notebook → outputs, as marimo shows it.

Prose stays Markdown, so that the page can render it like all other prose. Layout and widgets stay marimo's HTML,
marked by `metadata["marimo"]`, so that the page can translate its elements. Data frames, charts, figures and Jupyter
widgets are shown by their own formatters, also where marimo holds them in an element of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any

from nbpublish.kernel.bridge import Surroundings
from nbpublish.kernel.marimo_parts import is_a_part, part
from nbpublish.kernel.marimo_static import bundle_of, held_by, label_of, selection_of
from nbpublish.kernel.rich_html import steady
from nbpublish.model import Output

MARKED = {"marimo": True}

LINE = 72
"""A list or dictionary of plain values that fits into so many characters is shown as text rather than as a tree."""

_FOLDER = re.compile(r"(<marimo-file-browser\b[^>]*? data-initial-path=)'[^']*'")
_MODEL = re.compile(r"model-?id='(?:&quot;)?([0-9a-f]{32})(?:&quot;)?'", re.IGNORECASE)


def outputs_of(value: object, session: Surroundings) -> list[Output] | None:
    """What marimo would show of `value`; None for a value that other formatters show better."""
    if is_a_part(value, "_output.md:_md"):
        return [_markdown(value)]
    held = held_by(value)
    if held is not None:
        return _held(value, held, session)
    if is_a_part(value, "_output.hypertext:Html"):
        return [_html(str(value.text))]  # type: ignore[attr-defined]
    if isinstance(value, list | tuple | dict):
        return _tree(value)
    if _has(value, "_display_"):
        shown = value._display_()  # type: ignore[attr-defined]
        return session.outputs_of(shown)
    if _has(value, "_mime_"):
        return _mime(value)
    return None


def _has(value: object, method: str) -> bool:
    return not isinstance(value, type) and callable(getattr(type(value), method, None))


def _markdown(value: Any) -> Output:
    """The source of prose; widgets within are marimo's HTML."""
    source = value._repr_markdown_() if _has(value, "_repr_markdown_") else value.text
    data, metadata = steady({"text/markdown": _named(source)}, {})
    return Output("display", data, {**metadata, **MARKED})


def _html(markup: str) -> Output:
    data, metadata = steady({"text/html": _named(markup)}, {})
    return Output("display", data, {**metadata, **MARKED})


def _held(value: object, held: Any, session: Surroundings) -> list[Output]:
    label = label_of(value)
    before = [_markdown(part(":md")(label))] if label else []
    chosen = selection_of(value)
    bundle = bundle_of(held) if chosen or is_a_part(value, "_plugins.ui._impl.table:table") else None
    if bundle:
        return [*before, Output("display", bundle[0], {**bundle[1], **MARKED, **chosen})]
    return before + session.outputs_of(held)


def _tree(value: Any) -> list[Output] | None:
    """A list or dictionary as a tree, which may hold prose, widgets and pictures; None where a line of text does."""
    if _is_drawn(value) or (_is_plain(value) and len(repr(value)) <= LINE):
        return None
    try:
        tree = part("_output.formatting:as_html")(value).text
    except (TypeError, ValueError, RecursionError):  # what marimo cannot put into JSON
        return None
    data, metadata = steady({"text/html": _named(tree), "text/plain": repr(value)}, {})
    return [Output("display", data, {**metadata, **MARKED})]


def _is_drawn(value: Any) -> bool:
    """Whether `value` holds nothing but what matplotlib's functions return: parts of a figure."""
    if not isinstance(value, list | tuple | dict):
        return type(value).__module__.startswith(("matplotlib.", "mpl_toolkits."))
    items = [*value.values()] if isinstance(value, dict) else [*value]
    items = [item for item in items if not (isinstance(item, list) and not item)]  # boxplot() without outliers
    return bool(items) and all(map(_is_drawn, items))


def _is_plain(value: Any) -> bool:
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return all(part is None or isinstance(part, bool | int | float | complex | str | bytes) for part in parts)


def _mime(value: Any) -> list[Output] | None:
    """What an object that follows marimo's protocol says of itself."""
    if is_a_part(value, "_output.hypertext:Html") or type(value).__module__.startswith("matplotlib"):
        return None
    mimetype, content = value._mime_()
    if mimetype == "text/html":
        return [_html(content)]
    if mimetype.startswith("application/") and isinstance(content, str):
        content = json.loads(content)
    data, metadata = steady({mimetype: content}, {})
    return [Output("display", data, {**metadata, **MARKED})]


def _named(markup: str) -> str:
    """Models with ids in the order of their appearance, where marimo draws them at random, and files to browse
    without the folder of whoever builds the page."""
    markup = _FOLDER.sub(r"\1'&quot;.&quot;'", markup)
    order: dict[str, str] = {}
    for found in _MODEL.finditer(markup):
        order.setdefault(found[1], f"{len(order):032x}")
    for random, name in order.items():
        markup = markup.replace(random, name)
    return markup

