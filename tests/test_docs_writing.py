"""The guide to writing prose shows each example as it is written and as it is read: the two must be the same text."""

from __future__ import annotations

import re
from pathlib import Path

from nbpublish.formats.percent import PERCENT
from nbpublish.graph.analyse import analyse
from nbpublish.model import Run
from nbpublish.page.numbering import alone
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings

GUIDE = Path(__file__).parent.parent / "docs_src/guide/writing.py"
NOTEBOOK = PERCENT.read("guide/writing.py", GUIDE.read_text(encoding="utf-8"))
RUN = Run(NOTEBOOK, analyse(NOTEBOOK), {}, {})
PAGE = render(RUN, PageSettings(), lambda address, line: address)
HTML = alone(PAGE.html)
EXAMPLE = re.compile(r"^````markdown\n(.*?)\n````\n\n", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Each source, and the text that follows it."""
    cells = [cell.source for cell in NOTEBOOK.cells]
    return [(match[1], text[match.end() :]) for text in cells for match in EXAMPLE.finditer(text)]


def test_each_source_is_followed_by_the_same_text() -> None:
    assert len(examples()) > 20
    for source, after in examples():
        assert after.startswith(source), source


def test_all_of_it_is_understood() -> None:
    assert NOTEBOOK.problems == PAGE.problems == ()
    read = re.sub(r"<pre.*?</pre>|<code.*?</code>|<math.*?</math>", "", HTML, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "", read)
    for sign in (*("!!!", "???", "///", ":::", "==", "**", "~~", "++", ":ta"), *"^{}[`|\\"):
        assert sign not in text, sign
    assert text.count("$") == 1  # the coffee


def test_every_kind_of_thing_is_there() -> None:
    kinds = {
        *("admonition note", "admonition tip", "admonition warning", "admonition important", "admonition caution"),
        *("<details class=", "nb-tabs", "footnotes", "<abbr", "task-list", "<dl>", "<figcaption", "<table", "<kbd"),
        *("<mark>", "<ins>", "<sub>", "<sup>", "nb-flowchart", "hll", "nb-line-number", "(1)"),
        "<strong>「勾配降下法」</strong>",
    }
    assert {kind for kind in kinds if kind not in HTML} == set()
