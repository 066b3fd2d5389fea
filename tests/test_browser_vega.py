"""Altair's charts in a browser: nothing is loaded before a reader asks, and nothing from another host after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import readers
from mkdocs_sites import build_site, write_site
from strict_server import strictly_served
from test_browser_plotly import THEMES, names

pytestmark = pytest.mark.browser
pytest.importorskip("vl_convert")

NOTEBOOK = """\
# %%
import altair as alt
import pandas as pd
frame = pd.DataFrame({"x": [1, 2, 3], "y": [4, 5, 6]})
points = alt.Chart(frame, title="Points").mark_circle(size=4000).encode(x="x", y="y", tooltip=["x"])
points.properties(width=500, height=200).interactive()

# %%
alt.Chart(frame, title="Bars").mark_bar().encode(x="x", y="y")

# %%
size = alt.param(name="size", value=3, bind=alt.binding_range(min=1, max=9, name="thickness"))
alt.Chart(frame, title="Line").mark_line(strokeWidth=size).encode(x="x", y="y").add_params(size)
"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same notebook under our theme and under Material."""
    folder = tmp_path_factory.mktemp("vega")
    source = write_site(folder, {"index.md": "# Plain", "charts.py": NOTEBOOK}, plugins=["nbpublish"])
    found = {name: source / f"site-{name}" for name in ("nbpublish", "material")}
    for name, site in found.items():
        build_site(source, site, theme=THEMES[name], use_directory_urls=False)
    return found


@pytest.fixture
def reader(browser: Any, sites: dict[str, Path]) -> Iterator[Any]:
    ours = sites["nbpublish"]
    with readers(browser, ours, lambda reader, fault: reader.site == ours) as make:
        yield lambda theme="nbpublish", **settings: make(sites[theme], **settings)


def ask(tab: Any) -> None:
    tab.locator(".nb-show").first.click()
    tab.locator(".nb-drawn svg.marks").first.wait_for(timeout=20_000)


@pytest.mark.parametrize("theme", ["nbpublish", "material"])
def test_a_click_draws_the_chart_from_the_sites_own_files(reader: Any, theme: str) -> None:
    here = reader(theme)
    tab = here.open("charts.html")
    assert tab.locator(".nb-show").count() == 2, "bars that answer nothing stay a picture"
    assert tab.locator(".nb-figure img").count() == 3
    before = len(here.requests)
    ask(tab)
    assert tab.locator(".nb-drawn .role-title-text").first.text_content() == "Points"
    asked = [name for name in names(here.requests[before:]) if name.endswith(".js")]
    assert [name.split("-")[0] for name in asked] == ["nb", "vega", "nb"]
    assert {address.partition(":")[0] for address in here.requests} <= {"file", "data", "blob"}


def test_it_answers_the_pointer_and_the_control(reader: Any) -> None:
    tab = reader().open("charts.html")
    ask(tab)
    tab.locator(".nb-drawn .mark-symbol path").nth(1).hover()
    tab.locator("#vg-tooltip-element.visible").wait_for()
    tab.locator(".nb-chart").nth(1).scroll_into_view_if_needed()
    control = tab.locator(".nb-drawn input[type=range]")
    control.wait_for()
    control.fill("9")
    line = "document.querySelector('.nb-drawn .mark-line path').getAttribute('stroke-width') === '9'"
    tab.wait_for_function(line)


def test_nothing_below_moves_when_it_is_drawn(reader: Any) -> None:
    tab = reader().open("charts.html")
    below = tab.locator(".nb-figure").nth(1)
    before = below.bounding_box()
    ask(tab)
    assert below.bounding_box() == before


def test_it_follows_the_scheme(reader: Any) -> None:
    tab = reader(color_scheme="light").open("charts.html")
    ask(tab)
    title = "getComputedStyle(document.querySelector('.nb-drawn .role-title-text text')).fill"
    light = tab.evaluate(title)
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_function(f"{title} !== '{light}'")
    assert tab.evaluate(title) == tab.evaluate("getComputedStyle(document.body).color")


def test_a_chart_wider_than_a_telephone_scrolls_by_itself(reader: Any) -> None:
    tab = reader(viewport={"width": 390, "height": 800}).open("charts.html")
    ask(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.locator(".nb-drawn svg.marks").first.bounding_box()["width"] > 390


def test_without_a_script_the_pictures_are_there_and_no_button(reader: Any) -> None:
    tab = reader(java_script_enabled=False).open("charts.html")
    assert tab.get_by_alt_text("Points").is_visible()
    assert not tab.locator(".nb-show").first.is_visible()


def test_the_site_holds_the_library_once(sites: dict[str, Path]) -> None:
    for site in sites.values():
        assert len(list(site.rglob("vega-*.min.js"))) == 1


def test_it_works_where_a_policy_allows_the_scripts_of_the_site_only(browser: Any, sites: dict[str, Path]) -> None:
    context = browser.new_context()
    with strictly_served(sites["nbpublish"]) as address:
        tab = context.new_page()
        faults: list[str] = []
        tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        tab.goto(f"{address}/charts.html")
        ask(tab)
        tab.locator(".nb-drawn .mark-symbol path").nth(1).hover()
        tab.locator("#vg-tooltip-element.visible").wait_for()
        assert not [fault for fault in faults if "vega" in fault or "eval" in fault]
    context.close()
