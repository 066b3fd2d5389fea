"""Data frames → semantic HTML tables with their size and column types.

pandas and polars format the values, because their display options are the author's. What is changed is the frame
around them: row and column headers are `<th scope>`, numeric columns carry `class="number"`, inline styles are gone,
and what is left out in the middle is one row that says how many rows it stands for.
"""

from __future__ import annotations

import html
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Number
from typing import Any

from nbpublish.kernel.bundle import Bundle, is_a
from nbpublish.kernel.csv_rows import csv_of

LIMIT = 200
"""A marimo notebook shows a frame of up to this many rows in full, a longer one by its two ends."""
ENDS = 100
"""Rows shown of a longer frame, half of them from each end."""
COLUMNS = 50
RELATION = 100_000
"""A DuckDB relation is a query not yet answered: one of more rows than this keeps its text, and is not fetched."""

_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</t[hd]>", re.DOTALL)
_SPAN = re.compile(r'\b(?:row|col)span="\d+"')


@dataclass(frozen=True)
class _Cell:
    tag: str
    html: str
    span: str = ""


@dataclass(frozen=True)
class _Table:
    """A table as its library formatted it, and what the library's HTML does not say."""

    head: list[list[_Cell]]
    body: list[list[_Cell]]
    rows: int
    columns: list[tuple[str, str]]
    """Name and type of every column, shown or not."""
    numeric: list[bool]
    """For each column shown."""
    row_headers: int = 0
    """Columns at the left that name the row."""
    elided: int | None = None
    """Index in `body` of the row that stands for the rows left out."""
    types: list[str] = field(default_factory=list)
    """Types shown below the column names, where the library shows them."""
    csv: str = ""
    """All rows and columns, where some are left out."""


def table(value: Any, *, every_row: bool) -> Bundle | None:
    """The bundle of a data frame or series of pandas, polars, pyarrow or DuckDB; None for anything else.

    With `every_row` a frame is shown up to `LIMIT` rows, as marimo would let the reader page through it; without, as
    many as the library's own display options allow, as Jupyter shows it.
    """
    for read in (_pandas, _polars, _pyarrow, _duckdb):
        if (found := read(value, every_row)) is not None:
            data = {"text/html": _html(found), "text/plain": repr(value)}
            return data | ({"text/csv": found.csv} if found.csv else {}), {"table": _facts(found)}
    return None


def _facts(table: _Table) -> dict[str, Any]:
    shown = len(table.body) - (table.elided is not None)
    types = [list(column) for column in table.columns]
    return {"rows": table.rows, "columns": len(table.columns), "shown": shown, "types": types}


# --- reading the libraries' HTML ------------------------------------------------------------------------------------


def _rows(markup: str) -> list[list[_Cell]]:
    return [
        [_Cell(tag, text, " ".join(_SPAN.findall(attributes))) for tag, attributes, text in _CELL.findall(row)]
        for row in _ROW.findall(markup)
    ]


def _parts(markup: str) -> tuple[list[list[_Cell]], list[list[_Cell]]]:
    head, _, body = markup.partition("</thead>")
    return _rows(head), _rows(body)


def _shown(flags: list[bool], gap: int | None, width: int) -> list[bool]:
    """`flags` of the `width` columns shown, of which the one at `gap` stands for columns left out."""
    return flags if gap is None else [*flags[:gap], False, *flags[len(flags) - (width - gap - 1) :]]


