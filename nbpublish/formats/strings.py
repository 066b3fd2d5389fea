"""Which lines of Python source begin inside a string, found without parsing it."""

from __future__ import annotations

import re

# Comments and one-line strings are matched only so that quotes inside them open nothing.
_TOKEN = re.compile(
    r"""
      \#[^\n]*
    | (?P<quote>\"\"\"|''') (?: [^\\] | \\. )*? (?P=quote)
    | " (?: [^"\\\n] | \\. )* "
    | ' (?: [^'\\\n] | \\. )* '
    """,
    re.VERBOSE | re.DOTALL,
)


def continued(text: str) -> frozenset[int]:
    """Indices, from 0, of the lines that begin inside a triple-quoted string.

    A string that is never closed opens nothing: what follows it is taken at its word.
    """
    if '"""' not in text and "'''" not in text:
        return frozenset()
    inside: list[int] = []
    line, position = 0, 0
    for match in _TOKEN.finditer(text):
        if match["quote"]:
            line += text.count("\n", position, match.start())
            count = match[0].count("\n")
            inside += range(line + 1, line + count + 1)
            line, position = line + count, match.end()
    return frozenset(inside)
