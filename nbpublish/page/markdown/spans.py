"""Pieces of a line that share one way of parsing: a start, content that is Markdown itself, and an end."""

from __future__ import annotations

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token


def push_span(state: StateInline, tag: str, start: int, end: int, resume: int) -> Token:
    """Parse `src[start:end]` inside an element `tag` and go on at `resume`; the opening token can take attributes."""
    maximum = state.posMax
    opening = state.push("markup_open", tag, 1)
    state.pos, state.posMax = start, end
    state.md.inline.tokenize(state)
    state.push("markup_close", tag, -1)
    state.pos, state.posMax = resume, maximum
    return opening


def push_html(state: StateInline, html: str, resume: int) -> None:
    """Put finished HTML of ours into the line and go on at `resume`."""
    state.push("markup", "", 0).content = html
    state.pos = resume
