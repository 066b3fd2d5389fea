"""What a data frame looks like on the page."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from bs4 import BeautifulSoup, Tag

from nbpublish.kernel.csv_rows import CELLS, csv_of
from nbpublish.kernel.rich import rich
from nbpublish.kernel.rich_tables import ENDS, LIMIT, table_of_rows


def shown(value: object, every_row: bool = True) -> tuple[Tag, dict[str, Any]]:
    bundle = rich(value, every_row=every_row)
    assert bundle is not None
    table = BeautifulSoup(bundle[0]["text/html"], "html.parser").table
    assert table is not None
    return table, bundle[1]["table"]


def rows_of(table: Tag, part: str = "tbody") -> list[list[str]]:
    return [[cell.get_text() for cell in row(["td", "th"])] for row in table.select(f"{part} tr")]


FRAMES = {
    "pandas": pd.DataFrame({"name": ["佐藤", "<b>"], "points": [1.5, 2.25]}),
    "polars": pl.DataFrame({"name": ["佐藤", "<b>"], "points": [1.5, 2.25]}),
    "pyarrow": pa.table({"name": ["佐藤", "<b>"], "points": [1.5, 2.25]}),
}


@pytest.mark.parametrize("library", FRAMES)
def test_numbers_stand_to_the_right_and_text_is_text(library: str) -> None:
    table, facts = shown(FRAMES[library])
    cells = {cell.get_text(): cell.get("class") for cell in table.select("tbody td")}
    assert cells["佐藤"] is None
    assert cells["<b>"] is None
    assert cells["2.25"] == ["number"]
    assert (facts["rows"], facts["columns"], facts["shown"]) == (2, 2, 2)
    assert [name for name, _ in facts["types"]] == ["name", "points"]


def test_a_row_is_headed_by_its_index_and_a_column_by_its_name() -> None:
    table, _ = shown(pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="key")))
    assert [(head.get_text(), head["scope"]) for head in table("th")] == [("a", "col"), ("key", "col"), ("x", "row")]


def test_levels_of_an_index_are_headed_once_each() -> None:
    index = pd.MultiIndex.from_product([["p", "q"], [1, 2]])
    table, _ = shown(pd.DataFrame({("A", "u"): range(4), ("A", "v"): range(4)}, index=index))
    rows, columns = table.select("th[scope=rowgroup]"), table.select("th[scope=colgroup]")
    assert [(head.get_text(), head["rowspan"]) for head in rows] == [("p", "2"), ("q", "2")]
    assert [(head.get_text(), head["colspan"]) for head in columns] == [("A", "2")]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
@pytest.mark.parametrize("rows", [0, 1, LIMIT, LIMIT + 1, 5000])
def test_a_long_frame_is_shown_by_its_ends_and_says_how_much_is_left_out(make: Any, rows: int) -> None:
    table, facts = shown(make({"n": list(range(rows))}))
    last_cells = [row[-1] for row in rows_of(table)]
    if rows <= LIMIT:
        assert last_cells == [str(n) for n in range(rows)]
        assert facts["shown"] == rows
    else:
        half = ENDS // 2
        assert last_cells[:half] == [str(n) for n in range(half)]
        assert last_cells[half + 1 :] == [str(n) for n in range(rows - half, rows)]
        elided = table.select_one("tr.elided")
        assert elided is not None
        assert elided["data-rows"] == str(rows - ENDS)
        assert f"{rows - ENDS:,} rows" in elided.get_text()
        assert facts["shown"] == ENDS
    assert facts["rows"] == rows


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_a_wide_frame_says_where_columns_are_left_out(make: Any) -> None:
    table, facts = shown(make({f"c{n}": [n] for n in range(80)}))
    names = rows_of(table, "thead")[0]
    assert ("…" in names) or ("..." in names)
    assert "c0" in names
    assert "c79" in names
    assert facts["columns"] == 80
    numeric = [cell.get_text() for cell in table.select("tbody td.number")]
    assert numeric[0] == "0"
    assert numeric[-1] == "79"
    assert len(numeric) == len(names) - 1 - (make is pd.DataFrame)


def test_outside_marimo_the_display_options_decide_as_in_jupyter() -> None:
    frame = pd.DataFrame({"n": range(1000)})
    assert shown(frame, every_row=False)[1]["shown"] == 10
    with pd.option_context("display.max_rows", 4, "display.min_rows", 4):
        assert shown(frame, every_row=False)[1]["shown"] == 4
    with pd.option_context("display.max_rows", None):
        assert shown(frame, every_row=False)[1]["shown"] == 1000
    with pl.Config(tbl_rows=6):
        assert shown(pl.DataFrame({"n": range(1000)}), every_row=False)[1]["shown"] == 6


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame_that_is_shown_in_part_is_there_as_csv(make: Any) -> None:
    def csv(columns: dict[str, Any]) -> str | None:
        bundle = rich(make(columns), every_row=True)
        assert bundle is not None
        return bundle[0].get("text/csv")

    long = csv({"n": range(LIMIT + 1), "名": ["佐藤, 花"] * (LIMIT + 1)})
    assert long is not None
    assert long.splitlines()[:2] == ["n,名", '0,"佐藤, 花"']
    assert len(long.splitlines()) == LIMIT + 2
    assert csv({"n": range(LIMIT)}) is None, "all of it is on the page"
    wide = csv({f"c{n}": [1] for n in range(60)})
    assert wide is not None
    assert wide.splitlines()[1] == ",".join("1" * 60)
    assert csv({"n": range(CELLS + 1)}) is None, "data, and no table to read"
    assert csv({"text": ["word" * 2000] * (LIMIT + 1)}) is None, "more than a megabyte"


def test_the_csv_of_a_frame_has_the_names_of_its_rows_but_no_numbers_that_only_count() -> None:
    frame = pd.DataFrame({"n": range(LIMIT + 1)})
    assert csv_of(frame).startswith("n\n0\n")
    assert csv_of(frame[1:]).startswith(",n\n1,1\n")
    assert csv_of(frame.rename_axis("row")).startswith("row,n\n0,0\n")
    assert csv_of(pl.DataFrame({"of": [[1, 2]]})) == "", "a list is no value of CSV"


def test_the_author_decides_how_numbers_are_written() -> None:
    with pd.option_context("display.precision", 2):
        assert rows_of(shown(pd.DataFrame({"n": [3.14159]}))[0]) == [["0", "3.14"]]
    with pl.Config(float_precision=1):
        assert rows_of(shown(pl.DataFrame({"n": [3.14159]}))[0]) == [["3.1"]]


def test_a_series_is_a_table_of_one_column() -> None:
    assert rows_of(shown(pd.Series([1, 2], index=["a", "b"], name="n"))[0]) == [["a", "1"], ["b", "2"]]
    assert rows_of(shown(pl.Series("n", [1, 2]))[0]) == [["1"], ["2"]]


def test_text_of_polars_has_no_quotes_and_nothing_is_null() -> None:
    assert rows_of(shown(pl.DataFrame({"s": ["x", None, '"']}))[0]) == [["x"], ["null"], ['"']]


def test_a_query_of_duckdb_is_a_table() -> None:
    import duckdb

    table, facts = shown(duckdb.sql("select 1 as n, 'x' as t"))
    assert rows_of(table) == [["1", "x"]]
    assert facts["columns"] == 2


def test_a_frame_that_draws_itself_and_a_styled_one_are_left_alone() -> None:
    class Own(pd.DataFrame):
        def _repr_html_(self) -> str:
            return "<p>mine</p>"

    assert rich(Own({"a": [1]})) is None
    assert rich(pd.DataFrame({"a": [1]}).style) is None
    with pd.option_context("display.notebook_repr_html", False):
        assert rich(pd.DataFrame({"a": [1]})) is None


def test_classes_and_plain_values_are_no_business_of_ours() -> None:
    for value in (pd.DataFrame, 1, "x", None, [1], {"a": 1}):
        assert rich(value) is None


def test_rows_without_a_library_become_the_same_table() -> None:
    rows = [{"a": n, "b": f"<{n}>"} for n in range(LIMIT + 1)]
    data, metadata = table_of_rows(rows, lambda value: f"<i>{value}</i>")
    table = BeautifulSoup(data["text/html"], "html.parser")
    assert metadata["table"]["rows"] == LIMIT + 1
    assert len(table.select("tbody tr")) == ENDS + 1
    assert table.select_one("td.number i") is not None
