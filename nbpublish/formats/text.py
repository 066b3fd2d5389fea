"""Bytes and text of a notebook's file, and Python's grammar, made safe to use on anything."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
import warnings

UNDECODABLE = re.compile("[\ud800-\udfff]")
"""What `decode` leaves in place of bytes it cannot read."""


def decode(data: bytes) -> str:
    """Text of a file, by its byte order mark or its encoding declaration (PEP 263), else as UTF-8.

    Never raises: a byte that does not fit becomes a lone surrogate, which `detect.read` reports on its line.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding, errors="surrogateescape")
    except (SyntaxError, LookupError, UnicodeError):
        return data.decode("utf-8-sig", errors="surrogateescape")


def clean(text: str) -> str:
    """The text without byte order mark, and with `\\n` at the end of every line."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def parse(source: str) -> ast.Module:
    """Syntax tree of Python source. Raises SyntaxError, and nothing else, for what is none; warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (ValueError, RecursionError, MemoryError) as error:  # NUL and surrogates; nesting too deep
            raise SyntaxError(str(error) or "too deeply nested", ("", 1, 1, "")) from error


def is_python(source: str) -> bool:
    try:
        parse(source)
    except SyntaxError:
        return False
    return True


def trimmed(lines: list[str], line: int) -> tuple[str, int]:
    """Lines without the blank ones around them, as one text, and its first line if the lines begin on `line`."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last]).rstrip(), line + (first if first < last else 0)
