"""Tokens → HTML, where markdown-it's own rules are not enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from nbpublish.page.markdown.fences import fence_html


class ProseRenderer(RendererHTML):
    """Each method is the rule for the tokens of its name."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return fence_html(tokens[idx]) + "\n"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return fence_html(tokens[idx]) + "\n"

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """The box of a task has a name, for those who hear the page."""
        html: str = super().list_item_open(tokens, idx, options, env)
        label = escape(env["words"]("task.label"))
        return html.replace(' type="checkbox"', f' type="checkbox" aria-label="{label}"')

    def markup(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return tokens[idx].content

    footnote_ref = number = markup

    def diagram(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return tokens[idx].content + "\n"

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        return display_math(token.content, "span") if token.meta["display"] else token.content

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        tail = escape(token.meta.get("tail") or "")
        return display_math(token.content + tail, "div", self.renderAttrs(token)) + "\n"

    def anchor(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<a{self.renderAttrs(tokens[idx])}></a>\n"

    def problem(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""


_EMPTY = re.compile(r"<math[^>]*></math>")


def display_math(mathml: str, tag: str, attrs: str = "") -> str:
    """A formula of its own line in a box that the reader can scroll; `span` within a paragraph.

    A formula that only defines macros shows nothing.
    """
    if _EMPTY.fullmatch(mathml):
        return ""
    return f'<{tag} class="nb-math" tabindex="0"{attrs}>{mathml}</{tag}>'
