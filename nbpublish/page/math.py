"""LaTeX math → MathML, so that a page needs no script to show it.

math-core does the work. What authors write in Jupyter and marimo is wider than what it knows (both render with
MathJax or KaTeX), so a few constructs are rewritten to equivalent ones first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from math_core import LatexError, LatexToMathML


class MathError(ValueError):
    """LaTeX that cannot be converted: why, and where in the source it went wrong, as character offsets."""

    def __init__(self, message: str, span: tuple[int, int]) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class Equations:
    """Converts the math of one page: equation numbers, labels and macros hold from cell to cell."""

    def __init__(self) -> None:
        self._converter = LatexToMathML(fancy_error=False, global_group=True)

    def to_mathml(self, latex: str, *, display: bool) -> str:
        """As `to_mathml` below; a `\\eqref` to an equation further down the page shows `(??)`."""
        return _convert(latex, lambda source: self._converter.convert_with_global_state(source, displaystyle=display))


def to_mathml(latex: str, *, display: bool) -> str:
    """A formula without its dollar signs → one `<math>` element. Raises MathError."""
    return _convert(latex, lambda source: _converter().convert_with_local_state(source, displaystyle=display))


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def _convert(latex: str, convert: Callable[[str], str]) -> str:
    source = rewrite(latex)
    try:
        mathml = convert(source)
    except LatexError as error:
        offset, _, message = str(error).partition(": ")
        start = _position(latex, source, int(offset) if offset.isdecimal() else 0)
        raise MathError(message or str(error), (start, _token_end(latex, start))) from None
    # <menclose> is not part of MathML Core, which is what browsers implement
    return mathml.replace('<menclose notation="box">', '<mrow class="nb-boxed">').replace("</menclose>", "</mrow>")


def _position(latex: str, source: str, offset: int) -> int:
    """Where the author wrote what stands at `offset` of the rewritten source; the start where that is unknown."""
    if source[:offset] == latex[:offset]:
        return offset
    token = source[offset : _token_end(source, offset)]
    return max(latex.find(token), 0) if token else 0


def _token_end(latex: str, start: int) -> int:
    match = re.compile(r"\\[A-Za-z]+|\\?.", re.S).match(latex, start)
    return match.end() if match else start


# --- rewriting ------------------------------------------------------------------------------------------------------

_SIMPLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\(begin|end)\{split\}", r"\\\1{aligned}"),
        (r"\\(begin|end)\{eqnarray(\*?)\}", r"\\\1{align\2}"),
        (r"\\begin\{alignat(\*?)\}\s*\{\d+\}", r"\\begin{align\1}"),
        (r"\\end\{alignat(\*?)\}", r"\\end{align\1}"),
        (r"\\begin\{alignedat\}\s*\{\d+\}", r"\\begin{aligned}"),
        (r"\\end\{alignedat\}", r"\\end{aligned}"),
        (r"\\(begin|end)\{smallmatrix\}", r"\\\1{matrix}"),
        (r"\\(?:mbox|hbox|textnormal)(?=\s*\{)", r"\\text"),
        (r"\\mathop\s*\{\s*\\(?:mathrm|rm|text)\s*\{([^{}]*)\}\s*\}(?:\s*\\limits)?", r"\\operatorname*{\1}"),
        (r"\\operatorname\*?\s*\{([^{}]*)\}\s*\\limits", r"\\operatorname*{\1}"),
        (r"\\arg(max|min)(?![A-Za-z])", r"\\operatorname*{arg\,\1}"),
        (r"\\require\s*\{[^{}]*\}", ""),
        (r"\\(La)?TeX(?![A-Za-z])", r"\\text{\1TeX}"),
        (r"(?<!\\)\\(?=\n)", r"\\ "),
        (r"\\DeclareMathOperator(\*?)\s*\{(\\[A-Za-z]+)\}\s*\{([^{}]*)\}", r"\\def\2{\\operatorname\1{\3}}"),
    )
)
_COMMAND = re.compile(r"\\(?:new|renew|provide)command\*?\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?(?=\s*\{)")
_NUMBERED = re.compile(r"\\(?:tag\*?|label)\s*\{")
_NUMBERS = re.compile(r"\\begin\{(?:align|equation|flalign|gather|multline)\*?\}")
_SUBSTACK = re.compile(r"\\substack\s*\{")
_TEXT = re.compile(r"\\(?:text|textrm|textbf|textit)\s*\{")


def rewrite(latex: str) -> str:
    """The same formula in the LaTeX that math-core knows."""
    source = latex
    if "\\" not in source:
        return source
    for pattern, replacement in _SIMPLE:
        source = pattern.sub(replacement, source)
    # MathJax lets a page define a command again
    source = _COMMAND.sub(lambda match: rf"\def{match[1]}{_parameters(match[2])}", source)
    source = _replace_groups(source, _SUBSTACK, lambda _, body: rf"\begin{{subarray}}{{c}}{body}\end{{subarray}}")
    source = _replace_groups(source, _TEXT, _math_out_of_text)
    if _NUMBERED.search(source) and not _NUMBERS.search(source):
        environment = "equation*" if r"\tag" in source else "equation"
        source = rf"\begin{{{environment}}}{source}\end{{{environment}}}"
    return source


def _parameters(count: str | None) -> str:
    return "".join(f"#{number}" for number in range(1, int(count or 0) + 1))


def _math_out_of_text(command: str, body: str) -> str:
    """`\\text{a $x$ b}` → `\\text{a }x\\text{ b}`."""
    parts = re.split(r"(?<!\\)\$", body)
    if len(parts) % 2 == 0:
        return command + body + "}"
    return "".join(part if index % 2 else command + part + "}" for index, part in enumerate(parts) if part)


def _replace_groups(source: str, start: re.Pattern[str], replace: Callable[[str, str], str]) -> str:
    """Replace each `start…}`, with balanced braces, by `replace(start, body)`; an unclosed one stays."""
    done: list[str] = []
    position = 0
    while match := start.search(source, position):
        end = _group_end(source, match.end())
        if end is None:
            break
        done += source[position : match.start()], replace(match[0], source[match.end() : end])
        position = end + 1
    return "".join(done) + source[position:]


def _group_end(source: str, position: int) -> int | None:
    """Position of the brace that closes a group open at `position`."""
    depth = 1
    while position < len(source):
        char = source[position]
        if char == "\\":
            position += 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not depth:
                return position
        position += 1
    return None
