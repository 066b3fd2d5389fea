"""The language a page is written in, as far as its letters tell.

Kana are written in Japanese only. Languages that share their letters with others, such as English or Chinese, are not
guessed at: for them the page says `lang`, or the language of the site holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NO_PROSE = re.compile(
    r"""
      ^[ ]*(?P<fence>`{3,}|~{3,}).*?(?:^[ ]*(?P=fence)|\Z)   # blocks of code
    | `[^`\n]*`                                              # code within a line
    | \$\$.*?\$\$ | \$[^$\n]*\$                              # formulas
    | <[A-Za-z/!][^<>]*>                                     # markup
    | \]\([^()\n]*\)                                         # where links and images lead
    | https?://\S+
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_KANA = re.compile("[ぁ-ゖゝ-ゟァ-ヺー-ヿｦ-ﾟ]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆]")
_WORD = re.compile(r"[^\W\d_]+")

CHARACTERS_A_WORD = 1.5
"""Japanese characters that weigh as one word in other letters. They say about as much as half a word, and a little less
is asked, because Japanese technical prose is full of English names."""
SHARE_OF_KANA = 0.15
"""At least so many of a Japanese text's kana and Chinese characters are kana, which its grammar is made of; a Chinese
page that quotes Japanese has a few."""


def written_language(prose: Iterable[str]) -> str | None:
    """`ja` for Markdown that is mostly Japanese, code, formulas and addresses left out; None where it is not."""
    kana, han, words = _counted(prose)
    mostly = kana + han > CHARACTERS_A_WORD * words
    return "ja" if mostly and kana >= max(1, SHARE_OF_KANA * (kana + han)) else None


def letters_and_words(prose: Iterable[str]) -> tuple[int, int]:
    """How many Japanese or Chinese characters, and how many words in other letters, Markdown has, without code."""
    kana, han, words = _counted(prose)
    return kana + han, words


def _counted(prose: Iterable[str]) -> tuple[int, int, int]:
    text = _NO_PROSE.sub(" ", "\n\n".join(prose))
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    return kana, han, len(_WORD.findall(_HAN.sub(" ", _KANA.sub(" ", text))))
