"""The font of a site's formulas: what stands in them and what belongs to it, the same in every build."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.otlLib.builder import buildMathTable
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from mkdocs.exceptions import Abort
from mkdocs_sites import build_site, logged, write_site

from nbpublish.errors import ConfigError
from nbpublish.frontends.math_font import characters_of, check, math_font
from nbpublish.page.math import to_mathml
from nbpublish.store.memory import MemoryStore


@pytest.fixture(scope="session")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small font for formulas, in which a parenthesis has a larger variant."""
    letters = "xyabθ𝑥𝑦𝑎𝑏𝜃(√)+=−0123456789"
    names = {ord(letter): f"u{ord(letter):X}" for letter in letters}
    order = [".notdef", *names.values(), "parenleft.large"]
    pen = TTGlyphPen(None)
    for x, y in ((0, 0), (400, 0), (400, 700)):
        (pen.moveTo if (x, y) == (0, 0) else pen.lineTo)((x, y))
    pen.closePath()
    glyph = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys(order, glyph))
    builder.setupHorizontalMetrics(dict.fromkeys(order, (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Small Math", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    buildMathTable(builder.font, vertGlyphVariants={"u28": [("u28", 700), ("parenleft.large", 1200)]})
    path = tmp_path_factory.mktemp("font") / "small-math.ttf"
    builder.save(path)
    return path


def kept(data: bytes) -> tuple[set[str], set[str]]:
    """Characters and glyphs of a font."""
    opened = TTFont(io.BytesIO(data))
    return set(map(chr, opened.getBestCmap())), set(opened.getGlyphOrder())


def test_what_a_browser_draws_is_what_is_needed() -> None:
    found = characters_of([f"<p>text {to_mathml('x - θ h', display=False)} more</p>", "no formula"])
    assert {"x", "𝑥", "θ", "𝜃", "ℎ", "−"} <= found
    assert not found & set("temo")
    assert "√" in characters_of([to_mathml(r"\sqrt{2}", display=True)])
    assert not characters_of(["<p>none</p>"])


def test_the_font_has_the_characters_of_the_site_and_what_belongs_to_them(font: Path) -> None:
    style, made = math_font(font, [to_mathml(r"(x + \sqrt{2}", display=True)], MemoryStore())
    characters, glyphs = kept(made.data)
    assert {"x", "𝑥", "(", "√", "2"} <= characters
    assert len(glyphs) == len(characters) + 2, "with the larger parenthesis and the empty box"
    assert not characters & set("yθ𝜃9")
    assert f'url("{made.name}")'.encode() in style.data
    assert b"--nb-math" in style.data


def test_it_is_the_same_in_every_build_and_made_anew_for_another_character_only(font: Path) -> None:
    store = MemoryStore()
    once, again = (math_font(font, [to_mathml("x + y", display=True)], store) for _ in range(2))
    other_place = math_font(font, [to_mathml("y", display=True), to_mathml("x + x", display=True)], MemoryStore())
    assert once == again == other_place
    assert math_font(font, [to_mathml("x + b", display=True)], store) != once


def test_a_site_without_formulas_brings_no_font(font: Path) -> None:
    assert [asset.data for asset in math_font(font, ["<p>text</p>"], MemoryStore())] == [b""]


def test_every_page_links_one_style_and_an_edit_of_one_page_changes_no_other(tmp_path: Path, font: Path) -> None:
    prose = "# %% [markdown]\n# # A page\n# "
    pages = {"index.md": "# Plain", "a.py": f"{prose}$x$\n", "b.py": f"{prose}$y$\n"}
    source = write_site(tmp_path, pages, plugins=[{"nbpublish": {"math_font": str(font)}}], theme={"name": "nbpublish"})
    first = build_site(source, tmp_path / "one")
    assert 'href="../assets/nb-math.css"' in first.html("a/index.html")
    (name,) = (path.name for path in (first.folder / "assets").glob("nb-math-*"))
    assert name in first.html("assets/nb-math.css")
    (source / "docs" / "b.py").write_text(f"{prose}$y + \\theta$\n", encoding="utf-8")
    second = build_site(source, tmp_path / "two")
    assert second.html("a/index.html") == first.html("a/index.html")
    (changed,) = (path for path in (second.folder / "assets").glob("nb-math-*"))
    assert changed.name != name
    assert "𝜃" in kept(changed.read_bytes())[0]
    clean = build_site(source, tmp_path / "three")
    assert clean.html("assets/nb-math.css") == second.html("assets/nb-math.css")


def test_a_font_that_is_none_for_formulas_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.otf").write_bytes(b"no font")
    source = write_site(tmp_path, {"index.md": "# Plain"}, plugins=[{"nbpublish": {"math_font": "broken.otf"}}])
    with pytest.raises(Abort), logged() as lines:
        build_site(source, tmp_path / "site")
    assert any("broken.otf, named under `math_font`, cannot be read as a font" in line for line in lines)


def test_a_font_for_text_is_refused_too() -> None:
    import matplotlib

    with pytest.raises(ConfigError, match="it has no MATH table"):
        check(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "cmr10.ttf")
