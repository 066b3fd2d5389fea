"""Lines of text without spaces between words are joined without one.

A line break in the source shows as a space. Between two wide characters there must be none, also where markup stands
between them. CSS Text calls that segment break transformation and leaves it to browsers, which differ: it is done here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_HANGUL = ("\u1100", "\u11ff"), ("\u3130", "\u318f"), ("\uac00", "\ud7ff")


def softbreaks(md: MarkdownIt) -> None:
    md.core.ruler.after("inline", "softbreaks", _join_lines)


def joins_without_space(char: str) -> bool:
    """Whether a character is wide and its script has no spaces; Korean has them."""
    if unicodedata.east_asian_width(char) not in "WFH" or unicodedata.category(char) == "So":
        return False
    return not any(first <= char <= last for first, last in _HANGUL)


def _join_lines(state: StateCore) -> None:
    for block in state.tokens:
        children = block.children or ()
        for index, token in enumerate(children):
            if token.type != "softbreak":
                continue
            before = _neighbour(reversed(children[:index]), -1)
            after = _neighbour(children[index + 1 :], 0)
            if before and after and joins_without_space(before) and joins_without_space(after):
                token.type, token.content, token.meta = "text", "", {"joined": True}


def _neighbour(tokens: Iterable[Token], end: int) -> str:
    """The nearest visible character: the first (0) or last (-1) of the first token that shows any."""
    for token in tokens:
        if token.content and token.type in ("text", "code_inline"):
            return token.content.strip(" ")[end:][:1]
        if token.type not in ("text", "html_inline") and not token.nesting:
            return ""
    return ""
