"""The theme in a browser: pages opened from the disk in Chromium, read, searched and printed, also without script."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from browsers import Reader, readers, small_site
from markdown import markdown  # type: ignore[import-untyped]
from PIL import Image
from test_theme import build_site

pytestmark = pytest.mark.browser
WIDTHS = [320, 390, 768, 1024, 1440]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(tmp_path_factory.mktemp("theme"))


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Any]:
    with readers(browser, site) as make:
        yield make


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_scrolled_sideways_and_nothing_comes_from_elsewhere(reader: Any, width: int, scheme: str) -> None:
    here = reader(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for page in ("index.html", "part/ridge.html", "part/english.html"):
        tab = here.open(page)
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert all(address.startswith(("file://", "data:")) for address in here.requests)


LONG = "a_long_name = another_long_name + " * 5
HEADS = "<th>miles_per_gallon</th>" * 9
BOXES = '<div style="min-width: 90px">1</div>' * 6
WIDE = {
    "a page of others": '<div class="nb-prose"><iframe width="560" height="315" srcdoc="x"></iframe></div>',
    "an editor": f'<div class="nb-widget"><div class="highlight"><pre><code>{LONG}</code></pre></div></div>',
    "a table to edit": f'<div class="nb-form"><div class="nb-table"><table><tr>{HEADS}</tr></table></div></div>',
    "a row": f'<div class="nb-hstack" style="--nb-wrap: nowrap">{BOXES}</div>',
}


@pytest.mark.parametrize("what", WIDE)
def test_what_is_wide_does_not_make_a_phone_scroll(reader: Any, what: str) -> None:
    tab = reader(viewport={"width": 390, "height": 800}).open()
    tab.evaluate("(html) => document.querySelector('main .nb-prose').insertAdjacentHTML('afterend', html)", WIDE[what])
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


HEADED = f"<thead><tr><th></th>{HEADS}</tr></thead>"
NUMBERED = "".join(f"<tr><th>{n}</th>{'<td>1.5</td>' * 9}</tr>" for n in range(12))
TABLE = f"<table>{HEADED}<tbody>{NUMBERED}</tbody></table>"
SCROLLERS = {
    "code": f'<div class="nb-code"><div class="highlight"><pre class="it"><code>{LONG}</code></pre></div></div>',
    "code in prose": f'<div class="highlight"><pre class="it"><code>{LONG}</code></pre></div>',
    "text": f'<div class="nb-outputs"><pre class="nb-text it">{LONG}</pre></div>',
    "a table": f'<div class="nb-table it" style="max-height: none">{TABLE}</div>',
}


def inserted(tab: Any, html: str) -> Any:
    """HTML at the end of the page's text; gives its element of the class `it`."""
    tab.evaluate("(html) => document.querySelector('main .nb-prose').insertAdjacentHTML('beforeend', html)", html)
    return tab.locator(".it")


def pixels(box: Any) -> Image.Image:
    return Image.open(io.BytesIO(box.screenshot())).convert("L")


