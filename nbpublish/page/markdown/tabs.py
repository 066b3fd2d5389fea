"""Content tabs: `=== "Title"` with indented content, as in pymdownx.tabbed.

Consecutive ones form a group. Without a script all panels are shown, each below its title.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from nbpublish.page.markdown.callouts import push_block
from nbpublish.page.markdown.lines import indented_end, text_of


def tabs(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "tab", _tab, {"alt": ["paragraph", "reference", "blockquote", "list"]})


_OPENING = re.compile(r"===([!+]{0,2})\s+([\"'])(.*)\2$")


def _tab(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    match = _OPENING.match(text_of(state, start))
    if not match:
        return False
    if silent:
        return True
    last, indent = indented_end(state, start, end)
    push_tab(state, (start, start + 1, last), match[3], new="!" in match[1], indent=indent)
    state.line = last
    return True


def push_tab(state: StateBlock, lines: tuple[int, int, int], title: str, *, new: bool = False, indent: int = 0) -> None:
    """Push a panel into the group that ends just before it, or into a new one."""
    start, first, end = lines
    previous = state.tokens[-1] if state.tokens else None
    if previous and previous.type == "tabs_close" and previous.level == state.level and not new:
        state.tokens.pop()
    else:
        state.tokens.append(_token("tabs_open", "div", 1, state.level, {"class": "nb-tabs"}, [start, end]))
    state.level += 1
    opening = [_token("tab_open", "section", 1, 0, {"class": "nb-tab"}, [start, end])]
    opening.append(_token("tab_title_open", "p", 1, 0, {"class": "nb-tab-title"}, [start, start + 1]))
    opening.append(_token("inline", "", 0, 0, {}, [start, start + 1]))
    opening[-1].content, opening[-1].children = title, []
    opening.append(_token("tab_title_close", "p", -1, 0, {}, None))
    push_block(state, (first, end), opening, _token("tab_close", "section", -1, 0, {}, None), indent=indent)
    state.level -= 1
    state.tokens.append(_token("tabs_close", "div", -1, state.level, {}, None))


def _token(type: str, tag: str, nesting: int, level: int, attrs: dict[str, str], map: list[int] | None) -> Token:
    return Token(type, tag, nesting, attrs, map, level, block=True)  # type: ignore[arg-type]
