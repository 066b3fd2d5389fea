r"""How long it takes to read a page.

*Prose* at the rates at which adults with normal sight read everyday text aloud in their own language: 357 Japanese
characters and 228 English words a minute (S. Trauzettel-Klosinski, K. Dietz and others: Standardized Assessment of
Reading Performance: The New International Reading Speed Texts IReST. Investigative Ophthalmology & Visual Science 53,
2012, pages 5452–5461).

*Formulas and code* at the same rate, as they are said aloud: each letter, number, operator and command of LaTeX is a
word ("the sum of x i squared"), and so is each word and number in code. What only groups or separates (braces, `&`,
commas, brackets) is not said. Code counts where the page shows it unfolded.

*Figures*, among which a table and a drawn diagram count, take 12 seconds for the first, one second less for each that
follows, and 3 from the tenth on: Medium's rule (Mike Sall: Read Time and You. Medium, 2014).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbpublish.model import Cell, Run, Visibility
from nbpublish.page.cell import code_visibility
from nbpublish.page.language import letters_and_words
from nbpublish.page.render import prose_of
from nbpublish.page.settings import PageSettings

CHARACTERS_A_MINUTE = 357
WORDS_A_MINUTE = 228
FIRST_FIGURE, LEAST_FIGURE = 12, 3
"""Seconds for the first figure, and for each of many."""

_FENCE = re.compile(r"^[ ]*(`{3,}|~{3,})[ \t]*(?P<info>[^\n]*)\n(?P<code>.*?)(?:^[ ]*\1|\Z)", re.DOTALL | re.MULTILINE)
_FORMULA = re.compile(r"\$\$.*?\$\$|(?<![\\\d])\$[^$\n]+\$(?!\d)|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\(|<img\b|^\s*(?:`{3,}|:{3,})\{figure\}", re.MULTILINE)
_TABLE = re.compile(r"^[ ]*\|?[ ]*:?-{2,}:?[ ]*(?:\|[ ]*:?-{2,}:?[ ]*)+\|?[ ]*$", re.MULTILINE)
_SILENT = re.compile(r"\\(?:begin|end|label|tag)\s*\{[^{}]*\}|\\(?:left|right|[bB]igg?[lr]?|displaystyle|[,;:!\\ ])")
_SAID = re.compile(r"\\[A-Za-z]+|\d+(?:\.\d+)?|[^\W\d_]|[-+*/=<>!|'∀-⋿]")
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_FIGURES = ("image/", "application/vnd.plotly.", "application/vnd.vega")
"""Beginnings of mimetypes of what is looked at."""


def reading_minutes(prose: Iterable[str], code: Iterable[str] = (), figures: int = 0) -> int:
    """Whole minutes for Markdown, for shown code and for so many figures besides, rounded; 0 for less than a half."""
    text = "\n\n".join(prose)
    characters, words = letters_and_words([text])
    bare = _FENCE.sub("\n", text)
    shown = [*code, *(fence["code"] for fence in _FENCE.finditer(text) if not _is_diagram(fence["info"]))]
    diagrams = sum(_is_diagram(fence["info"]) for fence in _FENCE.finditer(text))
    words += sum(len(_SAID.findall(_SILENT.sub(" ", formula[0]))) for formula in _FORMULA.finditer(bare))
    words += sum(len(_WORD.findall(piece)) for piece in shown)
    figures += diagrams + len(_IMAGE.findall(bare)) + len(_TABLE.findall(bare))
    seconds = sum(max(FIRST_FIGURE - at, LEAST_FIGURE) for at in range(figures))
    return round(characters / CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE + seconds / 60)


def _is_diagram(info: str) -> bool:
    return info.strip("{}. ").lower().startswith("mermaid")


def minutes_of(run: Run, code: Visibility) -> int:
    """Whole minutes for the page of a run, on which the code of cells is shown as `code` says where they do not."""
    settings = PageSettings(code=code)
    cells = [cell for cell in run.notebook.cells if not cell.options.removed]
    shown = (cell.source for cell in cells if cell.code and code_visibility(cell, settings) == "show")
    figures = sum(_figures(cell, run) for cell in cells if cell.options.output == "show")
    return reading_minutes((text for cell in cells for text in prose_of(cell, run)), shown, figures)


def _figures(cell: Cell, run: Run) -> int:
    """How many pictures, charts and tables a cell shows."""
    trace = run.traces.get(cell.id)
    outputs = trace.outputs if trace else ()
    return sum(any(kind.startswith(_FIGURES) for kind in o.data) or "table" in o.metadata for o in outputs)
