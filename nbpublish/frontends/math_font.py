"""A font for the formulas of a site, cut down to the characters that stand in them.

Most systems have a font for formulas; Android and many a Linux have none. The author names the file of one, with a
`MATH` table, such as STIX Two Math. What is left of it goes to readers of pages with formulas, and is made again only
when the characters of the site change.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from unicodedata import decomposition

from mkdocs.exceptions import PluginError

from nbpublish.build import Store
from nbpublish.errors import ConfigError
from nbpublish.model import Asset

STYLE = "nb-math.css"
"""Linked by every page; it has the same name whatever is in the font, so that no page depends on another's formulas."""
_FORMULA = re.compile(r"<math\b[^>]*>(.*?)</math>", re.S)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Cut:
    """What is left of a font, as the store keeps it: WOFF2, or WOFF where there is no Brotli, in hexadecimal digits."""

    font: str
    format: str


def link_math_font(font: Path, styles: list[str]) -> None:
    """Have every page link the style sheet, before those of the author's own, which have the last word.

    Raises PluginError where the file cannot become the font of a site's formulas.
    """
    try:
        check(font)
    except ConfigError as error:
        raise PluginError(str(error)) from None
    address = f"assets/{STYLE}"
    if address not in styles:
        styles.insert(1 if styles[:1] == ["assets/nb-content.css"] else 0, address)


def check(font: Path) -> None:
    """Raises ConfigError where the file cannot become the font of a site's formulas."""
    try:
        from fontTools.ttLib import TTFont, TTLibError
    except ImportError:
        raise ConfigError("`math_font` needs fontTools. Install it with pip install 'nbpublish[math-font]'.") from None
    try:
        with TTFont(font, fontNumber=0, lazy=True) as opened:
            has_math = "MATH" in opened
    except (TTLibError, OSError) as error:
        raise ConfigError(f"{font.name}, named under `math_font`, cannot be read as a font: {error}") from None
    if not has_math:
        raise ConfigError(
            f"{font.name}, named under `math_font`, is no font for formulas: it has no MATH table. "
            "STIX Two Math, Latin Modern Math and Noto Sans Math have one."
        )


def math_font(font: Path, contents: Iterable[str], store: Store) -> list[Asset]:
    """The style sheet that brings the font to formulas, and beside it the font with what is in `contents`, as HTML."""
    characters = characters_of(contents)
    if not characters:
        return [Asset(STYLE, b"")]
    data = font.read_bytes()
    text = "".join(sorted(characters))
    key = f"{hashlib.sha256(data).hexdigest()} {_version()} {text}"
    cut = store.derive("math font", key, Cut, lambda: _cut(data, text))
    made = bytes.fromhex(cut.font)
    name = f"nb-math-{hashlib.sha256(made).hexdigest()[:16]}.{cut.format}"
    style = (
        f'@font-face {{ font-family: "NB Math"; src: url("{name}") format("{cut.format}"); font-display: swap; }}\n'
        ':root { --nb-math: "NB Math", math; }\n'
    )
    return [Asset(STYLE, style.encode()), Asset(name, made)]


def characters_of(contents: Iterable[str]) -> set[str]:
    """The characters that a browser draws for the formulas in pages."""
    found: set[str] = set()
    for content in contents:
        if "<math" in content:
            for formula in _FORMULA.findall(content):
                found.update(unescape(_TAG.sub("", formula)))
                found.update("√" if "<msqrt" in formula or "<mroot" in formula else "")
    found -= set("\n\t")
    for char in tuple(found):
        found.update(_italics().get(char, ""), "−" if char == "-" else "")
    return found


@cache
def _italics() -> dict[str, str]:
    """By letter, the mathematical italic in which MathML Core draws a single one (`text-transform: math-auto`)."""
    italic = [chr(code) for code in (*range(0x1D434, 0x1D468), *range(0x1D6A4, 0x1D6A6), *range(0x1D6E2, 0x1D71C))]
    plain = ((decomposition(char).removeprefix("<font> "), char) for char in italic)
    return {chr(int(code, 16)): char for code, char in plain if code} | {"h": "ℎ"}


def _cut(data: bytes, text: str) -> Cut:
    """The font with these characters alone, and what its tables say belongs to them, such as larger brackets."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools.subset").setLevel(logging.ERROR)  # tables that it leaves out are no trouble of authors
    options = Options(layout_features=["*"], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 13, 14])
    with TTFont(io.BytesIO(data), fontNumber=0, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        font.flavor = "woff2" if _has_brotli() else "woff"
        made = io.BytesIO()
        font.save(made, reorderTables=False)
    return Cut(made.getvalue().hex(), font.flavor)


def _has_brotli() -> bool:
    try:
        import brotli  # noqa: F401
    except ImportError:
        return False
    return True


def _version() -> str:
    from importlib.metadata import version

    return f"{version('fonttools')} {_has_brotli()}"
