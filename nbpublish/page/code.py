"""Source code as HTML, its tokens marked up by Pygments."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import cast

from pygments import highlight as _highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import PythonLexer, get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from nbpublish.page.html import escape
from nbpublish.remembered import remembered

_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_LEXERS: dict[str, type[Lexer]] = {"python": PythonLexer, "text": TextLexer}


def highlight(source: str, language: str = "python") -> str:
    """A block of code: `div.highlight > pre > code`. An unknown language is shown as text."""
    tokens = tokens_of(source.strip("\n"), language)
    return f'<div class="highlight"><pre><code class="language-{escape(language)}">{tokens}</code></pre></div>'


@remembered
def tokens_of(source: str, language: str = "python") -> str:
    """The inside of such a block."""
    return _highlight(source, _lexer(language), _FORMATTER).rstrip("\n")


@cache
def _lexer(language: str) -> Lexer:
    if language in _LEXERS:
        return _LEXERS[language](stripnl=False)
    if language == "ipython":  # loads the lexers of fifteen languages more
        from ipython_pygments_lexers import IPython3Lexer  # type: ignore[import-untyped]

        return cast(Lexer, IPython3Lexer(stripnl=False))
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)


_CODE = re.compile(r"(<code[^>]*>)(.*?)(</code>)", re.S)


def with_lines(html: str, marked: Collection[int], first: int | None = None) -> str:
    """Wrap the lines of highlighted code, each of which holds balanced markup, in spans that a theme can number."""
    match = _CODE.search(html)
    if not match:
        return html
    lines = match[2].removesuffix("\n").split("\n")
    if any(line.count("<span") != line.count("</span") for line in lines):
        return html
    written = ""
    for number, line in enumerate(lines, 1):
        shown = f'<span class="nb-line-number" data-line="{number - 1 + first}"></span>' if first is not None else ""
        line = f"{shown}{line}\n"
        written += f'<span class="hll">{line}</span>' if number in marked else line
    return html[: match.start(2)] + written + html[match.end(2) :]
