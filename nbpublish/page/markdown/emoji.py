"""`:smile:`, and icons: `::lucide:rocket::` (marimo), `:material-rocket:` (MkDocs).

Icon sets are large and fetched over the network by those tools. Here an icon becomes the emoji of the same name where
there is one, else its name in a span that a theme can style.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from nbpublish.page.markdown.spans import push_html


def emoji(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "emoji", _emoji)


_ICON = re.compile(r"::([a-z][a-z0-9-]*):([a-z0-9][a-z0-9-]*)::")
_SHORT = re.compile(r":([a-zA-Z0-9_+-]+):")
_SET = re.compile(r"(material|fontawesome-(?:brands|regular|solid)|octicons|simple|lucide)-([a-z0-9-]+)$")


def _emoji(state: StateInline, silent: bool) -> bool:
    src, start = state.src, state.pos
    if src[start] != ":":
        return False
    if match := _ICON.match(src, start, state.posMax):
        html = icon(match[1], match[2])
    elif not (match := _SHORT.match(src, start, state.posMax)) or _is_ratio(src[start - 1 : start], match[1]):
        return False
    elif named := _SET.match(match[1]):
        html = icon(named[1], named[2])
    elif not (html := character(match[1])):
        return False
    if not silent:
        push_html(state, html, match.end())
    state.pos = match.end()
    return True


def _is_ratio(before: str, name: str) -> bool:
    """`1:100:1`, and what follows two colons, is no emoji."""
    return before == ":" or (before.isdigit() and name.isdigit())


def icon(collection: str, name: str) -> str:
    """HTML for an icon of a named collection."""
    label = re.sub(r"-\d+$", "", name).replace("-", " ")
    shown = character(re.sub(r"-\d+$", "", name).replace("-", "_")) or escape(label)
    return f'<span class="nb-icon" data-icon="{collection}:{name}" title="{escape(label)}">{shown}</span>'


@lru_cache(1024)
def character(name: str) -> str:
    """The emoji with a short name, as GitHub and others spell them; empty where there is none."""
    from emoji import emojize  # its table takes a moment to load, and few pages need it

    short = f":{name}:"
    found = emojize(short, language="alias")
    return "" if found == short else found
