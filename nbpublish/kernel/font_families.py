"""Names of fonts for scripts that matplotlib's own fonts lack, and the families that an SVG asks a browser for.

A browser without the author's font shows the text in one of its own. Which one is its choice for Han characters, whose
shapes differ between Japanese, Chinese and Korean; so a picture names fonts of the language it is written in.
"""

from __future__ import annotations

import re
from collections import Counter

INSTALLED = (
    (
        "あ亜",
        *("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "Source Han Sans", "IPAexGothic", "IPAGothic"),
        *("Hiragino Sans", "Hiragino Kaku Gothic ProN", "Hiragino Maru Gothic Pro", "Yu Gothic", "Meiryo"),
        *("BIZ UDPGothic", "BIZ UDGothic", "TakaoPGothic", "VL PGothic", "MS Gothic", "Noto Serif CJK JP"),
    ),
    (
        "损這",
        *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "PingFang HK", "Heiti SC"),
        *("Heiti TC", "STHeiti", "Hiragino Sans GB", "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
        *("Noto Sans CJK TC", "Noto Sans TC", "SimHei", "Arial Unicode MS"),
    ),
    ("한", "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "AppleGothic", "Malgun Gothic", "NanumGothic"),
    ("ก", "Noto Sans Thai", "Thonburi", "Leelawadee UI", "Tahoma"),
    ("क", "Noto Sans Devanagari", "Kohinoor Devanagari", "Devanagari Sangam MN", "Nirmala UI", "Mangal"),
    ("😀", "Noto Emoji", "Symbola", "Segoe UI Symbol"),
)
"""For each script its sample characters, and families that have them: the first one that is installed is taken."""

_ASKED = {
    "ja": ("Hiragino Sans", "Yu Gothic", "Meiryo", "Noto Sans JP", "Noto Sans CJK JP"),
    "zh-Hans": ("PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC"),
    "zh-Hant": ("PingFang TC", "Microsoft JhengHei", "Noto Sans TC", "Noto Sans CJK TC"),
    "ko": ("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR"),
}
"""What a browser is asked for in each language: fonts of macOS, Windows, Linux."""

KNOWN = {name for group in INSTALLED for name in group[1:]} | {name for names in _ASKED.values() for name in names}
"""Families that one of the usual systems has."""

_GENERIC = {"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "math"}
_KANA = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_FAMILY = re.compile(r"font-family: ([^;\"]*)(?:; )?")


def language_of(text: str) -> str | None:
    """The language whose shapes of Han characters a text wants, as a BCP 47 tag; None where it has none of them.

    Kana are Japanese and Hangul is Korean. Han alone is Japanese if its national character set has all of it (JIS X
    0208), else Chinese in the writing whose set has it (GB 2312, Big5).
    """
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    han = "".join(_HAN.findall(text))
    if not han:
        return None
    sets = (("ja", "cp932"), ("zh-Hans", "gb2312"), ("zh-Hant", "big5"))
    return next((language for language, charset in sets if _can_write(charset, han)), "ja")


def _can_write(charset: str, text: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def with_fallbacks(svg: str) -> str:
    """The picture with each list of families ending in fonts that readers have, and the commonest said only once."""
    language = language_of(svg)
    styles = Counter(_FAMILY.findall(svg))
    if not styles:
        return svg
    families = {style: _with_fallbacks(style, language) for style in styles}
    common = families[styles.most_common(1)[0][0]]

    def said(match: re.Match[str]) -> str:
        family = families[match[1]]
        return "" if family == common else match[0].replace(match[1], family)

    head, svg_tag, rest = svg.partition("<svg ")
    return f'{head}{svg_tag}font-family="{common}" {_FAMILY.sub(said, rest)}'


def _with_fallbacks(style: str, language: str | None) -> str:
    """The author's families, then those of the language, then a generic one."""
    names = [name.strip() for name in style.split(",")]
    generic = [name for name in names if name in _GENERIC] or [_generic_of(names[0])]
    asked = [f"'{name}'" for name in _ASKED.get(language or "", ())]
    return ", ".join(dict.fromkeys([*(name for name in names if name not in _GENERIC), *asked, *generic]))


def _generic_of(name: str) -> str:
    """The kind of font a name speaks of."""
    if re.search(r"mono|courier|consolas|menlo|typewriter", name, re.IGNORECASE):
        return "monospace"
    serif = r"(?<!sans )serif|mincho|明朝|ming|song|times|roman|^'cm"
    return "serif" if re.search(serif, name, re.IGNORECASE) else "sans-serif"
