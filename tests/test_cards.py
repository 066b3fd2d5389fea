"""Cards: the pictures of pages that social networks show, with Japanese set as it should be."""

from __future__ import annotations

import io
import re
from inspect import unwrap
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from mkdocs_sites import Site, write_site
from PIL import Image
from test_page_cache import Bench

from nbpublish.frontends.cards import draw, fonts
from nbpublish.frontends.cards.draw import NoFontError, Pen
from nbpublish.frontends.cards.fonts import Font, installed
from nbpublish.frontends.cards.lines import lines, worst
from nbpublish.frontends.cards.words import Words

card = unwrap(draw.card)  # `economy` remembers those of sites

LATIN = next(font for font in installed("en") if font.bold.name == "DejaVuSans-Bold.ttf")
"""matplotlib brings it, so it is everywhere."""
JAPANESE = next((font for font in installed("ja") if ord("線") in fonts.characters(font.bold, font.face)), None)
needs_japanese = pytest.mark.skipif(JAPANESE is None, reason="no Japanese font is installed")


def wide(text: str) -> float:
    """The width of a text in characters of Japanese; Latin ones are half as wide."""
    return sum(0.5 if char.isascii() else 1 for char in text)


# --- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "width", "wanted"),
    [
        ("線形回帰", 12, ["線形回帰"]),
        ("勾配降下法とニュートン法による最適化：収束の速さを確かめる", 14,
         ["勾配降下法と", "ニュートン法による最適化：", "収束の速さを確かめる"]),
        ("PyTorchで学ぶ「畳み込みニューラルネットワーク」入門", 13,
         ["PyTorchで学ぶ「畳み込み", "ニューラルネットワーク」", "入門"]),
        ("A very long English title that needs lines", 10, ["A very long", "English title", "that needs lines"]),
        ("", 10, []),
    ],
)  # fmt: skip
def test_lines_break_where_a_reader_pauses(title: str, width: float, wanted: list[str]) -> None:
    assert lines(title, width, wide) == wanted


def test_a_break_within_a_word_is_known() -> None:
    assert worst(["ニューラル", "ネットワーク"]) > worst(["最適化の", "方法"])
    assert worst(["long English", "title"]) == 0


@given(st.text(alphabet="ab 線形ネッーのを、。「」（)!", max_size=40), st.integers(3, 20))
def test_nothing_is_lost_and_the_rules_of_typesetting_hold(text: str, width: int) -> None:
    found = lines(text, width, wide)
    assert "".join(found).replace(" ", "") == "".join(text.split())
    for one, other in pairwise(found):
        if min(wide(one), wide(other)) > 2 and wide(one) < width - 1:  # a chain of brackets longer than a line is torn
            assert other[0] not in "、。」）)!ーッ" or len(set(other)) == 1 or wide(one + other[0]) > width
    assert all(wide(line) <= width for line in found)


# --- a card -----------------------------------------------------------------------------------------------------------


def picture(data: bytes) -> Any:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_a_card_has_the_size_that_networks_ask_for_and_is_small() -> None:
    data = card(Words("Linear regression", "A course", "Part 1 · example.org"), Pen([LATIN]))
    assert picture(data).size == (1200, 630)
    assert len(data) < 40_000
    assert data == card(Words("Linear regression", "A course", "Part 1 · example.org"), Pen([LATIN]))


def test_words_and_colours_are_on_it() -> None:
    def ink(title: str) -> int:
        image = picture(card(Words(title, ""), Pen([LATIN]))).crop((0, 150, 1200, 520)).convert("L")
        return sum(image.histogram()[:100])

    assert ink("") == 0
    assert 0 < ink("A") < ink("A long title of a page")
    red = picture(card(Words("A", "", accent="rgb(200, 20, 20)"), Pen([LATIN]))).getpixel((600, 5))
    assert red == (200, 20, 20)
    assert picture(card(Words("A", "", accent="oklch(1 2 3)"), Pen([LATIN]))).getpixel((600, 5)) == (10, 90, 143)


def test_a_long_title_ends_in_an_ellipsis_and_a_pictograph_is_left_out() -> None:
    pen = Pen([LATIN])
    assert card(Words("word " * 200, "s" * 200, "p" * 300), pen)
    assert card(Words("Party 🎉", "s"), pen) == card(Words("Party ", "s"), pen)


def test_letters_without_a_font_are_never_drawn_as_boxes() -> None:
    with pytest.raises(NoFontError, match="線形回帰"):
        card(Words("線形回帰", "A course"), Pen([LATIN]))


@needs_japanese
def test_japanese_is_drawn() -> None:
    assert JAPANESE
    assert card(Words("線形回帰", "講義"), Pen([JAPANESE])) != card(Words("決定木", "講義"), Pen([JAPANESE]))
    assert card(Words("線形回帰", "講義"), Pen([LATIN, JAPANESE]))


def test_a_font_in_a_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    assert {font.bold.name for font in installed("ja")} <= {"ipaexg.ttf", "DejaVuSans-Bold.ttf"}
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "NotoSansCJK-Bold.ttc").write_bytes(b"")
    first = installed("zh")[0]
    assert (first.bold, first.regular, first.face) == (tmp_path / "noto/NotoSansCJK-Bold.ttc",) * 2 + (2,)
    assert fonts.characters(first.bold, first.face) == frozenset(), "it cannot be read"
    assert installed("ja", Path("own.ttf"))[0] == Font(Path("own.ttf"), Path("own.ttf"))


