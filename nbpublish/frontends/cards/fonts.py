"""Fonts of this machine for cards, known by the names of their files.

matplotlib's font manager would know more of them, but takes longer to load than a hundred cards take to be found. The
folders are listed in every build, so a font that is installed later is noticed.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HOME = Path.home()
FOLDERS: tuple[Path, ...] = (
    *((Path("/usr/share/fonts"), Path("/usr/local/share/fonts")) if sys.platform != "win32" else ()),
    *(_HOME / name for name in (".fonts", ".local/share/fonts", "Library/Fonts")),
    *(Path(name) for name in ("/System/Library/Fonts", "/Library/Fonts") if sys.platform == "darwin"),
    *(Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts") for _ in range(sys.platform == "win32")),
)
_PACKAGES = ("matplotlib_fontja", "japanize_matplotlib")
"""Python packages that bring a Japanese font."""
_FAMILIES = (
    ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
    ("NotoSansCJKjp-Bold.otf", "NotoSansCJKjp-Regular.otf"),
    ("NotoSansJP-Bold.otf", "NotoSansJP-Regular.otf"),
    ("NotoSansJP-Bold.ttf", "NotoSansJP-Regular.ttf"),
    ("SourceHanSans-Bold.ttc", "SourceHanSans-Regular.ttc"),
    ("ヒラギノ角ゴシック W6.ttc", "ヒラギノ角ゴシック W3.ttc"),
    ("BIZUDPGothic-Bold.ttf", "BIZUDPGothic-Regular.ttf"),
    ("BIZ-UDGothicB.ttc", "BIZ-UDGothicR.ttc"),
    ("YuGothB.ttc", "YuGothM.ttc"),
    ("meiryob.ttc", "meiryo.ttc"),
    ("ipaexg.ttf", "ipaexg.ttf"),
    ("TakaoPGothic.ttf", "TakaoPGothic.ttf"),
    ("ipagp.ttf", "ipagp.ttf"),
    ("NotoSans-Bold.ttf", "NotoSans-Regular.ttf"),
    ("LiberationSans-Bold.ttf", "LiberationSans-Regular.ttf"),
    ("arialbd.ttf", "arial.ttf"),
    ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf"),
)
"""Bold and regular file of each family, the preferred one first. Those for Japanese have Latin letters as well."""
_FACES = {"ja": 0, "ko": 1, "zh": 2, "zh-tw": 3, "zh-hant": 3, "zh-hk": 4}
"""By language, the face in a collection of Noto or Source Han, whose Chinese characters are those of the language."""


@dataclass(frozen=True, slots=True)
class Font:
    """A bold font with its regular one."""

    bold: Path
    regular: Path
    face: int = 0


def installed(language: str, own: Path | None = None) -> list[Font]:
    """The fonts of this machine that are fit for cards, in the order in which they are tried; `own` comes first."""
    found: dict[str, Path] = {}
    for path in _files():
        found.setdefault(unicodedata.normalize("NFC", path.name), path)
    fonts = [Font(own, own)] if own else []
    tag = language.lower()
    face = _FACES.get(tag, _FACES.get(tag.partition("-")[0], 0))
    for bold, regular in _FAMILIES:
        if bold in found:
            several = bold.startswith(("NotoSansCJK-", "SourceHanSans-"))
            fonts.append(Font(found[bold], found.get(regular, found[bold]), face if several else 0))
    return fonts


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for place, folders, names in os.walk(folder):
            folders.sort()
            yield from (Path(place, name) for name in sorted(names))
    for package in (*_PACKAGES, "matplotlib"):
        found = importlib.util.find_spec(package)
        for place in (found.submodule_search_locations if found else None) or ():
            below = Path(place, "mpl-data/fonts/ttf" if package == "matplotlib" else "fonts")
            yield from sorted(below.glob("*.ttf"))


@cache
def characters(path: Path, face: int) -> frozenset[int]:
    """The characters that a font has; none where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=face, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return frozenset()
