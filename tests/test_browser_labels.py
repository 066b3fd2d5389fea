"""Numbers and references in a browser: long equations on a phone, and links that arrive from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import readers
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser

LONG = " + ".join(f"w_{{{n}}} x_{{{n}}}" for n in range(20))
SITE = {
    "index.md": "# Home\n\n" + "Text.\n\n" * 60 + "See @eq-long and @fig-hill.\n",
    "03_long.py": "# %% [markdown]\n# # 3. 長い式\n#\n"
    f"# $$ y = {LONG} $$ {{#eq-long}}\n#\n# $$ z = 1 $$ {{#eq-short}}\n#\n"
    "# \\begin{align} a &= b \\label{eq:a} \\\\ c + d &= e \\label{eq:c} \\end{align}\n#\n"
    + "# 本文。\n#\n" * 60
    + "# ![丘を下る](hill.svg){#fig-hill}\n#\n"
    "# ::: {#fig-pair layout-ncol=2}\n# ![左](hill.svg){#fig-left}\n# ![右](hill.svg){#fig-right}\n#\n"
    "# 二つの丘\n# :::\n#\n"
    "# 最初は $x_1$ で、次は $\\frac{p}{q}$ です。\n#\n# $$ e = mc^2 $$\n#\n# 終わり。\n",
    "hill.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="90"></svg>',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("labels")
    theme = {"name": "nbpublish", "language": "ja"}
    return build_site(write_site(room, SITE, theme=theme), room / "site").folder


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Any]:
    with readers(browser, site) as make:
        yield make


PLACES = """() => [...document.querySelectorAll(".nb-equation-number")].map(number => {
    const at = number.firstElementChild.getBoundingClientRect();
    const row = number.closest(".nb-math").getBoundingClientRect();
    const middle = number.parentElement.getBoundingClientRect();
    return [at.right <= row.right + 1 && at.left > row.left + row.width / 2, Math.round(at.right),
        Math.abs((at.top + at.bottom) - (middle.top + middle.bottom)) < 16];
})"""


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_numbers_of_equations_stand_in_one_column_however_long_these_are(reader: Any, width: int) -> None:
    tab = reader(viewport={"width": width, "height": 800}).open("03_long/index.html")
    assert tab.locator(".nb-equation-number").all_text_contents() == ["(3.1)", "(3.2)", "(3.3)", "(3.4)"]
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert tab.evaluate("(box => box.scrollWidth > box.clientWidth)(document.querySelector('.nb-math'))")
    for far in (0, 120, 9999):
        tab.evaluate("(far) => document.querySelector('.nb-math').scrollLeft = far", far)
        seen, ends, beside = zip(*tab.evaluate(PLACES), strict=True)
        assert all(seen), f"scrolled by {far}"
        assert max(ends) - min(ends) <= 8
        assert all(beside)


@pytest.mark.parametrize("script", [True, False])
def test_a_reference_arrives_at_what_it_names_on_another_page_from_the_disk(reader: Any, script: bool) -> None:
    tab = reader(viewport={"width": 390, "height": 800}, java_script_enabled=script).open("index.html")
    link = tab.get_by_role("link", name="図 3.1")
    if not script:  # a folder cannot be opened from the disk; `theme.js` adds the file to every link
        assert link.get_attribute("href") == "03_long/#fig-hill"
        return
    link.click()
    tab.wait_for_url("**/03_long/index.html#fig-hill")
    assert tab.locator("#fig-hill").is_visible()
    assert tab.evaluate("document.querySelector('#fig-hill').getBoundingClientRect().top < innerHeight")
    assert tab.locator("#fig-hill figcaption").inner_text() == "図 3.1　丘を下る"


@pytest.mark.parametrize(("width", "beside"), [(1440, True), (390, False)])
def test_parts_of_a_figure_stand_beside_each_other_where_there_is_room(reader: Any, width: int, beside: bool) -> None:
    tab = reader(viewport={"width": width, "height": 800}).open("03_long/index.html")
    left, right = (tab.locator(name).bounding_box() for name in ("#fig-left", "#fig-right"))
    whole, caption = (tab.locator(f"#fig-pair{more}").bounding_box() for more in ("", " > figcaption"))
    assert (right["x"] >= left["x"] + left["width"]) == beside
    assert (right["y"] >= left["y"] + left["height"]) != beside
    assert caption["y"] >= right["y"] + right["height"]
    assert right["x"] + right["width"] <= whole["x"] + whole["width"] + 1
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


COPIED = """([first, from, last, to]) => {
    const all = [...document.querySelectorAll("main p, main mi")];
    const at = (words) => all.find(node => node.textContent.includes(words));
    getSelection().setBaseAndExtent(at(first).firstChild, from, at(last).lastChild, to);
    const clipboardData = new DataTransfer();
    const event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
    document.dispatchEvent(event);
    return [clipboardData.getData("text/plain"), clipboardData.getData("text/html"), event.defaultPrevented];
}"""


def test_formulas_are_copied_as_the_latex_of_their_author(reader: Any) -> None:
    here = reader()
    tab = here.open("03_long/index.html")
    tab.wait_for_function("!!window.nb.tex")
    text, html, taken = tab.evaluate(COPIED, ["最初は", 0, "終わり", 4])
    lines = [line for line in text.split("\n") if line]
    assert lines == [r"最初は $x_1$ で、次は $\frac{p}{q}$ です。", "$$e = mc^2$$", "終わり。"]
    assert taken, "else the browser would write its own"
    assert "<mfrac>" in html
    assert tab.locator("main mfrac").count() == 1, "nothing of it stays on the page"
    part, _, _ = tab.evaluate(COPIED, ["p", 0, "q", 1])
    assert r"$\frac{p}{q}$" in part, "a formula is copied whole"
    assert tab.evaluate(COPIED, ["本文", 0, "本文", 2])[2] is False, "a text without formulas is the browser's"
    here.open("index.html")
    assert not [address for address in here.requests if address.endswith("nb-tex.js")][1:], "only where there are some"
