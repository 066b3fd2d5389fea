"""What marimo draws in the browser, drawn here: tables, charts and lazily loaded content become plain HTML.

Where such an element stands alone in a cell's output its own value is shown in its place. Inside `mo.md`, `mo.hstack`
and the like it is text, and that text is what these changes of marimo's classes provide.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import html
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nbpublish.kernel.bundle import Bundle, is_a
from nbpublish.kernel.chart_marks import boxes_of
from nbpublish.kernel.marimo_parts import MissingPartError, is_a_part, named, part
from nbpublish.kernel.rich import rich
from nbpublish.kernel.rich_tables import table_of_rows

BUNDLE = "application/vnd.marimo+mimebundle"

ROW_ID = "_marimo_row_id"

HOLDERS = {
    "_plugins.ui._impl.table:table": "data",
    "_plugins.ui._impl.dataframes.dataframe:dataframe": "_data",
    "_plugins.ui._impl.data_editor:data_editor": "_data",
    "_plugins.ui._impl.data_explorer:data_explorer": "_data",
    "_plugins.ui._impl.altair_chart:altair_chart": "_chart",
    "_plugins.ui._impl.plotly:plotly": "_figure",
    "_plugins.ui._impl.from_anywidget:anywidget": "widget",
    "_plugins.ui._impl.mpl:matplotlib": "axes",
    "_plugins.stateless.mpl._mpl:NonInteractiveMplHtml": "_figure",
    "_plugins.stateless.lazy:lazy": "_element",
    "_output.formatting:Plain": "child",
}
"""Elements that hold a value of another library, and the attribute that holds it."""


def held_by(value: object) -> Any:
    """The data frame, chart, figure or widget that an element of marimo stands for; None where it stands for none."""
    for name, attribute in HOLDERS.items():
        if is_a_part(value, name):
            held = getattr(value, attribute, None)
            return _called(held) if name.endswith(":lazy") else _as_given(held)
    return None


def _as_given(held: Any) -> Any:
    """A data frame without the column by which `mo.ui.table` tells its rows apart; axes as their figure."""
    if is_a(held, "matplotlib.axes", "Axes"):
        return held.get_figure(root=True)
    if ROW_ID not in getattr(held, "columns", ()):
        return held
    import narwhals

    return narwhals.from_native(held).drop(ROW_ID).to_native()


def label_of(value: object) -> str:
    """The label of a widget, as Markdown; empty where it has none."""
    label = getattr(getattr(value, "_args", None), "label", "")
    return label if isinstance(label, str) else ""


def selection_of(value: Any) -> dict[str, Any]:
    """What a page must know of an element in which rows or marks can be selected: its id, and where marks lie."""
    if is_a_part(value, "_plugins.ui._impl.table:table") and getattr(value, "_selection", None):
        return {"selects": str(value._id)}
    if is_a_part(value, "_plugins.ui._impl.altair_chart:altair_chart"):
        return {"selects": str(value._id), "marks": boxes_of(value)}
    return {}


def _called(element: Any) -> Any:
    """What a lazily loaded element loads; None for what has to be awaited, which the page cannot wait for."""
    if callable(element) and not hasattr(element, "_mime_"):
        element = element()
    if inspect.iscoroutine(element):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(element)
        element.close()
        return None
    return element


def bundle_of(value: Any) -> Bundle | None:
    """The bundle of a value that stands inside marimo's HTML: a figure, what `rich` knows, or rows as `mo.ui.table`
    takes them."""
    if found := _figure(value) or rich(value, every_row=True):
        return found
    rows = _rows(value)
    return table_of_rows(rows, _cell) if rows else None


def _figure(value: Any) -> Bundle | None:
    """A matplotlib figure, or the one that `value` is a part of."""
    if is_a(value, "matplotlib.container", "Container") and value.get_children():
        value = value.get_children()[0]
    if is_a(value, "matplotlib.artist", "Artist") and not is_a(value, "matplotlib.figure", "Figure"):
        value = value.get_figure(root=True)
    if not is_a(value, "matplotlib.figure", "Figure"):
        return None
    from nbpublish.kernel.figures import EMBEDDED, render

    output = render(value)
    setattr(value, EMBEDDED, True)
    return dict(output.data), dict(output.metadata)


def _rows(value: Any) -> list[Mapping[Any, Any]]:
    """Rows of named cells from a list of rows, of values or from columns; empty for anything else."""
    if isinstance(value, Mapping) and all(isinstance(c, Sequence) and not isinstance(c, str) for c in value.values()):
        return [dict(zip(value, cells, strict=False)) for cells in zip(*value.values(), strict=False)]
    if isinstance(value, Mapping):
        return [{"key": key, "value": cell} for key, cell in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [row if isinstance(row, Mapping) else {"value": row} for row in value]
    return []


def _cell(value: Any) -> str:
    return str(value.text) if hasattr(value, "_mime_") and hasattr(value, "text") else html.escape(str(value))


def embedded(bundle: Bundle) -> str:
    """A bundle as HTML that can stand inside marimo's HTML and inside Markdown.

    A table is plain HTML, unless its rows can be selected; all else is the element in which marimo itself puts a
    bundle into HTML.
    """
    data, metadata = bundle
    if "table" in metadata and "selects" not in metadata:
        return _flat(data["text/html"])
    if "image/svg+xml" in data:  # the picture stands for the specification it was drawn from
        data = {name: data[name] for name in ("image/svg+xml", "text/plain") if name in data}
    content = {name: _url(name, value) for name, value in data.items()}
    if metadata:
        content["__metadata__"] = metadata
    return str(part("_plugins.stateless.mime:mime_renderer")(BUNDLE, content).text)


def _url(mimetype: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return f"data:{mimetype};base64,{base64.b64encode(value).decode()}"


def _flat(markup: str) -> str:
    """On one line, so that it does not end the block of Markdown that it is put into."""
    return " ".join(markup.split("\n")).strip()


# --- changes of marimo's classes, each made once in a process -------------------------------------------------------


@functools.cache
def draw_elements() -> tuple[str, ...]:
    """Make the text of elements plain HTML where it can be. Gives the parts of marimo that are missing for it."""
    missing = []
    for change in (_change_texts, _change_formatters, _let_charts_own_rows):
        try:
            change()
        except Exception as error:
            missing.append(named(error))
    return tuple(missing)


def _change_texts() -> None:
    base = part("_output.hypertext:Html")
    original = inspect.getattr_static(base, "text")
    if not isinstance(original, property) or original.fget is None:
        raise MissingPartError("marimo._output.hypertext.Html.text")
    plain: Callable[[Any], str] = original.fget

    def text(element: Any) -> str:
        if not hasattr(element, "_virtual_filenames"):  # marimo is still building it
            return plain(element)
        drawn = vars(element).get("_nbpublish_text")
        if drawn is None:
            drawn = element._nbpublish_text = _drawn(element) or plain(element)
        return str(drawn)

    for name in HOLDERS:
        try:
            holder = part(name)
        except MissingPartError:  # a kind of element of another release
            continue
        if issubclass(holder, base):
            holder.text = property(text)


def _drawn(element: Any) -> str | None:
    held = held_by(element)
    if is_a_part(element, "_plugins.stateless.lazy:lazy"):
        return None if held is None else str(part("_output.formatting:as_html")(held).text)
    bundle = bundle_of(held)
    markup = embedded((bundle[0], {**bundle[1], **selection_of(element)})) if bundle else None
    label = label_of(element)
    if markup is None or not label:
        return markup
    return f"<div>{part(':md')(label).text}{markup}</div>"


def _change_formatters() -> None:
    """Give data frames and charts our look wherever marimo formats a value."""
    formatting = part("_output.formatting")
    original = part("_output.formatting:get_formatter")

    def get_formatter(obj: Any, *arguments: Any, **options: Any) -> Any:
        try:
            bundle = _figure(obj) or rich(obj, every_row=True)
        except Exception:  # a chart that is wrong: marimo says so where it formats it
            bundle = None
        return (lambda _: ("text/html", embedded(bundle))) if bundle else original(obj, *arguments, **options)

    formatting.get_formatter = get_formatter


def _let_charts_own_rows() -> None:
    """Give each `mo.ui.altair_chart` rows of its own, as `mo.ui.table` has: who reads the data frame that the chart was
    made of would otherwise depend on what is selected in the chart, because both could be changed through it."""
    kind = part("_plugins.ui._impl.altair_chart:altair_chart")
    original = kind.__init__

    @functools.wraps(original)
    def init(self: Any, chart: Any, *arguments: Any, **options: Any) -> None:
        if is_a(getattr(chart, "data", None), "pandas", "DataFrame"):
            chart = chart.copy()
            chart.data = chart.data.copy()
        original(self, chart, *arguments, **options)

    kind.__init__ = init