@pytest.mark.parametrize("what", SCROLLERS)
def test_a_shade_tells_that_there_is_more_beyond_the_edge(reader: Any, what: str) -> None:
    box = inserted(reader(viewport={"width": 390, "height": 800}, color_scheme="light").open(), SCROLLERS[what])

    def shade() -> float:
        """How much darker the ground is at the right edge than in the middle; half of each column is beside letters."""
        shown = pixels(box)
        lower = range(shown.height // 2, shown.height)
        columns = [[shown.getpixel((shown.width - x, y)) for y in lower] for x in (4, 99)]
        at_the_edge, within = map(median, columns)
        return within - at_the_edge

    assert shade() > 8
    box.evaluate("(box) => { box.scrollLeft = 9999; }")
    assert shade() == 0


TABS = {
    "as pymdownx writes them": {},
    "as Material wants them": {"alternate_style": True},
}


@pytest.mark.parametrize("style", TABS)
def test_tabs_of_pymdownx_show_one_panel_and_paper_shows_all(reader: Any, style: str) -> None:
    text = '=== "甲"\n\n    first\n\n=== "乙"\n\n    second\n\n=== "丙"\n\n    third\n'
    html = markdown(text, extensions=["pymdownx.tabbed"], extension_configs={"pymdownx.tabbed": TABS[style]})
    tab = reader().open()
    tab.add_style_tag(url="../assets/tabs.css")
    inserted(tab, f"{html}<p class='it'></p>")
    panels = [tab.get_by_text(words, exact=True) for words in ("first", "second", "third")]
    labels = [tab.locator(".tabbed-set label").nth(number) for number in range(3)]
    assert [panel.is_visible() for panel in panels] == [True, False, False]
    labels[1].click()
    assert [panel.is_visible() for panel in panels] == [False, True, False]
    tab.keyboard.press("ArrowRight")
    assert [panel.is_visible() for panel in panels] == [False, False, True]
    outlines = [label.evaluate("(label) => getComputedStyle(label).outlineStyle") for label in labels]
    assert outlines == ["none", "none", "solid"]
    assert labels[0].bounding_box()["y"] == labels[2].bounding_box()["y"] < panels[2].bounding_box()["y"]
    tab.emulate_media(media="print")
    assert [panel.is_visible() for panel in panels] == [True, True, True]


@pytest.mark.parametrize(("width", "shares"), [(1440, 5), (390, 1)])
def test_columns_have_the_widths_asked_for_and_the_whole_width_on_a_phone(
    reader: Any, width: int, shares: int
) -> None:
    tab = reader(viewport={"width": width, "height": 800}).open()
    columns = (("5", "Many words. " * 40), ("1", "0.5 " * 20))
    row = "".join(f'<div class="nb-grow" style="--nb-grow:{share}"><p>{text}</p></div>' for share, text in columns)
    tab.evaluate(
        "(html) => document.querySelector('main .nb-prose').insertAdjacentHTML('afterend', html)",
        f'<div class="nb-hstack" style="--nb-gap: 0px; --nb-wrap: nowrap">{row}</div>',
    )
    first, second = (tab.locator(".nb-grow").nth(at).bounding_box()["width"] for at in (0, 1))
    assert first / second == pytest.approx(shares, rel=0.02)


def test_a_stack_in_a_row_is_as_high_as_the_row(reader: Any) -> None:
    tab = reader().open()
    stack = '<div class="nb-vstack" style="--nb-justify: space-between"><p>first</p><p id="last">last</p></div>'
    parts = f'<div style="height: 300px">high</div><div class="nb-grow" style="--nb-grow:1">{stack}</div>'
    high = f'<div class="nb-hstack" style="--nb-align: normal">{parts}</div>'
    tab.evaluate("(html) => document.querySelector('main .nb-prose').insertAdjacentHTML('afterend', html)", high)
    row, last = tab.locator(".nb-hstack:has(#last)").bounding_box(), tab.locator("#last").bounding_box()
    assert last["y"] + last["height"] == pytest.approx(row["y"] + row["height"], abs=2)


SLIDERS = """<div class="nb-hstack" style="--nb-justify: flex-start">
  <div class="nb-widget" data-widget="slider"><input type="range" disabled><output class="nb-value">1</output></div>
  <div class="nb-widget" data-widget="slider"><label><span class="nb-label">size</span>
  <input type="range" disabled></label><output class="nb-value">60</output></div>
</div>"""


@pytest.mark.parametrize("width", [390, 1440])
def test_a_slider_in_a_row_stands_between_its_label_and_its_value(reader: Any, width: int) -> None:
    here = reader(viewport={"width": width, "height": 800})
    tab = here.open()
    middles, lefts = tab.evaluate(
        """(html) => {
          const main = document.querySelector("main .nb-widget").parentElement;
          main.insertAdjacentHTML("afterbegin", html);
          const boxes = [...main.querySelectorAll(".nb-hstack :is(.nb-label, input, output)")]
            .map((part) => part.getBoundingClientRect());
          return [boxes.map((box) => (box.top + box.bottom) / 2), boxes.map((box) => box.left)];
        }""",
        SLIDERS,
    )
    for row in (slice(0, 2), slice(2, 5)):
        assert middles[row] == pytest.approx([middles[row.start]] * len(middles[row]), abs=4)
        assert lefts[row] == sorted(lefts[row])
    assert here.style(".nb-hstack .nb-widget", "borderTopWidth") == "0px", "no boxes in a row"
    assert here.style(".nb-widget:not(.nb-hstack *)", "borderTopWidth") == "1px"


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const background = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [1, 1, 1, 1]);
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("script, option, .headerlink")) continue;
    const below = background(element);
    const [a, b] = [light(over(rgba(getComputedStyle(element).color), below)), light(below)];
    const code = element.closest(".highlight") !== null;
    found.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), code, element.tagName + "." + element.className]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["part/ridge.html", "part/english.html"])
