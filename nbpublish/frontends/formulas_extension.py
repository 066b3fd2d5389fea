r"""Formulas in `.md` pages → MathML, as in notebooks: an extension of Python-Markdown.

What is one is said by `page/markdown/math_rules.py`: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, LaTeX's environments. On a
site with an extension of its own for formulas only those with a label are ours, for that one cannot number them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from xml.etree import ElementTree

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.blockprocessors import BlockProcessor  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.inlinepatterns import InlineProcessor  # type: ignore[import-untyped]
from markdown.util import STX  # type: ignore[import-untyped]

from nbpublish.frontends.faults import Faults
from nbpublish.page.equations import NumberedEquations, labelled
from nbpublish.page.markdown.math_rules import ENVIRONMENTS, PAREN, dollars
from nbpublish.page.markdown.renderer import display_math
from nbpublish.page.markdown.tables import DELIMITERS, in_row
from nbpublish.page.math import MathError

_OTHERS = ("arithmatex", "math", "katex", "mathjax", "latex")
"""What is in the names of extensions that make formulas."""


def formulas_of_others(extensions: Iterable[object]) -> bool:
    """Whether a site has an extension of its own for formulas, by the names in its mkdocs.yml."""
    return any(word in str(name).lower() for name in extensions if isinstance(name, str) for word in _OTHERS)


class Formulas(Extension):  # type: ignore[misc]
    """Makes MathML of formulas; `only_labelled` leaves those without a label to others."""

    def __init__(self, faults: Faults, *, only_labelled: bool) -> None:
        super().__init__()
        self._faults, self._only_labelled = faults, only_labelled
        self.reset()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.registerExtension(self)
        md.parser.blockprocessors.register(_Displayed(md.parser, self), "nbpublish-formulas", 185)
        if not self._only_labelled:
            # after code in backquotes (190) and before escapes (180): a formula is full of backslashes
            md.inlinePatterns.register(_Within(md, self), "nbpublish-formula", 186)
            # before tables (75), which would end a cell at each bar
            md.parser.blockprocessors.register(_InTables(md.parser, self), "nbpublish-formulas-in-tables", 76)
            md.ESCAPED_CHARS.append("$")

    def reset(self) -> None:
        self._equations = NumberedEquations()

    def takes(self, latex: str, label: str) -> bool:
        """Whether a formula is ours."""
        return bool(latex.strip()) and (not self._only_labelled or bool(label) or "\\label" in latex)

    def html(self, latex: str, label: str, written: str, *, display: bool) -> str | None:
        """A formula as HTML; as its source where it is wrong. None for a wrong one that others may understand.

        `written` is the formula as it stands on the page.
        """
        try:
            return self._equations.to_mathml(labelled(latex, label), display=display, line=0)
        except MathError as error:
            if self._only_labelled:
                return None
            self._faults.add("math", error.said(latex), written, written.partition(latex)[0].count("\n"))
            said = self._faults.words.html("math.failed")
            return f'<code class="nb-math-error" title="{said}">{escape(latex)}</code>'

    def within(self, match: re.Match[str]) -> str:
        """A formula that stands in a line, as HTML; `match` is what `dollars` or `PAREN` found."""
        display = match[0].startswith("$$")
        html = self.html(match[1].strip(), "", match[0], display=display) or ""
        return display_math(html, "span") if display else html


_DISPLAYED = re.compile(
    rf"""^(?:\$\$(?P<dollars>(?:\\.|[^\\$])+?)\$\$
    |\\\[(?P<brackets>.+?)\\\]
    |(?P<environment>\\begin\{{(?P<name>(?:{ENVIRONMENTS})\*?)\}}.*?\\end\{{(?P=name)\}}))
    [ \t]*(?:\((?P<label>eq[^\s()]+)\)|\{{\#(?P<id>[^\s{{}}]+)\}})?[ \t]*(?P<tail>[.,;:。、，．]?)[ \t]*$""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


class _Displayed(BlockProcessor):  # type: ignore[misc]
    """Formulas that begin a line and end one."""

    def __init__(self, parser: object, formulas: Formulas) -> None:
        super().__init__(parser)
        self._formulas = formulas

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return _DISPLAYED.search(block) is not None

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> bool:
        for match in _DISPLAYED.finditer(blocks[0]):
            if (html := self._written(match)) is not None:
                break
        else:
            return False
        block = blocks.pop(0)
        if before := block[: match.start()].strip("\n"):
            self.parser.parseBlocks(parent, [before])
        if html:
            ElementTree.SubElement(parent, "p").text = self.parser.md.htmlStash.store(html)
        if after := block[match.end() :].strip("\n"):
            blocks.insert(0, after)
        return True

    def _written(self, match: re.Match[str]) -> str | None:
        latex = (match["dollars"] or match["brackets"] or match["environment"]).strip()
        label = match["label"] or match["id"] or ""
        if not self._formulas.takes(latex, label):
            return None
        html = self._formulas.html(latex, label, match[0], display=True)
        return None if html is None else display_math(html + match["tail"], "div")


class _Within(InlineProcessor):  # type: ignore[misc]
    """Formulas within a line."""

    def __init__(self, md: Markdown, formulas: Formulas) -> None:
        super().__init__(r"\\?\$|\\\(", md)
        self._formulas = formulas

    def handleMatch(  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        """The first formula from there on: Python-Markdown loses its place where a match is refused."""
        found = (_formula(data, opening) for opening in self.compiled_re.finditer(data, m.start(0)))
        match = next(filter(None, found), None)
        if match is None:
            return None, None, None
        return self.md.htmlStash.store(self._formulas.within(match)), match.start(0), match.end(0)


class _InTables(BlockProcessor):  # type: ignore[misc]
    """Formulas with bars in the rows of a table."""

    def __init__(self, parser: object, formulas: Formulas) -> None:
        super().__init__(parser)
        self._formulas = formulas

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        _, _, below = block.partition("\n")
        return "$" in below and DELIMITERS.match(below.partition("\n")[0].strip()) is not None

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> bool:
        """Put the finished formulas in, and leave the table to those who read tables."""
        rows = blocks[0].split("\n")
        blocks[0] = "\n".join(in_row(row, code=lambda code: code[0], formula=self._stashed) for row in rows)
        return False

    def _stashed(self, match: re.Match[str]) -> str:
        bare = "|" not in match[0] or not match[1].strip()
        return match[0] if bare else str(self.parser.md.htmlStash.store(self._formulas.within(match)))


def _formula(data: str, opening: re.Match[str]) -> re.Match[str] | None:
    """The formula that opens there; none in what becomes an attribute, and none around code.

    Attributes are the words of an image, and what stands in the parentheses of an image or a link.
    """
    start = opening.start(0)
    attributes = ("![", "]"), ("](", ")")
    if opening[0] == "\\$" or any(data.rfind(begin, 0, start) > data.rfind(end, 0, start) for begin, end in attributes):
        return None
    match = dollars(data, start, len(data)) if opening[0] == "$" else PAREN.match(data, start)
    return match if match and match[1].strip() and STX not in match[1] else None
