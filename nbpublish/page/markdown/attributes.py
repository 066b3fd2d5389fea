"""`{#id .class key=value}` on headings, paragraphs, the block below, and the piece of a line just before it.

The syntax is Python-Markdown's attr_list, whose values need no quotes (`width=50%`), with an optional colon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from nbpublish.page.markdown.lines import text_of

_NAME = r"[^\W\d][\w:-]*"
_ITEM = rf"""(?:\.-?{_NAME}|\#[\w:.-]+|[\w:@-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'={{}}]+))"""
_LIST = rf"(?:{_ITEM}(?:[ \t]+{_ITEM}|(?=[.#]){_ITEM})*)"
ATTRIBUTES = re.compile(rf"\{{:?[ \t]*({_LIST})[ \t]*\}}")
_AT_END = re.compile(rf"(?:^|[ \t\n])\{{:?[ \t]*({_LIST})[ \t]*\}}[ \t]*$")


def attributes(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "attributes", _line)
    md.inline.ruler.push("attributes", _after_piece)
    md.core.ruler.after("block", "attributes", _on_blocks)
    md.core.ruler.after("inline", "emphasis_attributes", _after_emphasis)


Attributes = dict[str, str | int | float]
"""As tokens hold them."""


def parse_attributes(text: str) -> Attributes:
    """The inside of the braces → attributes; classes are joined."""
    attrs: Attributes = {}
    for item in re.findall(_ITEM, text):
        if item[0] == "#":
            attrs["id"] = item[1:]
        elif item[0] == ".":
            add_attributes(attrs, {"class": item[1:]})
        else:
            key, _, value = item.partition("=")
            add_attributes(attrs, {key: value.strip("\"'")})
    return attrs


def add_attributes(attrs: Attributes, new: Mapping[str, str | int | float]) -> None:
    """Merge in place: classes add up, other values are replaced."""
    for key, value in new.items():
        attrs[key] = f"{attrs[key]} {value}" if key == "class" and attrs.get("class") else value


def _line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Attributes alone on a line are those of the block below."""
    if state.is_code_block(start) or start + 1 >= end or state.isEmpty(start + 1):
        return False
    match = ATTRIBUTES.fullmatch(text_of(state, start))
    if not match:
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.map, token.meta, token.hidden = [start, start + 1], parse_attributes(match[1]), True
        state.line = start + 1
    return True


def _on_blocks(state: StateCore) -> None:
    """Give attributes to the block after them, and to the heading or paragraph that ends with them."""
    pending: Attributes = {}
    kept: list[Token] = []
    for token in state.tokens:
        if token.type == "attributes":
            add_attributes(pending, token.meta)
            continue
        if token.nesting >= 0 and pending and token.type != "inline":
            add_attributes(token.attrs, pending)
            pending = {}
        if token.type == "inline" and kept and kept[-1].type in ("heading_open", "paragraph_open"):
            _take_from_end(token, kept[-1])
        kept.append(token)
    state.tokens = kept


def _take_from_end(inline: Token, block: Token) -> None:
    match = _AT_END.search(inline.content)
    if not match or (block.type == "paragraph_open" and not _is_own_line(inline.content, match)):
        return
    if block.hidden:  # a tight list shows no <p> that could carry them
        return
    add_attributes(block.attrs, parse_attributes(match[1]))
    inline.content = inline.content[: match.start()].rstrip()


def _is_own_line(content: str, match: re.Match[str]) -> bool:
    return match.start() > 0 and content[match.start()] == "\n"


_PIECES = ("image", "code_inline", "link_close", "markup_close")


def _after_piece(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{" or state.pending or not state.tokens or state.tokens[-1].type not in _PIECES:
        return False
    match = ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        opening = _opening(state.tokens, len(state.tokens) - 1)
        add_attributes(opening.attrs, parse_attributes(match[1]))
    state.pos = match.end()
    return True


def _opening(tokens: list[Token], index: int) -> Token:
    level = 0
    for token in reversed(tokens[: index + 1]):
        level += token.nesting
        if level == 0:
            return token
    return tokens[index]


_EMPHASIS = ("em_close", "strong_close", "s_close")


def _after_emphasis(state: StateCore) -> None:
    """Emphasis is found only after the whole line is read; its attributes are still text then."""
    for block in state.tokens:
        children = block.children or []
        for index, token in enumerate(children[:-1]):
            text = children[index + 1]
            if token.type in _EMPHASIS and text.type == "text" and (match := ATTRIBUTES.match(text.content)):
                add_attributes(_opening(children, index).attrs, parse_attributes(match[1]))
                text.content = text.content[match.end() :]
