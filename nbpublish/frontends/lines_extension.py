"""Lines of Japanese and Chinese in `.md` pages are joined without a space, as in notebooks: an extension of
Python-Markdown.

`page/markdown/softbreaks.py` says between which characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]

from nbpublish.page.markdown.softbreaks import joins_without_space

_WITHIN = frozenset(
    {"a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "nb-ref", "span", "strong", "sub", "sup"}
)
"""Elements within a line."""
_BREAK = re.compile(r"[ \t]*\n[ \t]*")


class Lines(Extension):  # type: ignore[misc]
    """Has Python-Markdown join such lines in every page that it renders."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_Join(md), "nbpublish-lines", 15)  # after what stands within lines is known (20)


@dataclass
class _Piece:
    """A text in the tree."""

    owner: ElementTree.Element
    where: Literal["text", "tail"]

    @property
    def text(self) -> str:
        return getattr(self.owner, self.where) or ""


class _Join(Treeprocessor):  # type: ignore[misc]
    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag not in _WITHIN and element.tag != "pre":
                for run in _runs(element):
                    _join(run)


def _runs(block: ElementTree.Element) -> Iterator[list[_Piece]]:
    """Texts that follow each other within a line, for all lines that stand in a block and in none within it."""
    run = [_Piece(block, "text")]
    for child in block:
        if child.tag in _WITHIN:
            run += _pieces(child)
        else:
            yield run
            run = []
        run.append(_Piece(child, "tail"))
    yield run


def _pieces(element: ElementTree.Element) -> Iterator[_Piece]:
    yield _Piece(element, "text")
    for child in element:
        yield from _pieces(child)
        yield _Piece(child, "tail")


def _join(run: list[_Piece]) -> None:
    for at, piece in enumerate(run):
        if "\n" not in piece.text or (piece.owner.tag == "code" and piece.where == "text"):
            continue
        text = piece.text
        before = "".join(other.text for other in run[:at])
        after = "".join(other.text for other in run[at + 1 :])

        def joined(match: re.Match[str]) -> str:
            left, right = (before + text[: match.start()])[-1:], (text[match.end() :] + after)[:1]  # noqa: B023
            wide = left and right and joins_without_space(left) and joins_without_space(right)
            return "" if wide else match[0]

        setattr(piece.owner, piece.where, _BREAK.sub(joined, text))
