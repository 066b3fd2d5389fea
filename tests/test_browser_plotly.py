"""Plotly charts in a browser: nothing is loaded before a reader asks, and nothing from another host after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader, readers
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser
pytest.importorskip("plotly")

NOTEBOOK = """\
# %%
import plotly.graph_objects as go
go.Figure(go.Bar(y=[1, 3, 2]), layout=dict(title="Sales </script><b>now</b>", width=560, height=340))

# %%
go.Figure(go.Scatter(y=list(range(40_000))), layout=dict(title="Large"))

# %%
go.Figure(go.Bar(y=[1]), layout=dict(title="Black", paper_bgcolor="#000000"))
"""
THEMES: dict[str, dict[str, Any]] = {
    "nbpublish": {"name": "nbpublish"},
    "mkdocs": {"name": "mkdocs", "highlightjs": False},
    "readthedocs": {"name": "readthedocs", "highlightjs": False},
    "material": {"name": "material", "font": False},
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same notebook under each theme, and a page without charts."""
    folder = tmp_path_factory.mktemp("charts")
    source = write_site(folder, {"index.md": "# Plain", "charts.py": NOTEBOOK}, plugins=["nbpublish"])
    found = {}
    for name, theme in THEMES.items():
        found[name] = source / f"site-{name}"
        build_site(source, found[name], theme=theme, use_directory_urls=False)
    return found


def is_ours(sites: dict[str, Path]) -> Callable[[Reader, str], bool]:
    """Whether a fault is one of our theme, or has to do with charts."""
    return lambda reader, fault: reader.site == sites["nbpublish"] or "plotly" in fault.lower()


@pytest.fixture
def reader(browser: Any, sites: dict[str, Path]) -> Iterator[Any]:
    with readers(browser, sites["nbpublish"], is_ours(sites)) as make:
        yield lambda theme="nbpublish", **settings: make(sites[theme], **settings)


def drawn(tab: Any, count: int) -> None:
    boxes = "document.querySelectorAll('.nb-drawn:has(.main-svg .draglayer *)')"
    tab.wait_for_function(f"{boxes}.length >= {count}", timeout=20_000)


def names(addresses: list[str]) -> list[str]:
    return [address.rpartition("/")[2] for address in addresses]


def title(tab: Any, box: int) -> str:
    return str(tab.locator(".nb-chart").nth(box).locator(".gtitle").text_content())


def ground(tab: Any, box: int) -> str:
    script = "(box) => getComputedStyle(box.querySelector('.main-svg')).backgroundColor"
    return str(tab.locator(".nb-chart").nth(box).evaluate(script))


@dataclass
class Shown:
    """A page whose first chart a reader has asked for: the boxes of charts, and what was asked for, on either side."""

    tab: Any
    boxes: list[Any]
    boxes_after: list[Any]
    requests: list[str]
    requests_after: list[str]


@pytest.fixture(scope="module")
def shown(browser: Any, sites: dict[str, Path]) -> Iterator[Callable[[str], Shown]]:
    """The page under a theme: the library takes its time, so the tests look at one page."""
    with readers(browser, sites["nbpublish"], is_ours(sites)) as make:

        @cache
        def show(theme: str) -> Shown:
            here = make(sites[theme])
            tab = here.open("charts.html")
            boxes, asked = tab.locator(".nb-chart"), len(here.requests)
            before = [boxes.nth(box).bounding_box() for box in range(3)]
            tab.get_by_role("button", name="Show chart").first.click()
            drawn(tab, 1)
            after = [boxes.nth(box).bounding_box() for box in range(3)]
            return Shown(tab, before, after, here.requests[:asked], here.requests[asked:])

        yield show


@pytest.mark.parametrize("theme", THEMES)
def test_a_click_draws_the_chart_from_the_sites_own_files(shown: Callable[[str], Shown], theme: str) -> None:
    page = shown(theme)
    assert not any("plotly" in address for address in names(page.requests))
    assert title(page.tab, 0).startswith("Sales </script>")
    asked = [name for name in names(page.requests_after) if "plotly" in name]
    assert sorted(name.split("-")[0] for name in asked) == ["nb", "plotly"]
    asked = [*page.requests, *page.requests_after]
    assert {address.partition(":")[0] for address in asked} <= {"file", "data", "blob"}


