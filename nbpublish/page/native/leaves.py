"""Values within marimo's trees and tables, which it writes as `mimetype:data`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbpublish.page.context import Context
from nbpublish.page.html import escape
from nbpublish.page.native.element import Bundler

_PLAIN = "text/plain"
_NUMBERS = (f"{_PLAIN}+float", f"{_PLAIN}+int", f"{_PLAIN}+bigint")
_DEEPEST = 100


def formatted(text: str, native: Callable[[str], str], bundle: Bundler, context: Context) -> str | None:
    """HTML of such a value; None for a string that is just that."""
    mimetype, colon, rest = text.partition(":")
    if not colon or mimetype.count("/") != 1 or any(char.isspace() for char in mimetype):
        return None
    if mimetype in ("text/html", "text/markdown"):
        return native(rest)
    if mimetype == _PLAIN:  # a value that marimo has no other words for, such as a date
        return f"<code>{escape(rest)}</code>"
    if mimetype.startswith(f"{_PLAIN}+"):
        kind = "nb-number" if mimetype in _NUMBERS else "nb-constant"
        return f'<code class="{kind}">{escape(rest)}</code>'
    if mimetype.startswith(("image/", "video/", "audio/")) or mimetype == "application/json":
        return bundle({mimetype: rest}, {}, context)
    return None


def named(value: object, depth: int = 0) -> object:
    """A tree with its keys as they were: `text/plain+int:2` is 2."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {_key(str(key)): named(item, depth + 1) for key, item in value.items()}
    return [named(item, depth + 1) for item in value] if isinstance(value, list) else value


def _key(key: str) -> str:
    start, colon, rest = key.partition(":")
    return rest if colon and start.startswith(f"{_PLAIN}+") else key
