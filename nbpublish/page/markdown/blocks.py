"""`/// note | Title … ///`: pymdownx.blocks, the callouts that marimo's own documentation teaches.

    /// details | Title
        type: warning
        open: true

    Content
    ///

A name that pymdownx does not know makes a callout of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from nbpublish.page.markdown.callouts import push_block, push_callout
from nbpublish.page.markdown.lines import fenced_end, text_of
from nbpublish.page.markdown.tabs import push_tab


def blocks(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "block", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


_OPENING = re.compile(r"/{3,}\s*([A-Za-z][\w-]*)\s*(?:\|\s*(.*))?$")
_OPTION = re.compile(r"[a-z][\w-]*:(\s|$)")


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    match = _OPENING.match(text_of(state, start))
    if not match:
        return False
    if silent:
        return True
    close = fenced_end(state, start, end, "/")
    last = end if close is None else close  # pymdownx closes an open block at the end, too
    options, first = _options(state, start + 1, last)
    push = _PUSH.get(match[1].lower(), _push_callout)
    indent = _indent(state, first, last)
    state.blkIndent += indent
    push(state, (start, first, last), (match[1].lower(), match[2]), options)
    state.blkIndent -= indent
    state.line = last if close is None else close + 1
    return True


Options = dict[str, object]


def _options(state: StateBlock, first: int, end: int) -> tuple[Options, int]:
    """The indented YAML below the opening, and the line after it."""
    line = first
    while line < end and not state.isEmpty(line) and state.sCount[line] - state.blkIndent >= 4:
        line += 1
    if line == first or not _OPTION.match(text_of(state, first)):
        return {}, first
    try:
        options = yaml.safe_load(state.getLines(first, line, state.blkIndent + 4, False))
    except yaml.YAMLError:
        return {}, first
    return (options, line) if isinstance(options, dict) else ({}, first)


def _indent(state: StateBlock, first: int, end: int) -> int:
    """Columns by which all content is indented, as many write it after `!!!`; it is no code then."""
    depths = [state.sCount[line] - state.blkIndent for line in range(first, end) if not state.isEmpty(line)]
    return 4 if depths and min(depths) >= 4 else 0


def _attrs(options: Options) -> dict[str, str]:
    attrs = options.get("attrs")
    return {str(key): str(value) for key, value in attrs.items()} if isinstance(attrs, dict) else {}


Lines = tuple[int, int, int]
Head = tuple[str, str | None]


def _push_callout(state: StateBlock, lines: Lines, head: Head, options: Options) -> None:
    kind = str(options.get("type") or head[0])
    push_callout(state, lines, "note" if kind == "admonition" else kind, head[1] or None, attrs=_attrs(options))


def _push_details(state: StateBlock, lines: Lines, head: Head, options: Options) -> None:
    kind = str(options.get("type") or "")
    push_callout(state, lines, kind, head[1] or None, fold=not options.get("open"), attrs=_attrs(options))


def _push_tab(state: StateBlock, lines: Lines, head: Head, options: Options) -> None:
    push_tab(state, lines, head[1] or "", new=bool(options.get("new")))


def _push_html(state: StateBlock, lines: Lines, head: Head, options: Options) -> None:
    """`/// html | div.class#id`."""
    selector = re.match(r"([A-Za-z][\w-]*)?((?:[.#][\w-]+)*)", head[1] or "")
    assert selector
    attrs = _attrs(options)
    classes = re.findall(r"\.([\w-]+)", selector[2])
    if classes:
        attrs["class"] = " ".join(classes)
    if ids := re.findall(r"#([\w-]+)", selector[2]):
        attrs["id"] = ids[-1]
    tag = selector[1] or "div"
    if tag.lower() in ("script", "style", "textarea", "title"):
        tag = "div"
    opening = Token("html_open", tag, 1, attrs, [lines[0], lines[2]], block=True)  # type: ignore[arg-type]
    push_block(state, lines[1:], [opening], Token("html_close", tag, -1, block=True))


def _push_caption(state: StateBlock, lines: Lines, head: Head, options: Options) -> None:
    """`/// caption` makes a figure of the block before it."""
    first = _previous_block(state)
    figure = Token("figure_open", "figure", 1, _attrs(options), map=[lines[0], lines[2]], block=True)  # type: ignore[arg-type]
    figure.level = state.level
    state.tokens.insert(first, figure)
    for token in state.tokens[first + 1 :]:
        token.level += 1
    state.level += 1
    opening = Token("figcaption_open", "figcaption", 1, map=[lines[0], lines[2]], block=True)
    push_block(state, lines[1:], [opening], Token("figcaption_close", "figcaption", -1, block=True))
    state.level -= 1
    state.tokens.append(Token("figure_close", "figure", -1, level=state.level, block=True))


def _previous_block(state: StateBlock) -> int:
    """Index of the first token of the block that ends just before, on the level of the state."""
    index = len(state.tokens) - 1
    if index < 0 or state.tokens[index].level != state.level or state.tokens[index].nesting == 1:
        return len(state.tokens)
    while state.tokens[index].nesting == -1 or state.tokens[index].level > state.level:
        index -= 1
    return index


_PUSH: dict[str, Callable[[StateBlock, Lines, Head, Options], None]] = {
    "details": _push_details,
    "tab": _push_tab,
    "html": _push_html,
    **dict.fromkeys(("caption", "figure-caption", "table-caption"), _push_caption),
}