def test_the_others_are_drawn_without_another_click_and_a_large_one_from_its_file(
    shown: Callable[[str], Shown],
) -> None:
    tab = shown("nbpublish").tab
    for box in (1, 2):
        tab.locator(".nb-chart").nth(box).scroll_into_view_if_needed()
    drawn(tab, 3)
    assert [title(tab, box) for box in (1, 2)] == ["Large", "Black"]
    assert tab.locator(".nb-show").count() == 0


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_moves_when_it_is_drawn(shown: Callable[[str], Shown], theme: str) -> None:
    page = shown(theme)
    assert page.boxes_after == page.boxes
    assert (page.boxes[0]["width"], page.boxes[0]["height"]) == (560, 340)
    assert page.tab.locator(".main-svg").first.bounding_box()["width"] == 560


def test_a_chart_fits_a_telephone(reader: Any) -> None:
    tab = reader(viewport={"width": 390, "height": 800}).open("charts.html")
    tab.get_by_role("button", name="Show chart").first.click()
    drawn(tab, 1)
    assert tab.locator(".main-svg").first.bounding_box()["width"] <= 390
    assert tab.evaluate("document.documentElement.scrollWidth") == 390


def test_a_chart_follows_the_scheme_unless_it_has_colours_of_its_own(reader: Any) -> None:
    tab = reader(color_scheme="light").open("charts.html")
    tab.get_by_role("button", name="Show chart").first.click()
    tab.locator(".nb-chart").nth(2).scroll_into_view_if_needed()
    drawn(tab, 2)
    assert ground(tab, 0) in ("white", "rgb(255, 255, 255)")
    tab.emulate_media(color_scheme="dark")
    grounds = "(it) => getComputedStyle(document.querySelector(it)).backgroundColor"
    tab.wait_for_function(f"new Set(['.nb-chart .main-svg', 'body'].map({grounds})).size === 1")  # both take their time
    assert ground(tab, 2) == "rgb(0, 0, 0)"


def test_no_button_of_a_chart_leads_elsewhere(shown: Callable[[str], Shown]) -> None:
    tab = shown("nbpublish").tab
    titles = "(bar) => [...bar.querySelectorAll('*')].map((part) => part.dataset.title || '')"
    buttons = tab.locator(".modebar").first.evaluate(titles)
    assert "Zoom in" in buttons
    assert not [name for name in buttons if any(word in name for word in ("Share", "Cloud", "Studio", "Plotly"))]


def test_a_library_that_cannot_be_loaded_is_reported_and_asked_for_again(browser: Any, sites: dict[str, Path]) -> None:
    here = Reader(browser, sites["nbpublish"])
    here.context.route("**/plotly-*.min.js", lambda route: route.abort())
    tab = here.open("charts.html")
    button = tab.locator(".nb-show").first
    button.click()
    tab.get_by_text("The chart could not be loaded.").first.wait_for()
    here.context.unroute("**/plotly-*.min.js")
    button.click()
    drawn(tab, 1)
    here.context.close()


def test_without_a_script_the_page_says_what_there_would_be(reader: Any) -> None:
    tab = reader(java_script_enabled=False).open("charts.html")
    assert tab.get_by_text("Plotly chart: Large").is_visible()
    assert "drawn by JavaScript" in tab.locator("noscript p").first.inner_text()
    assert not tab.locator(".nb-show").first.is_visible()


def test_the_site_holds_the_library_once(sites: dict[str, Path]) -> None:
    for site in sites.values():
        assert len(list(site.rglob("plotly-*.min.js"))) == 1


def test_a_site_without_charts_does_not_hold_it(tmp_path: Path) -> None:
    site = build_site(write_site(tmp_path, {"index.md": "# Plain", "a.py": "# %%\n1 + 1\n"}), tmp_path / "site")
    assert not list(site.folder.rglob("plotly-*"))
