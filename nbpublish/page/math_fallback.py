"""What math-core does not know and latex2mathml does, as `\\rule` and `\\widecheck`.

latex2mathml leaves in the page what it does not know, and writes some things wrongly, such as limits below operators,
bold Greek, rules of arrays, tags. So it is asked for the rest alone, and its answer is looked at.
"""

from __future__ import annotations

import re

_NOT_ITS_OWN = re.compile(
    r"\\(?:operatorname|boldsymbol|bm|tag|label|eqref|ref|begin|end|newcommand|def|DeclareMathOperator|color|textcolor"
    r"|min|max|lim|sup|inf|limsup|liminf|arg|argmin|argmax|det|gcd|Pr|substack|subarray|boxed|ce|pu)(?![A-Za-z])|&"
)
_LEFT_OVER = re.compile(r"\\|&amp;|mathvariant=|<menclose|\bhref=")
_HEAD = re.compile(r"<math\b[^>]*>")


def fallback(latex: str, *, display: bool) -> str | None:
    """The MathML of a formula, or None where latex2mathml is not installed or cannot be relied on."""
    if _NOT_ITS_OWN.search(latex):
        return None
    try:
        from latex2mathml.converter import convert
    except ImportError:
        return None
    try:
        mathml = str(convert(latex))
    except Exception:  # it raises classes of its own that share no base, and IndexError and others besides
        return None
    if _LEFT_OVER.search(mathml):
        return None
    return _HEAD.sub('<math display="block">' if display else "<math>", mathml, count=1)
