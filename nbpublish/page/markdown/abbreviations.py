"""`*[HTML]: Hyper Text Markup Language` explains a word wherever it stands on the page."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from nbpublish.page.markdown.lines import text_of


def abbreviations(md: MarkdownIt) -> None:
    md.block.ruler.before("reference", "abbreviation", _definition, {"alt": ["paragraph", "reference", "list"]})
    md.core.ruler.push("abbreviations", _replace)


_DEFINITION = re.compile(r"\*\[([^\[\]]+)\]:[ \t]*(.*)$")


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not (match := _DEFINITION.match(text_of(state, start))):
        return False
    if not silent:
        state.env.setdefault("abbreviations", {})[match[1]] = match[2]
        state.line = start + 1
    return True


def _replace(state: StateCore) -> None:
    words: dict[str, str] = {word: title for word, title in state.env.get("abbreviations", {}).items() if title}
    if not words:
        return
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    # only Latin letters and digits make a longer word: Japanese follows directly
    pattern = re.compile(rf"(?<![A-Za-z0-9_])({alternatives})(?![A-Za-z0-9_])")
    for block in state.tokens:
        if block.children and any(pattern.search(token.content) for token in block.children):
            block.children = [
                part for token in block.children for part in (_parts(token, pattern, words) or (token,))
            ]


def _parts(token: Token, pattern: re.Pattern[str], words: dict[str, str]) -> list[Token]:
    if token.type != "text" or not token.content:
        return []
    parts: list[Token] = []
    for index, piece in enumerate(pattern.split(token.content)):
        if index % 2:
            parts.append(Token("abbr_open", "abbr", 1, {"title": words[piece]}, level=token.level))
        parts.append(Token("text", "", 0, content=piece, level=token.level))
        if index % 2:
            parts.append(Token("abbr_close", "abbr", -1, level=token.level))
    return parts
