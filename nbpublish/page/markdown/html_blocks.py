"""Raw HTML where CommonMark and what authors write differ.

`<div markdown>` holds Markdown (Python-Markdown's md_in_html). And HTML that is indented after a blank line inside a
block of HTML stays HTML, where CommonMark would show it as code. And a line that begins with an element that belongs
into a paragraph, such as `<span>` or `<a id="x"></a>`, does not keep the lines after it from being Markdown.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.code import code as code_block
from markdown_it.rules_block.html_block import html_block

from nbpublish.page.html import VOID
from nbpublish.page.markdown.lines import text_of


def html_blocks(md: MarkdownIt) -> None:
    md.block.ruler.before("html_block", "md_in_html", _md_in_html, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("code", _code)


_MARKDOWN = re.compile(r"""\s+markdown(?:\s*=\s*(?:"(?:1|block|span)"|'(?:1|block|span)'|1|block|span))?(?=[\s>])""")
_OPENING = re.compile(r"<([A-Za-z][\w-]*)((?:\s[^<>]*)?)>(.*)$")


def _md_in_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    match = _OPENING.match(text_of(state, start))
    if not match or not _MARKDOWN.search(f"{match[2]}>"):
        return False
    found = _closing(state, start, end, match[1])
    if found is None:
        return False
    if silent:
        return True
    last, before, after = found
    attrs = _MARKDOWN.sub("", f"{match[2]}>", count=1)[:-1]
    _push_html(state, f"<{match[1]}{attrs}>\n", [start, start + 1])
    if last == start:  # all on one line
        _push_inline(state, before, start)
    else:
        _push_inline(state, match[3], start)
        line_max, parent = state.lineMax, state.parentType
        state.lineMax, state.parentType, state.level = last, "container", state.level + 1
        state.md.block.tokenize(state, start + 1, last)
        state.lineMax, state.parentType, state.level = line_max, parent, state.level - 1
        _push_inline(state, before, last)
    _push_html(state, f"</{match[1]}>{after}\n", [last, last + 1])
    state.line = last + 1
    return True


def _closing(state: StateBlock, start: int, end: int, tag: str) -> tuple[int, str, str] | None:
    """The line on which the element is closed, and what stands before and after its end tag there."""
    pattern = re.compile(rf"<(/?){re.escape(tag)}(?=[\s>/])[^<>]*>", re.I)
    depth = 0
    for line in range(start, end):
        text = text_of(state, line)
        for match in pattern.finditer(text):
            depth += -1 if match[1] else 0 if match[0].endswith("/>") else 1
            if depth == 0:
                begin = _OPENING.match(text).start(3) if line == start and _OPENING.match(text) else 0  # type: ignore[union-attr]
                return line, text[begin : match.start()], text[match.end() :]
    return None


def _push_html(state: StateBlock, html: str, map: list[int]) -> None:
    token = state.push("html_block", "", 0)
    token.content, token.map = html, map


def _push_inline(state: StateBlock, text: str, line: int) -> None:
    if text.strip():
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = text.strip(), [line, line + 1], []


_INLINE = (
    "a|abbr|b|bdi|bdo|br|cite|code|data|dfn|em|font|i|img|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var|wbr"
)
_STARTS_INLINE = re.compile(rf"</?(?:{_INLINE})(?=[\s/>])", re.I)


def _html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return not _STARTS_INLINE.match(text_of(state, start)) and html_block(state, start, end, silent)


_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_STARTS_HTML = re.compile(r"</?[A-Za-z]|<!--")


def _code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not state.is_code_block(start):
        return False
    if not _STARTS_HTML.match(text_of(state, start)) or not _inside_html(state):
        return code_block(state, start, end, silent)
    if silent:
        return True
    line = start
    while line < end and not state.isEmpty(line):
        line += 1
    _push_html(state, state.getLines(start, line, state.blkIndent, True), [start, line])
    state.line = line
    return True


def _inside_html(state: StateBlock) -> bool:
    """Whether the HTML blocks so far leave an element open."""
    depth = 0
    for token in state.tokens:
        if token.type == "html_block" and token.level == state.level:
            for closing, tag, rest in _TAG.findall(token.content):
                if tag.lower() not in VOID and not rest.endswith("/"):
                    depth = max(depth - 1, 0) if closing else depth + 1
    return depth > 0
