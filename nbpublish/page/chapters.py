"""Which chapter a page is, by the number that its author gave it.

A chapter's number is what readers see of it anyway, so it stays when pages are added before it. A page's metadata say
it (`chapter: 3`), or else its title (`3. Trees`, `第3章 決定木`, `Appendix A`), or else the names of its folders and of
its file (`03_trees.py`; `03-trees/01-gini.md` is chapter 3.1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from posixpath import splitext

_KANJI = {sign: number for number, sign in enumerate("〇一二三四五六七八九十")}
_WORDS = "chapter|chap|ch|lecture|lec|lesson|week|unit|session|module|day"
_IN_TITLE = (
    re.compile(r"第 ?(\d{1,3}|[〇一二三四五六七八九十]{1,3}) ?[章回講課週日]"),
    re.compile(r"(\d{1,3}) ?[章回] ?\S"),
    re.compile(rf"(?:{_WORDS})\.? (\d{{1,3}}(?:\.\d{{1,3}})*)\b", re.IGNORECASE),
    re.compile(r"(?:appendix|annex|付録|付章|補章) ?([A-Z]|\d{1,2})\b", re.IGNORECASE),
    re.compile(r"(\d{1,3}(?:\.\d{1,3})+)[.:)]? +\D"),
    re.compile(r"(\d{1,3}|[A-Z])[.:)、。] *[^\d\s]"),
)
_IN_NAME = re.compile(rf"(?:{_WORDS}|nb|notebook)?[-_ ]?0*(\d{{1,3}})(?=[-_. ]\D|$)", re.IGNORECASE)
_PAGE_NAMES = frozenset({"index", "README", "readme"})


def chapter_of(metadata: Mapping[str, object], title: str, path: str) -> str:
    """The number of the chapter that a page is, such as `3`, `3.1` or `A`; empty where it is none."""
    said = metadata.get("chapter")
    if said is not None:
        return "" if isinstance(said, bool) or str(said).strip() == "" else str(said).strip()
    return _of_title(title) or _of_path(path)


def _of_title(title: str) -> str:
    text = " ".join(unicodedata.normalize("NFKC", title).split())
    for pattern in _IN_TITLE:
        if match := pattern.match(text):
            return _plain(match[1])
    return ""


def _of_path(path: str) -> str:
    """The numbers with which folders and file begin, joined by full stops."""
    *folders, name = splitext(path)[0].split("/")
    parts = folders if name in _PAGE_NAMES else [*folders, name]
    numbers = [match[1] for part in parts if (match := _IN_NAME.match(part))]
    own = bool(parts) and _IN_NAME.match(parts[-1])
    return ".".join(numbers) if own else ""


def _plain(number: str) -> str:
    """`三` → `3`, `十二` → `12`; other numbers as they are, without zeros in front."""
    if number[0] in _KANJI:
        tens, ten, ones = number.rpartition("十")
        if not ten:
            return "".join(str(_KANJI[sign]) for sign in number)
        return str((_KANJI[tens] if tens else 1) * 10 + (_KANJI[ones] if ones else 0))
    return re.sub(r"^0+(?=\d)", "", number).upper()