# --- in a site --------------------------------------------------------------------------------------------------------

FILES = {
    "index.md": "# Home\n",
    "part/a.py": "# %% [markdown]\n# # A title\n\n# %%\nprint(1)\n",
    "part/b.md": "---\ntitle: Own\nimage: img/own.png\ndescription: About b\n---\n\n# B\n",
}
ADDRESS = "https://example.org/course/"


def bench_of(tmp_path: Path, plugin: dict[str, Any] | None = None, **settings: Any) -> Bench:
    settings = {"site_url": ADDRESS, "theme": {"name": "nbpublish"}, "site_name": "A course", **settings}
    files = settings.pop("files", FILES)
    source = write_site(tmp_path / "source", files, plugins=["search", {"nbpublish": plugin or {}}], **settings)
    return Bench(source, tmp_path / "room")


def told(site: Site, page: str) -> dict[str, str]:
    """What the head of a page tells networks."""
    found = BeautifulSoup(site.html(page), "html.parser").select("meta[property], meta[name^=twitter]")
    return {str(tag.get("property") or tag.get("name")): str(tag["content"]) for tag in found}


def drawn(site: Site) -> list[str]:
    return sorted(path.name for path in site.folder.glob("assets/nbpublish/card-*.png"))


def test_the_head_tells_what_the_page_is(tmp_path: Path) -> None:
    site = bench_of(tmp_path, site_description="All of it").build()
    head = told(site, "part/a/index.html")
    assert re.fullmatch(r"https://example\.org/course/assets/nbpublish/card-[0-9a-f]{16}\.png", head["og:image"])
    assert site.has(head["og:image"].removeprefix(ADDRESS))
    assert head["og:title"] == head["og:image:alt"] == "A title"
    assert (head["og:url"], head["og:type"]) == (f"{ADDRESS}part/a/", "article")
    assert (head["og:site_name"], head["og:description"]) == ("A course", "All of it")
    assert (head["og:locale"], head["twitter:card"]) == ("en_US", "summary_large_image")
    assert told(site, "index.html")["og:type"] == "website"
    own = told(site, "part/b/index.html")
    assert (own["og:title"], own["og:description"]) == ("Own", "About b")
    assert own["og:image"] == f"{ADDRESS}img/own.png"
    assert len(drawn(site)) == 2
    assert told(site, "404.html") == {}


def test_without_an_address_there_are_no_cards_but_by_setting(tmp_path: Path) -> None:
    assert drawn(bench_of(tmp_path / "none", site_url="").build()) == []
    assert drawn(bench_of(tmp_path / "off", {"cards": False}).build()) == []
    assert len(drawn(bench_of(tmp_path / "on", {"cards": True}, site_url="").build())) == 2
    theme = {"name": "mkdocs", "highlightjs": False}
    assert drawn(bench_of(tmp_path / "other", theme=theme).build()) == []


def test_a_card_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    titles: list[str] = []

    def noted(words: Words, pen: Pen) -> bytes:
        titles.append(words.title)
        return card(words, pen)

    monkeypatch.setattr(draw, "card", noted)
    made = bench_of(tmp_path)
    made.build()
    assert sorted(titles) == ["A course", "A title"]
    titles.clear()
    made.build()
    (made.source / "docs/part/c.md").write_text("# C\n")
    made.build()
    assert titles == ["C"]
    assert made.differences() == []
    titles.clear()
    monkeypatch.setattr(fonts, "FOLDERS", ())
    made.build()
    assert len(titles) == 3, "with other fonts"


def test_a_card_that_is_gone_is_drawn_again(tmp_path: Path) -> None:
    made = bench_of(tmp_path)
    before = drawn(made.build())
    for path in (made.room / "cache").glob("v*/pages/files/*/*"):
        path.unlink()
    assert drawn(made.build()) == before


def test_a_missing_font_is_told_once_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    monkeypatch.setattr(fonts, "_PACKAGES", ())
    files = {**FILES, "c.md": "# 線形回帰\n", "d.md": "# 決定木\n"}
    made = bench_of(tmp_path, files=files)
    for _ in range(2):
        site = made.build()
        [problem] = site.problems
        assert (problem.code, problem.path, problem.severity) == ("card-font", "mkdocs.yml", "warning")
        assert "線形回帰" in problem.message
        assert "fonts-noto-cjk" in problem.message
        assert len(drawn(site)) == 2
        assert "og:image" not in told(site, "c/index.html")
        assert told(site, "c/index.html")["twitter:card"] == "summary"


def test_a_font_of_ones_own_is_taken(tmp_path: Path) -> None:
    made = bench_of(tmp_path, {"card_font": "font.ttf"})
    (made.source / "font.ttf").write_bytes(LATIN.bold.read_bytes())
    plain = bench_of(tmp_path / "plain")
    assert len(drawn(made.build())) == 2
    if JAPANESE:
        assert drawn(made.build()) != drawn(plain.build())
