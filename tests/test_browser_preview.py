"""The preview in a real browser: what a save does not reach is not touched."""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from previewed import Served, until

pytestmark = pytest.mark.browser

HEAD = "# %% [markdown]\n# # Chapter\n#\n# {prose}\n"
IMPORT = "from IPython.display import HTML\n"
CONTROL = f'# %% name="control"\n{IMPORT}HTML("<input type=range id=moved min=0 max=9 value=1>")\n'
FOLDED = '# %% name="folded"\nHTML("<details id=opened><summary>More</summary><p>inside</p></details>")\n'
TOTAL = '# %% name="total"\ntotal = {total}\nprint("total", total)\n'
TABS = """# %% [markdown]
# === "One"
#
#     the first tab
#
# === "Two"
#
#     the second tab
"""
FILLING = "".join(f'# %% name="f{n}"\nprint("line\\n" * 8, {n})\n' for n in range(8))
LAST = '# %% name="last"\nprint("last", total)\n'


MORE = '# %% name="more"\nprint("more", total + 1)\n# with a third cell that is fed, a drawing shows the flow\n'


def chapter(prose: str = "Some words.", total: str = "6", last: str = LAST, tabs: str = TABS) -> str:
    head = HEAD.replace("{prose}", prose)
    return "\n".join((head, CONTROL, FOLDED, tabs, TOTAL.replace("{total}", total), FILLING, last, MORE))


