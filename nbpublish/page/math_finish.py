"""MathML of a converter → what browsers draw as the author meant it.

Browsers implement MathML Core, which leaves out `menclose` and takes an operator's form from its place alone.
"""

from __future__ import annotations

import re

_ENCLOSED = re.compile(r'<menclose notation="([a-z ]+)">')
_MARK = re.compile(r'<mrow class="menclose-[a-z]+"></mrow>')
_SIZED = re.compile(r'(<m(?:sub|sup|subsup|under|over|underover)>)<mo (minsize="[^"]*" maxsize="[^"]*")>([^<]*)</mo>')
_OPENS = frozenset("([{⟨⌊⌈⟦〈")
_COLOUR = re.compile(r' style="color:(#[0-9A-Fa-f]{6});"')
_PAREN = "<mo>⏜</mo>"
_ACCENT = '<mo stretchy="true">˜</mo>'

# Only named colours are known to math-core: another one is written as this and put back in their order.
STAND_IN = "Aquamarine"
_STAND_IN_HEX = re.compile("#1CBFC1", re.I)
_ANY_COLOUR = re.compile(r"\\(textcolor|color)\s*(?:\[(HTML|rgb|RGB|gray)\])?\s*\{\s*([#\w.,\s]+?)\s*\}")
_DEFINES = re.compile(r"\\(?:def|newcommand|renewcommand|providecommand)(?![A-Za-z])")
_WIDETILDE = re.compile(r"\\widetilde(?![A-Za-z])")


def prepared(latex: str) -> tuple[str, list[str]]:
    r"""LaTeX with colours that have no name, and `\widetilde`, written as others; and those colours, `#rrggbb`."""
    colours: list[str] = []

    def named(match: re.Match[str]) -> str:
        colour = _hex(match[2] or "", match[3])
        if colour is None:
            return match[0]
        colours.append(colour)
        return rf"\{match[1]}{{{STAND_IN}}}"

    if not _DEFINES.search(latex):
        latex = _ANY_COLOUR.sub(named, latex)
    if r"\overparen" not in latex:
        latex = _WIDETILDE.sub(r"\\overparen", latex)
    return latex, colours


def _hex(model: str, value: str) -> str | None:
    if not model:
        return value if re.fullmatch(r"#[0-9A-Fa-f]{6}", value) else "#1CBFC1" if value == STAND_IN else None
    if model == "HTML":
        return f"#{value}" if re.fullmatch(r"[0-9A-Fa-f]{6}", value) else None
    try:
        parts = [float(part) for part in value.split(",")]
    except ValueError:
        return None
    parts = parts * 3 if model == "gray" and len(parts) == 1 else parts
    scale = 1.0 if model == "RGB" else 255.0
    if len(parts) != 3 or not all(0 <= part * scale <= 255 for part in parts):
        return None
    return "#" + "".join(f"{round(part * scale):02X}" for part in parts)


def finished(mathml: str, latex: str, colours: list[str]) -> str:
    """The MathML of `latex`, whose `colours` are those of `prepared`."""
    if "menclose" in mathml:
        mathml = _ENCLOSED.sub(lambda match: f'<mrow class="{_classes(match[1])}">', _MARK.sub("", mathml))
        mathml = mathml.replace("</menclose>", "</mrow>")
    mathml = _SIZED.sub(_delimiter, mathml)
    if _WIDETILDE.search(latex):
        mathml = mathml.replace(_PAREN, _ACCENT)
    waiting = iter(colours)

    def colour(match: re.Match[str]) -> str:
        shown = next(waiting, match[1]) if _STAND_IN_HEX.fullmatch(match[1]) else match[1]
        return f' class="nb-math-colour" style="--nb-colour:{shown}"'

    return _COLOUR.sub(colour, mathml)


def _classes(notation: str) -> str:
    return "nb-boxed" if notation == "box" else " ".join(f"nb-{name}" for name in ["struck", *notation.split()])


def _delimiter(match: re.Match[str]) -> str:
    """A delimiter of a chosen size at which a power or an index stands: alone there, it would not be stretched."""
    form = "prefix" if match[3] in _OPENS else "postfix"
    mo = f'<mo form="{form}" stretchy="true" symmetric="true" {match[2]}>{match[3]}</mo>'
    return f"{match[1]}<mrow>{mo}</mrow>"
