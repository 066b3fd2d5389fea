"""References in `.md` pages, which Python-Markdown renders: an extension of it.

They are written as in notebooks (`page/markdown/references.py`). Equations are those of `formulas_extension.py`, and
figures and tables get their numbers from the finished HTML (`page/captions.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.inlinepatterns import InlineProcessor  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]
from markdown.util import AtomicString  # type: ignore[import-untyped]

from nbpublish.page.labels import Form
from nbpublish.page.markdown import references as written
from nbpublish.page.messages import Words


class Labels(Extension):  # type: ignore[misc]
    """Makes marks of references."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.registerExtension(self)
        # before code in backquotes (190), escapes (180) and links by name (170), but after the addresses of links (160)
        md.inlinePatterns.register(_Pattern(written.ROLE.pattern, md, _role), "nbpublish-role", 191)
        md.inlinePatterns.register(_Pattern(written.LATEX.pattern, md, _latex), "nbpublish-latex", 181)
        md.inlinePatterns.register(_Pattern(written.BRACKETS.pattern, md, _brackets), "nbpublish-references", 175)
        md.inlinePatterns.register(_Pattern(written.BARE.pattern, md, _bare), "nbpublish-reference", 128)
        md.ESCAPED_CHARS.append("@")
        md.treeprocessors.register(_Links(md), "nbpublish-links", 1)  # before MkDocs looks where links lead (0)


def _element(label: str, form: Form = "name", text: str = "", *, loose: bool = False) -> ElementTree.Element:
    element = ElementTree.Element("nb-ref", {"to": label, "form": form, **({"loose": ""} if loose else {})})
    element.text = AtomicString(text)
    return element


class _Pattern(InlineProcessor):  # type: ignore[misc]
    """One way to write a reference."""

    def __init__(self, pattern: str, md: Markdown, make: Callable[[re.Match[str]], ElementTree.Element]) -> None:
        super().__init__(pattern, md)
        self._make = make

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[ElementTree.Element, int, int]:  # noqa: N802
        return self._make(m), m.start(0), m.end(0)


def _bare(match: re.Match[str]) -> ElementTree.Element:
    return _element(written.label_of(match), loose=bool(match["loose"]))


def _role(match: re.Match[str]) -> ElementTree.Element:
    return _element(*written.read_role(match["role"], match["content"]))


def _latex(match: re.Match[str]) -> ElementTree.Element:
    return _element(match["label"].strip(), written.form_of(match))


def _brackets(match: re.Match[str]) -> ElementTree.Element:
    around = ElementTree.Element("span")
    for label, form, text in written.read_brackets(match):
        if len(around):
            around[-1].tail = Words("en")("label.and")
        around.append(_element(label, form, text))
    return around[0] if len(around) == 1 else around


class _Links(Treeprocessor):  # type: ignore[misc]
    """`[text](@fig-loss)` and `[text](#fig-loss)`."""

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter("a"):
            if label := written.label_in(element.get("href", "")):
                form = "text" if len(element) or (element.text or "").strip() else "name"
                element.tag, element.attrib = "nb-ref", {"to": label, "form": form}
