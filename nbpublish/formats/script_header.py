"""The head of a script: jupytext's YAML header, shebang, encoding line and script metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from nbpublish.formats.script_metadata import page_metadata, script_block, script_metadata
from nbpublish.model import Problem

_RULE = re.compile(r"# ?---\s*$")
_PREAMBLE = re.compile(r"#!|#.*?coding[:=]")


@dataclass(slots=True)
class Header:
    """What stands above a script's first cell and belongs to none."""

    metadata: dict[str, Any] = field(default_factory=dict)
    jupytext: dict[str, Any] = field(default_factory=dict)
    written: bool = False
    """Whether jupytext wrote the file."""
    language: tuple[str, int] | None = None
    """The kernel's language, and the line that names it."""
    taken: frozenset[int] = frozenset()
    """Indices of the lines that belong to it."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def format(self) -> str | None:
        """Name of the format the header declares, such as `percent` or `light`."""
        shown = self.jupytext.get("text_representation")
        name = shown.get("format_name") if isinstance(shown, dict) else None
        return name if isinstance(name, str) else None


def header_of(path: str, lines: list[str]) -> Header:
    """Read the head of a script; the comments above the first statement may hold it."""
    header = Header()
    end = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    taken = {n for n in range(min(2, end)) if _PREAMBLE.match(lines[n])}
    rules = [n for n in range(end) if _RULE.match(lines[n])]
    if len(rules) >= 2 and all(n in taken or not lines[n].strip() for n in range(rules[0])):
        _front_matter(header, path, lines, rules[0], rules[1])
        taken |= {*range(rules[0], rules[1] + 1)}
    block = script_block(lines[:end])
    if block:
        script, problem = script_metadata(path, lines[:end])
        if script is not None:
            header.metadata = {**page_metadata(script), **header.metadata, "script": script}
        header.problems += [problem] if problem else []
        taken |= {*block}
    kept = [lines[n] for n in sorted(taken) if not (len(rules) >= 2 and rules[0] <= n <= rules[1])]
    if kept:
        header.metadata["header"] = "\n".join(kept)
    header.taken = frozenset(taken)
    return header


def _front_matter(header: Header, path: str, lines: list[str], first: int, last: int) -> None:
    text = "\n".join(line[1:].removeprefix(" ") for line in lines[first + 1 : last])
    said, problem = front_matter(path, text, first + 2)
    header.problems += [problem] if problem else []
    jupyter = said.pop("jupyter", None)
    header.metadata |= said
    header.written = bool(re.search(r"^jupyter:", text, re.MULTILINE))  # also where the YAML cannot be read
    if isinstance(jupyter, dict):
        jupytext, kernel = jupyter.get("jupytext"), jupyter.get("kernelspec")
        header.jupytext = jupytext if isinstance(jupytext, dict) else {}
        header.metadata |= pairing(jupytext)
        if isinstance(jupyter.get("title"), str):
            header.metadata.setdefault("title", jupyter["title"])
        if isinstance(kernel, dict) and isinstance(kernel.get("language"), str):
            line = next((n for n in range(first, last) if "language:" in lines[n]), first)
            header.language = kernel["language"], line + 1


def pairing(jupytext: Any) -> dict[str, Any]:
    """`{"paired": ["ipynb", "py"]}` from jupytext's metadata: the endings under which it keeps one notebook."""
    formats = jupytext.get("formats") if isinstance(jupytext, dict) else None
    if not isinstance(formats, str) or "," not in formats:
        return {}
    return {"paired": [re.split(r"[/.]", part.partition(":")[0])[-1].strip() for part in formats.split(",")]}


def front_matter(path: str, text: str, line: int) -> tuple[dict[str, Any], Problem | None]:
    """The mapping that YAML at the head of a page holds; `line` is the file's line on which the text starts."""
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        message = f"The YAML header cannot be read: {what}. Correct it, or remove it."
        return {}, Problem("front-matter", message, path, line + (min(mark.line, text.count("\n")) if mark else 0))
    if said is None:
        return {}, None
    if not isinstance(said, dict):
        message = "The YAML header holds no `key: value` lines and has no effect."
        return {}, Problem("front-matter", message, path, line, severity="warning")
    return {str(key): value for key, value in said.items()}, None
