"""What a page must be for every reader, measured in Chromium on one page of each kind (`kinds.py`).

Accessible by axe-core's rules, in light and dark, on a desktop and on a phone; every pair of colours readable; nothing
asked of another host; no page scrolled sideways; all of it on paper, without a script, from the keyboard alone, under
a sub-path, and under a Content-Security-Policy that allows no inline scripts.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import Reader, readers
from kinds import KINDS, built_once
from mkdocs.utils import get_theme_dir
from PIL import Image

pytestmark = pytest.mark.browser
GUIDE = Path(__file__).parent.parent / "docs_src" / "guide" / "theme.md"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
CHAPTER, TABLES, WIDGETS = KINDS["chapter"], KINDS["tables"], KINDS["widgets"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.getbasetemp()
    return built_once("ja", root.parent if "PYTEST_XDIST_WORKER" in os.environ else root)


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Any]:
    with readers(browser, site) as plain:

        def make(**settings: Any) -> Reader:
            made: Reader = plain(**settings)
            # addresses on the error page begin at the root of the server
            from_root = "file:///course/**"
            made.context.route(from_root, lambda route: route.fulfill(path=on_disk(site, route.request.url)))
            return made

        yield make


def on_disk(site: Path, address: str) -> Path:
    """The file of the site behind an address that a page from the disk asked for."""
    path = address.removeprefix("file://").partition("#")[0]
    return site / path.removeprefix("/course/") if path.startswith("/course/") else Path(path)


def unfold(tab: Any) -> None:
    tab.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")


# --- accessible -----------------------------------------------------------------------------------------------------


ALIKE = "tbody tr:nth-child(n + 9)"
"""Rows of a table that are like those above them; each cell takes axe its time."""


def violations(tab: Any) -> list[str]:
    """What axe-core finds with all its rules, those for best practice included."""
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(tab, context={"exclude": [[ALIKE]]}, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def looked_at(reader: Any, request: pytest.FixtureRequest) -> Any:
    """A reader at a screen."""
    return reader(**request.param)


SCHEMES = ("light", "dark")


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(looked_at: Any, kind: str) -> None:
    tab = looked_at.open(KINDS[kind])
    unfold(tab)
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        assert violations(tab) == [], scheme


def test_axe_finds_nothing_in_an_open_search_and_an_open_picture(looked_at: Any) -> None:
    tab = looked_at.open(CHAPTER)
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        tab.keyboard.press("/")
        tab.locator(".search input").fill("リッジ")
        tab.locator(".search-results a").first.wait_for()
        assert violations(tab) == [], scheme
        tab.keyboard.press("Escape")
        tab.locator(".nb-figure > img").first.click()
        assert violations(tab) == [], scheme
        tab.keyboard.press("Escape")


def test_axe_finds_nothing_in_an_open_drawer(reader: Any) -> None:
    tab = reader(**PHONE).open(CHAPTER)
    tab.locator(".menu-button").click()
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        assert violations(tab) == [], scheme


GROUNDS = {"bg", "surface", "raised", "accent-tint", "good-tint", "warn-tint", "bad-tint", "plum-tint"}
TEXTS = {"ink", "ink-soft", "accent", "good", "warn", "bad", "plum"}
EDGES = {"line-strong"}
"""Borders by which a control is known."""
LINES = {"line"}
"""Borders that only adorn."""
CONTRAST = """(pairs) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const probe = document.body.appendChild(document.createElement("i"));
  const light = (token) => {
    probe.style.color = `var(--nb-${token})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255)
      .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  };
  const found = pairs.map(([one, other]) => {
    const [a, b] = [light(one), light(other)];
    return [one, other, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)];
  });
  probe.remove();
  return found;
}"""


def colours() -> set[str]:
    """Names of all colours in the theme's style sheets, without `--nb-`."""
    assets = Path(get_theme_dir("nbpublish")) / "assets"
    css = "".join((assets / name).read_text(encoding="utf-8") for name in ("nb-content.css", "base.css"))
    return set(re.findall(r"--nb-([\w-]+): light-dark\(", css))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_pair_of_colours_is_readable(reader: Any, scheme: str) -> None:
    code = {name for name in colours() if name.startswith("code-")}
    assert colours() == GROUNDS | TEXTS | EDGES | LINES | code, "say here what a new colour is for"
    tab = reader(color_scheme=scheme).open(CHAPTER)
    least = {(text, ground): 4.5 for text in TEXTS for ground in GROUNDS}
    least |= {(text, ground): 5.0 for text in code for ground in ("surface", "raised", "warn-tint", "bad-tint")}
    least |= {(edge, ground): 3.0 for edge in EDGES for ground in ("bg", "surface")}
    found = tab.evaluate(CONTRAST, [list(pair) for pair in least])
    assert [(one, other, ratio) for one, other, ratio in found if ratio < least[one, other]] == []


def test_a_numbered_equation_has_the_room_that_it_needs(reader: Any) -> None:
    tab = reader(**DESKTOP).open(CHAPTER)
    formula = tab.locator(".nb-math mtr:has(> .nb-equation-number) > mtd:not(:empty)").first
    assert formula.evaluate("(cell) => cell.scrollWidth - cell.clientWidth") == 0


# --- from the keyboard alone ----------------------------------------------------------------------------------------

REACHED = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  here.dataset.reached = "";
  const outlined = (element) => element && getComputedStyle(element).outlineStyle !== "none";
  const drawn = (element) => element && parseFloat(getComputedStyle(element).strokeWidth) >= 2;
  const label = here.matches(".nb-tabs > input") ? here.nextElementSibling : null;
  const seen = outlined(here) || outlined(label) || drawn(here.querySelector("rect"));
  const box = (label ?? here).getBoundingClientRect();
  const within = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { what: here.outerHTML.slice(0, 120), seen, within };
}"""
MISSED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)
  .filter((element) => !("reached" in element.dataset))
  .filter((element) => element.type !== "radio" || element.checked)
  .map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("kind", ["chapter", "widgets", "tables", "errors", "page"])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(reader: Any, kind: str, screen: str) -> None:
    tab = reader(viewport=(PHONE if screen == "phone" else DESKTOP)["viewport"]).open(KINDS[kind])
    unfold(tab)
    stops = []
    for _ in range(400):
        tab.keyboard.press("Tab")
        if (stop := tab.evaluate(REACHED)) is None:
            break
        stops.append(stop)
    assert 'class="skip"' in stops[0]["what"]
    assert [stop["what"] for stop in stops if not stop["seen"]] == [], "no focus to be seen"
    assert [stop["what"] for stop in stops if not stop["within"]] == [], "outside the window"
    assert tab.evaluate(MISSED) == []


def test_the_keyboard_works_every_control(reader: Any) -> None:
    tab = reader(**DESKTOP).open(CHAPTER)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main", "past the navigation"
    tab.locator(".nb-article .nb-fold > summary").first.press("Enter")
    assert tab.locator(".nb-article .nb-fold").first.get_attribute("open") is not None
    tab.locator(".nb-zoom").first.press("Enter")
    shown = tab.locator("dialog.nb-zoomed > img").bounding_box()
    assert shown["y"] >= 0
    assert shown["y"] + shown["height"] <= 900, "all of the picture"
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.className") == "nb-zoom", "the focus is where it was"
    tab.locator(".search-button").press("Enter")
    tab.keyboard.type("過学習")
    tab.locator(".search-results a").first.wait_for()
    tab.keyboard.press("Escape")
    assert "search-button" in tab.evaluate("document.activeElement.className")
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.locator(".theme-button").press("Enter")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_drawer_opens_and_closes_from_the_keyboard(reader: Any) -> None:
    tab = reader(**PHONE).open(CHAPTER)
    tab.locator(".menu-button").press("Enter")
    assert tab.locator("nav.nav").is_visible()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('nav.nav') !== null")
    tab.keyboard.press("Escape")
    assert not tab.locator("nav.nav").is_visible()
    assert "menu-button" in tab.evaluate("document.activeElement.className")


# --- from the disk, and from a server -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_from_the_disk_asks_no_host_and_scrolls_only_up_and_down(reader: Any, kind: str) -> None:
    here = reader(viewport={"width": 320, "height": 640})
    tab = here.open(KINDS[kind])
    unfold(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert {address.partition(":")[0] for address in here.requests} <= {"file", "data"}


def test_everything_works_from_the_disk(reader: Any) -> None:
    tab = reader(**DESKTOP).open(TABLES)
    first = tab.locator(".nb-table tbody td").first
    before = first.inner_text()
    tab.get_by_role("button", name="人口", exact=True).click()
    assert first.inner_text() != before, "sorted"
    tab.locator(".nb-figure > img").first.click()
    assert tab.locator("dialog.nb-zoomed").is_visible()
    tab.keyboard.press("Escape")
    tab.click(".theme-button")
    assert tab.locator("html").get_attribute("data-theme") == "dark"
    tab.keyboard.press("/")
    tab.keyboard.type("過学習 タブ")
    tab.locator(".search-results a").first.wait_for()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/regression/widgets/**")
    assert tab.locator("html").get_attribute("data-theme") == "dark", "kept from page to page"
    tab.get_by_text("過学習", exact=True).first.click()
    assert tab.locator(".nb-tab", has_text="モデルが柔軟すぎて").is_visible()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a site below `/course/`, with the policy of the guide, and the site's error page for all else."""

    policy = ""

    def log_message(self, *_: Any) -> None: ...

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/course/")
        file = Path(self.directory, path)
        file = file / "index.html" if path.endswith("/") or not path else file
        missing = not self.path.startswith("/course/") or not file.is_file()
        data = Path(self.directory, "404.html").read_bytes() if missing else file.read_bytes()
        self.send_response(404 if missing else 200)
        self.send_header("Content-Type", "text/html" if missing else self.guess_type(str(file)))
        self.end_headers()
        self.wfile.write(data)


def documented_policy() -> str:
    """The policy that the guide recommends."""
    found = re.search(r"Content-Security-Policy: (.*?)\n```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", found[1]).strip()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served below `/course/` under the documented policy."""
    Quiet.policy = documented_policy()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/course/"
    server.shutdown()
    server.server_close()


def test_the_policy_allows_no_inline_script_but_the_one_that_sets_the_colours(site: Path) -> None:
    page = (site / CHAPTER).read_text(encoding="utf-8")
    (inline,) = re.findall(r"<script>(.*?)</script>", page)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    scripts = re.findall(r"script-src ([^;]*)", documented_policy())
    assert scripts == [f"'self' 'sha256-{digest}'"]


@pytest.mark.parametrize("kind", KINDS)
def test_under_a_sub_path_and_a_strict_policy_every_page_is_whole(reader: Any, address: str, kind: str) -> None:
    here = reader(**DESKTOP)
    told = "(event) => console.error(event.violatedDirective, event.blockedURI)"
    here.context.add_init_script(f"addEventListener('securitypolicyviolation', {told})")
    served = address + ("no/such/page/" if kind == "404" else KINDS[kind].removesuffix("index.html"))
    here.tab.goto(served)
    assert all(request.startswith((address, "data:")) for request in here.requests)
    assert here.style("body", "display") == "flex", "styled"
    assert here.tab.locator("link[rel=icon]").count() == 1
    if kind == "404":
        assert here.faults == ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
        here.faults.clear()
        here.tab.locator("main a").click()
        assert here.tab.url == address


def test_under_a_sub_path_and_a_strict_policy_search_and_pictures_work(reader: Any, address: str) -> None:
    tab = reader(**DESKTOP).tab
    tab.goto(address + "data/tables/")
    tab.locator(".nb-figure > img").first.click()
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    tab.keyboard.type("リッジ回帰")
    tab.locator(".search-results a").first.wait_for()
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{address}regression/ridge/**")


# --- on paper, without a script, in few colours ---------------------------------------------------------------------

CUT = """() => [...document.querySelectorAll("main *")].filter((element) => {
  const style = getComputedStyle(element);
  const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
  const more = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  const box = element.getBoundingClientRect();
  return box.width && (clips && more && element.clientWidth || box.right > innerWidth + 1);
}).map((element) => element.outerHTML.slice(0, 120))"""
HIDDEN = """() => [...document.querySelectorAll("main details > :not(summary), main .nb-tab")]
  .filter((element) => !element.closest(".contents-fold, .nb-flow-section") && !element.checkVisibility())
  .map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "404"])
def test_on_paper_everything_is_open_and_nothing_is_cut(reader: Any, kind: str) -> None:
    here = reader(viewport={"width": 673, "height": 980}, color_scheme="dark")  # what A4 leaves within its margins
    tab = here.open(KINDS[kind])
    tab.emulate_media(media="print", color_scheme="dark")
    assert here.style("body", "colorScheme") == "light"
    assert tab.evaluate(HIDDEN) == []
    assert tab.evaluate(CUT) == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_script_the_text_is_the_same(reader: Any, kind: str) -> None:
    texts = []
    for scripted in (True, False):
        tab = reader(java_script_enabled=scripted, **DESKTOP).open(KINDS[kind])
        texts.append(tab.locator("main").inner_text())
        visible = [button for button in tab.locator("button").all() if button.is_visible()]
        assert scripted or not visible, "no button that does nothing"
    assert texts[0] == texts[1]


MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
  return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior !== "auto";
}).map((element) => element.tagName)"""
LIVELY = "<b style='transition: all 1s'></b><i style='animation: a 1s'></i><s style='scroll-behavior: smooth'></s>"
"""As a site's own styles may be."""


def test_who_wants_no_motion_gets_none(reader: Any) -> None:
    tab = reader(reduced_motion="reduce", **DESKTOP).open(CHAPTER)
    tab.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", LIVELY)
    assert tab.evaluate(MOVING) == []
    tab.emulate_media(reduced_motion="no-preference")
    assert tab.evaluate(MOVING) == ["B", "I", "S"], "nothing of ours moves anyway"


FAINT = """() => [...document.querySelectorAll(".nb-copy, .nb-zoom")].filter((button) => {
  const sign = getComputedStyle(button, "::before").backgroundColor;
  return sign === getComputedStyle(button).backgroundColor;
}).length"""


def test_in_forced_colours_signs_and_the_readers_place_can_be_seen(reader: Any) -> None:
    here = reader(forced_colors="active", **DESKTOP)
    tab = here.open(CHAPTER)
    assert tab.locator(".nb-copy, .nb-zoom").count() > 3
    assert tab.evaluate(FAINT) == 0
    assert here.style(".nav a[aria-current]", "outlineStyle") == "solid"


# --- tables ---------------------------------------------------------------------------------------------------------


def test_lines_between_rows_run_below_the_names_that_stay(reader: Any) -> None:
    tab = reader(**{**PHONE, "viewport": {"width": 390, "height": 3600}}).open(TABLES)
    shown = Image.open(io.BytesIO(tab.screenshot())).convert("L")
    rows = tab.evaluate("""() => [...document.querySelectorAll(".nb-table tbody tr + tr")].map((row) => {
        const [name, cell, table] = [...row.cells].slice(0, 2).concat(row.closest(".nb-table"))
          .map((part) => part.getBoundingClientRect());
        return [Math.floor(name.top), name.left + 3, cell.left + 3, table.bottom];
    }).filter(([top, , , bottom]) => top < Math.min(bottom - 4, 3590))""")
    assert len(rows) > 20
    for top, name, cell, _ in rows:
        lines = [min(shown.getpixel((x, y)) for y in range(top - 2, top + 3)) for x in (name, cell)]
        assert lines[0] == lines[1] < shown.getpixel((name, top + 4))


# --- light ----------------------------------------------------------------------------------------------------------

BUDGET = {"chapter": 60, "widgets": 40, "tables": 40, "errors": 40, "long": 40}
"""Kilobytes, as a server sends them, with scripts, styles and drawings; other pages may be 30."""
RASTERS = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_light(reader: Any, site: Path, kind: str) -> None:
    here = reader(**DESKTOP)
    tab = here.open(KINDS[kind])
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    files = {on_disk(site, request) for request in here.requests if request.startswith("file:")}
    assert len(files) >= 8
    sent = sum(len(gzip.compress(file.read_bytes())) for file in files if file.suffix not in RASTERS)
    assert sent <= BUDGET.get(kind, 30) * 1000
