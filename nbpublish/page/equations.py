r"""Numbered equations: LaTeX with `\label`, `\tag` and references → MathML with marks for numbers and references.

The converter counts the equations of a page and links to those above on the same page. Here it only says which rows
have a number. What the number is, and where a reference leads, is known once all pages are written (`labels.py`).
"""

from __future__ import annotations

import re

from nbpublish.page.html import attributes
from nbpublish.page.labels import number_mark, reference_mark
from nbpublish.page.markdown.references import LATEX, form_of
from nbpublish.page.math import Equations, with_source

_NAMED = re.compile(r"\\(?P<command>tag\*?|label)\s*\{(?P<text>(?:[^{}]|\{[^{}]*\})*)\}")
_ROW = re.compile(r'<mtd style="(?P<style>[^"]*)"(?: id="(?P<id>[^"]*)")?><mtext>\((?P<number>\w+)\)</mtext></mtd>')
_HELD = re.compile("\ue030(\\d+)\ue031")


class NumberedEquations:
    """Converts the math of one page."""

    def __init__(self) -> None:
        self._converter = Equations()
        self._texts: dict[str, str] = {}
        """Labels and tags in any script, by the ASCII names that stand for them in LaTeX."""

    def to_mathml(self, latex: str, *, display: bool, line: int) -> str:
        """A formula without its dollar signs → `<math>` with marks; a reference alone → a mark. Raises MathError."""
        if alone := LATEX.fullmatch(latex.strip()):
            return reference_mark(alone["label"].strip(), form_of(alone), line)
        if "\\" not in latex:
            return with_source(self._converter.to_mathml(latex, display=display), latex)
        references: list[str] = []

        def held(match: re.Match[str]) -> str:
            references.append(reference_mark(match["label"].strip(), "number", line))
            return f"\\text{{\ue030{len(references) - 1}\ue031}}"

        source = _NAMED.sub(self._named, LATEX.sub(held, latex))
        mathml = self._converter.to_mathml(source, display=display)
        mathml = _ROW.sub(lambda row: self._row(row, line), mathml)
        return with_source(_HELD.sub(lambda match: references[int(match[1])], mathml), latex)

    def _named(self, match: re.Match[str]) -> str:
        name = f"nb{len(self._texts)}"
        self._texts[name] = match["text"].strip()
        return f"\\{match['command'].removesuffix('*')}{{{name}}}"

    def _row(self, row: re.Match[str], line: int) -> str:
        """The cell with the number of one row of an equation."""
        label, tag = self._texts.get(row["id"] or "", ""), self._texts.get(row["number"])
        shown = None if tag is None else re.sub(r"\\[A-Za-z]+|[{}$]", "", tag)
        mark = number_mark("equation", label, line, "alone", shown)
        attrs = attributes(class_="nb-equation-number", id=label or None, style=row["style"])
        return f"<mtd{attrs}><mtext>{mark}</mtext></mtd>"


def labelled(latex: str, label: str) -> str:
    """The formula with its `label`, inside its environment where that one numbers."""
    if not label or r"\label" in latex:
        return latex
    if match := re.match(r"\\begin\{(?:align|equation|gather|multline)\}", latex):
        return rf"{match[0]}\label{{{label}}}{latex[match.end() :]}"
    return latex if re.match(r"\\begin\{\w+\*\}", latex) else rf"{latex}\label{{{label}}}"
