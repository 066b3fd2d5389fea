"""What holds for any text: reading never raises, a broken cell spoils itself only, and nothing is lost."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nbpublish.formats.detect import decode, formats_available, read
from nbpublish.formats.rest import Converter
from nbpublish.model import Notebook, Problem

NAMES = ("formats_marimo.py", "formats_percent.py", "formats_light.py", "formats_gallery.py", "formats_jupyter.ipynb")
TEXTS = {name: (Path(__file__).parent / "notebooks" / name).read_text(encoding="utf-8") for name in NAMES}
names = st.sampled_from(NAMES)
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = [
    *("@app.cell\n", "def _():\n", "    return\n", "    x = 1\n", '"""', "'''", "# %%", " [markdown]", "\n", "# +\n"),
    *("import marimo\n", "app = marimo.App()\n", "with app.setup:\n", "# ---\n", "# jupyter:\n", "%%time\n", "!ls\n"),
    *("if __name__ == '__main__':\n", "app._unparsable_cell(", ")", "(", "\\", "\t", "\f", "\0", "\r", "\u2028", "語"),
    *("#| alt: x\n", "# ///", " script\n", ":", "{", "}", "`", "===\n", "#" * 20, "{\n", '"cells": [', ".. x::\n"),
    *("# -\n", "[", "]"),
]
soups = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)


def sound(notebook: Notebook | None, text: str) -> None:
    """What every notebook owes to the rooms behind."""
    if notebook is None:
        return
    last = len(re.split("\r\n|\r|\n", text))
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", id) for id in ids)
    assert notebook.setup is None or notebook.setup in ids
    for cell in notebook.cells:
        assert 1 <= cell.line <= last
        assert cell.python is None or cell.python.count("\n") == cell.source.count("\n")
        assert not UNDECODED.search(cell.source)
    for problem in notebook.problems:
        assert 1 <= problem.line <= last, problem
        assert problem.cell is None or problem.cell in ids
        assert problem.message.endswith((".", "?"))


UNDECODED = re.compile("[\ud800-\udfff]")


# --- never raises ----------------------------------------------------------------------------------------------------


@fuzz
@given(names, st.text() | soups)
@example("formats_marimo.py", "import marimo\napp = marimo.App()\n@app.cell\ndef _(x=" + "(" * 300)
@example("formats_marimo.py", "import marimo\napp = marimo.App(**x, *y)\n@app.cell(**x)\ndef _(): ...\n")
@example("formats_percent.py", "# %%\n\ud800\n")
def test_any_text_is_read(name: str, text: str) -> None:
    sound(read(name, text), text)
    for format in formats_available():
        sound(format.read(name, text) if not UNDECODED.search(text) else None, text)


@fuzz
@given(names, st.binary())
def test_any_bytes_are_read(name: str, data: bytes) -> None:
    text = decode(data)
    sound(read(name, text), text)


@fuzz
@given(names, st.data())
def test_any_truncation_is_read(name: str, data: st.DataObject) -> None:
    text = TEXTS[name][: data.draw(st.integers(0, len(TEXTS[name])))]
    sound(read(name, text), text)


@fuzz
@given(names, st.data())
def test_any_insertion_is_read(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(TEXTS[name])))
    text = TEXTS[name][:at] + data.draw(soups) + TEXTS[name][at:]
    sound(read(name, text), text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["tags", "name", "jupyter", "alt", "timeout", "code", "run_control", "raw_mimetype"]
odd_cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | json_values},
    optional={
        "source": json_values,
        "metadata": json_values | st.dictionaries(st.sampled_from(KEYS), json_values),
        "outputs": json_values,
        "attachments": json_values,
    },
)


@fuzz
@given(st.sampled_from([2, 3, 4, 5]) | json_values, st.lists(odd_cells | json_values, max_size=4), json_values)
def test_any_json_is_read(version: object, cells: list[object], metadata: object) -> None:
    for data in (
        {"nbformat": version, "cells": cells, "metadata": metadata},
        {"nbformat": version, "worksheets": [{"cells": cells}], "metadata": metadata},
    ):
        text = json.dumps(data, indent=1)
        sound(read("n.ipynb", text), text)


@fuzz
@given(st.text() | soups)
def test_any_restructured_text_is_turned(text: str) -> None:
    assert isinstance(Converter().markdown(text.replace("\r", "\n")), str)


# --- a broken cell spoils itself -------------------------------------------------------------------------------------


def _begins(name: str) -> list[int]:
    """Indices of the lines on which the parts of a fixture begin."""
    lines = TEXTS[name].split("\n")
    sign = {"m": r"@app\.|with app|app\._|if __name", "p": r"# ?%%(\s|$)"}[name.removeprefix("formats_")[0]]
    return [n for n, line in enumerate(lines) if re.match(sign, line) and "no marker" not in line]


