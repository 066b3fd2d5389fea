r"""References and numbered equations in `.md` pages, which Python-Markdown renders: an extension of it.

References are written as in notebooks (`page/markdown/references.py`), and so are equations with a label: `$$ … $$
{#eq-loss}`, or with `\label` within. Other formulas are left to the extensions of the site. Figures and tables get
their numbers from the finished HTML (`page/captions.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.blockprocessors import BlockProcessor  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.inlinepatterns import InlineProcessor  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]
from markdown.util import AtomicString  # type: ignore[import-untyped]

from nbpublish.page.equations import NumberedEquations, labelled
from nbpublish.page.labels import Form
from nbpublish.page.markdown import references as written
from nbpublish.page.markdown.renderer import display_math
from nbpublish.page.math import MathError
from nbpublish.page.messages import Words


class Labels(Extension):  # type: ignore[misc]
    """Makes marks of references and of the numbers of equations."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.registerExtension(self)
        self.equations = _Equations(md.parser)
        # before code in backquotes (190), escapes (180) and links by name (170), but after the addresses of links (160)
        md.inlinePatterns.register(_Pattern(written.ROLE.pattern, md, _role), "nbpublish-role", 191)
        md.inlinePatterns.register(_Pattern(written.LATEX.pattern, md, _latex), "nbpublish-latex", 181)
        md.inlinePatterns.register(_Pattern(written.BRACKETS.pattern, md, _brackets), "nbpublish-references", 175)
        md.inlinePatterns.register(_Pattern(written.BARE.pattern, md, _bare), "nbpublish-reference", 128)
        md.ESCAPED_CHARS.append("@")
        md.parser.blockprocessors.register(self.equations, "nbpublish-equation", 185)
        md.treeprocessors.register(_Links(md), "nbpublish-links", 1)  # before MkDocs looks where links lead (0)

    def reset(self) -> None:
        self.equations.reset()


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


_EQUATION = re.compile(
    r"^\$\$(?P<latex>.+?)\$\$[ \t]*(?:\((?P<label>eq[^\s()]+)\)|\{#(?P<id>[^\s{}]+)\})?[ \t]*$", re.DOTALL
)
_ENVIRONMENT = re.compile(r"^(?P<latex>\\begin\{(align|equation|gather|multline)\}.*\\end\{\2\})\s*$", re.DOTALL)


class _Equations(BlockProcessor):  # type: ignore[misc]
    """Equations with a label."""

    def __init__(self, parser: object) -> None:
        super().__init__(parser)
        self.reset()

    def reset(self) -> None:
        self._converter = NumberedEquations()

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return block.startswith(("$$", "\\begin{")) and ("\\label" in block or "eq" in block.rpartition("$$")[2])

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> bool:
        match = _EQUATION.match(blocks[0]) or _ENVIRONMENT.match(blocks[0])
        if not match:
            return False
        found = match.groupdict()
        label = found.get("label") or found.get("id") or ""
        if not label and "\\label" not in match["latex"]:
            return False
        try:
            mathml = self._converter.to_mathml(labelled(match["latex"].strip(), label), display=True, line=0)
        except MathError:  # the site's own extension may know it
            return False
        blocks.pop(0)
        html = self.parser.md.htmlStash.store(display_math(mathml, "div"))
        ElementTree.SubElement(parent, "p").text = html
        return True
