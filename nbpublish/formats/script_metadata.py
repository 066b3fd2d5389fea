"""Inline script metadata (PEP 723): a `# /// script` block of TOML in comments."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from nbpublish.model import Problem

_BLOCK = re.compile(r"^# /// script[ \t]*\n((?:#(?: [^\n]*)?\n)*?)# ///[ \t]*$", re.MULTILINE)


def script_metadata(path: str, lines: list[str]) -> tuple[dict[str, Any] | None, Problem | None]:
    """The block's content, None where there is no block or it cannot be read; then the problem says why."""
    match = _BLOCK.search("\n".join(lines))
    if not match:
        return None, None
    body = "\n".join(line[1:].removeprefix(" ") for line in match[1].split("\n"))
    try:
        return tomllib.loads(body), None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = match.string.count("\n", 0, match.start()) + 1
        found = re.search(r"at line (\d+)", str(error))
        line += int(found[1]) if found else 0
        message = f"The `# /// script` block is not TOML and has no effect: {error}."
        return None, Problem("script-metadata", message, path, line, severity="warning")  # marimo runs it


def page_metadata(script: Mapping[str, Any]) -> dict[str, Any]:
    """What the block says about the page, under `[tool.nbpublish]`: `title`, `description`, `lang`, …"""
    tool = script.get("tool")
    said = tool.get("nbpublish") if isinstance(tool, dict) else None
    return dict(said) if isinstance(said, dict) else {}


def script_block(lines: list[str]) -> range:
    """Indices of the block's lines; empty where there is none."""
    text = "\n".join(lines)
    match = _BLOCK.search(text)
    if not match:
        return range(0)
    first = text.count("\n", 0, match.start())
    return range(first, first + match[0].count("\n") + 1)
