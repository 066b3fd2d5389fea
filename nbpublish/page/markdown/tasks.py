"""`- [x] done`: lists of tasks, with Python-Markdown's class names."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from nbpublish.page.markdown.attributes import add_attributes


def tasks(md: MarkdownIt) -> None:
    md.core.ruler.after("block", "tasks", _tasks)


def _tasks(state: StateCore) -> None:
    lists = []
    for token in state.tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open" and "checked" in token.meta:
            add_attributes(token.attrs, {"class": "task-list-item"})
            if "task-list" not in str(lists[-1].attrs.get("class", "")).split():
                add_attributes(lists[-1].attrs, {"class": "task-list"})
