"""`!!! note "Title"` and the folded `??? note`, with indented content (Python-Markdown, pymdownx.details)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from nbpublish.page.markdown.callouts import push_callout
from nbpublish.page.markdown.lines import indented_end, text_of


def admonitions(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "admonition", _admonition, {"alt": ["paragraph", "reference", "blockquote", "list"]})


_OPENING = re.compile(r'(!!!|\?\?\?\+?)\s*([\w-]+(?:\s+[\w-]+)*)?(?:\s+"(.*)"|\s*("".*))?$')


def _admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    match = _OPENING.match(text_of(state, start))
    if not match or not (match[2] or match[3]):
        return False
    if silent:
        return True
    words = (match[2] or "").split()
    kind, extra = (words[0].lower() if words else ""), " ".join(words[1:])
    # `!!! note Some title` lacks its quotes, but what was meant is plain
    title = match[3] if match[3] is not None else "" if match[4] else None
    if title is None and extra != extra.lower():
        title, extra = extra, ""
    fold = None if match[1] == "!!!" else match[1] == "???"
    last, indent = indented_end(state, start, end)
    attrs = {"class": extra} if extra else {}
    push_callout(state, (start, start + 1, last), kind, title, fold=fold, attrs=attrs, indent=indent)
    state.line = last
    return True
