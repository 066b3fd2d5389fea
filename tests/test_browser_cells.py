"""Cells in a browser: tables that are long, wide and sorted, long outputs, and errors to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader, small_site

pytestmark = pytest.mark.browser

FRUIT = """import pandas as pd
pd.DataFrame({
    "品種": ["りんご", "アヤメ", "いちご", "ぶどう"],
    "重さ": [1000, -1.5, float("nan"), 20],
    "収穫日": pd.to_datetime(["2024-11-02", "2023-12-31", "2024-05-05", "2025-02-01"]),
    "章": ["第10章", "第2章", "第1章", "第21章"],
})"""
NAMED = """pd.DataFrame({"x": [3, 1, 2]}, index=pd.Index(["c", "a", "b"], name="key"))"""
GROUPED = """pd.DataFrame(
    [[3, 1], [1, 2], [2, 3]],
    columns=pd.MultiIndex.from_product([["score"], ["mean", "spread"]]),
    index=pd.Index(["c", "a", "b"], name="key"),
)"""
TYPED = """import polars as pl
pl.DataFrame({"name": ["b", "a", "c"], "size": [3, 1, 2]})"""
WIDE = "pd.DataFrame([[n] * 40 for n in range(300)], columns=[f'column {n}' for n in range(40)])"
LONG = "for step in range(200):\n    print('step', step)"
CELLS = [FRUIT, NAMED, GROUPED, TYPED, WIDE, LONG]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("cells"), *CELLS)


@pytest.fixture
def open_cells(browser: Any, site: Path) -> Iterator[Any]:
    readers: list[Reader] = []

    def make(**settings: Any) -> Any:
        readers.append(Reader(browser, site, **settings))
        return readers[-1].open("index.html")

    yield make
    for made in readers:
        made.context.close()
        assert not made.faults


def column(tab: Any, table: int, at: int) -> list[str]:
    """The texts of a column of the table with this number, from the top."""
    return tab.locator(".nb-table").nth(table).locator(f"tbody tr > :nth-child({at})").all_inner_texts()


SORTS = [
    (0, "品種", 2, ["アヤメ", "いちご", "ぶどう", "りんご"]),
    (0, "重さ", 3, ["-1.5", "20.0", "1000.0", "NaN"]),
    (0, "収穫日", 4, ["2023-12-31", "2024-05-05", "2024-11-02", "2025-02-01"]),
    (0, "章", 5, ["第1章", "第2章", "第10章", "第21章"]),
    (1, "key", 1, ["a", "b", "c"]),
    (1, "x", 2, ["1", "2", "3"]),
    (2, "spread", 3, ["1", "2", "3"]),
    (2, "key", 1, ["a", "b", "c"]),
    (3, "name", 1, ["a", "b", "c"]),
    (3, "size", 2, ["1", "2", "3"]),
]


@pytest.mark.parametrize(("table", "heading", "at", "expected"), SORTS, ids=[heading for _, heading, *_ in SORTS])
def test_a_column_is_sorted_by_what_is_in_it(
    open_cells: Any, table: int, heading: str, at: int, expected: list[str]
) -> None:
    tab = open_cells(locale="ja")
    before = column(tab, table, at)
    button = tab.locator(".nb-table").nth(table).get_by_role("button", name=heading, exact=True)
    button.press("Enter")
    assert column(tab, table, at) == expected
    assert tab.locator("[aria-sort=ascending]").inner_text() == heading
    button.press("Enter")
    empty = [text for text in expected if text == "NaN"]
    assert column(tab, table, at) == [text for text in reversed(expected) if text != "NaN"] + empty
    button.press("Enter")
    assert column(tab, table, at) == before
    assert tab.locator("[aria-sort]").count() == 0


def test_a_part_of_a_table_is_not_sorted_as_if_it_were_the_whole(open_cells: Any) -> None:
    assert open_cells().locator(".nb-table").nth(4).locator("button").count() == 0


@pytest.mark.parametrize("width", [390, 1440])
def test_headings_and_row_names_of_a_wide_table_stay_in_sight(open_cells: Any, width: int) -> None:
    tab = open_cells(viewport={"width": width, "height": 900})
    table = tab.locator(".nb-table").nth(4)
    table.evaluate("(box) => box.scrollTo(600, 200)")
    box = table.bounding_box()
    for name in ("thead th >> nth=-1", ".nb-elided span"):
        assert table.locator(name).bounding_box()["y"] >= box["y"] - 1
    assert table.locator("thead").bounding_box()["y"] == pytest.approx(box["y"], abs=2)
    for name in ("tbody th >> nth=-1", ".nb-elided span"):
        assert box["x"] <= table.locator(name).bounding_box()["x"] < box["x"] + 40
    assert "290 more rows" in table.inner_text()
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_numbers_end_where_their_heading_ends(open_cells: Any) -> None:
    ends = open_cells().evaluate(
        """() => [document.querySelector("th.nb-num .nb-sort"), document.querySelector("td.nb-num")].map((part) => {
          const range = document.createRange();
          range.selectNodeContents(part);
          return range.getBoundingClientRect().right;
        })"""
    )
    assert ends[0] == pytest.approx(ends[1], abs=1)


@pytest.mark.parametrize("script", [True, False])
def test_a_long_output_shows_its_beginning_and_all_of_it_on_request(open_cells: Any, script: bool) -> None:
    tab = open_cells(java_script_enabled=script)
    first, rest = tab.locator(".nb-stream").first, tab.locator(".nb-long > pre")
    assert first.inner_text().splitlines()[-1] == "step 19"
    assert first.bounding_box()["height"] >= 20 * 15, "nothing is hidden a second time, by scrolling"
    assert not rest.is_visible()
    tab.get_by_text("180 more lines").click()
    assert rest.is_visible()
    assert rest.inner_text().splitlines()[-1] == "step 199"


def test_on_paper_long_outputs_and_tables_are_whole(open_cells: Any) -> None:
    tab = open_cells()
    tab.emulate_media(media="print")
    assert tab.locator(".nb-long > pre").is_visible()
    for box in (tab.locator(".nb-long > pre"), tab.locator(".nb-table").nth(4)):
        assert box.evaluate("(box) => box.scrollHeight - box.clientHeight") <= 1
