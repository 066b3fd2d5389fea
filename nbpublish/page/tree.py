"""JSON as a tree that opens and closes without a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nbpublish.page.context import Context
from nbpublish.page.html import escape

_DEEPEST = 40
_LONG_LIST = 1000
"""Items of one list that are shown; the number of all stands beside it."""

Leaf = Callable[[str], str | None]


def tree(value: object, context: Context, leaf: Leaf | None = None) -> str:
    """`div.nb-tree`. `leaf` may give HTML for a string that means more than its text."""
    return f'<div class="nb-tree">{_node(value, context, leaf, 0)}</div>'


def _node(value: object, context: Context, leaf: Leaf | None, depth: int) -> str:
    if isinstance(value, Mapping):
        pairs = [(f'<span class="nb-key">{escape(key)}</span>: ', item) for key, item in value.items()]
        return _branch("{", "}", pairs, context, leaf, depth)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return _branch("[", "]", [("", item) for item in value], context, leaf, depth)
    return _leaf(value, leaf)


def _branch(
    start: str, end: str, pairs: list[tuple[str, object]], context: Context, leaf: Leaf | None, depth: int
) -> str:
    if not pairs:
        return f'<code class="nb-constant">{start}{end}</code>'
    count = escape(context.words("tree.items", count=len(pairs)))
    summary = f"<summary><code>{start}{end}</code> <small>{count}</small></summary>"
    if depth >= _DEEPEST:
        return f"<span>{escape(context.words('tree.deeper'))}</span>"
    items = [f"<li>{key}{_node(item, context, leaf, depth + 1)}</li>" for key, item in pairs[:_LONG_LIST]]
    if len(pairs) > _LONG_LIST:
        items.append("<li>…</li>")
    opened = " open" if depth == 0 else ""
    return f"<details{opened}>{summary}<ul>{''.join(items)}</ul></details>"


def _leaf(value: object, leaf: Leaf | None) -> str:
    if isinstance(value, str):
        special = leaf(value) if leaf else None
        return special if special is not None else f'<code class="nb-string">{escape(_quoted(value))}</code>'
    if value is None or isinstance(value, bool):
        return f'<code class="nb-constant">{ {None: "null", True: "true", False: "false"}[value] }</code>'
    return f'<code class="nb-number">{escape(value)}</code>'


def _quoted(text: str) -> str:
    return f'"{text}"'
