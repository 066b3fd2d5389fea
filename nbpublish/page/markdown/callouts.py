"""Notes, warnings and folded parts: the tokens behind `!!!`, `???`, `///`, `:::`, `> [!NOTE]` and ```` ```{note} ````.

The class names are Python-Markdown's, which every MkDocs theme styles: `admonition`, the kind, `admonition-title`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from nbpublish.page.messages import Words

KINDS = frozenset(
    {
        "abstract", "admonition", "attention", "bug", "caution", "danger", "error", "example", "exercise", "failure",
        "hint", "important", "info", "note", "question", "quote", "seealso", "solution", "success", "summary", "tip",
        "tldr", "todo", "warning",
    }
)

def default_title(kind: str, words: Words) -> str:
    """The title of a callout to which its author gave none."""
    try:
        return words(f"callout.{kind}")
    except KeyError:
        return kind.replace("-", " ").capitalize()


def callout_tokens(
    kind: str,
    title: str | None,
    *,
    words: Words,
    fold: bool | None = None,
    attrs: Mapping[str, str] = {},
    map: list[int] | None = None,
) -> tuple[list[Token], Token]:
    """The tokens before the content of a callout and the one after it.

    A `title` of None is the kind's own, an empty one is none. `fold` makes it <details>: True folded, False open.
    """
    folds = fold is not None
    classes = ["admonition", kind, *attrs.get("class", "").split()]
    opening = _block("callout_open", "details" if folds else "div", 1, map)
    opening.attrs = {**attrs, "class": " ".join(dict.fromkeys(filter(None, classes)))}
    if fold is False:
        opening.attrs["open"] = "open"
    tokens = [opening]
    if title is None or (folds and not title):
        title = default_title(kind or "details", words)
    if title:
        before = _block("callout_title_open", "summary" if folds else "p", 1, map)
        if not folds:
            before.attrs = {"class": "admonition-title"}
        inline = _block("inline", "", 0, map and [map[0], map[0] + 1])
        inline.content, inline.children = title, []
        tokens += before, inline, _block("callout_title_close", "summary" if folds else "p", -1, None)
    return tokens, _block("callout_close", opening.tag, -1, None)


def _block(type: str, tag: str, nesting: Any, map: list[int] | None) -> Token:
    return Token(type, tag, nesting, map=map, block=True)


def push_callout(
    state: StateBlock,
    lines: tuple[int, int, int],
    kind: str,
    title: str | None,
    *,
    fold: bool | None = None,
    attrs: Mapping[str, str] = {},
    indent: int = 0,
) -> None:
    """Push a callout whose content stands between the second and the third of `lines`; the first is its opening."""
    start, first, end = lines
    words: Words = state.env["words"]
    opening, closing = callout_tokens(kind, title, words=words, fold=fold, attrs=attrs, map=[start, end])
    push_block(state, (first, end), opening, closing, indent=indent)


def push_block(
    state: StateBlock, lines: tuple[int, int], opening: list[Token], closing: Token, *, indent: int = 0
) -> None:
    """Push `opening`, the blocks in `lines`, which are indented by `indent` more columns, and `closing`."""
    for token in opening:
        token.level = state.level
    state.tokens += opening
    state.level += 1
    before = state.parentType, state.lineMax, state.blkIndent, state.tight
    state.parentType, state.lineMax, state.blkIndent = "container", lines[1], state.blkIndent + indent
    state.md.block.tokenize(state, *lines)
    state.parentType, state.lineMax, state.blkIndent, state.tight = before
    state.level -= 1
    closing.level = state.level
    state.tokens.append(closing)
