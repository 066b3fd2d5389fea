"""Percent scripts: Python files in which `# %%` lines begin cells, as in jupytext, VS Code, Spyder and PyCharm."""

from __future__ import annotations

from nbpublish.formats.draft import cells_of
from nbpublish.formats.format import Format
from nbpublish.formats.markers import Marker, marker_lines, marker_of
from nbpublish.formats.script_cells import draft_of, leave_foreign, opening, take_front_matter
from nbpublish.formats.script_header import header_of
from nbpublish.formats.scripts import style
from nbpublish.formats.text import clean
from nbpublish.model import Notebook


def recognises(text: str) -> bool:
    """Whether a line outside strings is a marker, or jupytext's header declares the format."""
    return style(text) == "percent"


def read(path: str, text: str) -> Notebook:
    """A notebook from the text of a percent script. A marker's title is the cell's name, for display."""
    lines = clean(text).split("\n")
    header = header_of(path, lines)
    starts = [n for n in marker_lines(lines) if n not in header.taken]
    stops = [*starts[1:], len(lines)]
    drafts = opening(path, lines, starts[0] if starts else len(lines), header)
    for start, stop in zip(starts, stops, strict=False):
        marker = marker_of(lines[start]) or Marker()
        drafts.append(draft_of(path, marker, lines[start + 1 : stop], start + 2, header))
    metadata = header.metadata
    problems = [*header.problems, *take_front_matter(path, drafts, metadata)]
    foreign = leave_foreign(path, drafts, header.language)
    problems += foreign
    cells, found = cells_of(path, drafts, last=len(lines), magics=not foreign)
    return Notebook(path, "percent", cells, metadata=metadata, problems=(*problems, *found))


PERCENT = Format("percent", (".py",), recognises, read)