@pytest.fixture(scope="module", params=["nbpublish", "material", "mkdocs"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("course")
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text("# Home\n\n[the chapter](chapter.py)\n", encoding="utf-8")
    (root / "docs" / "chapter.py").write_text(chapter(), encoding="utf-8")
    (root / "docs" / "extra.css").write_text("h1 { color: rgb(255, 0, 0) !important }", encoding="utf-8")
    own = {"material": "  font: false\n  features: [navigation.instant]\n", "mkdocs": "  highlightjs: false\n"}
    features = own.get(request.param, "")
    (root / "mkdocs.yml").write_text(
        f"site_name: Course\nsite_url: https://example.org/course/\ntheme:\n  name: {request.param}\n{features}"
        "plugins: [search, nbpublish]\nextra_css: [extra.css]\n",
        encoding="utf-8",
    )
    served = Served(root)
    served.folder = root / "docs"
    yield served
    assert served.close() == 0


in_our_theme = pytest.mark.parametrize("served", ["nbpublish"], indirect=True)
"""What no theme has to do with."""


@pytest.fixture
def tab(served: Served, browser: Any) -> Iterator[Any]:
    served.write("chapter.py", chapter())
    served.wait_for("/chapter/", "Some words.")
    with tab_of(browser, f"{served.url}chapter/") as tab:
        yield tab


@contextmanager
def tab_of(browser: Any, url: str) -> Iterator[Any]:
    """A tab in a browser of its own that looks at a page; in the end, that no script has failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    tab = context.new_page()
    tab.errors = []
    tab.on("pageerror", lambda error: tab.errors.append(error.stack))
    tab.goto(url)
    connected(tab)
    tab.evaluate("window.same = true")
    yield tab
    assert not tab.errors
    context.close()


def connected(tab: Any) -> None:
    tab.wait_for_function("document.documentElement.dataset.live === 'ok'", timeout=30_000)


def sees(tab: Any, text: str) -> None:
    tab.wait_for_function("text => document.body?.textContent.includes(text)", arg=text, timeout=30_000)


def test_what_a_reader_has_done_outlives_an_edit(served: Served, tab: Any) -> None:
    tab.evaluate(
        """() => {
            moved.value = 7; opened.open = true; moved.marked = true;
            getSelection().selectAllChildren(document.querySelector('#cell-f7 pre'));
            document.querySelector('#cell-f4').scrollIntoView({behavior: 'instant'});
        }"""
    )
    tab.locator("#moved").evaluate("each => each.focus({preventScroll: true})")
    at, selected = tab.evaluate("document.querySelector('#cell-f4').getBoundingClientRect().top"), "line"
    served.write("chapter.py", chapter("Other words, and a few more of them.\n#\n# A new paragraph.", total="7"))
    sees(tab, "A new paragraph.")
    sees(tab, "last 7")
    assert tab.evaluate("window.same") is True, "the page was not loaded again"
    assert tab.evaluate("[moved.value, moved.marked, opened.open]") == ["7", True, True]
    assert selected in tab.evaluate("getSelection().toString()")
    assert tab.evaluate("document.activeElement.id") == "moved"
    assert abs(tab.evaluate("document.querySelector('#cell-f4').getBoundingClientRect().top") - at) < 2


@in_our_theme
def test_what_a_reader_has_opened_stays_open_where_its_cell_changes(served: Served, tab: Any) -> None:
    tab.evaluate("opened.open = true")
    tab.get_by_text("Two", exact=True).first.click()
    assert tab.get_by_text("the second tab").is_visible()
    tabs = TABS.replace("the first", "the very first").replace("the second tab", "the second tab, edited")
    served.write("chapter.py", chapter(tabs=tabs).replace("<p>inside", "<p>within"))
    sees(tab, "within")
    sees(tab, "the second tab, edited")
    assert tab.evaluate("opened.open")
    assert tab.get_by_text("the second tab, edited").is_visible()


@in_our_theme
def test_the_way_to_what_has_changed(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter(last=LAST.replace("last", "at last")))
    tab.locator(".nb-live-jump").wait_for()
    tab.keyboard.press("j")
    last = "[...document.querySelectorAll('.nb-cell')].at(-1)"
    until(lambda: tab.evaluate(f"{last}.getBoundingClientRect().top < innerHeight"))
    assert tab.locator(".nb-live-jump").count() == 0
    served.write("chapter.py", chapter("Above all.", last=LAST.replace("last", "at last")))
    tab.locator(".nb-live-jump").click()
    until(lambda: tab.evaluate("scrollY < innerHeight"))
    assert tab.locator(".nb-live-jump").count() == 0


def test_an_error_at_its_cell_with_the_old_output_above(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter(total="1 / 0"))
    sees(tab, "ZeroDivisionError")
    old = tab.locator("#cell-total .nb-live-old")
    old.wait_for()
    assert old.inner_text().strip() == "total 6"
    bar = tab.locator(".nb-live-bar")
    bar.wait_for()
    assert "1 error" in bar.inner_text()
    assert "chapter.py:" in bar.inner_text()
    assert "ZeroDivisionError" in bar.inner_text()
    assert bar.locator("a").first.get_attribute("href").startswith("vscode://file/")
    assert tab.title().startswith("✗")
    served.write("chapter.py", chapter())
    sees(tab, "total 6")
    tab.wait_for_function("!document.querySelector('.nb-live-bar, .nb-live-old')")
    assert not tab.title().startswith("✗")


@in_our_theme
def test_a_cell_that_runs_is_marked(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter(total="__import__('time').sleep(2) or 9"))
    tab.wait_for_function("document.querySelector('#cell-total').dataset.live === 'running'")
    tab.wait_for_function("/^⏳ \\d+\\/\\d+ Chapter/.test(document.title)")
    assert tab.evaluate("document.querySelector('#cell-last').dataset.live") == "waiting"
    assert tab.locator("#cell-total").get_attribute("aria-busy") == "true"
    assert "total 6" in tab.locator("#cell-total").inner_text()
    sees(tab, "last 9")
    tab.wait_for_function("!document.title.startsWith('⏳')")


def test_a_style_sheet_is_swapped_without_loading_the_page(served: Served, tab: Any) -> None:
    served.write("extra.css", "h1 { color: rgb(0, 0, 255) !important }")
    tab.wait_for_function("getComputedStyle(document.querySelector('h1')).color === 'rgb(0, 0, 255)'")
    assert tab.evaluate("window.same") is True
    served.write("extra.css", "h1 { color: rgb(255, 0, 0) !important }")


REGIONS = "header, nav, footer, .navbar, .bs-sidebar, .contents-fold, .page-meta"
AROUND = f"""[...document.querySelectorAll("{REGIONS}")].map((each) => [
    each.className, [...each.querySelectorAll("a")].map((link) => link.href + link.innerText)])"""


def test_headings_reach_the_contents_and_leave_them(served: Served, tab: Any) -> None:
    """The last heading to leave takes the contents with it; the page is the same all the while, and so is its rest."""
    tab.evaluate(
        """() => {
            moved.value = 7;
            document.querySelector("nav, .navbar").mine = true;
            document.body.append(Object.assign(document.createElement("aside"), { id: "added" }));
        }"""
    )
    other = tab.context.new_page()
    links = "[...document.links].filter(({ textContent }) => textContent.trim() === 'A new heading').length"
    heading = "\n#\n# ## A new heading\n#\n# ## Another"
    for text, found in ((heading, "> 0"), ("", "=== 0"), (heading, "> 0")):
        served.write("chapter.py", chapter(f"Some words.{text}"))
        tab.wait_for_function(f"{links} {found}", timeout=30_000)
        until(lambda: other.goto(tab.url) and tab.evaluate(AROUND) == other.evaluate(AROUND))
        assert tab.evaluate("window.same") is True, "the page was not loaded again"
        kept = "[moved.value, document.querySelector('nav, .navbar').mine, !!window.added]"
        assert tab.evaluate(kept) == ["7", True, True]


@in_our_theme
def test_the_contents_say_where_a_reader_is_after_headings_have_changed(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter("Some words.\n#\n# ## A new heading", total="7\n\n# %% [markdown]\n# ## Below"))
    tab.wait_for_selector(".contents a:text('Below')", state="attached", timeout=30_000)
    tab.evaluate("document.querySelector('#below').scrollIntoView({ behavior: 'instant' })")
    tab.wait_for_function("document.querySelector('.contents [aria-current]')?.textContent === 'Below'")
    assert tab.evaluate("window.same") is True


@in_our_theme
def test_a_hidden_tab_gets_what_it_lacks_when_it_is_seen_again(served: Served, tab: Any) -> None:
    tab.context.set_offline(True)
    tab.evaluate("window.dispatchEvent(new Event('pagehide'))")
    served.write("chapter.py", chapter("While away."))
    served.wait_for("/chapter/", "While away.")
    tab.context.set_offline(False)
    tab.evaluate("window.dispatchEvent(new Event('pageshow'))")
    sees(tab, "While away.")
    assert tab.evaluate("window.same") is True


@in_our_theme
def test_a_page_that_is_made_while_it_is_being_loaded(served: Served, tab: Any) -> None:
    """What came before the connection stood is not the page that the preview tells of changes to."""

    def make(route: Any) -> None:
        served.write("late.md", "# Late\n\nbut here\n")
        served.wait_for("/late/", "but here")
        route.continue_()

    tab.route("**/client.js", make, times=1)
    assert tab.goto(f"{served.url}late/").status == 404
    sees(tab, "but here")
    (served.folder / "late.md").unlink()
    tab.wait_for_function("document.body && !document.body.textContent.includes('but here')")


@in_our_theme
def test_a_page_whose_notebook_is_renamed_is_followed(served: Served, tab: Any) -> None:
    served.write("first.py", chapter("A name."))
    served.wait_for("/first/", "A name.")
    tab.goto(f"{served.url}first/")
    connected(tab)
    (served.folder / "first.py").rename(served.folder / "second.py")
    tab.wait_for_url(f"{served.url}second/", timeout=30_000)
    connected(tab)
    served.write("second.py", chapter("Another name."))
    sees(tab, "Another name.")
    (served.folder / "second.py").unlink()
    tab.wait_for_function("document.body && !document.body.textContent.includes('Another name.')")


def test_following_a_link_leads_to_a_page_that_changes(
    served: Served, tab: Any, request: pytest.FixtureRequest
) -> None:
    """Material puts the new page in the place of the old one, without loading it."""
    tab.goto(served.url)
    connected(tab)
    tab.evaluate("window.stays = true")
    tab.locator("a", has_text="the chapter").first.click()
    sees(tab, "last 6")
    tab.wait_for_timeout(1000)
    served.write("chapter.py", chapter("After the link.\n#\n# ## A section"))
    sees(tab, "After the link.")
    tab.wait_for_function("[...document.links].some(({ textContent }) => textContent.trim() === 'A section')")
    is_material = request.node.callspec.params["served"] == "material"
    assert tab.evaluate("window.stays === true") == is_material


def test_what_lets_no_page_be_made_covers_it_until_it_is_mended(served: Served, tab: Any) -> None:
    config = served.folder.parent / "mkdocs.yml"
    good = config.read_text(encoding="utf-8")
    config.write_text(good + "nav: [\n", encoding="utf-8")
    overlay = tab.locator(".nb-live-overlay")
    overlay.wait_for()
    assert "No page can be made" in overlay.inner_text()
    assert "expected the node content" in overlay.inner_text()
    line = good.count("\n") + 2
    assert overlay.locator("a").inner_text() == f"mkdocs.yml:{line}"
    assert overlay.locator("a").get_attribute("href") == f"vscode://file/{config}:{line}"
    assert tab.evaluate("document.querySelector('.nb-live-overlay').getBoundingClientRect().height === innerHeight")
    config.write_text(good, encoding="utf-8")
    tab.wait_for_function("!document.querySelector('.nb-live-overlay')")
    assert tab.evaluate("window.same") is True, "the page is as it was"


# --- cells come and go ------------------------------------------------------------------------------------------------

CELLS_NOW = """() => [...document.querySelectorAll(".nb-cell")].map((cell) => {
    const copy = cell.cloneNode(true);
    for (const each of [copy, ...copy.querySelectorAll("*")])
        for (const name of ["data-live", "aria-busy", "open"]) each.removeAttribute(name);
    copy.querySelectorAll(".nb-live-old").forEach((each) => each.remove());
    return copy.outerHTML;
})"""


@in_our_theme
def test_whatever_is_saved_the_cells_are_as_on_a_page_that_is_loaded_anew(served: Served, tab: Any) -> None:
    r = random.Random(4)
    other = tab.context.new_page()

    def loaded_anew() -> Any:
        other.goto(tab.url)
        return other.evaluate(CELLS_NOW)

    cells = [f'# %% name="c{n}"\nprint("cell {n}")\n' for n in range(6)]
    for number in range(8):
        for _ in range(r.randrange(1, 4)):
            edit(cells, number, r)
        said = f"Save {number}."
        total = TOTAL.replace("{total}", "6")
        served.write("chapter.py", "\n".join((HEAD.replace("{prose}", said), CONTROL, *cells, total, LAST)))
        sees(tab, said)
        until(lambda: tab.evaluate(CELLS_NOW) == loaded_anew())
    assert tab.evaluate("window.same") is True


def edit(cells: list[str], number: int, r: random.Random) -> None:
    """Add, move, remove, rename or change a cell."""
    at = r.randrange(len(cells))
    match r.choice(("add", "move", "remove", "rename", "change", "prose", "break")):
        case "add":
            cells.insert(at, f'# %%\nprint("added {number} {at}")\n')
        case "move":
            cells.insert(r.randrange(len(cells)), cells.pop(at))
        case "remove" if len(cells) > 2:
            del cells[at]
        case "rename":
            cells[at] = f'# %% name="renamed{number}_{at}"\n' + cells[at].partition("\n")[2]
        case "prose":
            cells.insert(at, f"# %% [markdown]\n# ## Heading {number}\n#\n# - a list\n# - of {at}\n")
        case "break":
            cells[at] = f'# %% name="broken{number}_{at}"\n1 / 0\n'
        case _:
            cells[at] = cells[at].replace("\n", f"  # {number}\n", 2)


@in_our_theme
def test_cells_that_others_move_around_are_the_same_elements(served: Served, tab: Any) -> None:
    tab.evaluate("() => { document.querySelector('#cell-f3').mine = moved.mine = true; moved.value = 5; }")
    head, total, new = HEAD.replace("{prose}", "Moved."), TOTAL.replace("{total}", "6"), '# %%\nprint("new")\n'
    served.write("chapter.py", "\n".join((head, total, new, FILLING, CONTROL, FOLDED, LAST, MORE)))
    sees(tab, "Moved.")
    tab.wait_for_function("!document.body.textContent.includes('the second tab')")
    assert tab.evaluate("[document.querySelector('#cell-f3').mine, moved.mine, moved.value]") == [True, True, "5"]
    order = tab.evaluate("[...document.querySelectorAll('.nb-cell')].map((each) => each.id)")
    assert order.index("cell-total") < order.index("cell-f0") < order.index("cell-control") < order.index("cell-last")


@in_our_theme
def test_several_tabs_and_browsers(served: Served, tab: Any, browser: Any) -> None:
    second = tab.context.new_page()
    second.goto(tab.url)
    with tab_of(browser, tab.url) as other:
        served.write("chapter.py", chapter("For all of them."))
        for each in (tab, second, other):
            sees(each, "For all of them.")
            assert each.locator(".nb-live-bar, .nb-live-overlay").count() == 0


# --- widgets ----------------------------------------------------------------------------------------------------------

SLIDER = """import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    return (mo,)


@app.cell
def _(mo):
    mo.md("# Sliding")
    return


@app.cell
def _(mo):
    n = mo.ui.slider(1, 5, value=2)
    n
    return (n,)


@app.cell
def _(n):
    print("square", n.value**2)
    return


if __name__ == "__main__":
    app.run()
"""


def test_a_slider_stays_where_it_was_moved_to(served: Served, tab: Any) -> None:
    served.write("slide.py", SLIDER)
    served.wait_for("/slide/", "square 4")
    until(lambda: "data-nb-widgets" in served.get("/slide/")[1])
    tab.goto(f"{served.url}slide/")
    connected(tab)
    tab.wait_for_selector("[data-nb-wired] input[type=range]")
    move(tab, 3)
    sees(tab, "square 16")
    served.write("slide.py", SLIDER.replace("# Sliding", "# Sliding along"))
    sees(tab, "Sliding along")
    assert tab.locator("input[type=range]").input_value() == "3"
    assert "square 16" in tab.inner_text("body")
    served.write("slide.py", SLIDER.replace('"square"', '"the square"'))
    sees(tab, "the square 16")
    assert tab.locator("input[type=range]").input_value() == "3"
    move(tab, 4)
    sees(tab, "the square 25")
    tab.evaluate("window.same = true")
    below = 'mo.md("# Sliding\\n\\n## And a heading below")'
    served.write("slide.py", SLIDER.replace('mo.md("# Sliding")', below).replace('"square"', '"the square"'))
    links = "[...document.querySelectorAll('a')].filter((link) => link.hash === '#and-a-heading-below').length"
    tab.wait_for_function(f"{links} > 0", timeout=30_000)
    until(lambda: "and-a-heading-below" in served.get("/slide/")[1])
    tab.wait_for_timeout(1000)
    assert tab.evaluate("window.same") is True, "a script that was loaded on use is no other page"
    assert tab.locator("input[type=range]").input_value() == "4"


def move(tab: Any, place: int) -> None:
    tab.locator("input[type=range]").evaluate(
        "(each, place) => { each.value = place; each.dispatchEvent(new Event('input', { bubbles: true })); }", place
    )


# --- a preview that follows, ends and begins again --------------------------------------------------------------------


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "index.py").write_text(chapter(), encoding="utf-8")
    opener = tmp_path / "opener.txt"
    opener.write_text("import sys\nopen(sys.argv[1], 'w').write(' '.join(sys.argv[2:]))\n", encoding="utf-8")
    editor = f"{sys.executable} {opener} {tmp_path / 'opened.txt'} {{path}} {{line}}"
    port = 20_000 + os.getpid() % 10_000  # below those that any connection may be given while nobody listens on it
    served = Served(tmp_path, "--follow", "--port", str(port), NBPUBLISH_EDITOR=editor)
    yield served
    served.close()


def test_a_preview_that_follows_ends_and_begins_again(followed: Served, browser: Any) -> None:
    with tab_of(browser, followed.url) as tab:
        followed.write("index.py", chapter(last=LAST.replace("(\"last", "(\"at last")))
        sees(tab, "at last")
        assert tab.evaluate("document.querySelector('#cell-last').getBoundingClientRect().top < innerHeight")
        assert tab.locator(".nb-live-jump").count() == 0

        followed.write("index.py", chapter(last=LAST.replace("total", "1 / 0")))
        tab.locator(".nb-live-bar button").first.click()
        opened = followed.folder / "opened.txt"
        until(lambda: opened.exists() and opened.read_text().startswith(f"{followed.folder / 'index.py'} "))

        followed.close()
        tab.wait_for_function("document.documentElement.dataset.live === 'lost'")
        assert tab.title().startswith("○")
        said = "getComputedStyle(document.documentElement, '::after').content"
        assert "No connection to the preview" in tab.evaluate(said)
        followed.write("index.py", chapter("After the end."))
        again = Served(followed.folder, "--port", str(followed.port))
        assert again.port == followed.port
        sees(tab, "After the end.")
        connected(tab)
        again.write("index.py", chapter("And on."))
        sees(tab, "And on.")
        again.close()


# --- a page of another site -------------------------------------------------------------------------------------------

TRIES = """async (url) => {
    const wait = (element, add) => new Promise((done) => {
        element.onload = () => done("loaded");
        element.onerror = () => done("refused");
        setTimeout(() => done("nothing"), 3000);
        add?.(element);
    });
    const make = (tag, values) => Object.assign(document.createElement(tag), values);
    const put = (element) => document.body.append(element);
    return {
        read: await fetch(url).then(() => "loaded", () => "refused"),
        index: await wait(make("script", { src: url + "assets/search-index.js" }), put),
        script: await wait(make("script", { src: url + "_nbpublish/client.js" }), put),
        style: await wait(make("link", { rel: "stylesheet", href: url + "_nbpublish/client.css" }), put),
        events: await new Promise((done) => {
            const stream = new EventSource(url + "_nbpublish/events?page=/chapter/");
            stream.onmessage = () => done("loaded");
            stream.onerror = () => done("refused");
        }),
        act: await fetch(url + "_nbpublish/open", { method: "POST", mode: "no-cors", body: "{}" })
            .then((answer) => answer.type === "opaque" ? "refused" : "loaded", () => "refused"),
    };
}"""


@in_our_theme
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_site_reads_nothing(served: Served, browser: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Other</title><body>", encoding="utf-8")
    other = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=other.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        tab = context.new_page()
        tab.goto(f"http://{name}:{other.server_port}/")
        assert set(tab.evaluate(TRIES, served.url).values()) == {"refused"}
    finally:
        context.close()
        other.shutdown()
        other.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass
