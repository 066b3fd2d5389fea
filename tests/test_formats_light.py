"""jupytext's light scripts and Sphinx-Gallery's become notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbpublish.formats.gallery import GALLERY
from nbpublish.formats.light import LIGHT
from nbpublish.formats.percent import PERCENT

NOTEBOOKS = Path(__file__).parent / "notebooks"
SCRIPT = (NOTEBOOKS / "formats_light.py").read_text(encoding="utf-8")
EXAMPLE = (NOTEBOOKS / "formats_gallery.py").read_text(encoding="utf-8")


def test_paragraphs_are_cells() -> None:
    notebook = LIGHT.read("formats_light.py", SCRIPT)
    assert [(cell.kind, cell.line, cell.source) for cell in notebook.cells] == [
        ("markdown", 10, "# Light\n\nA paragraph of prose."),
        ("code", 14, "# A comment that belongs to its code.\nx = 1\ndef double(y):\n\n    return 2 * y"),
        ("code", 21, "a = 1\n\nb = 2"),
        ("code", 26, "# %matplotlib inline"),
        ("markdown", 28, "Another *paragraph*."),
        ("markdown", 31, "First.\n\n\nSecond."),
        ("code", 37, "double(x)"),
    ]
    assert notebook.cells[2].options.code == "hide"
    assert notebook.cells[3].code == "get_ipython().run_line_magic('matplotlib', 'inline')"


def test_region_markers_named_in_the_header() -> None:
    text = SCRIPT.replace("text_representation:", "cell_markers: region,endregion\n#     text_representation:")
    text = text.replace('# + tags=["remove-input"]', '# region tags=["remove-input"]').replace("# -\n", "# endregion\n")
    text = text.replace("# + [markdown]", "# region [markdown]")
    kinds = [(cell.kind, cell.source) for cell in LIGHT.read("n.py", text).cells]
    assert kinds == [(cell.kind, cell.source) for cell in LIGHT.read("n.py", SCRIPT).cells]


def test_without_a_header_only_real_markers_make_a_notebook() -> None:
    assert LIGHT.recognises("x = 1\n\n# +\na = 1\n\nb = 2\n# -\n")
    assert LIGHT.recognises('# + tags=["x"]\na = 1\n')
    assert not LIGHT.recognises("# + one more thing\nx = 1\n")
    assert not LIGHT.recognises("# Notes\n\nx = 1\n")
    assert not LIGHT.recognises('"""\n# +\n"""\n')


def test_a_header_that_cannot_be_read_is_told_and_the_script_still_a_notebook() -> None:
    text = "# ---\n# title: Exception: Test\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n1 + 2\n"
    assert LIGHT.recognises(text)
    notebook = LIGHT.read("a.py", text)
    assert [(p.code, p.line) for p in notebook.problems] == [("front-matter", 2)]
    assert [cell.source for cell in notebook.cells] == ["1 + 2"]


def test_an_example_of_the_gallery() -> None:
    notebook = GALLERY.read("plot_fit.py", EXAMPLE)
    assert [(cell.kind, cell.line, cell.source) for cell in notebook.cells] == [
        (
            "markdown",
            2,
            "# Fit of a line\n\nThe estimator `LinAlgError` and a formula, $y = a x + b$.\n\n"
            "!!! note\n    Read [the book](https://example.org/book) first.",
        ),
        ("code", 12, "# Authors: the lecturer\nimport numpy as np"),
        (
            "markdown",
            16,
            "## Data\n\nWe draw `n` points:\n\n```python\nn = 3\n```\n\n$$\ny = a x + b\n$$",
        ),
        ("code", 27, "n = 3\nx = np.arange(n)"),
        ("markdown", 31, "## Fit\n\nSee [^1] and the guide.\n\n[^1]: A. Author, *A title*."),
        ("code", 36, "a, b = np.polyfit(x, x, 1)"),
        ("code", 39, "print(a, b)"),
    ]


def test_one_format_recognises_a_script() -> None:
    assert [format.recognises(EXAMPLE) for format in (GALLERY, LIGHT, PERCENT)] == [True, False, False]
    assert [format.recognises(SCRIPT) for format in (GALLERY, LIGHT, PERCENT)] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        '"""\n===\nFit\n===\n"""\nimport numpy as np\n\nprint(np.pi)\n',
        '"""\nFit\n===\n\nText.\n"""\nimport matplotlib.pyplot as plt\n\nplt.plot([1])\nplt.show()\n',
        '"""\n.. currentmodule:: x\n\n.. _fit:\n\nIt\'s a fit\n==========\n"""\n# %%\n# Prose.\n',
    ],
)
def test_examples_of_one_block(text: str) -> None:
    assert GALLERY.recognises(text)


def test_a_comment_behind_the_docstring() -> None:
    text = '"""\n===\nFit\n===\n"""  # noqa: E501\nprint(1)\n'
    assert [cell.source for cell in GALLERY.read("plot.py", text).cells] == ["# Fit", "print(1)"]


def test_a_rule_with_a_space_separates_nothing() -> None:
    text = '"""\n===\nFit\n===\n"""\nx = 1\n# ' + "#" * 40 + "\n# Plot\ny = 2\n"
    assert [cell.kind for cell in GALLERY.read("plot.py", text).cells] == ["markdown", "code"]


@pytest.mark.parametrize(
    "text",
    [
        '"""\nTools\n=====\n\nFor the lecture.\n"""\n\nimport numpy as np\n\n\ndef f():\n    return 1\n',
        '"""Tools."""\n\n' + "#" * 40 + "\n# Licence\n" + "#" * 40 + "\nx = 1\n",
    ],
)
def test_a_helper_with_a_titled_docstring_is_no_gallery(text: str) -> None:
    assert not GALLERY.recognises(text)