def _pandas(value: Any, every_row: bool) -> _Table | None:
    if is_a(value, "pandas", "Series"):
        value = value.to_frame("" if value.name is None else value.name)
    if not is_a(value, "pandas", "DataFrame"):
        return None
    import pandas

    if type(value)._repr_html_ is not vars(pandas.DataFrame)["_repr_html_"]:  # a subclass with a look of its own
        return None
    if not pandas.get_option("display.notebook_repr_html"):
        return None
    rows = len(value)
    show = _rows_shown(rows, every_row, pandas.get_option("display.max_rows"), pandas.get_option("display.min_rows"))
    limit = COLUMNS if every_row else pandas.get_option("display.max_columns")
    limit = 20 if limit == 0 else limit or len(value.columns)  # 0: as many as the terminal is wide, which we have not
    columns = len(value.columns) if len(value.columns) <= limit else max(2, limit // 2 * 2)
    gap = columns // 2 if columns < len(value.columns) else None
    head, body = _parts(value.to_html(max_rows=show, max_cols=columns, border=0, show_dimensions=False))
    types = [str(dtype) for dtype in value.dtypes]
    numbers = [pandas.api.types.is_numeric_dtype(d) and not pandas.api.types.is_bool_dtype(d) for d in value.dtypes]
    return _Table(
        head,
        body,
        rows,
        list(zip(map(str, value.columns), types, strict=True)),
        _shown(numbers, gap, columns + (gap is not None)),
        row_headers=value.index.nlevels,
        elided=show // 2 if show < rows else None,
        csv=csv_of(value) if show < rows or gap is not None else "",
    )


def _rows_shown(rows: int, every_row: bool, limit: int | None, least: int | None) -> int:
    """How many of `rows` to show: an even number where some are left out, by pandas' rule of limit and least."""
    if every_row:
        return rows if rows <= LIMIT else ENDS
    if not limit or rows <= limit:
        return rows
    return max(2, min(limit, least or limit) // 2 * 2)


def _polars(value: Any, every_row: bool) -> _Table | None:
    if is_a(value, "polars", "Series"):
        value = value.to_frame()
    if not is_a(value, "polars", "DataFrame"):
        return None
    import polars

    rows, columns = value.shape
    with polars.Config() as config:
        if every_row:
            config.set_tbl_rows(rows if rows <= LIMIT else ENDS)
            config.set_tbl_cols(columns if columns <= COLUMNS else COLUMNS)
        if not polars.Config.state(if_set=True, env_only=True).get("POLARS_FMT_STR_LEN"):
            config.set_fmt_str_lengths(200)
        head, body = _parts(value._repr_html_())
    names = head[0] if head else []
    gap = next((index for index, cell in enumerate(names) if cell.html == "&hellip;"), None)
    numbers = _shown([dtype.is_numeric() for dtype in value.dtypes], gap, len(names))
    texts = _shown([dtype == polars.String for dtype in value.dtypes], gap, len(names))
    body = [[_unquoted(cell) if text else cell for cell, text in zip(row, texts, strict=True)] for row in body]
    elided = next((i for i, row in enumerate(body) if row and all(cell.html == "&hellip;" for cell in row)), None)
    return _Table(
        [names],
        body,
        rows,
        list(zip(value.columns, map(str, value.dtypes), strict=True)),
        numbers,
        elided=elided,
        types=[cell.html for cell in head[1]] if len(head) > 1 else [],
        csv=csv_of(value) if elided is not None or gap is not None else "",
    )


def _unquoted(cell: _Cell) -> _Cell:
    """polars puts text into quotes, so that null differs from "null"; a column's type below its name says it too."""
    if cell.html.startswith("&quot;") and cell.html.endswith("&quot;") and len(cell.html) >= 12:
        return _Cell(cell.tag, cell.html[6:-6], cell.span)
    return cell


def _pyarrow(value: Any, every_row: bool) -> _Table | None:
    if not is_a(value, "pyarrow", "Table", "RecordBatch"):
        return None
    if "polars" in sys.modules:
        return _polars(sys.modules["polars"].from_arrow(value), every_row)
    return _without_index(_pandas(value.to_pandas(), every_row)) if _is_there("pandas") else None


def _duckdb(value: Any, every_row: bool) -> _Table | None:
    if not is_a(value, "duckdb", "DuckDBPyRelation") or len(value) > RELATION:
        return None
    if "polars" in sys.modules:
        return _polars(value.pl(), every_row)
    return _without_index(_pandas(value.df(), every_row)) if _is_there("pandas") else None


def _is_there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _without_index(table: _Table | None) -> _Table | None:
    """`table` without the row numbers that pandas gave to data that has none."""
    if table is None:
        return None
    head, body = ([row[1:] for row in rows] for rows in (table.head, table.body))
    return _Table(head, body, table.rows, table.columns, table.numeric, elided=table.elided, csv=table.csv)


# --- writing ours ---------------------------------------------------------------------------------------------------


def _html(table: _Table) -> str:
    head = "".join(_tr(_head_cells(table, row)) for row in table.head)
    if table.types:
        head += _tr([_element("td", name, _classes(table, i)) for i, name in enumerate(table.types)], ' class="types"')
    body = "".join(
        _elision(table) if index == table.elided else _tr(_body_cells(table, row))
        for index, row in enumerate(table.body)
    )
    return f'<table class="dataframe"><thead>{head}</thead><tbody>{body}</tbody></table>'


def _head_cells(table: _Table, row: list[_Cell]) -> list[str]:
    cells = []
    for index, cell in enumerate(row):
        column = index - table.row_headers
        number = ' class="number"' if not cell.span and column >= 0 and _is_number(table, column) else ""
        scope = ' scope="colgroup"' if "colspan" in cell.span else ' scope="col"' if cell.html else ""
        cells.append(_element("th" if cell.html else "td", cell.html, number + scope, cell.span))
    return cells


def _body_cells(table: _Table, row: list[_Cell]) -> list[str]:
    headers = sum(cell.tag == "th" for cell in row)
    cells = []
    for index, cell in enumerate(row):
        if cell.tag == "th":
            scope = ' scope="rowgroup"' if "rowspan" in cell.span else ' scope="row"'
            cells.append(_element("th", cell.html, scope, cell.span))
        else:
            cells.append(_element("td", cell.html, _classes(table, index - headers), cell.span))
    return cells


def _is_number(table: _Table, column: int) -> bool:
    return column < len(table.numeric) and table.numeric[column]


def _classes(table: _Table, column: int) -> str:
    return ' class="number"' if _is_number(table, column) else ""


def _elision(table: _Table) -> str:
    left_out = table.rows - (len(table.body) - 1)
    width = table.row_headers + len(table.numeric)
    return f'<tr class="elided" data-rows="{left_out}"><td colspan="{width}">⋯ {left_out:,} rows ⋯</td></tr>'


def _element(tag: str, content: str, attributes: str = "", span: str = "") -> str:
    return f"<{tag}{attributes}{' ' + span if span else ''}>{content}</{tag}>"


def _tr(cells: list[str], attributes: str = "") -> str:
    return f"<tr{attributes}>{''.join(cells)}</tr>\n"


# --- rows without a library -----------------------------------------------------------------------------------------


def table_of_rows(rows: Sequence[Mapping[Any, Any]], cell: Callable[[Any], str]) -> Bundle:
    """The bundle of rows of named cells, whose values `cell` writes as HTML."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = rows if len(rows) <= LIMIT else [*rows[: ENDS // 2], {}, *rows[-(ENDS // 2) :]]
    found = _Table(
        [[_Cell("th", html.escape(str(name))) for name in names]],
        [[_Cell("td", cell(row[name]) if name in row else "") for name in names] for row in shown],
        len(rows),
        [(str(name), "") for name in names],
        [all(_is_numeric(row.get(name)) for row in rows) for name in names],
        elided=ENDS // 2 if len(rows) > LIMIT else None,
    )
    return {"text/html": _html(found)}, {"table": _facts(found)}


def _is_numeric(value: object) -> bool:
    return isinstance(value, Number) and not isinstance(value, bool)
