"""MyST's directives, as far as they make sense on a static page.

```` ```{note} Title ````, `:::{figure} image.png`. Quarto's and VitePress's `::: warning` and `::: {.callout-note}`
come here, too. A directive without a counterpart shows its content in a box that names it, and is a warning. What each
of them becomes is said in `directive_blocks.py`.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from nbpublish.page.markdown.attributes import parse_attributes
from nbpublish.page.markdown.callouts import KINDS
from nbpublish.page.markdown.directive_blocks import PUSH, Directive, push_directive
from nbpublish.page.markdown.lines import fenced_end, text_of


def directives(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "directive", _directive, {"alt": ["paragraph", "reference", "blockquote", "list"]})


_HEAD = re.compile(r"(:{3,}|`{3,}|~{3,})[ \t]*(?:\{([\w:-]+)\}|\{([^{}]*)\}|([\w-]+))?[ \t]*(.*)$")


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    text = text_of(state, start)
    match = _HEAD.match(text)
    if not match or not _names_a_directive(match):
        return False
    close = fenced_end(state, start, end, text[0])
    if close is None and text[0] == ":":  # `::: package.module` belongs to mkdocstrings
        return False
    if silent:
        return True
    last = end if close is None else close
    options, first = _options(state, start + 1, last)
    directive = Directive(*_name(match, options), options, start, first, last)
    push_directive(state, directive)
    state.line = last if close is None else close + 1
    return True


def _names_a_directive(match: re.Match[str]) -> bool:
    if match[1][0] == ":":
        return bool(match[2] or match[3] or match[4]) and "." not in (match[5] or "")[:1]
    # ```python and ```{ .python } are code, and so is ```{python} of R Markdown and Quarto
    return bool(match[2]) and (match[2] in PUSH or match[2] in KINDS or not _is_language(match[2]))


@cache
def _is_language(name: str) -> bool:
    try:
        return find_lexer_class_by_name(name) is not None
    except ClassNotFound:
        return False


def _name(match: re.Match[str], options: dict[str, str]) -> tuple[str, str]:
    """The name and the argument; attributes in braces become options."""
    argument = match[5].strip()
    if match[3] is not None:
        options |= {key: str(value) for key, value in parse_attributes(match[3]).items()}
        classes = options.get("class", "").split()
        callout = next((name for name in classes if name.startswith("callout-")), "")
        options["class"] = " ".join(name for name in classes if name != callout)
        return (callout.removeprefix("callout-") or "div"), options.get("title", argument)
    braces = re.fullmatch(r"(.*?)\s*\{([^{}]*)\}", argument)
    if braces and (attrs := parse_attributes(braces[2])):
        options |= {key: str(value) for key, value in attrs.items()}
        argument = options.get("title", braces[1])
    return (match[2] or match[4]).lower(), argument


_OPTION = re.compile(r":([\w-]+):[ \t]*(.*)$")


def _options(state: StateBlock, first: int, end: int) -> tuple[dict[str, str], int]:
    """`:name: value` lines at the start of the content, and the line after them."""
    options: dict[str, str] = {}
    line = first
    while line < end and (match := _OPTION.match(text_of(state, line))):
        options[match[1]] = match[2]
        line += 1
    return options, line
