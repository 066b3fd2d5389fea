"""What is found to be wrong while Python-Markdown renders a `.md` page: its extensions know neither page nor line."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbpublish.model import Problem
from nbpublish.page.messages import Words


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, and the text in which it is."""

    code: str
    message: str
    text: str
    line: int
    """Of `text`, from 0."""


@dataclass
class Faults:
    """Those of the page at hand, and the words of its language."""

    words: Words = field(default_factory=lambda: Words("en"))
    _found: list[Fault] = field(default_factory=list)

    def begin(self, language: str) -> None:
        """Another page is rendered from now on."""
        self.words, self._found = Words(language), []

    def add(self, code: str, message: str, text: str, line: int = 0) -> None:
        """Remember what is wrong with a text of the page, or with a line of it, counted from 0."""
        self._found.append(Fault(code, message, text, line))

    @property
    def any(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._found)

    def problems(self, path: str, source: str) -> list[Problem]:
        """Each at its line of the file, whose text is `source`; at its first where the text does not stand there."""
        found = []
        for fault in self._found:
            place = source.find(fault.text)
            line = 1 if place < 0 else source.count("\n", 0, place) + 1 + fault.line
            found.append(Problem(fault.code, fault.message, path, line, severity="warning"))
        return found
