"""Markdown → tokens, remembered: in a preview all cells but one are as they were after each save."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from nbpublish.page.markdown.parser import parser
from nbpublish.remembered import remembered

GIVEN = ("page_references", "footnotes_of_page", "cell", "words", "slugify", "autorefs")
"""What the rules know of the cell and the page; all else in the `env` of a parse they have left there."""


def parsed(text: str, env: dict[str, Any]) -> list[Token]:
    """The tokens of a cell's Markdown, which may be changed; what the rules leave for each other is put into `env`."""
    told = (env["cell"], env["words"].language, env["slugify"], env["autorefs"])
    defined = (env["page_references"], env["abbreviations"], env["footnotes_of_page"].defined)
    tokens, left = pickle.loads(_packed(_Asked((text, *told, repr(defined)), dict(env))))
    env.update(left)
    found: list[Token] = tokens
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The text and all that its tokens depend on; `env`, which has the same as the rules want it, is used up."""

    key: tuple[Any, ...]
    env: dict[str, Any] = field(compare=False)


@remembered
def _packed(asked: _Asked) -> bytes:
    """Tokens and what was left, as bytes: they are read several times faster than tokens are copied."""
    tokens = parser().parse(asked.key[0], asked.env)
    left = {name: value for name, value in asked.env.items() if name not in GIVEN}
    asked.env.clear()
    return pickle.dumps((tokens, left))
