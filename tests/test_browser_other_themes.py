"""The inside of a cell keeps its shape under themes that have rules, and scripts, for every table, list and fold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser
pytest.importorskip("marimo")

NOTEBOOK = '''import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    rows = "".join(f"<tr><th>{i}</th><td>{i * i}</td></tr>" for i in range(40))
    return mo, rows


@app.cell
def _(mo, rows):
    mo.Html(f"<table><thead><tr><th>n</th><th>square</th></tr></thead><tbody>{rows}</tbody></table>")
    return


@app.cell
def _(mo):
    mo.hstack([mo.accordion({"one": "first", "two": "second"}), mo.md("beside")])
    return


@app.cell
def _(rows):
    def too_far():
        return rows[len(rows)]
    too_far()
    return


if __name__ == "__main__":
    app.run()
'''
THEMES: dict[str, dict[str, Any]] = {
    "nbpublish": {"name": "nbpublish"},
    "mkdocs": {"name": "mkdocs", "highlightjs": False},
    "readthedocs": {"name": "readthedocs", "highlightjs": False},
    "material": {"name": "material", "font": False},
}
SHAPES = """() => {
  const one = (selector) => document.querySelector(selector), style = (...what) => getComputedStyle(...what);
  const near = (a, b) => Math.abs(a - b) < 1;
  const box = (element) => element.getBoundingClientRect();
  const scroller = one(".nb-table"), table = scroller.querySelector("table"), cell = table.querySelector("tbody td");
  const head = table.querySelector("thead"), [first, second] = document.querySelectorAll(".nb-accordion");
  const code = one(".nb-codecell:has(.nb-error) pre"), frame = one(".nb-frames pre");
  scroller.scrollTop = 300;
  const stuck = Math.round(box(head).top - box(scroller).top) <= 1;
  const end = (scroller.scrollTop = 1e6, Math.round(box(scroller).bottom - box(table).bottom));
  return {
    "the head stays in sight": stuck,
    "nothing below the last row": end <= 1,
    "no lines between columns": parseFloat(style(cell).borderLeftWidth) === 0,
    "sections below each other": box(first).left === box(second).left && near(box(first).bottom, box(second).top),
    "no box around a section": parseFloat(style(first).borderLeftWidth) === 0 && style(first).boxShadow === "none",
    "one sign for a section": style(first.firstElementChild, "::after").display === "none",
    "frames begin where the error does": near(box(one(".nb-frames > li")).left, box(one(".nb-error-name")).left),
    "the line of a frame is set in": parseFloat(style(frame).paddingLeft) > 8,
    "the line of a frame is as large as code": parseFloat(style(frame.querySelector("code")).fontSize) >= 11,
    "names look like links": style(one(".nb-uses a")).textDecorationLine === "underline",
    "the button covers no code": box(one(".nb-codecell:has(.nb-error) .nb-copy")).top >= box(code).bottom - 12,
  };
}"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("themes")
    files = {"index.md": "# Home\n", "chapter.py": NOTEBOOK}
    source = write_site(place, files, plugins=["nbpublish"], use_directory_urls=False)
    return {name: build_site(source, place / name, theme=theme).folder for name, theme in THEMES.items()}


@pytest.fixture
def on_a_phone(browser: Any) -> Iterator[Any]:
    readers: list[Reader] = []

    def opened(site: Path) -> Any:
        readers.append(Reader(browser, site, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True))
        return readers[-1].open("chapter.html")

    yield opened
    for reader in readers:
        reader.context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_tables_folds_and_errors_keep_their_shape(on_a_phone: Any, sites: dict[str, Path], theme: str) -> None:
    tab = on_a_phone(sites[theme])
    tab.wait_for_function("document.querySelector('.nb-copy')")
    shapes = tab.evaluate(SHAPES)
    assert [shape for shape, kept in shapes.items() if not kept] == []