def test_every_text_can_be_told_from_what_it_stands_on(reader: Any, page: str, scheme: str) -> None:
    tab = reader(color_scheme=scheme).open(page)
    found = tab.evaluate(CONTRAST)
    assert len(found) > 30
    assert [entry for entry in found if entry[0] < (5 if entry[1] else 4.5)] == []


SEEN = """(selectors) => selectors.filter((selector) => document.querySelector(selector).checkVisibility())"""
AROUND = ["nav.nav", ".contents", ".contents-fold", ".menu-button"]


@pytest.mark.parametrize(
    ("width", "columns", "around", "sizes"),
    [  # sizes of text, title and headings
        (1440, [232, 840, 224], ["nav.nav", ".contents"], [17, 38, 24, 20]),
        (1100, [232, 776], ["nav.nav", ".contents-fold"], [17, 38, 24, 20]),
        (800, [763.2], [".contents-fold", ".menu-button"], [16.96, 35.2, 24, 20]),
        (390, [353.2], [".contents-fold", ".menu-button"], [16.14, 28.64, 24, 20]),
    ],
)
def test_columns_and_sizes_are_those_of_the_design(
    reader: Any, width: int, columns: list[float], around: list[str], sizes: list[float]
) -> None:
    here = reader(viewport={"width": width, "height": 800})
    tab = here.open()
    drawn = [float(column[:-2]) for column in here.style(".frame", "gridTemplateColumns").split()]
    assert drawn == pytest.approx(columns, abs=0.1)
    assert tab.evaluate(SEEN, AROUND) == around
    assert tab.locator("main").bounding_box()["width"] == pytest.approx(min(688, max(columns)), abs=0.1)
    inserted(tab, "<h3 class='it'>A heading</h3>")
    texts = ("main p", "main h1", "main h2", "main h3.it")
    assert [float(here.style(text, "fontSize")[:-2]) for text in texts] == pytest.approx(sizes, abs=0.1)
    assert tab.locator("header").bounding_box()["height"] == pytest.approx(53, abs=1)


def test_japanese_is_set_as_japanese(reader: Any) -> None:
    here = reader()
    here.open()
    assert here.style("body", "lineBreak") == "strict"
    size, height = (float(here.style("main p", name).removesuffix("px")) for name in ("fontSize", "lineHeight"))
    assert height / size == pytest.approx(1.85, abs=0.01)
    size, height = (float(here.style("p[lang=en]", name).removesuffix("px")) for name in ("fontSize", "lineHeight"))
    assert height / size == pytest.approx(1.65, abs=0.01)
    assert here.style("h1", "wordBreak") == "auto-phrase"
    assert here.style("main p em", "fontSynthesisStyle") == "none", "no slanted kana"


def test_the_contents_follow_the_reader(reader: Any) -> None:
    tab = reader().open()
    assert tab.locator(".contents a[aria-current]").count() == 0
    tab.evaluate("document.getElementById('long').scrollIntoView()")
    tab.wait_for_selector(".contents a[href='#long'][aria-current]")
    tab.evaluate("scrollTo(0, 0)")
    tab.wait_for_selector(".contents a[href='#long']:not([aria-current])")


# --- light and dark -------------------------------------------------------------------------------------------------


def test_the_choice_of_light_and_dark_is_kept_and_painted_first(browser: Any, tmp_path: Path) -> None:
    site = build_site(tmp_path)
    here = Reader(browser, site, color_scheme="light")
    tab = here.open()
    light = here.style("body", "backgroundColor")
    tab.click(".theme-button")
    dark = here.style("body", "backgroundColor")
    assert dark != light
    # without the deferred script only what stands in the head can have set it, before anything is painted
    (site / "assets" / "theme.js").unlink()
    here.open("part/english.html")
    assert here.style("body", "backgroundColor") == dark
    here.context.close()


def test_pictures_lie_on_paper_in_the_dark(reader: Any) -> None:
    here = reader(color_scheme="dark")
    here.open()
    assert here.style(".nb-figure img", "backgroundColor") == "rgb(255, 255, 255)"


