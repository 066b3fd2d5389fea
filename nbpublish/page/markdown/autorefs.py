"""`[text][identifier]` that no link definition resolves is a reference for the mkdocs-autorefs plugin.

It finds `<autoref>` elements after all pages are built. For a site without that plugin they stay the text that they are
to Markdown.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

from nbpublish.page.markdown.spans import push_span


def autorefs(md: MarkdownIt) -> None:
    md.inline.ruler.after("link", "autoref", _autoref)


_AUTOREF = re.compile(r"\[((?:`[^`\n]*`|[^\]\[\n])+)\]\[([^\]\[\n]*)\]")


def _autoref(state: StateInline, silent: bool) -> bool:
    if not state.env.get("autorefs") or state.src[state.pos] != "[":
        return False
    if not (match := _AUTOREF.match(state.src, state.pos, state.posMax)):
        return False
    before = state.src[state.pos - 1 : state.pos] if state.pos else ""
    text, identifier = match[1], match[2] or match[1].strip("`")
    if before.isalnum() or before in ("]", ")") or identifier.startswith("^"):
        return False  # x[i][j], footnotes
    if normalizeReference(identifier) in state.env.get("references", {}):
        return False
    if not silent:
        opening = push_span(state, "autoref", match.start(1), match.end(1), match.end())
        opening.attrs["identifier"] = identifier
        if not match[2] and not text.startswith("`") and "slugify" in state.env:
            opening.attrs["slug"] = state.env["slugify"](text)
    state.pos = match.end()
    return True
