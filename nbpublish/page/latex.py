"""LaTeX outputs, and marimo's formulas, as MathML."""

from __future__ import annotations

import re

from nbpublish.page.context import Context
from nbpublish.page.html import escape
from nbpublish.page.math import MathError, to_mathml

_DELIMITED = re.compile(
    r"\s*(?:\$\$(.*)\$\$|\\\[(.*)\\\]|\$\\displaystyle\b(.*)\$|\$(.*)\$|\\\((.*)\\\))\s*", re.DOTALL
)


def formula(latex: str, context: Context, *, display: bool = True) -> str:
    """A formula with or without its delimiters; one that cannot be converted stays readable as its source."""
    match = _DELIMITED.fullmatch(latex)
    bare = next((group for group in match.groups() if group is not None), latex) if match else latex
    if not bare.strip():
        return ""
    try:
        return to_mathml(bare.strip(), display=display)
    except MathError as error:
        context.problem("math", f"A displayed formula cannot be rendered: {error}.")
        title = escape(context.words("math.failed"))
        return f'<code class="nb-math-error" title="{title}">{escape(bare.strip())}</code>'
