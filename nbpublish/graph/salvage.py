"""What a cell that is not Python probably meant to define.

With it, cells that need such a name say which cell is broken instead of failing one after another with a NameError.
"""

from __future__ import annotations

import re

_TARGETS = re.compile(r"^([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*(?::[^=]+)?=(?!=)")
_DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+([^\W\d]\w*)")
_IMPORTS = re.compile(r"^(?:from\s+\S+\s+)?import\s+(.+)")
_WORD = re.compile(r"[^\W\d]\w*")


def salvaged_defs(code: str) -> frozenset[str]:
    """Names that lines at the margin of `code` look like binding."""
    found: set[str] = set()
    for line in code.splitlines():
        if match := _TARGETS.match(line) or _DEFINES.match(line):
            found |= set(_WORD.findall(match[1]))
        elif match := _IMPORTS.match(line):
            parts = filter(None, map(_WORD.findall, match[1].split(",")))
            found |= {words[-1] if "as" in words else words[0] for words in parts}
    return frozenset(found)
