"""Charts and widgets with scripts of their own, where what they show changes while the page stays: they follow a
slider, and come with Material's instant navigation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site
from test_browser_widgets import served as served

pytestmark = pytest.mark.browser
pytest.importorskip("plotly")
pytest.importorskip("altair")
pytest.importorskip("anywidget")

NOTEBOOK = """\
# %%
import altair
import anywidget
import plotly.graph_objects as go

# %%
k = 1  # widget: slider(1, 3)

# %%
go.Figure(go.Bar(y=[k, 2]), layout=dict(title=f"plotly {k}", height=300))

# %%
class Said(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.textContent = 'said %d' } }" % k

Said()

# %%
altair.Chart(altair.Data(values=[{"a": 1, "b": k}])).mark_bar(tooltip=True).encode(x="a:Q", y="b:Q").properties(
    title=f"vega {k}"
)
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same pages under our theme and under Material with instant navigation."""
    folder = tmp_path_factory.mktemp("followed")
    themes = {
        "ours": {"name": "nbpublish"},
        "material": {"name": "material", "font": False, "features": ["navigation.instant"]},
    }
    (folder / "root").mkdir()
    with served(folder / "root") as address:
        source = write_site(folder / "source", {"index.md": "# Plain", "followed.py": NOTEBOOK}, plugins=["nbpublish"])
        for name, theme in themes.items():
            build_site(source, folder / "root" / name, theme=theme, site_url=f"{address}{name}/")
        yield address


def shown(tab: Any, *texts: str) -> None:
    """Wait until the page shows these words, the words of drawings included."""
    script = "texts => texts.every(text => document.querySelector('main').textContent.includes(text))"
    tab.wait_for_function(script, arg=texts, timeout=20_000)


def asked(tab: Any, kind: str) -> None:
    """Ask for the chart of a library, and wait until it is drawn."""
    tab.locator(f".nb-chart[data-draw={kind}] .nb-show").click()
    drawn(tab, kind)


def drawn(tab: Any, kind: str) -> None:
    tab.locator(f".nb-chart.nb-drawn[data-draw={kind}] svg").first.wait_for(timeout=20_000)


def test_what_was_drawn_once_is_drawn_in_every_state(browser: Any, host: str, tmp_path: Path) -> None:
    here = Reader(browser, tmp_path, viewport={"width": 1200, "height": 3000})
    tab = here.tab
    tab.goto(f"{host}ours/followed/")
    shown(tab, "said 1")
    slider = tab.locator("input[type=range]")
    slider.press("ArrowRight")
    shown(tab, "said 2", "Plotly chart: plotly 2")
    asked(tab, "plotly")
    asked(tab, "vega")
    slider.press("ArrowRight")
    shown(tab, "said 3", "plotly 3", "vega 3")
    drawn(tab, "plotly")
    drawn(tab, "vega")
    slider.press("Home")
    shown(tab, "said 1", "plotly 1", "vega 1")
    assert tab.locator(".nb-show").count() == 0
    assert not here.faults
    here.context.close()


def test_charts_work_on_pages_that_come_without_being_loaded(browser: Any, host: str, tmp_path: Path) -> None:
    here = Reader(browser, tmp_path, viewport={"width": 1300, "height": 3000})
    tab = here.tab
    tab.goto(f"{host}material/")
    tab.evaluate("window.same = true")
    for look in (asked, drawn):  # who has asked once is not asked again
        tab.locator(".md-nav__link", has_text="followed").first.evaluate("link => link.click()")
        shown(tab, "said 1")
        look(tab, "plotly")
        look(tab, "vega")
        tab.locator(".md-nav__link", has_text="Plain").first.evaluate("link => link.click()")
        tab.wait_for_function("!document.querySelector('.nb-chart')")
    assert tab.evaluate("window.same"), "the pages came without being loaded"
    assert all(url.startswith((host, "data:", "blob:")) for url in here.requests)
    assert not here.faults
    here.context.close()
