"""LaTeX math → MathML, so that a page needs no script to show it.

math-core does the work. What authors write in Jupyter and marimo is wider than what it knows (both render with
MathJax or KaTeX), so a few constructs are rewritten to equivalent ones first (`math_rewrite`), what browsers do not
draw is written otherwise afterwards (`math_finish`), and what math-core has never heard of goes to latex2mathml where
that one can be relied on (`math_fallback`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape

from math_core import LatexError, LatexToMathML

from nbpublish.page.math_fallback import fallback
from nbpublish.page.math_finish import finished, prepared
from nbpublish.page.math_rewrite import rewrite


class MathError(ValueError):
    """LaTeX that cannot be converted: why, and where in the source it went wrong, as character offsets."""

    def __init__(self, message: str, span: tuple[int, int]) -> None:
        super().__init__(message)
        self.message = message
        self.span = span

    def said(self, latex: str) -> str:
        """What its author is told: what is wrong, where, and what to do."""
        place = latex[slice(*self.span)].strip()
        near = f" near `{place}`" if place else ""
        return f"This formula cannot be shown{near}: {' '.join(self.message.split())} Correct its LaTeX."


class Equations:
    """Converts the math of one page: equation numbers, labels and macros hold from cell to cell."""

    def __init__(self) -> None:
        self._converter = LatexToMathML(fancy_error=False, global_group=True)

    def to_mathml(self, latex: str, *, display: bool) -> str:
        """As `to_mathml` below; a `\\eqref` to an equation further down the page shows `(??)`."""
        convert = self._converter.convert_with_global_state
        return _convert(latex, display, lambda source: convert(source, displaystyle=display))


def to_mathml(latex: str, *, display: bool) -> str:
    """A formula without its dollar signs → one `<math>` element. Raises MathError."""
    convert = _converter().convert_with_local_state
    return _convert(latex, display, lambda source: convert(source, displaystyle=display))


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def with_source(mathml: str, latex: str) -> str:
    r"""The MathML of a formula with the LaTeX that readers copy: the author's, without `\label`.

    An attribute, for an `annotation` needs `semantics` and a row around the formula, which weigh more, and which keep
    style sheets from the rows of an equation.
    """
    said = _LABEL.sub("", latex).strip()
    return mathml.replace("<math", f'<math data-nb-tex="{escape(said)}"', 1) if said else mathml


_LABEL = re.compile(r"\s*\\label\s*\{[^{}]*\}")


def _convert(latex: str, display: bool, convert: Callable[[str], str]) -> str:
    named, colours = prepared(latex)
    source = rewrite(named)
    try:
        mathml = convert(source)
    except LatexError as error:
        offset, _, message = str(error).partition(": ")
        if message.startswith("Unknown") and (other := fallback(latex, display=display)):
            return other
        start = _position(latex, source, int(offset) if offset.isdecimal() else 0)
        raise MathError(message or str(error), (start, _token_end(latex, start))) from None
    return finished(mathml, latex, colours)


def _position(latex: str, source: str, offset: int) -> int:
    """Where the author wrote what stands at `offset` of the rewritten source; the start where that is unknown."""
    if source[:offset] == latex[:offset]:
        return offset
    token = source[offset : _token_end(source, offset)]
    return max(latex.find(token), 0) if token else 0


def _token_end(latex: str, start: int) -> int:
    match = re.compile(r"\\[A-Za-z]+|\\?.", re.S).match(latex, start)
    return match.end() if match else start
