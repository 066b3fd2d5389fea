"""Numbers and references in a browser: long equations on a phone, and links that arrive from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser

LONG = " + ".join(f"w_{{{n}}} x_{{{n}}}" for n in range(20))
SITE = {
    "index.md": "# Home\n\n" + "Text.\n\n" * 60 + "See @eq-long and @fig-hill.\n",
    "03_long.py": "# %% [markdown]\n# # 3. 長い式\n#\n"
    f"# $$ y = {LONG} $$ {{#eq-long}}\n#\n# $$ z = 1 $$ {{#eq-short}}\n#\n"
    "# \\begin{align} a &= b \\label{eq:a} \\\\ c + d &= e \\label{eq:c} \\end{align}\n#\n"
    + "# 本文。\n#\n" * 60
    + "# ![丘を下る](hill.svg){#fig-hill}\n",
    "hill.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="90"></svg>',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("labels")
    theme = {"name": "nbpublish", "language": "ja"}
    return build_site(write_site(room, SITE, theme=theme), room / "site").folder


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Any]:
    readers: list[Reader] = []

    def make(**settings: Any) -> Reader:
        readers.append(Reader(browser, site, **settings))
        return readers[-1]

    yield make
    for made in readers:
        made.context.close()
        assert not made.faults


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
