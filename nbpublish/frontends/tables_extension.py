"""An empty cell in the head of a table heads nothing, in `.md` pages too: an extension of Python-Markdown.

`page/markdown/tables.py` says the same of the tables of notebooks.
"""

from __future__ import annotations

from xml.etree import ElementTree

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]


class Tables(Extension):  # type: ignore[misc]
    """Has Python-Markdown do so in every page that it renders."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_Heads(md), "nbpublish-tables", 14)  # after what stands within lines is known (20)


class _Heads(Treeprocessor):  # type: ignore[misc]
    def run(self, root: ElementTree.Element) -> None:
        for cell in root.iter("th"):
            if not len(cell) and not (cell.text or "").strip():
                cell.tag = "td"
