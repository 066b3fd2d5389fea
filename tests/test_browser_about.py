"""The end of a page and its pictures in a browser, under our theme and under others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser

NOTEBOOK = "# %% [markdown]\n# # A title\n\n# %%\nimport numpy\nx = 1\n\n# %%\ny = x + 1\n\n# %%\nprint(x, y)\n"
THEMES: dict[str, dict[str, Any]] = {
    "nbpublish": {"name": "nbpublish"},
    "mkdocs": {"name": "mkdocs", "highlightjs": False},
    "material": {"name": "material", "font": False},
    "slate": {"name": "material", "font": False, "palette": {"scheme": "slate"}},
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("about")
    plugins = ["search", {"nbpublish": {"open_in": ["binder", "github"]}}]
    address = {"repo_url": "https://github.com/ann/a-course-with-a-long-name", "use_directory_urls": False}
    source = write_site(place, {"index.md": "# Home\n", "chapter.py": NOTEBOOK}, plugins=plugins, **address)
    return {name: build_site(source, place / name, theme=theme).folder for name, theme in THEMES.items()}


@pytest.fixture
def open_page(browser: Any, sites: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    readers: list[Reader] = []

    def opened(theme: str, **settings: Any) -> Any:
        readers.append(Reader(browser, sites[theme], **settings))
        return readers[-1].open("chapter.html")

    yield opened
    for reader in readers:
        reader.context.close()


@pytest.mark.parametrize(("theme", "scheme"), [("nbpublish", "light dark"), ("mkdocs", "light"), ("material", "light")])
def test_a_light_theme_stays_light_on_a_dark_system(open_page: Callable[..., Any], theme: str, scheme: str) -> None:
    """A picture follows the `color-scheme` around it, and would have white axes on white paper."""
    tab = open_page(theme, color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.querySelector('article, main, body')).colorScheme") == scheme


def test_a_dark_theme_stays_dark(open_page: Callable[..., Any]) -> None:
    tab = open_page("slate", color_scheme="light")
    assert tab.evaluate("getComputedStyle(document.querySelector('article')).colorScheme") == "dark"


@pytest.mark.parametrize("theme", ["nbpublish", "material"])
@pytest.mark.parametrize("width", [320, 1440])
def test_the_end_of_the_page_fits_and_is_easy_to_hit(open_page: Callable[..., Any], theme: str, width: int) -> None:
    tab = open_page(theme, viewport={"width": width, "height": 800})
    about = tab.locator("#nb-about")
    assert about.evaluate("e => e.scrollWidth <= e.clientWidth")
    sizes = about.locator("a").evaluate_all("all => all.map(a => a.getBoundingClientRect().height)")
    assert len(sizes) >= 6
    assert min(sizes[:6]) >= 24
    rows = about.locator(".nb-ways li").evaluate_all("all => new Set(all.map(e => e.offsetTop)).size")
    assert rows <= (2 if width == 1440 else 5)


def test_the_head_leads_to_the_end(open_page: Callable[..., Any]) -> None:
    tab = open_page("nbpublish")
    tab.get_by_role("link", name="About this page").click()
    assert tab.url.endswith("#nb-about")
    box = tab.locator("#nb-about").bounding_box()
    assert 0 < box["y"] < 900
