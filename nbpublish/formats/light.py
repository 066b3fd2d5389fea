"""jupytext's light scripts: a paragraph is a cell, one in comments is prose, `# +` and `# -` enclose several."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbpublish.formats.draft import Draft, cells_of
from nbpublish.formats.format import Format
from nbpublish.formats.markers import Marker, stated_by
from nbpublish.formats.script_cells import draft_of, leave_foreign, take_front_matter
from nbpublish.formats.script_header import Header, header_of
from nbpublish.formats.scripts import LIGHT_MARKER, style
from nbpublish.formats.strings import continued
from nbpublish.formats.text import clean
from nbpublish.model import Notebook

_MAGIC = re.compile(r"\s*(?:# ?)*(?:%{1,3}[A-Za-z]|[!?]\s*[A-Za-z.~$\\/{}])")


def recognises(text: str) -> bool:
    """Whether jupytext's header says so, or a line outside strings is a `# +` marker."""
    return style(text) == "light"


def read(path: str, text: str) -> Notebook:
    """A notebook from the text of a light script."""
    lines = clean(text).split("\n")
    header = header_of(path, lines)
    rows = ["" if n in header.taken else line for n, line in enumerate(lines)]
    drafts = _Reader(path, rows, header).drafts()
    metadata = header.metadata
    problems = [*header.problems, *take_front_matter(path, drafts, metadata)]
    foreign = leave_foreign(path, drafts, header.language)
    problems += foreign
    cells, found = cells_of(path, drafts, last=len(lines), magics=not foreign)
    return Notebook(path, "light", cells, metadata=metadata, problems=(*problems, *found))


@dataclass(slots=True)
class _Reader:
    path: str
    lines: list[str]
    header: Header

    def drafts(self) -> list[Draft]:
        start, end = self._signs()
        inside = continued("\n".join(self.lines))
        found: list[Draft] = []
        n = 0
        while n < len(self.lines):
            line = self.lines[n]
            opened = start.match(line)
            if opened:
                marker = stated_by(opened[1])
                word = marker.metadata.get("endofcell")
                close = re.compile(rf"# {re.escape(str(word))}\s*$") if word else end
                stop = self._until(n + 1, inside, close, start)
                found.append(draft_of(self.path, marker, self.lines[n + 1 : stop], n + 2, self.header))
            elif not line.strip() or end.match(line):
                stop = n + 1
            else:
                prose = self._is_prose(n)
                stop = self._paragraph(n, inside, start, prose)
                marker = Marker(kind="markdown" if prose else "code")
                found.append(draft_of(self.path, marker, self.lines[n:stop], n + 1, self.header))
            n = stop
        return found

    def _signs(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """What begins and ends a cell: `# +` and `# -`, or what the header names, such as `region,endregion`."""
        signs = self.header.jupytext.get("cell_markers")
        first, _, last = signs.partition(",") if isinstance(signs, str) else ("", "", "")
        if first and last and not {'"', "'"} & {*first, *last}:
            return re.compile(rf"#\s*{re.escape(first)}(.*)$"), re.compile(rf"#\s*{re.escape(last)}\s*$")
        start = LIGHT_MARKER if not self.header.written else re.compile(r"#\s*\+(?!\S)(.*)$")
        return start, re.compile(r"#\s*-\s*$")

    def _until(self, n: int, inside: frozenset[int], *signs: re.Pattern[str]) -> int:
        """Index of the next line that is one of the signs; the closing one is skipped as an empty cell would be."""
        while n < len(self.lines) and (n in inside or not any(sign.match(self.lines[n]) for sign in signs)):
            n += 1
        return n

    def _is_prose(self, n: int) -> bool:
        """Whether the paragraph is all comments, none of them an escaped magic."""
        for line in self.lines[n:]:
            if not line.strip():
                return True
            if not line.startswith("#") or (_MAGIC.match(line) and not line[1:].lstrip().startswith("#")):
                return False
        return True

    def _paragraph(self, n: int, inside: frozenset[int], start: re.Pattern[str], prose: bool) -> int:
        """Index after a paragraph: at a blank line, unless it is code and goes on indented."""
        for stop in range(n + 1, len(self.lines)):
            if stop in inside:
                continue
            if start.match(self.lines[stop]):
                return stop
            if not self.lines[stop].strip():
                following = next((line for line in self.lines[stop:] if line.strip()), "")
                if prose or following[:1] not in {" ", "\t"}:
                    return stop
        return len(self.lines)


LIGHT = Format("light", (".py",), recognises, read)
