"""What a process makes twice of the same input, it makes once in a test run: compiled templates, and drawn cards.

Both are functions of their input. A template that was edited, or a card with other words or fonts, is another input.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from jinja2 import Environment

from nbpublish.frontends.cards import draw

_COMPILING = ("newstyle_gettext", "trim_blocks", "lstrip_blocks", "keep_trailing_newline", "newline_sequence")
_COMPILING += ("block_start_string", "variable_start_string", "comment_start_string", "line_statement_prefix")
_COMPILING += ("line_comment_prefix", "autoescape", "optimized", "finalize", "undefined", "is_async", "sandboxed")
"""Settings of an environment that its compiler looks at, besides filters, tests and extensions."""


def save_work() -> None:
    """Remember in this process what was compiled and drawn. `inspect.unwrap` gives what does it anew."""
    Environment.compile = _compiling(Environment.compile)  # type: ignore[method-assign]
    draw.card = _drawing(draw.card)


def _compiling(compile: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[Any, Any] = {}

    @wraps(compile)
    def compiled(self: Environment, source: Any, *names: Any, **how: Any) -> Any:
        settings = (type(self), *(getattr(self, name, None) for name in _COMPILING), *sorted(self.extensions))
        functions = [_described(*item) for item in (*self.filters.items(), *self.tests.items())]
        key = source, names, *sorted(how.items()), settings, *functions
        if key not in made:
            made[key] = compile(self, source, *names, **how)
        return made[key]

    return compiled


def _described(name: str, function: object) -> tuple[str, ...]:
    """A filter or a test. Some plugins define theirs anew for each build."""
    return name, *(str(getattr(function, part, type(function))) for part in ("__module__", "__qualname__"))


def _drawing(card: Callable[[Any, Any], bytes]) -> Callable[[Any, Any], bytes]:
    made: dict[Any, bytes] = {}

    @wraps(card)
    def drawn(words: Any, pen: Any) -> bytes:
        files = {file: file.stat() for font in pen._fonts for file in (font.bold, font.regular)}
        key = words, *((file, found.st_ino, found.st_size, found.st_mtime_ns) for file, found in files.items())
        key += tuple(pen._fonts)
        if key not in made:
            made[key] = card(words, pen)
        return made[key]

    return drawn
