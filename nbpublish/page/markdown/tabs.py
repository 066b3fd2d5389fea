"""Content tabs: `=== "Title"` with indented content, as in pymdownx.tabbed.

Consecutive ones form a group: for each an `input[type=radio]`, a `label` and a `div.nb-tab`, as `native/layout.py`
writes marimo's tabs. The keyboard works them without a script, and without style sheets all panels are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

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
    label = _token("inline", "", 0, 0, {}, [start, start + 1])
    label.content, label.children = title, []
    opening = [
        _token("tab_button", "input", 0, 0, {"type": "radio"}, [start, end]),
        _token("tab_label_open", "label", 1, 0, {}, [start, start + 1]),
        label,
        _token("tab_label_close", "label", -1, 0, {}, None),
        _token("tab_open", "div", 1, 0, {"class": "nb-tab"}, [start, end]),
    ]
    push_block(state, (first, end), opening, _token("tab_close", "div", -1, 0, {}, None), indent=indent)
    state.level -= 1
    state.tokens.append(_token("tabs_close", "div", -1, state.level, {}, None))


def _token(type: str, tag: str, nesting: int, level: int, attrs: dict[str, str], map: list[int] | None) -> Token:
    return Token(type, tag, nesting, attrs, map, level, block=True)  # type: ignore[arg-type]


def number_tabs(tokens: list[Token], name: Callable[[], str]) -> None:
    """Connect the buttons of each group by a `name`, which is unique on the page, and each label with its button."""
    groups: list[tuple[str, int]] = []
    for index, token in enumerate(tokens):
        if token.type == "tabs_open":
            groups.append((name(), 0))
        elif token.type == "tabs_close":
            groups.pop()
        elif token.type == "tab_button":
            group, count = groups.pop()
            groups.append((group, count + 1))
            id = f"{group}-{count + 1}"
            token.attrs |= {"name": group, "id": id} | ({} if count else {"checked": "checked"})
            tokens[index + 1].attrs["for"] = id
