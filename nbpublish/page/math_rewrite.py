"""LaTeX as authors write it → the same formula in the LaTeX that math-core knows."""

from __future__ import annotations

import re
from collections.abc import Callable

_SIMPLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\DeclareMathOperator(\*?)\s*\{(\\[A-Za-z]+)\}\s*\{([^{}]*)\}", r"\\def\2{\\operatorname\1{\3}}"),
        (r"\\(begin|end)\{split\}", r"\\\1{aligned}"),
        (r"\\(begin|end)\{eqnarray(\*?)\}", r"\\\1{align\2}"),
        (r"\\begin\{alignat(\*?)\}\s*\{\d+\}", r"\\begin{align\1}"),
        (r"\\end\{alignat(\*?)\}", r"\\end{align\1}"),
        (r"\\begin\{alignedat\}\s*\{\d+\}", r"\\begin{aligned}"),
        (r"\\end\{alignedat\}", r"\\end{aligned}"),
        (r"\\(begin|end)\{smallmatrix\}", r"\\\1{matrix}"),
        (r"(\\begin\{array\}\s*\{)@\{\}", r"\1"),
        (r"(\\begin\{array\}\s*\{[^{}]*)@\{\}", r"\1"),
        (r"\\(?:mbox|hbox|textnormal)(?=\s*\{)", r"\\text"),
        (r"\\mathop\s*\{\s*\\(?:mathrm|rm|text)\s*\{([^{}]*)\}\s*\}(?:\s*\\limits)?", r"\\operatorname*{\1}"),
        (r"\\mathop\s*\{\s*\\rm\s+([^{}]*)\}(?:\s*\\limits)?", r"\\operatorname*{\1}"),
        (r"\\operatorname\*?\s*\{([^{}]*)\}\s*\\limits", r"\\operatorname*{\1}"),
        (r"\\pmb(?![A-Za-z])", r"\\boldsymbol"),
        (r"\\math(?:bbm|ds)(?![A-Za-z])", r"\\mathbb"),
        (r"\\smash(?:\[[bt]\])?(?![A-Za-z])", ""),
        (r"\\strut(?![A-Za-z])", r"\\mathstrut"),
        (r"\\varlimsup(?![A-Za-z])", r"\\overline{\\lim}"),
        (r"\\varliminf(?![A-Za-z])", r"\\underline{\\lim}"),
        (r"\\require\s*\{[^{}]*\}", ""),
        (r"\\(La)?TeX(?![A-Za-z])", r"\\text{\1TeX}"),
        (r"(?<!\\)\\(?=\n)", r"\\ "),
    )
)
_COMMAND = re.compile(r"\\(?:new|renew|provide)command\*?\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?(?=\s*\{)")
_NUMBERED = re.compile(r"\\(?:tag\*?|label)\s*\{")
_NUMBERS = re.compile(r"\\begin\{(?:align|equation|flalign|gather|multline)\*?\}")
_SUBSTACK = re.compile(r"\\substack\s*\{")
_TEXT = re.compile(r"\\(?:text|textrm|textbf|textit)\s*\{")
_PLAIN_TEX = re.compile(r"\\(cases|p?matrix|displaylines)\s*\{")


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
    source = _replace_groups(source, _PLAIN_TEX, _environment)
    source = _replace_groups(source, _TEXT, _math_out_of_text)
    if _NUMBERED.search(source) and not _NUMBERS.search(source):
        environment = "equation*" if r"\tag" in source else "equation"
        source = rf"\begin{{{environment}}}{source}\end{{{environment}}}"
    return source


def _environment(command: str, body: str) -> str:
    r"""`\cases{a & b \cr c & d}` of plain TeX, as an environment."""
    name = command.strip("\\{ ").replace("displaylines", "gathered")
    rows = re.sub(r"\\cr(?![A-Za-z])", r"\\\\", body)
    return rf"\begin{{{name}}}{rows}\end{{{name}}}"


def _parameters(count: str | None) -> str:
    return "".join(f"#{number}" for number in range(1, int(count or 0) + 1))


def _math_out_of_text(command: str, body: str) -> str:
    r"""`\text{a $x$ b}` → `\text{a }x\text{ b}`."""
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
