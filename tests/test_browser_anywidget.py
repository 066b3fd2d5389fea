"""Widgets made with anywidget in a browser, from the disk and from a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site
from strict_server import strictly_served
from test_browser_plotly import THEMES

pytestmark = pytest.mark.browser
pytest.importorskip("anywidget")

NOTEBOOK = '''\
# %%
import anywidget
import traitlets


class Counter(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const button = document.createElement("button");
      const say = () => { button.textContent = `count ${model.get("value")}`; };
      button.className = "counter";
      button.onclick = () => { model.set("value", model.get("value") + 1); model.save_changes(); };
      model.on("change:value", say);
      say();
      el.append(button);
    }
    export default { render };
    """
    _css = ".counter { color: rgb(1, 2, 3) }"
    value = traitlets.Int(2).tag(sync=True)


Counter(value=5)

# %%
class Made(anywidget.AnyWidget):
    _esm = """
    export default () => ({
      initialize({ model }) { model.set("n", model.get("data").byteLength); },
      render({ model, el }) { el.textContent = `${model.get("n")} bytes, the last ${model.get("data").getUint8(2)}`; },
    });
    """
    data = traitlets.Bytes(b"ab\\xff").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)


Made()

# %%
class Broken(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.append('half'); throw new Error('not today') } }"


Broken()

# %%
class Remote(anywidget.AnyWidget):
    _esm = "import x from 'https://esm.example/x';export default { render({ el }) { el.textContent = x } }"


Remote()
'''


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("anywidget")
    source = write_site(folder, {"index.md": "# Plain", "widgets.py": NOTEBOOK}, plugins=["nbpublish"])
    found = {name: source / f"site-{name}" for name in ("nbpublish", "material")}
    for name, site in found.items():
        build_site(source, site, theme=THEMES[name], use_directory_urls=False)
    return found


def work(tab: Any) -> None:
    """Use the widgets of the page."""
    button = tab.get_by_role("button", name="count 5")
    button.click()
    tab.get_by_role("button", name="count 6").wait_for()
    assert tab.locator(".counter").evaluate("(button) => getComputedStyle(button).color") == "rgb(1, 2, 3)"
    tab.get_by_text("3 bytes, the last 255").wait_for()


@pytest.mark.parametrize("theme", ["nbpublish", "material"])
def test_widgets_work_on_a_page_from_the_disk(browser: Any, sites: dict[str, Path], theme: str) -> None:
    here = Reader(browser, sites[theme])
    tab = here.open("widgets.html")
    work(tab)
    broken = tab.locator(".nb-mount").nth(2)
    broken.scroll_into_view_if_needed()
    broken.get_by_text("The widget could not be shown.").wait_for()
    assert "half" not in broken.inner_text()
    assert tab.get_by_role("button", name="Load widget from esm.example").is_visible()
    assert {address.partition(":")[0] for address in here.requests} <= {"file", "data", "blob"}
    here.context.close()


def test_widgets_work_from_a_server_whose_policy_allows_its_own_scripts_only(
    browser: Any, sites: dict[str, Path]
) -> None:
    context = browser.new_context()
    with strictly_served(sites["material"]) as address:
        tab = context.new_page()
        tab.goto(f"{address}/widgets.html")
        work(tab)
    context.close()


def test_without_a_script_the_page_says_what_there_would_be(browser: Any, sites: dict[str, Path]) -> None:
    here = Reader(browser, sites["nbpublish"], java_script_enabled=False)
    tab = here.open("widgets.html")
    assert tab.get_by_text("Interactive widget Counter: 5").is_visible()
    assert "shown by JavaScript" in tab.locator("noscript p").first.inner_text()
    assert not tab.locator(".nb-mount-load").is_visible()
    here.context.close()


def test_a_page_without_widgets_does_not_load_their_script(browser: Any, sites: dict[str, Path]) -> None:
    here = Reader(browser, sites["nbpublish"])
    here.open("index.html")
    assert not [address for address in here.requests if address.endswith("nb-anywidget.js")]
    here.context.close()
