"""Source code as HTML, its tokens marked up by Pygments."""

from __future__ import annotations

from functools import cache, lru_cache

from ipython_pygments_lexers import IPython3Lexer  # type: ignore[import-untyped]
from pygments import highlight as _highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import PythonLexer, get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from nbpublish.page.html import escape

_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_LEXERS: dict[str, type[Lexer]] = {"python": PythonLexer, "ipython": IPython3Lexer, "text": TextLexer}


def highlight(source: str, language: str = "python") -> str:
    """A block of code: `div.highlight > pre > code`. An unknown language is shown as text."""
    tokens = tokens_of(source.strip("\n"), language)
    return f'<div class="highlight"><pre><code class="language-{escape(language)}">{tokens}</code></pre></div>'


@lru_cache(2048)
def tokens_of(source: str, language: str = "python") -> str:
    """The inside of such a block."""
    return _highlight(source, _lexer(language), _FORMATTER).rstrip("\n")


@cache
def _lexer(language: str) -> Lexer:
    if language in _LEXERS:
        return _LEXERS[language](stripnl=False)
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)
