"""GitHub's `> [!NOTE]`, with Obsidian's titles and folding: `> [!tip]- Title`."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from nbpublish.page.markdown.callouts import callout_tokens
from nbpublish.page.messages import Words


def alerts(md: MarkdownIt) -> None:
    md.core.ruler.after("block", "alerts", _alerts)


_MARK = re.compile(r"\[!([A-Za-z][\w-]*)\]([+-]?)[ \t]*(.*)(?:\n|$)")


def _alerts(state: StateCore) -> None:
    tokens = state.tokens
    for index in reversed(range(len(tokens) - 3)):
        if tokens[index].type == "blockquote_open" and tokens[index + 1].type == "paragraph_open":
            inline = tokens[index + 2]
            if match := _MARK.match(inline.content):
                _replace(tokens, index, match, state.env["words"])


def _replace(tokens: list[Token], index: int, match: re.Match[str], words: Words) -> None:
    quote, inline = tokens[index], tokens[index + 2]
    end = next(
        i for i in range(index, len(tokens)) if tokens[i].type == "blockquote_close" and tokens[i].level == quote.level
    )
    fold = {"-": True, "+": False}.get(match[2])
    opening, closing = callout_tokens(
        match[1].lower(), match[3] or None, words=words, fold=fold, attrs=_strings(quote), map=quote.map
    )
    tokens[end] = closing
    inline.content = inline.content[match.end() :]
    if inline.map:
        inline.map = [inline.map[0] + 1, inline.map[1]]
    rest = tokens[index + 1 :] if inline.content else tokens[index + 4 :]
    tokens[index:] = [*opening, *rest]


def _strings(token: Token) -> dict[str, str]:
    return {key: str(value) for key, value in token.attrs.items()}
