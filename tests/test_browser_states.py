"""How states come to a page: in parts, ahead of the reader, with no blank moment, and without moving what is below."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site
from PIL import Image, ImageChops

pytestmark = pytest.mark.browser

LARGE = """\
# %%
j = 1  # widget: slider(1, 4)
k = 1  # widget: slider(1, 12)

# %%
import random
chance = random.Random(f"{j} {k}")
print("at", j, k)
print("\\n".join(f"{chance.getrandbits(960):0240x}" for _ in range(50)))
"""
PICTURE = """\
# %%
k = 1  # widget: slider(1, 6)

# %%
from PIL import Image
Image.radial_gradient("L").rotate(15 * k).resize((300, 200))

# %%
print("below")
"""
LINES = """\
# %%
k = 3  # widget: slider(1, 5)

# %%
for n in range(k):
    print("line", n)

# %%
print("below")
"""
FIGURE = """\
# %%
k = 1  # widget: slider(1, 5)

# %%
import matplotlib.pyplot as plt
plt.figure(figsize=(4, 2))
plt.plot([0, k, 0])
plt.title(f"k = {k}")
plt.show()
print("height", k)

# %%
print("below")
"""
FAR = f"# %% [markdown]\n# # Far\n#\n# {'<br>' * 120}\n\n{LINES}"
TWO = """\
# %%
k = 1  # widget: slider(1, 3)

# %%
print("{name}", k)

# %%
kind = "a"  # widget: radio("a", "b")

# %%
print("{name}", kind)
"""
ALONE = """\
# %%
a = "p"  # widget: dropdown("p", "q", "r", "s", "t", "u", "v")
b = "p"  # widget: dropdown("p", "q", "r", "s", "t", "u", "v")
c = "p"  # widget: dropdown("p", "q", "r", "s", "t", "u", "v")

