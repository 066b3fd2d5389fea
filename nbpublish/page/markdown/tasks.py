"""`- [x] done`: lists of tasks; markdown-it finds them, here they get pymdownx's class name as well."""

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
        elif token.type == "list_item_open" and "checked" in token.meta and not lists[-1].meta.get("tasks"):
            add_attributes(lists[-1].attrs, {"class": "task-list"})
            lists[-1].meta = {"tasks": True}
