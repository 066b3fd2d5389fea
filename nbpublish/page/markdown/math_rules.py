r"""Where math stands in prose: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and `\begin{align}…\end{align}`.

What is no math: prices (`$5 and $10`), escaped dollars, and anything across a blank line. As in pandoc, a dollar opens
before a letter and closes after one, not before a digit; `$ x^2 $` with spaces, common in Jupyter, counts when it looks
like LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from nbpublish.page.markdown.lines import text_of


def math_rules(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "math", _inline)
    md.block.ruler.before("fence", "math", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


_DOUBLE = re.compile(r"\$\$((?:\\.|[^\\$]|\$(?!\$))+?)\$\$", re.S)
_SINGLE = re.compile(r"\$((?:\\.|[^\\$])+?)\$(?![0-9])", re.S)
PAREN = re.compile(r"\\\\?\((.+?)\\\\?\)", re.S)
_LATEX = re.compile(r"[\\^_]|\s*[A-Za-z]\s*(?:[=<>]|$)")


def _inline(state: StateInline, silent: bool) -> bool:
    src, start = state.src, state.pos
    if src[start] == "$":
        match = dollars(src, start, state.posMax)
    elif src[start] == "\\" and src[start + 1 : start + 3].lstrip("\\")[:1] == "(":
        match = PAREN.match(src, start, state.posMax)
    else:
        return False
    if not match or not match[1].strip():
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = match[1].strip(), "$$" if match[0].startswith("$$") else "$"
    state.pos = match.end()
    return True


def dollars(src: str, start: int, end: int) -> re.Match[str] | None:
    """The formula between dollars that opens at `start`; its source is group 1."""
    if match := _DOUBLE.match(src, start, end):
        return match
    if start and src[start - 1] in "0123456789$":
        return None
    match = _SINGLE.match(src, start, end)
    if not match:
        return None
    opened, closed = not match[1][0].isspace(), not match[1][-1].isspace()
    if opened != closed or (not opened and not _LATEX.match(match[1].strip()) and not re.search(r"[\\^_]", match[1])):
        return None
    return match


_SKIPPED = re.compile(
    r"<(?P<name>pre|code|script|style|textarea|svg|math|marimo-[\w-]+)\b.*?(?:</(?P=name)\s*>|\Z)|<!--.*?(?:-->|\Z)"
    r"|</?[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>",
    re.S | re.I,
)


def math_in_html(html: str, convert: Callable[[str, bool, int], str]) -> str:
    """Raw HTML with the formulas in its text replaced by `convert(latex, display, offset)`, as MathJax would do it."""
    if "$" not in html and "\\(" not in html:
        return html
    parts: list[str] = []
    position = 0
    while position < len(html):
        skipped = _SKIPPED.search(html, position)
        end = skipped.start() if skipped else len(html)
        parts.append(_math_in_text(html, position, end, convert))
        parts.append(skipped[0] if skipped else "")
        position = skipped.end() if skipped else end
    return "".join(parts)


def _math_in_text(html: str, start: int, end: int, convert: Callable[[str, bool, int], str]) -> str:
    parts: list[str] = []
    position = start
    for opening in re.compile(r"\\\$|\$|\\\(").finditer(html, start, end):
        if opening.start() < position or opening[0] == "\\$":
            continue
        at = opening.start()
        match = PAREN.match(html, at, end) if opening[0] == "\\(" else dollars(html, at, end)
        if match and match[1].strip():
            display = match[0].startswith("$$")
            parts += html[position:at], convert(unescape(match[1]).strip(), display, at)
            position = match.end()
    return "".join(parts) + html[position:end]


ENVIRONMENTS = "align|alignat|aligned|array|cases|eqnarray|equation|flalign|gather|math|[bBpvV]?matrix|multline|split"
_BEGIN = re.compile(rf"\\begin\{{({ENVIRONMENTS})(\*?)\}}")
_CLOSED = re.compile(r"[ \t]*(?:\(([^\s()]+)\)|\{#([^\s{}]+)\})?[ \t]*([.,;:。、，．]?)$")


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    text = text_of(state, start)
    if text.startswith("$$"):
        opening, closing = "$$", "$$"
    elif text.startswith(("\\[", "\\\\[")):
        opening = text[: text.index("[") + 1]
        closing = opening[:-1] + "]"
    elif match := _BEGIN.match(text):
        opening, closing = "", rf"\end{{{match[1]}{match[2]}}}"
    else:
        return False
    found = _close(state, (start, end), len(opening), closing)
    if not found:
        return False
    last, content, tail = found
    if not content.strip():
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.map, token.markup = [start, last + 1], opening or "\\begin"
        token.content = (content if opening else content + closing).strip()
        token.info = tail[1] or tail[2] or ""
        skipped = len(content) - len(content.lstrip())
        token.meta = {"tail": tail[3], "offset": content.count("\n", 0, skipped)}
        state.line = last + 1
    return True


def _close(
    state: StateBlock, lines: tuple[int, int], skip: int, closing: str
) -> tuple[int, str, re.Match[str]] | None:
    """The line on which the formula ends, its source, and what follows it there."""
    collected: list[str] = []
    for line in range(*lines):
        if line > lines[0] and (state.isEmpty(line) or state.sCount[line] < state.blkIndent):
            return None
        text = text_of(state, line)[skip if line == lines[0] else 0 :]
        position = text.find(closing)
        if position >= 0:
            tail = _CLOSED.match(text, position + len(closing))
            return (line, "\n".join([*collected, text[:position]]), tail) if tail else None
        collected.append(text)
    return None