# %%
print("all", a, b, c)
"""
LIVE = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    return mo,

@app.cell
def _(mo):
    mo.md("# Dice")
    return

@app.cell
def _(mo):
    k = mo.ui.slider(1, 6)
    k
    return k,

@app.cell
def _(k):
    import random
    print(k.value, random.Random().random() < 2)
    return

if __name__ == "__main__":
    app.run()
"""
HOOK = """\
import re

seen = {}


def on_page_content(html, page, **_):
    seen[page.file.src_uri] = html
    return html


def on_post_page(output, page, **_):
    if page.file.src_uri != "together.md":
        return output
    return output.replace("[one]", seen["one.py"]).replace("[two]", seen["two.py"])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("states")
    files = {
        "index.md": "# Plain",
        "large.py": LARGE,
        "picture.py": PICTURE,
        "lines.py": LINES,
        "figure.py": FIGURE,
        "far.py": FAR,
        "alone.py": ALONE,
        "live.py": LIVE,
        "one.py": TWO.replace("{name}", "one"),
        "two.py": TWO.replace("{name}", "two"),
        "together.md": "# Together\n\n[one]\n\n[two]\n",
    }
    more = {"repo_url": "https://github.com/ann/course", "edit_uri": "edit/main/docs/", "hooks": ["hook.py"]}
    write_site(folder, files, plugins=[{"nbpublish": {"live": True}}], theme={"name": "nbpublish"}, **more)
    (folder / "hook.py").write_text(HOOK)
    build_site(folder, folder / "site", use_directory_urls=False)
    return folder / "site"


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Reader]:
    made = Reader(browser, site)
    yield made
    made.context.close()
    assert not made.faults


def opened(reader: Reader, page: str, search: str = "") -> Any:
    reader.tab.goto(f"{(reader.site / page).as_uri()}{search}")
    reader.tab.wait_for_function("document.querySelector('.nb-tools')")
    return reader.tab


def sees(tab: Any, text: str) -> None:
    tab.wait_for_function("text => document.body.innerText.includes(text)", arg=text)


MOVE = """([at, place]) => {
  const slider = document.querySelectorAll("[data-nb-key] input")[at];
  slider.value = place;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  return document.querySelector(".nb-follows").innerText;
}"""


LOADED = "part => [...document.scripts].some(({ src }) => src.includes(part.replace(/^[.]*/, '')))"


def scripts(reader: Reader) -> list[str]:
    return [url for url in reader.requests if "/assets/nbpublish/" in url and url.endswith(".js")]


def test_states_that_are_too_much_for_one_script_come_in_parts(reader: Reader) -> None:
    tab = opened(reader, "large.html")
    data = json.loads(tab.locator("[data-nb-widgets]").get_attribute("data-nb-widgets"))
    [parts] = data["parts"].values()
    sizes = [(reader.site / part).stat().st_size for part in parts]
    assert len(parts) > 1
    assert max(sizes) < 450_000
    tab.wait_for_function(LOADED, arg=parts[0])
    assert (reader.site / parts[-1]).as_uri() not in reader.requests, "the other end is not loaded ahead"
    before = len(scripts(reader))
    assert tab.evaluate(MOVE, [1, 1]).startswith("at 1 2"), "within the task in which it was moved"
    assert len(scripts(reader)) == before
    tab.evaluate(MOVE, [0, 3])
    sees(tab, "at 4 2")
    assert (reader.site / parts[-1]).as_uri() in reader.requests
    assert tab.locator(".nb-stale").count() == 0
    opened(reader, "large.html", "?j=4&k=12")
    sees(tab, "at 4 12")


def test_every_state_of_a_large_cell_is_its_own(reader: Reader) -> None:
    tab = opened(reader, "large.html")
    for j in (4, 1, 3, 2):
        tab.evaluate(MOVE, [0, j - 1])
        for k in (12, 1, 7):
            tab.evaluate(MOVE, [1, k - 1])
            sees(tab, f"at {j} {k}")


def test_rasters_are_the_same_in_every_pixel_and_never_a_blank(reader: Reader, browser: Any) -> None:
    def slow(route: Any) -> None:
        time.sleep(0.1)
        route.continue_()

    reader.tab.route(re.compile("[.]webp$"), slow)
    tab = opened(reader, "picture.html")
    tab.evaluate(
        """() => {
            window.blank = 0;
            const look = () => {
                const image = document.querySelector(".nb-follows img");
                if (!image?.complete || !image.naturalWidth) window.blank += 1;
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    slider = tab.locator("[data-nb-key] input")
    slider.focus()
    picture = tab.locator(".nb-follows img")
    for k in range(6, 1, -1):
        before = picture.get_attribute("src")
        tab.keyboard.press("End" if k == 6 else "ArrowLeft")  # the last one is far from what was asked for ahead
        tab.wait_for_function("k => document.querySelector('.nb-value').textContent == k", arg=str(k))
        changed = "before => document.querySelector('.nb-follows img').getAttribute('src') !== before"
        tab.wait_for_function(changed, arg=before)
        tab.wait_for_timeout(60)
        name = picture.get_attribute("src")
        assert name.endswith(".webp")
        shown = Image.open(reader.site / name).convert("RGB")
        meant = Image.radial_gradient("L").rotate(15 * k).resize((300, 200)).convert("RGB")
        assert ImageChops.difference(shown, meant).getbbox() is None
    assert tab.evaluate("window.blank") == 0
    assets = reader.site / "assets/nbpublish"
    png, webp = ([path.stat().st_size for path in assets.glob(end)] for end in ("*.png", "*.webp"))
    assert max(webp) < min(png)


SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, sources }) =>
    [value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 80))])))
    .observe({ type: "layout-shift", buffered: false });
}"""


@pytest.mark.parametrize(("page", "starts"), [("figure.html", "Home"), ("lines.html", "End"), ("picture.html", "Home")])
def test_nothing_below_moves(reader: Reader, page: str, starts: str) -> None:
    """Text of fewer lines leaves the room that more of them took: layout shifts count even right after a key."""
    tab = opened(reader, page)
    tab.locator("[data-nb-key] input").press(starts)
    tab.wait_for_timeout(500)
    tab.evaluate(SHIFTS)
    for key in ["ArrowLeft" if starts == "End" else "ArrowRight"] * 4 + [starts]:
        tab.keyboard.press(key)
        tab.wait_for_timeout(40)
    box = tab.locator("[data-nb-key] input").bounding_box()
    tab.mouse.move(box["x"] + 8, box["y"] + 8)
    tab.mouse.down()
    for step in range(12):
        tab.mouse.move(box["x"] + 8 + step * 15, box["y"] + 8)
    tab.mouse.up()
    tab.wait_for_timeout(600)
    assert tab.evaluate("window.shifts") == []
    assert tab.locator(".nb-tools:not(.nb-idle)").count() == 1


def test_states_are_loaded_when_their_widget_comes_near(reader: Reader) -> None:
    reader.tab.goto((reader.site / "index.html").as_uri())
    assert not [url for url in reader.requests if "nb-widgets" in url], "a page without widgets"
    tab = opened(reader, "far.html")
    tab.wait_for_timeout(300)
    assert scripts(reader) == []
    tab.locator("[data-nb-key]").scroll_into_view_if_needed()
    tab.wait_for_function(LOADED, arg="/assets/nbpublish/")


def test_notebooks_that_share_a_page_move_each_their_own(reader: Reader) -> None:
    tab = opened(reader, "together.html")
    text = lambda: re.findall(r"^(?:one|two) \S+$", tab.locator("main").inner_text(), re.MULTILINE)  # noqa: E731
    assert text() == ["one 1", "one a", "two 1", "two a"]
    sliders, radios = tab.locator("[data-nb-key] input[type=range]"), tab.locator("[data-nb-key] input[type=radio]")
    sliders.nth(1).press("End")
    sees(tab, "two 3")
    radios.nth(1).check()
    sees(tab, "one b")
    assert text() == ["one 1", "one b", "two 3", "two a"]
    tab.wait_for_function("location.search.split('&').length == 2")
    tab.goto(tab.url)
    sees(tab, "two 3")
    sees(tab, "one b")
    assert text() == ["one 1", "one b", "two 3", "two a"]


def test_the_link_that_is_copied_leads_to_what_is_shown(reader: Reader) -> None:
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = opened(reader, "figure.html")
    tab.locator("[data-nb-key] input").press("End")
    sees(tab, "height 5")
    tab.get_by_role("button", name="Copy a link").click()
    sees(tab, "Copied")
    link = tab.evaluate("navigator.clipboard.readText()")
    assert link.endswith("figure.html?k=5")
    tab.goto("about:blank")
    tab.goto(link)
    sees(tab, "height 5")


def test_each_row_of_controls_has_one_polite_status_and_goes_back_alone(reader: Reader) -> None:
    tab = opened(reader, "one.html")
    assert tab.locator(".nb-tools [role=status]").count() == tab.locator(".nb-controls").count() == 2
    assert tab.locator(".nb-follows [role=status], .nb-follows[aria-live]").count() == 0, "outputs are not read out"
    tab.locator("[data-nb-key] input[type=range]").press("End")
    tab.locator("[data-nb-key] input[type=radio]").nth(1).check()
    sees(tab, "one b")
    said = "[...document.querySelectorAll('.nb-tools [role=status]')].map(each => each.textContent)"
    tab.wait_for_function(f"{said}[1] == 'Updated: kind b'")
    tab.get_by_role("button", name="Back to the start").last.click()
    sees(tab, "one a")
    sees(tab, "one 3")
    tab.wait_for_function(f"{said}[1] == 'Updated: kind a'")


def test_where_one_control_moves_at_a_time_the_others_go_back_and_it_is_said(reader: Reader) -> None:
    """All combinations of three choices would be 343 states, and 300 are the most."""
    tab = opened(reader, "alone.html")
    selects = tab.locator("[data-nb-key] select")
    selects.nth(0).select_option("s")
    sees(tab, "all s p p")
    assert "One control moves at a time" not in tab.locator("main").inner_text()
    selects.nth(2).select_option("v")
    sees(tab, "all p p v")
    said = "One control moves at a time here; the others went back to their start."
    tab.wait_for_function("said => document.querySelector('.nb-state').textContent === said", arg=said)
    assert [selects.nth(at).evaluate("select => select.selectedOptions[0].text") for at in range(3)] == [*"ppv"]
    tab.wait_for_function("document.querySelector('.nb-tools [role=status]').textContent.includes('went back')")
    tab.wait_for_function("location.search === '?c=v'")


def test_states_that_cannot_be_had_are_said_to_be_missing_and_asked_for_again(reader: Reader) -> None:
    tab = reader.tab
    tab.route(re.compile("/assets/nbpublish/.*[.]js$"), lambda route: route.abort())
    opened(reader, "lines.html", "?k=5")
    sees(tab, "The results could not be loaded.")
    assert "line 2" in tab.locator("main").inner_text(), "what stood there stays"
    reader.faults.clear()
    tab.unroute_all()
    tab.locator("[data-nb-key] input").press("ArrowLeft")
    sees(tab, "line 3")
    assert "could not be loaded" not in tab.locator("main").inner_text()


def test_paper_shows_what_the_screen_shows(reader: Reader) -> None:
    tab = opened(reader, "figure.html")
    tab.locator("[data-nb-key] input").press("End")
    sees(tab, "height 5")
    tab.emulate_media(media="print")
    assert "height 5" in tab.locator("main").inner_text()
    assert "k = 5" in tab.locator(".nb-follows img").get_attribute("src")
    assert tab.locator(".nb-value").is_visible()
    for gone in ("[data-nb-key] input", ".nb-tools button"):
        assert not tab.locator(gone).first.is_visible()


def test_an_address_of_a_value_that_is_not_there_leads_to_the_nearest(reader: Reader) -> None:
    tab = opened(reader, "figure.html", "?k=4.4")
    sees(tab, "height 4")
    opened(reader, "one.html", "?kind=z&k=99")
    sees(tab, "one 3")
    assert "one a" in tab.locator("main").inner_text()


def test_a_button_opens_the_notebook_where_it_runs_once_a_reader_asks(reader: Reader) -> None:
    reader.context.route(re.compile("^https:"), lambda route: route.fulfill(body="live"))
    reader.tab.goto((reader.site / "live.html").as_uri())
    links = reader.tab.locator("a.nb-run")
    assert set(links.all_inner_texts()) == {"Run it live in molab"}
    assert links.count() > 1, "below the title, and where a control cannot move"
    assert reader.tab.locator("h1 ~ p > a.nb-run").count() == 1
    assert all(url.startswith("file:") for url in reader.requests)
    links.first.click()
    reader.tab.wait_for_url("https://molab.marimo.io/github/ann/course/blob/main/docs/live.py")
    assert "nb-run" not in (reader.site / "one.html").read_text(), "molab opens notebooks of marimo"
