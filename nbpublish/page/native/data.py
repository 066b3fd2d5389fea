"""Elements that show data: table, tree, matrix, editors of data."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from nbpublish.page import placeholders, tables
from nbpublish.page.figures import decode_data_uri
from nbpublish.page.html import escape
from nbpublish.page.native import leaves
from nbpublish.page.native.element import Element, as_number, loads, said
from nbpublish.page.tree import tree

_ROW_ID = "_marimo_row_id"

Rows = list[Mapping[str, object]]


def _table(e: Element) -> str:
    rows = _rows(e.get("data"))
    if rows is None:
        return placeholders.placeholder(
            "table", e.context.words("placeholder.missing", what=e.context.words("table.label"))
        )
    total, columns = e.number("total-rows"), e.number("total-columns")
    note = tables.size(_count(total, len(rows)), _count(columns, len(_columns(rows, e))), e.context)
    if total is not None and total > len(rows):
        note = e.context.words("table.part", shown=f"{len(rows):,}", total=f"{int(total):,}")
    return _of_rows(rows, e, note)


def _count(number: float | None, otherwise: int) -> int:
    return int(number) if number is not None else otherwise


def _of_rows(rows: Rows, e: Element, note: str) -> str:
    columns = _columns(rows, e)
    rich = {id(value): html for row in rows for value in row.values() if (html := _rich(value, e)) is not None}
    label = e.label
    html = tables.from_rows(rows, columns, rich)
    if label:
        html = html.replace("<table>", f"<table><caption>{label}</caption>", 1)
    box = tables.scroller(html, e.label_text or e.context.words("table.label"))
    return f'{box}<p class="nb-note">{escape(note)}</p>'


def _rows(value: object) -> Rows | None:
    """Rows of a table: as a list, as JSON in a string, or as JSON or CSV in a `data:` address."""
    if isinstance(value, str) and value[:5] == "data:":
        decoded = decode_data_uri(value)
        if decoded is None:
            return None
        text = decoded[1].decode("utf-8-sig", "replace")
        if "csv" in decoded[0]:
            try:
                return [{str(key): item for key, item in row.items()} for row in csv.DictReader(io.StringIO(text))]
            except csv.Error:
                return None
        value = loads(text)
    elif isinstance(value, str):
        value = loads(value)
    if isinstance(value, Mapping):  # columns instead of rows
        lists = {str(key): item for key, item in value.items() if isinstance(item, list)}
        length = max(map(len, lists.values()), default=0)
        return [{key: item[i] if i < len(item) else None for key, item in lists.items()} for i in range(length)]
    if not isinstance(value, list):
        return None
    return [row if isinstance(row, Mapping) else {"value": row} for row in value]


def _columns(rows: Rows, e: Element) -> list[str]:
    """In the order of the frame, then those that only the rows have."""
    typed = [str(pair[0]) for pair in e.items("field-types") if isinstance(pair, list) and pair]
    found = dict.fromkeys(key for row in rows for key in row if key != _ROW_ID)
    hidden = {said(name) for name in e.items("hidden-columns")}
    lead = [key for key in found if key not in typed]
    return [key for key in dict.fromkeys([*lead, *typed]) if key not in hidden and (key in found or not rows)]


def _rich(value: object, e: Element) -> str | None:
    """HTML of a value that marimo formatted, such as a picture or a list; None for plain text."""
    if isinstance(value, Mapping):
        if isinstance(mimetype := value.get("mimetype"), str) and "data" in value:
            return e.bundle({mimetype: value["data"]}, {}, e.context)
        return escape(said(value))
    if isinstance(value, list):
        return escape(said(value))
    return _formatted(value, e) if isinstance(value, str) else None


def _formatted(text: str, e: Element) -> str | None:
    return leaves.formatted(text, e.native, e.bundle, e.context)


def _tree(e: Element) -> str:
    value = e.get("json-data")
    parent = e.tag.parent
    if parent is not None and parent.name == "marimo-dict" and isinstance(value, list | dict):
        return _controls(value, e)
    return tree(leaves.named(value), e.context, lambda text: _formatted(text, e))


def _controls(value: list[object] | dict[str, object], e: Element) -> str:
    """The controls of a `mo.ui.array` or `mo.ui.dictionary`, one below the other."""
    pairs = list(value.items()) if isinstance(value, dict) else [("", item) for item in value]
    parts = []
    for key, item in pairs:
        name = f'<span class="nb-key">{escape(key)}</span> ' if key else ""
        shown = _formatted(item, e) if isinstance(item, str) else None
        parts.append(
            f"<div>{name}{shown if shown is not None else tree(item, e.context, lambda t: _formatted(t, e))}</div>"
        )
    return f'<div class="nb-vstack">{"".join(parts)}</div>'


def _matrix(e: Element) -> str:
    rows = [row if isinstance(row, list) else [row] for row in e.items("initial-value")]
    body = "".join(
        "<tr>" + "".join(f'<td class="nb-num">{escape(_rounded(value, e))}</td>' for value in row) + "</tr>"
        for row in rows
    )
    label = f'<p class="nb-label">{e.label}</p>' if e.label else ""
    box = tables.scroller(f"<table><tbody>{body}</tbody></table>", e.label_text or e.context.words("widget.matrix"))
    return f'<div class="nb-widget" data-widget="matrix">{label}{box}</div>'


def _rounded(value: object, e: Element) -> str:
    """A number of a matrix with as many decimals as its author wants to see."""
    number, decimals = as_number(value), e.number("precision")
    if number is None or decimals is None or not 0 <= decimals <= 20:
        return said(value)
    return f"{number:.{int(decimals)}{'e' if e.flag('scientific') else 'f'}}"


def _editor(e: Element) -> str:
    """Tools that work on data show the data."""
    rows = _rows(e.get("data"))
    name = e.tag.name.removeprefix("marimo-")
    if not rows:
        return placeholders.live(name, e.context.words(f"what.{name}"), e.context)
    note = tables.size(len(rows), len(_columns(rows, e)), e.context)
    return _of_rows(rows, e, note)


def _dataframe(e: Element) -> str:
    what = e.context.words("what.dataframe")
    if name := e.text("dataframe-name"):
        what = f"{what} {name}"
    columns = [said(column[0]) for column in e.items("columns") if isinstance(column, list) and column]
    if columns:
        what = f"{what} ({', '.join(columns)})"
    return placeholders.live("dataframe", what, e.context)


TRANSLATIONS = {
    "table": _table,
    "json-output": _tree,
    "matrix": _matrix,
    "data-explorer": _editor,
    "data-editor": _editor,
    "dataframe": _dataframe,
}
