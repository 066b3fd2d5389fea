"""Sphinx-Gallery scripts: a docstring with a title, then reStructuredText in comments below `####…` or `# %%`."""

from __future__ import annotations

import re

from nbpublish.formats.draft import Draft, cells_of
from nbpublish.formats.format import Format
from nbpublish.formats.markers import Marker, marker_of
from nbpublish.formats.rest import Converter
from nbpublish.formats.rest_inline import targets_of
from nbpublish.formats.script_cells import docstring_of, draft_of, uncommented
from nbpublish.formats.script_header import header_of
from nbpublish.formats.scripts import style
from nbpublish.formats.strings import continued
from nbpublish.formats.text import clean, trimmed
from nbpublish.model import Notebook

_SEPARATOR = re.compile(r"#{20,}|#[ \t]*%%(?=\s|$)")
_TAIL = re.compile(r"(\"\"\"|''')[ \t]*#[^\n]*\Z")


def recognises(text: str) -> bool:
    """Whether its docstring has an underlined title and prose stands below separators, or jupytext's header says so."""
    return style(text) == "gallery"


def read(path: str, text: str) -> Notebook:
    """A notebook from the text of a Sphinx-Gallery script, its prose turned into Markdown."""
    lines = clean(text).split("\n")
    header = header_of(path, lines)
    rows = ["" if n in header.taken else line for n, line in enumerate(lines)]
    converter = Converter(targets=targets_of(uncommented(rows)))
    drafts: list[Draft] = []
    begin = _docstring(rows, drafts, converter)
    inside = continued("\n".join(rows))
    marks = [n for n in range(begin, len(rows)) if _SEPARATOR.match(rows[n]) and n not in inside]
    starts = [begin, *marks]
    for start, stop in zip(starts, [*marks, len(rows)], strict=True):
        code = start
        if start in marks:
            code = _prose_below(rows, start, stop, drafts, converter)
        draft = draft_of(path, Marker(), rows[code:stop], code + 1, header)
        if draft.source:
            drafts.append(draft)
    cells, found = cells_of(path, drafts, last=len(lines), magics=True)
    return Notebook(path, "gallery", cells, metadata=header.metadata, problems=(*header.problems, *found))


def _docstring(rows: list[str], drafts: list[Draft], converter: Converter) -> int:
    """Take the module's docstring as the first prose; the index of the line after it. Comments above it stay code."""
    first = next((n for n, row in enumerate(rows) if row.strip() and not row.startswith("#")), len(rows))
    for stop in range(first + 1, len(rows) + 1):
        if '"""' in rows[stop - 1] or "'''" in rows[stop - 1]:
            text = docstring_of(_TAIL.sub(r"\1", "\n".join(rows[first:stop])).strip())
            if text is not None:
                rows[first:stop] = [""] * (stop - first)
                prose, line = trimmed(text.split("\n"), first + 1)
                drafts.append(Draft("markdown", converter.markdown(prose), line))
                return 0
    return 0


def _prose_below(rows: list[str], start: int, stop: int, drafts: list[Draft], converter: Converter) -> int:
    """Take the comments below a separator as prose; the index of the code's first line."""
    end = start + 1
    while end < stop and rows[end].startswith("#"):
        end += 1
    marker = marker_of(rows[start])
    prose, line = trimmed(uncommented(rows[start + 1 : end]), start + 2)
    if prose:
        drafts.append(Draft("markdown", converter.markdown(prose), line, marker.title if marker else None))
    return end


GALLERY = Format("gallery", (".py",), recognises, read)
