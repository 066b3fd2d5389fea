"""The preview in a real browser: what a save does not reach is not touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from previewed import Served, until

HEAD = "# %% [markdown]\n# # Chapter\n#\n# {prose}\n"
IMPORT = "from IPython.display import HTML\n"
CONTROL = f'# %% name="control"\n{IMPORT}HTML("<input type=range id=moved min=0 max=9 value=1>")\n'
FOLDED = '# %% name="folded"\nHTML("<details id=opened><summary>More</summary><p>inside</p></details>")\n'
TOTAL = '# %% name="total"\ntotal = {total}\nprint("total", total)\n'
FILLING = "".join(f'# %% name="f{n}"\nprint("line\\n" * 8, {n})\n' for n in range(8))
LAST = '# %% name="last"\nprint("last", total)\n'


def chapter(prose: str = "Some words.", total: str = "6", last: str = LAST) -> str:
    return "\n".join((HEAD.replace("{prose}", prose), CONTROL, FOLDED, TOTAL.replace("{total}", total), FILLING, last))


@pytest.fixture(scope="module", params=["nbpublish", "material", "mkdocs"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("course")
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text("# Home\n\n[the chapter](chapter.py)\n", encoding="utf-8")
    (root / "docs" / "chapter.py").write_text(chapter(), encoding="utf-8")
    (root / "docs" / "extra.css").write_text("h1 { color: rgb(255, 0, 0) !important }", encoding="utf-8")
    features = "  features: [navigation.instant]\n" if request.param == "material" else ""
    (root / "mkdocs.yml").write_text(
        f"site_name: Course\nsite_url: https://example.org/course/\ntheme:\n  name: {request.param}\n{features}"
        "plugins: [search, nbpublish]\nextra_css: [extra.css]\n",
        encoding="utf-8",
    )
    served = Served(root)
    served.folder = root / "docs"
    yield served
    assert served.close() == 0


@pytest.fixture
def tab(served: Served, browser: Any) -> Iterator[Any]:
    served.write("chapter.py", chapter())
    served.wait_for("/chapter/", "Some words.")
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    tab = context.new_page()
    tab.errors = []
    tab.on("pageerror", lambda error: tab.errors.append(error.stack))
    tab.goto(f"{served.url}chapter/")
    connected(tab)
    tab.evaluate("window.same = true")
    yield tab
    assert not [error for error in tab.errors if "_nbpublish" in error]
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


def test_what_a_reader_has_opened_stays_open_where_its_cell_changes(served: Served, tab: Any) -> None:
    tab.evaluate("opened.open = true")
    served.write("chapter.py", chapter().replace("<p>inside", "<p>within"))
    sees(tab, "within")
    assert tab.evaluate("opened.open")


def test_the_way_to_what_has_changed(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter(last=LAST.replace("last", "at last")))
    tab.locator(".nb-live-jump").click()
    last = "[...document.querySelectorAll('.nb-cell')].at(-1)"
    until(lambda: tab.evaluate(f"{last}.getBoundingClientRect().top < innerHeight"))
    assert tab.locator(".nb-live-jump").count() == 0


def test_an_error_at_its_cell_with_the_old_output_above(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter(total="1 / 0"))
    sees(tab, "ZeroDivisionError")
    old = tab.locator("#cell-total .nb-live-old")
    old.wait_for()
    assert old.inner_text().strip() == "total 6"
    bar = tab.locator(".nb-live-bar")
    assert "chapter.py:" in bar.inner_text()
    assert bar.locator("a").first.get_attribute("href").startswith("vscode://file/")
    assert tab.title().startswith("✗")
    served.write("chapter.py", chapter())
    sees(tab, "total 6")
    tab.wait_for_function("!document.querySelector('.nb-live-bar, .nb-live-old')")
    assert not tab.title().startswith("✗")


def test_a_cell_that_runs_is_marked(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter(total="__import__('time').sleep(2) or 9"))
    tab.wait_for_function("document.querySelector('#cell-total').dataset.live === 'running'")
    assert tab.title().startswith("⏳")
    assert tab.locator("#cell-total").get_attribute("aria-busy") == "true"
    assert "total 6" in tab.locator("#cell-total").inner_text()
    sees(tab, "last 9")
    tab.wait_for_function("!document.title.startsWith('⏳')")


def test_a_style_sheet_is_swapped_without_loading_the_page(served: Served, tab: Any) -> None:
    served.write("extra.css", "h1 { color: rgb(0, 0, 255) !important }")
    tab.wait_for_function("getComputedStyle(document.querySelector('h1')).color === 'rgb(0, 0, 255)'")
    assert tab.evaluate("window.same") is True
    served.write("extra.css", "h1 { color: rgb(255, 0, 0) !important }")


def test_headings_reach_the_contents(served: Served, tab: Any) -> None:
    served.write("chapter.py", chapter("Some words.\n#\n# ## A new heading"))
    links = "[...document.querySelectorAll('a')].filter(link => link.textContent.trim() === 'A new heading').length"
    tab.wait_for_function(f"{links} > 0", timeout=30_000)


def test_the_connection_is_lost_and_found(served: Served, tab: Any) -> None:
    tab.context.set_offline(True)
    tab.evaluate("window.dispatchEvent(new Event('pagehide'))")
    served.write("chapter.py", chapter("While away."))
    served.wait_for("/chapter/", "While away.")
    tab.context.set_offline(False)
    tab.evaluate("window.dispatchEvent(new Event('pageshow'))")
    sees(tab, "While away.")
    assert tab.evaluate("window.same") is True


def test_following_a_link_leads_to_a_page_that_changes(served: Served, tab: Any) -> None:
    """Material puts the new page in the place of the old one, without loading it."""
    tab.goto(served.url)
    connected(tab)
    tab.evaluate("window.stays = true")
    tab.locator("a", has_text="the chapter").first.click()
    sees(tab, "last 6")
    tab.wait_for_timeout(1000)
    served.write("chapter.py", chapter("After the link."))
    sees(tab, "After the link.")


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


def move(tab: Any, place: int) -> None:
    tab.locator("input[type=range]").evaluate(
        "(each, place) => { each.value = place; each.dispatchEvent(new Event('input', { bubbles: true })); }", place
    )
