"""Bars inside code and math do not end a table's cell: `| $P(A|B)$ | `x|y` |`.

GitHub wants them escaped, Python-Markdown and Jupyter do not. They are hidden while markdown-it reads the table.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table

from nbpublish.page.markdown.lines import text_of
from nbpublish.page.markdown.math_rules import dollars

_HIDDEN = "\ue003"
"""A private-use character, as long as a bar, so that all positions in the text stay right."""


def tables(md: MarkdownIt) -> None:
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


_DELIMITERS = re.compile(r"\|?[ \t]*:?-[-:| \t]*$")


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 1 >= end or not _DELIMITERS.match(text_of(state, start + 1)):
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
    return found


_CAPTION = re.compile(r": |Table: ")
"""How pandoc's captions begin; they may follow the last row at once."""
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def _hide(line: str) -> str:
    if "|" not in line or not ("`" in line or "$" in line):
        return line
    parts: list[str] = []
    position = 0
    while position < len(line):
        if code := _CODE.match(line, position):
            piece = code[0]
            parts.append(re.sub(r"(?<!\\)\|", _HIDDEN, piece))  # GitHub's escaped bars are markdown-it's to read
        elif line[position] == "$" and (formula := dollars(line, position, len(line))):
            piece = formula[0]
            parts.append(piece.replace("|", _HIDDEN))
        else:
            piece = line[position : position + 2] if line[position] == "\\" else line[position]
            parts.append(piece)
        position += len(piece)
    return "".join(parts)