def test_a_drawing_follows_the_readers_choice_of_light_and_dark(browser: Any, tmp_path: Path) -> None:
    site = small_site(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 2])")
    reader = Reader(browser, site, color_scheme="light")
    tab = reader.open("index.html")

    def lightness() -> tuple[int, int]:
        """Of the darkest and of the lightest point of the figure, from 0 to 255."""
        tab.wait_for_timeout(300)
        picture = Image.open(io.BytesIO(tab.locator(".nb-figure > img").screenshot())).convert("L")
        return picture.getextrema()

    darkest, lightest = lightness()
    assert darkest < 60
    assert lightest > 240
    tab.locator(".theme-button").click()
    darkest, lightest = lightness()
    assert darkest < 30, "the page shows through"
    assert 200 < lightest < 240, "no white is left, and the ink is light"
    tab.emulate_media(media="print")
    darkest, lightest = lightness()
    assert (darkest < 60, lightest) == (True, 255), "dark ink on white paper"
    reader.context.close()
    assert not reader.faults


# --- without a script -----------------------------------------------------------------------------------------------


def test_without_a_script_everything_can_be_read_and_nothing_pretends(reader: Any) -> None:
    tab = reader(java_script_enabled=False, viewport={"width": 390, "height": 800}).open()
    for text in ("一枚目", "甲の中身"):
        assert tab.get_by_text(text).is_visible()
    assert not tab.locator(".search-button").is_visible()
    assert not tab.locator(".theme-button").is_visible()
    assert not tab.locator("nav.nav").is_visible()
    tab.click(".menu-button")
    assert tab.locator("nav.nav").is_visible()
    tab.locator("nav.nav").get_by_role("link", name="機械学習入門").click()
    assert tab.url.endswith("index.html")


def test_tabs_of_marimo_need_no_script(reader: Any) -> None:
    tab = reader(java_script_enabled=False).open()
    assert not tab.get_by_text("乙の中身").is_visible()
    tab.get_by_text("乙", exact=True).click()
    assert tab.get_by_text("乙の中身").is_visible()
    assert not tab.get_by_text("甲の中身").is_visible()


# --- with one -------------------------------------------------------------------------------------------------------


def test_tabs_are_one_stop_for_the_keyboard(reader: Any) -> None:
    tab = reader().open()
    tab.get_by_role("radio", name="NumPy").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.get_by_text("二枚目").is_visible()
    assert not tab.get_by_text("一枚目").is_visible()
    tab.keyboard.press("Tab")
    assert not tab.evaluate("document.activeElement.matches('[name=code]')")
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("ArrowLeft")
    assert tab.get_by_text("一枚目").is_visible()


def test_a_link_into_a_hidden_tab_opens_it(reader: Any) -> None:
    tab = reader().open("part/ridge.html#in-second-tab")
    assert tab.get_by_text("二枚目").is_visible()


def test_a_cell_of_the_drawing_lights_what_it_hangs_together_with(browser: Any, tmp_path: Path) -> None:
    cells = ["a = 1", "b = a + 1", "c = 2", "print(b, c)", "print(a)"]
    reader = Reader(browser, small_site(tmp_path, *cells))
    tab = reader.open("index.html")
    tab.locator(".nb-flow-section > summary").click()
    labels = tab.locator(".nb-flow-section label")
    assert labels.all_inner_texts() == ["In order", "As a diagram"]
    for which, label in enumerate(labels.all()):
        label.click()
        drawing = tab.locator(".nb-flow").nth(which)
        assert drawing.is_visible()

        def lit(drawing: Any = drawing) -> tuple[list[str], list[str]]:
            nodes = drawing.locator(".nb-lit[data-node]").evaluate_all("(all) => all.map((e) => e.dataset.node)")
            edges = drawing.locator(".nb-lit[data-from]")
            return sorted(nodes), sorted(edges.evaluate_all("(all) => all.map((e) => e.dataset.from + e.dataset.to)"))

        node = drawing.locator("[data-node='1']")
        for look, away in ((node.hover, lambda: tab.mouse.move(0, 0)), (node.focus, labels.first.click)):
            look()
            drawing.locator(".nb-lit").first.wait_for(state="attached")
            assert lit() == (["0", "1", "3"], ["01", "13"])
            away()
            drawing.locator(".nb-lit").first.wait_for(state="detached")
    reader.context.close()
    assert not reader.faults


