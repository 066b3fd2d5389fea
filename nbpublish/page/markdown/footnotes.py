"""`[^1]` and `[^1]: note`, `^[inline note]`, over all cells of a page.

A label defined in the same cell wins, so that each cell may have its own `[^1]`. The notes are numbered in the order
in which they are first referred to and stand at the page's end. The markup is Python-Markdown's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def

from nbpublish.page.messages import Words


def footnotes(md: MarkdownIt) -> None:
    md.block.ruler.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    md.core.ruler.after("block", "footnote_labels", _labels)
    md.core.ruler.push("footnote_tail", _take_out)
    md.inline.ruler.after("image", "footnote_inline", _inline)
    md.inline.ruler.after("footnote_inline", "footnote_ref", _reference)


@dataclass(slots=True)
class Footnote:
    """A note of the page."""

    number: int
    uses: int = 0
    html: str | None = None


Key = tuple[str, str]
"""Id of the cell that defines a note, and its label."""


@dataclass(slots=True)
class Footnotes:
    """The notes of a page."""

    used: dict[Key, Footnote] = field(default_factory=dict)
    """In the order of their numbers."""
    defined: dict[str, str] = field(default_factory=dict)
    """By label, the first cell that defines it."""
    html: dict[Key, str] = field(default_factory=dict)

    def define(self, tokens: Iterable[Token], cell: str) -> None:
        """Note the labels that a cell defines; the first cell of a page that defines one speaks for the others."""
        for token in tokens:
            if token.type == "footnote_reference_open":
                self.defined.setdefault(token.meta["label"], cell)

    def refer(self, key: Key) -> str:
        """Use a note once more → the number that links to it, as HTML. A note that is new gets the next number."""
        note = self.used.setdefault(key, Footnote(len(self.used) + 1))
        note.uses += 1
        id = f"fnref:{note.number}" if note.uses == 1 else f"fnref{note.uses}:{note.number}"
        return f'<sup id="{id}"><a class="footnote-ref" href="#fn:{note.number}">{note.number}</a></sup>'

    def list(self, words: Words) -> str:
        """The notes as HTML, each with links back to the text."""
        if not self.used:
            return ""
        items = [self._item(key, note, words("footnote.back", number=note.number)) for key, note in self.used.items()]
        return '<div class="footnote">\n<hr />\n<ol>\n' + "".join(items) + "</ol>\n</div>\n"

    def _item(self, key: Key, note: Footnote, back: str) -> str:
        links = ""
        for use in range(1, note.uses + 1):
            id = f"fnref:{note.number}" if use == 1 else f"fnref{use}:{note.number}"
            links += f'&#160;<a class="footnote-backref" href="#{id}" title="{back}">&#8617;&#xFE0E;</a>'
        html = self.html.get(key, "").rstrip()
        html = html[: -len("</p>")] + links + "</p>" if html.endswith("</p>") else f"{html}\n<p>{links}</p>"
        return f'<li id="fn:{note.number}">\n{html}\n</li>\n'


def _labels(state: StateCore) -> None:
    """Note which labels this cell defines, before references to them are read."""
    labels = {token.meta["label"] for token in state.tokens if token.type == "footnote_reference_open"}
    state.env["footnote_labels"] = labels


def _take_out(state: StateCore) -> None:
    """Move definitions out of the text, into `env`, by label."""
    definitions: dict[str, list[Token]] = {}
    kept: list[Token] = []
    open_labels: list[str] = []
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            open_labels.append(token.meta["label"])
            definitions.setdefault(open_labels[-1], [])
        elif token.type == "footnote_reference_close":
            open_labels.pop()
        else:
            (definitions[open_labels[-1]] if open_labels else kept).append(token)
    state.tokens = kept
    state.env["footnote_definitions"] = definitions


_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")


def _reference(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or not (match := _REFERENCE.match(state.src, state.pos, state.posMax)):
        return False
    notes: Footnotes = state.env["footnotes_of_page"]
    label = match[1]
    owner = state.env["cell"] if label in state.env.get("footnote_labels", ()) else notes.defined.get(label)
    if owner is None:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"key": (owner, label)}
    state.pos = match.end()
    return True


def _inline(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("^[", state.pos):
        return False
    end = parseLinkLabel(state, state.pos + 1)
    if end < 0:
        return False
    if not silent:
        content: list[Token] = []
        state.md.inline.parse(state.src[state.pos + 2 : end], state.md, state.env, content)
        meta: dict[str, Any] = {"content": content}
        state.push("footnote_ref", "", 0).meta = meta
    state.pos = end + 1
    return True
