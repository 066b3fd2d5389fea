"""MyST's roles, `{math}`x^2`` and `{ref}`label``, and its names of places, `(label)=`."""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from nbpublish.page.markdown.lines import text_of
from nbpublish.page.markdown.references import push_reference, read_role
from nbpublish.page.markdown.spans import push_html


def roles(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "target", _target, {"alt": ["paragraph", "reference", "blockquote"]})
    md.inline.ruler.before("backticks", "role", _role)


_TARGET = re.compile(r"\(([^\s()]+)\)=$")


def _target(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`(label)=` names the place of the block below it."""
    if state.is_code_block(start) or not (match := _TARGET.match(text_of(state, start))):
        return False
    if not silent:
        token = state.push("anchor", "a", 0)
        token.attrs, token.map = {"id": match[1]}, [start, start + 1]
        state.line = start + 1
    return True


_ROLE = re.compile(r"\{([A-Za-z][\w:-]*)\}(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.S)
_TITLED = re.compile(r"(.*?)\s*<([^<>]+)>", re.S)
_ROLE_TAGS = {"sub": "sub", "sup": "sup", "kbd": "kbd", "subscript": "sub", "superscript": "sup", "strong": "strong"}


def _role(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{" or not (match := _ROLE.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        _push_role(state, match)
    state.pos = match.end()
    return True


def _push_role(state: StateInline, match: re.Match[str]) -> None:
    name, content = match[1].lower().split(":")[-1], match[3]
    titled = _TITLED.fullmatch(content)
    text, target = (titled[1], titled[2]) if titled else (content, content)
    if name == "math":
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content, "$"
    elif name in ("ref", "numref", "eq"):
        push_reference(state, *read_role(name, content))
    elif name in ("doc", "download", "term"):
        href = target if name in ("doc", "download") else f"#{target}"
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(href)}
        state.push("text", "", 0).content = text
        state.push("link_close", "a", -1)
    elif name == "abbr" and (pair := re.fullmatch(r"(.*?)\s*\(([^()]*)\)", content, re.S)):
        push_html(state, f'<abbr title="{escape(pair[2])}">{escape(pair[1])}</abbr>', match.end())
    elif name in _ROLE_TAGS:
        tag = _ROLE_TAGS[name]
        push_html(state, f"<{tag}>{escape(content)}</{tag}>", match.end())
    else:
        token = state.push("code_inline", "code", 0)
        token.content, token.attrs = content, {"class": f"nb-role-{name}"}
