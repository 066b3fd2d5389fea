"""Mermaid's diagrams in `.md` pages → drawings, as in notebooks: an extension of Python-Markdown.

A site that has its own way with them, a custom fence of pymdownx or a plugin, keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.preprocessors import Preprocessor  # type: ignore[import-untyped]

from nbpublish.frontends.faults import Faults
from nbpublish.page.mermaid.diagram import diagram_html


def diagrams_of_others(extensions: Mapping[str, Any], plugins: Mapping[str, object]) -> bool:
    """Whether a site draws Mermaid's diagrams itself, by the settings of its extensions and its plugins."""
    fences = (extensions.get("pymdownx.superfences") or {}).get("custom_fences") or ()
    return any(fence.get("name") == "mermaid" for fence in fences) or any("mermaid" in name for name in plugins)


class Diagrams(Extension):  # type: ignore[misc]
    """Draws what stands in fences of the language `mermaid`; `picture` has a program draw what we do not."""

    def __init__(self, faults: Faults, picture: Callable[[str], str | None]) -> None:
        super().__init__()
        self._faults, self._picture = faults, picture

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        # after line ends are one (30), before code is taken out (25)
        md.preprocessors.register(_Fences(md, self.html), "nbpublish-diagrams", 27)

    def html(self, source: str) -> str:
        def tell(message: str, line: int) -> None:
            self._faults.add("undrawn-diagram", message, source.partition("\n")[0], line)

        return diagram_html(source, self._faults.words, tell, self._picture)


_OPENS = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_MERMAID = re.compile(r"\{?\s*\.?mermaid\b", re.IGNORECASE)
_CONTAINER = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|!!!|\?\?\?|===|///)")


class _Fences(Preprocessor):  # type: ignore[misc]
    def __init__(self, md: Markdown, write: Callable[[str], str]) -> None:
        super().__init__(md)
        self._write = write

    def run(self, lines: list[str]) -> list[str]:
        return [*self._drawn(lines)] if any("mermaid" in line.lower() for line in lines) else lines

    def _drawn(self, lines: list[str]) -> Iterator[str]:
        at = 0
        while at < len(lines):
            opening = _OPENS.match(lines[at])
            end = _end(lines, at, opening["fence"]) if opening else None
            if opening is None or end is None:
                yield lines[at]
                at += 1
                continue
            if _MERMAID.match(opening["info"]) and _is_fence(lines, at, opening["indent"]):
                inside = [line.removeprefix(opening["indent"]) for line in lines[at + 1 : end]]
                yield from ("", opening["indent"] + self.md.htmlStash.store(self._write("\n".join(inside) + "\n")), "")
            else:
                yield from lines[at : end + 1]
            at = end + 1


def _end(lines: list[str], start: int, fence: str) -> int | None:
    """The line that closes a fence; None where none does."""
    closing = re.compile(rf"\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    return next((at for at in range(start + 1, len(lines)) if closing.match(lines[at])), None)


def _is_fence(lines: list[str], at: int, indent: str) -> bool:
    """Whether an indented fence stands in a list, a note or a tab; code that is indented is shown as it is."""
    if len(indent.expandtabs(4)) < 4:
        return True
    above = (line for line in reversed(lines[:at]) if line.strip() and not line.startswith(indent))
    return bool(_CONTAINER.match(next(above, "")))
