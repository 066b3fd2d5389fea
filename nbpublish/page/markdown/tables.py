"""Bars inside code and math do not end a table's cell: `| $P(A|B)$ | `x|y` |`.

GitHub wants them escaped, Python-Markdown and Jupyter do not. They are hidden while markdown-it reads the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table

from nbpublish.page.markdown.lines import text_of
from nbpublish.page.markdown.math_rules import dollars

_HIDDEN = "\ue003"
"""A private-use character, as long as a bar, so that all positions in the text stay right."""


def tables(md: MarkdownIt) -> None:
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


DELIMITERS = re.compile(r"\|?[ \t]*:?-[-:| \t]*$")
"""The line below the head of a table."""


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 1 >= end or not DELIMITERS.match(text_of(state, start + 1)):
        return False
    last = start
    while last < end and not state.isEmpty(last) and not _CAPTION.match(text_of(state, last)):
        last += 1
    src, first = state.src, len(state.tokens)
    begin, stop = state.bMarks[start], state.eMarks[last - 1]
    state.src = src[:begin] + "\n".join(map(_hide, src[begin:stop].split("\n"))) + src[stop:]
    found = table(state, start, last, silent)
    state.src = src
    for token in state.tokens[first:]:
        token.content = token.content.replace(_HIDDEN, "|")
    for head, text, close in zip(*(state.tokens[first + at :] for at in range(3)), strict=False):
        if head.type == "th_open" and not text.content:
            head.tag = close.tag = "td"  # it heads nothing
    return found


_CAPTION = re.compile(r": |Table: ")
"""How pandoc's captions begin; they may follow the last row at once."""
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def _hide(line: str) -> str:
    if "|" not in line or not ("`" in line or "$" in line):
        return line
    # GitHub's escaped bars in code are markdown-it's to read
    return in_row(
        line,
        code=lambda code: re.sub(r"(?<!\\)\|", _HIDDEN, code[0]),
        formula=lambda formula: formula[0].replace("|", _HIDDEN),
    )


_Written = Callable[[re.Match[str]], str]


def in_row(line: str, *, code: _Written, formula: _Written) -> str:
    """A row of a table with what these two make of the code and of the formulas in it."""
    parts: list[str] = []
    position = 0
    while position < len(line):
        found = _CODE.match(line, position)
        if found:
            parts.append(code(found))
        elif line[position] == "$" and (found := dollars(line, position, len(line))):
            parts.append(formula(found))
        else:
            parts.append(line[position : position + 2] if line[position] == "\\" else line[position])
        position = found.end() if found else position + len(parts[-1])
    return "".join(parts)