def test_a_table_is_sorted_by_the_heading_of_a_column(browser: Any, tmp_path: Path) -> None:
    sizes = {"b": "9", "a": "1,000", "c": "nan"}
    rows = "".join(f"<tr><td>{name}</td><td>{size}</td></tr>" for name, size in sizes.items())
    table = f"<table><thead><tr><th>name</th><th>size</th></tr></thead><tbody>{rows}</tbody></table>"
    site = small_site(tmp_path, f"class T:\n    def _repr_html_(self):\n        return {table!r}\nT()")
    reader = Reader(browser, site)
    tab = reader.open("index.html")

    def column(at: int) -> list[str]:
        return tab.locator(f".nb-table tbody td:nth-child({at})").all_inner_texts()

    size = tab.get_by_role("button", name="size")
    seen = []
    for _ in range(3):
        size.click()
        seen.append((column(2), tab.locator("th").nth(1).get_attribute("aria-sort")))
    assert seen == [
        (["9", "1,000", "nan"], "ascending"),
        (["1,000", "9", "nan"], "descending"),
        (["9", "1,000", "nan"], None),
    ]
    tab.get_by_role("button", name="name").press("Enter")
    assert column(1) == ["a", "b", "c"]
    reader.context.close()
    assert not reader.faults


def test_a_figure_fills_the_window_until_escape(browser: Any, tmp_path: Path) -> None:
    site = small_site(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('A line')")
    reader = Reader(browser, site)
    tab = reader.open("index.html")
    figure = tab.locator(".nb-figure > img")
    small, alt = figure.bounding_box()["width"], figure.get_attribute("alt")
    tab.get_by_role("button", name="Enlarge").press("Enter")
    assert tab.locator("dialog.nb-zoomed img").bounding_box()["width"] > 1.5 * small
    assert tab.locator("dialog.nb-zoomed").get_attribute("aria-label") == alt
    tab.keyboard.press("Escape")
    tab.locator("dialog.nb-zoomed").wait_for(state="detached")
    assert tab.evaluate("document.activeElement.className") == "nb-zoom"
    reader.context.close()
    assert not reader.faults


def test_code_is_copied_as_it_was_written(reader: Any) -> None:
    here = reader()
    here.context.add_init_script("navigator.clipboard.writeText = async (text) => { window.copied = text; };")
    tab = here.open()
    tab.locator(".nb-code").first.hover()
    tab.locator(".nb-code .nb-copy").first.click()
    tab.wait_for_selector(".nb-copy[title='コピーしました']")
    lines = tab.evaluate("window.copied").split("\n")
    assert (lines[0], lines[-1]) == ("@cache", '    return "text", 42')


def test_what_is_prepared_twice_is_prepared_once(reader: Any) -> None:
    tab = reader().open()
    before = tab.locator("body").inner_html()
    tab.evaluate("window.nb.init()")
    assert tab.locator("body").inner_html() == before


def test_only_what_scrolls_takes_the_focus(reader: Any) -> None:
    tab = reader(viewport={"width": 390, "height": 800}).open()
    tab.wait_for_selector(".nb-code pre[tabindex='0']")
    assert tab.locator(".nb-stream[tabindex]").count() == 0
    assert [math.get_attribute("tabindex") for math in tab.locator(".nb-math").all()] == [None, "0"]


# --- the search -----------------------------------------------------------------------------------------------------


def test_search_from_the_keyboard_finds_half_width_kana_and_goes_there(reader: Any) -> None:
    here = reader()
    tab = here.open("part/english.html")
    assert not any("search" in address for address in here.requests), "loaded on first use"
    tab.keyboard.press("/")
    tab.wait_for_selector("dialog.search[open]")
    tab.keyboard.type("ｱﾙｺﾞﾘｽﾞﾑ")
    tab.wait_for_selector(".search-results mark")
    assert tab.locator(".search-results mark").first.text_content() == "アルゴリズム"
    assert tab.locator(".search-status").text_content() == "Results: 1"
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/part/ridge.html")


def test_search_leads_to_the_section_and_the_arrows_choose(reader: Any) -> None:
    tab = reader().open("index.html")
    tab.keyboard.press("Control+k")
    tab.wait_for_selector("dialog.search[open]")
    tab.keyboard.type("リッジ 確認")
    tab.wait_for_selector(".search-results a")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowUp")
    chosen = tab.locator(".search [aria-selected=true]").get_attribute("id")
    assert tab.locator(".search input").get_attribute("aria-activedescendant") == chosen
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/part/ridge.html#least-squares")


def test_escape_leads_back_to_where_the_reader_was(reader: Any) -> None:
    tab = reader().open()
    link = tab.locator("main a[href]:visible").first
    link.focus()
    tab.keyboard.press("/")
    tab.wait_for_selector("dialog.search[open]")
    tab.keyboard.type("リッジ")
    tab.locator(".search-results a").first.wait_for()
    tab.keyboard.press("Escape")
    assert not tab.locator("dialog.search").is_visible()
    assert link.evaluate("(link) => link === document.activeElement")


def test_enter_belongs_to_the_input_method_until_it_is_done(reader: Any) -> None:
    tab = reader().open("index.html")
    tab.keyboard.press("/")
    tab.wait_for_selector("dialog.search[open]")
    tab.keyboard.type("リッジ")
    tab.locator(".search-results a").first.wait_for()
    press = "new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, cancelable: true })"
    left_to_it = tab.locator(".search input").evaluate(f"(input) => input.dispatchEvent({press})")
    assert left_to_it
    assert tab.locator("dialog.search").is_visible()


def test_a_search_without_result_says_so_and_shows_no_markup(reader: Any) -> None:
    tab = reader().open("index.html")
    tab.click(".search-button")
    tab.locator(".search input").fill("<b>zzyzx")
    tab.wait_for_function("document.querySelector('.search-status').textContent === '見つかりませんでした。'")
    tab.keyboard.press("Escape")
    assert not tab.locator("dialog.search").is_visible()


def test_an_index_that_cannot_be_loaded_is_reported(browser: Any, tmp_path: Path) -> None:
    site = build_site(tmp_path)
    (site / "assets" / "search-index.js").unlink()
    here = Reader(browser, site)
    tab = here.open("index.html")
    tab.keyboard.press("/")
    tab.wait_for_function("document.querySelector('.search-status').textContent.includes('読み込めません')")
    here.context.close()


def test_folders_open_from_the_disk(browser: Any, tmp_path: Path) -> None:
    here = Reader(browser, build_site(tmp_path, use_directory_urls=True))
    tab = here.open("index.html")
    tab.get_by_role("link", name="Using the software").click()
    tab.wait_for_url("**/part/english/index.html")
    here.context.close()


# --- on paper -------------------------------------------------------------------------------------------------------


def test_each_sheet_begins_with_the_head_of_the_table(reader: Any) -> None:
    """Only the head is bold: a sheet without it needs fewer fonts."""
    tab = reader().open()
    buttons = HEADED.replace("<th>m", '<th><button class="nb-sort">m').replace("n</th>", "n</button></th>")
    table = f'<table>{buttons}<tbody>{NUMBERED * 20}</tbody></table>'
    html = f'<div class="nb-article"><div class="nb-table">{table}</div></div>'
    tab.evaluate("(html) => { document.body.innerHTML = html; }", html)
    sheets = re.findall(rb"/Type /Page\b.*?endobj", tab.pdf(format="A4"), re.DOTALL)
    fonts = {len(re.findall(rb" R\b", sheet[sheet.index(b"/Font") :].split(b">>")[0])) for sheet in sheets}
    assert len(sheets) > 3
    assert len(fonts) == 1


def test_paper_is_white_unfolded_and_without_the_frame(reader: Any) -> None:
    here = reader(color_scheme="dark")
    tab = here.open()
    tab.click(".theme-button")
    tab.click(".theme-button")
    assert tab.locator("html").get_attribute("data-theme") == "dark"
    tab.emulate_media(media="print")
    for text in ("一枚目", "二枚目", "甲の中身", "乙の中身", "答えです。"):
        assert tab.get_by_text(text).is_visible(), text
    for selector in (".header", "nav.nav", ".contents", ".neighbours", ".nb-copy"):
        assert not tab.locator(selector).first.is_visible(), selector
    assert here.style("body", "colorScheme") == "light"
    tab.emulate_media(media="screen")
    assert not tab.get_by_text("答えです。").is_visible()