@pytest.mark.parametrize("change", ["delete", "    x = (", '    x = """', '"""'])
@pytest.mark.parametrize("name", ["formats_marimo.py", "formats_percent.py"])
def test_a_broken_line_spoils_only_the_cells_beside_it(name: str, change: str) -> None:
    lines = TEXTS[name].split("\n")
    begins = [*_begins(name), len(lines)]
    before = read(name, TEXTS[name])
    assert before
    for at in range(begins[0], len(lines)):
        part = sum(begin <= at for begin in begins) - 1
        near = range(begins[max(part - 1, 0)], begins[min(part + 2, len(begins) - 1)])
        after = read(name, "\n".join([*lines[:at], *([] if change == "delete" else [change]), *lines[at + 1 :]]))
        assert after
        kept = [(cell.kind, cell.name, cell.source) for cell in after.cells]
        for cell in before.cells:
            if cell.line - 1 not in near:
                assert (cell.kind, cell.name, cell.source) in kept, (at + 1, lines[at])


# --- nothing is lost -------------------------------------------------------------------------------------------------


def _header_end(text: str) -> int:
    return text[: text.find("# ---", 5)].count("\n") + 1 if text.startswith("# ---") else 0


def _signature_lines(text: str) -> set[int]:
    """Indices of lines before which a line would stand inside a signature, prose, a call or a YAML header."""
    inside = set(range(_header_end(text)))
    for node in ast.walk(ast.parse(text)):
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
        if isinstance(node, ast.FunctionDef):
            prose = re.match(r"mo\.md\(['\"]", ast.unparse(node.body[0]))
            last = last + 3 if prose else node.body[0].lineno - 1  # with the blank lines below, which belong to it
        if isinstance(node, ast.FunctionDef | ast.Call):
            inside |= set(range(first, last))
    return inside


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
@pytest.mark.parametrize("word", ["# unique_word", "unique_word = 1"])
@pytest.mark.parametrize("name", NAMES[:-1])
def test_an_inserted_line_is_in_one_cell_or_told(name: str, word: str, indent: str) -> None:
    lines = TEXTS[name].split("\n")
    for at in sorted({*range(len(lines) + 1)} - _signature_lines(TEXTS[name])):
        notebook = read(name, "\n".join([*lines[:at], indent + word, *lines[at:]]))
        assert notebook
        held = [cell for cell in notebook.cells if "unique_word" in cell.source]
        told = [problem for problem in notebook.problems if at + 1 in _lines_told(problem)]
        metadata = "unique_word" in json.dumps(notebook.metadata, default=str)
        assert len(held) + metadata == 1 or (not held and told), (at + 1, notebook.problems)


def _lines_told(problem: Problem) -> range:
    """The lines a problem speaks of."""
    found = re.search(r"ines (\d+) to (\d+)", problem.message)
    return range(int(found[1]), int(found[2]) + 1) if found else range(problem.line, problem.line + 1)


def _lines_of(notebook: Notebook) -> set[int]:
    return {n for cell in notebook.cells for n in range(cell.line, cell.line + cell.source.count("\n") + 1)}


@pytest.mark.parametrize("name", ["formats_percent.py", "formats_light.py"])
def test_every_line_of_a_script_is_in_a_cell_or_is_a_marker(name: str) -> None:
    notebook = read(name, TEXTS[name])
    assert notebook
    rest = [
        line
        for n, line in enumerate(TEXTS[name].split("\n"), 1)
        if n not in _lines_of(notebook) and line.strip() and not re.match(r"# ?%%|# [+]|# -$|#\||r?\"\"\"", line)
    ]
    assert rest[0] == rest[-1] == "# ---"
    assert len(rest) == TEXTS[name][: TEXTS[name].index("\n\n")].count("\n") + 1


# --- and it is quick -------------------------------------------------------------------------------------------------


BODY = """
    # a comment
    y = [n**2 for n in range(10)]
    text = '''
    a
    '''
    z = y + [len(text)]
"""
PROSE = '''
@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Title

    Text.
    """)
    return

'''


def big(name: str, cells: int) -> str:
    """A notebook of so many cells, a quarter of them prose."""
    if name == "m.py":
        return HEAD + (f"@app.cell\ndef _(x, y):{BODY}    return (z,)\n\n\n" * 3 + PROSE) * (cells // 4)
    return (f"# %% title{dedent(BODY)}" * 3 + "# %% [markdown]\n# # Title\n#\n# Text.\n") * (cells // 4)


HEAD = "import marimo\napp = marimo.App()\n\n"


@pytest.mark.parametrize("name", ["m.py", "p.py"])
def test_a_notebook_that_is_broken_throughout_takes_linear_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"m.py": "    x = (\n    return\n", "p.py": 'x = """\n'}[name]
    parsed = 0
    parse = ast.parse

    def counting(source: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal parsed
        parsed += len(source) if isinstance(source, str) else 0
        return parse(source, *arguments, **options)

    def characters_parsed(cells: int) -> int:
        nonlocal parsed
        parsed = 0
        start = "@app.cell\ndef _():\n" if name == "m.py" else "# %%\n"
        assert read(name, big(name, 4) + start.join([broken] * cells))
        return parsed

    monkeypatch.setattr(ast, "parse", counting)
    assert characters_parsed(400) < 6 * characters_parsed(100)
