"""`# %%` lines: which ones begin a cell, and what they say about it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from nbpublish.formats.magics import translate
from nbpublish.formats.strings import continued
from nbpublish.formats.text import is_python

# `# %%time` is a magic: after the signs comes white space, a bracket or nothing.
_MARKER = re.compile(r"#[ \t]*%%%*(?=\s|\[|$)(?P<rest>.*)|#[ \t]*(?:<codecell>|In\[[0-9 ]*\]:?)[ \t]*$")
_TYPE = re.compile(r"\[(markdown|md|raw|code)\]")
_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z_][\w.+-]*)=(?=\S)")
_BARE = re.compile(r"'[^']*'|[^\s,]+")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")

Kind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True)
class Marker:
    """What a marker line says."""

    title: str | None = None
    kind: Kind = "code"
    metadata: dict[str, Any] = field(default_factory=dict)


def marker_of(line: str) -> Marker | None:
    """What the line says if it is a `# %%` marker."""
    match = _MARKER.match(line)
    return stated_by(match["rest"] or "") if match else None


def stated_by(rest: str) -> Marker:
    """`title [type] key="value" …` or `title [type] {JSON}`, as jupytext, VS Code, Spyder and PyCharm write it."""
    kind: Kind = "code"
    title, metadata = _split(rest.strip())
    found = _TYPE.search(title)
    if found:
        title = f"{title[: found.start()].strip()} {title[found.end() :].strip()}".strip()
    elif title in {"md", "markdown", "raw"}:  # PyCharm's
        found, title = re.match("(.*)", title), ""
    if found and found[1] != "code":
        kind = "raw" if found[1] == "raw" else "markdown"
    return Marker(title or None, kind, metadata)


def _split(text: str) -> tuple[str, dict[str, Any]]:
    brace = text.find("{")
    if brace >= 0 and text[:brace][-1:] in {"", " ", "\t", "]"}:
        try:
            found = json.loads(text[brace:])
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return text[:brace].strip(), found
    for match in _KEY.finditer(text):
        pairs = _pairs(text[match.start() :])
        if pairs is not None:
            return text[: match.start()].strip(), pairs
    return text, {}


def _pairs(text: str) -> dict[str, Any] | None:
    """`key=value` to the text's end, or None: then it is a title that has an equals sign in it."""
    pairs: dict[str, Any] = {}
    while text:
        key = _KEY.match(text)
        if not key:
            return None
        text = text[key.end() :]
        try:
            value, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            bare = _BARE.match(text)
            if not bare:
                return None
            value, end = bare[0].strip("'"), bare.end()
        pairs[key[1]] = value
        if text[end:] and text[end] not in ", \t":
            return None
        text = text[end:].lstrip(", \t")
    return pairs


def marker_lines(lines: list[str]) -> list[int]:
    """Indices of the lines that begin a cell.

    A marker inside a string is text. But where a string is never closed, it would swallow the markers that follow:
    what lies between two markers counts as one cell only if Python can read it.
    """
    candidates = [n for n, line in enumerate(lines) if _MARKER.match(line)]
    if not candidates:
        return []
    base, inside = 0, continued("\n".join(lines))
    found: list[int] = []
    k = 0
    while k < len(candidates):
        at = candidates[k]
        if at - base in inside:
            begin = found[-1] + 1 if found else 0
            after = next((j for j in range(k, len(candidates)) if candidates[j] - base not in inside), len(candidates))
            stop = candidates[after] if after < len(candidates) else len(lines)
            if not _is_commented_prose(lines, begin) and _readable("\n".join(lines[begin:stop])):
                k = after
                continue
            base, inside = at, continued("\n".join(lines[at:]))
        found.append(at)
        k += 1
    return _outside_fences(lines, found)


def _is_commented_prose(lines: list[str], begin: int) -> bool:
    """Whether a prose cell, begun on the line above, is written as comments: then no string can begin in it."""
    marker = marker_of(lines[begin - 1]) if begin else None
    first = next((line for line in lines[begin:] if line.strip()), "")
    return marker is not None and marker.kind != "code" and first.startswith("#")


def _readable(source: str) -> bool:
    if is_python(source):
        return True
    python, _ = translate(source, "", 1)
    return python is not None and is_python(python)


def _outside_fences(lines: list[str], markers: list[int]) -> list[int]:
    """Without those in a fenced block of a prose cell, such as comments in a Mermaid diagram."""
    kept: list[int] = []
    closed = -1
    for n, at in enumerate(markers):
        if at <= closed:
            continue
        kept.append(at)
        if "%%" in lines[at] and stated_by(lines[at].partition("%%")[2]).kind != "code":
            limit = markers[n + 1] if n + 1 < len(markers) else len(lines)
            closed = _fence_over(lines, at + 1, limit)
            while closed >= limit:  # the block holds markers; the cell goes on below it
                limit = next((m for m in markers if m > closed), len(lines))
                closed = max(closed, _fence_over(lines, closed + 1, limit))
                if closed < limit:
                    break
    return kept


def _fence_over(lines: list[str], start: int, limit: int) -> int:
    """Index of the line that closes the last fenced block opened before `limit`; -1 where all are closed before it."""
    n = start
    while n < limit:
        opened = _FENCE.match(lines[n].lstrip("# "))
        n += 1
        if opened:
            close = next((m for m in range(n, len(lines)) if _closes(lines[m], opened[1])), None)
            if close is None:
                return -1
            if close >= limit:
                return close
            n = close + 1
    return -1


def _closes(line: str, fence: str) -> bool:
    text = line.lstrip("# ").rstrip()
    return len(text) >= len(fence) and set(text) == {fence[0]}
