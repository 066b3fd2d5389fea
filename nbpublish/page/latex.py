"""LaTeX outputs, and marimo's formulas, as MathML."""

from __future__ import annotations

import re

from nbpublish.page.context import Context
from nbpublish.page.html import escape
from nbpublish.page.labels import kind_of
from nbpublish.page.markdown.math_rules import math_in_html
from nbpublish.page.markdown.renderer import display_math
from nbpublish.page.math import MathError, to_mathml, with_source

_DELIMITED = re.compile(
    r"\s*(?:\$\$(.*)\$\$|\\\[(.*)\\\]|\$\\displaystyle\b(.*)\$|\$(.*)\$|\\\((.*)\\\))\s*", re.DOTALL
)
_ONE = re.compile(r"\$\$.+?\$\$|(?<!\\)\\\[.+?\\\]|(?<!\\)\$(?:\\.|[^$\\])+\$|(?<!\\)\\\(.+?\\\)", re.DOTALL)
_TEXT_IN_MATH = re.compile(r"\\(?:text|mbox|hbox)[a-z]*\s*\{[^{}]*\}")


def latex_output(latex: str, context: Context) -> str:
    """What a cell displays as LaTeX: one formula, or text with formulas in it."""
    options = context.peek_options()
    if options and options.label and kind_of(options.label) == "equation":
        context.take_options()
        context.anchors.add(options.label)
        mathml = context.prose.equation(_bare(latex), options.label, context.cell)
        return f'<div class="nb-math" tabindex="0">{mathml}</div>'
    if not _is_text(latex):
        return f'<div class="nb-math" tabindex="0">{formula(latex, context)}</div>'

    def converted(source: str, display: bool, offset: int) -> str:
        html = formula(source, context, display=display)
        return display_math(html, "span") if display else html

    text = re.sub(r"(?<!\\)\\\[(.+?)\\\]", r"$$\1$$", latex.strip(), flags=re.DOTALL)
    return f'<div class="nb-markdown"><p>{math_in_html(escape(text), converted)}</p></div>'


def _is_text(latex: str) -> bool:
    """Whether formulas stand between delimiters with something before, between or after them."""
    bare = _TEXT_IN_MATH.sub("", latex).strip()
    found = _ONE.search(bare)
    return found is not None and found[0] != bare


def formula(latex: str, context: Context, *, display: bool = True) -> str:
    """A formula with or without its delimiters; one that cannot be converted stays readable as its source."""
    bare = _bare(latex)
    if not bare:
        return ""
    try:
        return with_source(to_mathml(bare, display=display), bare)
    except MathError as error:
        context.problem("math", f"A displayed formula cannot be rendered: {error}.")
        title = escape(context.words("math.failed"))
        return f'<code class="nb-math-error" title="{title}">{escape(bare)}</code>'


def _bare(latex: str) -> str:
    """A formula without its delimiters."""
    match = _DELIMITED.fullmatch(latex)
    found = next((group for group in match.groups() if group is not None), latex) if match else latex
    return found.strip()
