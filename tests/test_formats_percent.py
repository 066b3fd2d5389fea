"""Percent scripts become notebooks, as jupytext, VS Code, Spyder and PyCharm write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbpublish.formats.markers import marker_of
from nbpublish.formats.percent import PERCENT
from nbpublish.model import Cell, Notebook

NOTEBOOK = (Path(__file__).parent / "notebooks" / "formats_percent.py").read_text(encoding="utf-8")
WRITTEN = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: percent\n# ---\n\n"


def read(text: str) -> Notebook:
    return PERCENT.read("script.py", text)


def only(text: str) -> Cell:
    (cell,) = read(text).cells
    return cell


def test_a_whole_script() -> None:
    notebook = read(NOTEBOOK)
    assert notebook.metadata == {"title": "分類", "tags": ["lecture", "二値"]}
    assert (notebook.order, notebook.problems) == ("document", ())
    assert [(cell.kind, cell.name, cell.source.split("\n")[0]) for cell in notebook.cells] == [
        ("markdown", None, "# 分類"),
        ("code", "準備", "# %matplotlib inline"),
        ("code", "Draw", "# A comment of the author's."),
        ("markdown", None, "## As a string"),
        ("code", None, "# %%time"),
        ("code", None, "echo hello"),
        ("raw", None, "<b>bold</b>"),
        ("markdown", None, "PyCharm's own"),
        ("code", None, "last = 1"),
    ]
    lines = NOTEBOOK.split("\n")
    for cell in notebook.cells:
        assert cell.source.split("\n")[0] in lines[cell.line - 1]


def test_options_of_a_cell() -> None:
    options = read(NOTEBOOK).cells[2].options
    assert (options.code, options.timeout, options.alt, options.label) == ("fold", 30.0, "散布図", "fig-points")
    assert options.tags == ("hide-input", "figure")
    assert read(NOTEBOOK).cells[6].options.mimetype == "text/html"


def test_a_marker_in_a_string_begins_no_cell() -> None:
    assert '# %% no marker, a string\n"""' in read(NOTEBOOK).cells[2].source
    assert not PERCENT.recognises('"""\n# %% in a docstring\n"""\nx = 1\n')
    assert not PERCENT.recognises("s = '''\n# %%\n'''\n")
    assert not PERCENT.recognises("def f():\n    # %% indented\n    pass\n")


def test_an_unclosed_string_spoils_its_cell_only() -> None:
    text = '# %% a\nx = """\n\n# %% b\ny = """text"""\n\n# %% c\nz = """\n# %% quoted\n"""\n'
    assert [cell.source for cell in read(text).cells] == ['x = """', 'y = """text"""', 'z = """\n# %% quoted\n"""']


def test_a_magic_does_not_make_a_string_look_unclosed() -> None:
    text = '# %%\n%matplotlib inline\nx = """\n# %% quoted\n"""\n# %%\ny = 1\n'
    assert len(read(text).cells) == 2


def test_a_marker_in_a_fenced_block_of_prose_begins_no_cell() -> None:
    text = "# %% [markdown]\n# ```mermaid\n# %% a comment of the diagram\n# A --> B\n# ```\n# after\n\n# %%\nx = 1\n"
    prose, code = read(text).cells
    assert prose.source.endswith("A --> B\n```\nafter")
    assert code.source == "x = 1"


@pytest.mark.parametrize(
    ("line", "title", "kind", "metadata"),
    [
        ("# %%", None, "code", {}),
        ("#%%", None, "code", {}),
        ("# %% a title", "a title", "code", {}),
        ("#%%[markdown]", None, "markdown", {}),
        ("# %% [md] Title", "Title", "markdown", {}),
        ("# %% 学習 [markdown]", "学習", "markdown", {}),
        ("#%% md", None, "markdown", {}),
        ("# %% [raw]", None, "raw", {}),
        ("# %%% deeper", "deeper", "code", {}),
        ('# %% a tags=["x", "y"] alt="図"', "a", "code", {"tags": ["x", "y"], "alt": "図"}),
        ("# %% tags=solution", None, "code", {"tags": "solution"}),
        ("# %% y = a x + b", "y = a x + b", "code", {}),
        ('# %% [markdown] {"tags": ["x"]}', None, "markdown", {"tags": ["x"]}),
        ('# %% run_control={"frozen": true}', None, "code", {"run_control": {"frozen": True}}),
        ("# In[12]:", None, "code", {}),
    ],
)
def test_what_a_marker_says(line: str, title: str | None, kind: str, metadata: dict[str, object]) -> None:
    marker = marker_of(line)
    assert marker
    assert (marker.title, marker.kind, marker.metadata) == (title, kind, metadata)


@pytest.mark.parametrize("line", ["# %%time", "# %%bash -x", "#%%timeit", "# 100 %% sure", "x # %%", "#!%%"])
def test_what_is_no_marker(line: str) -> None:
    assert marker_of(line) is None


def test_what_stands_above_the_first_marker() -> None:
    text = '#!/usr/bin/env python\n# coding: utf-8\n# /// script\n# dependencies = ["numpy"]\n# ///\nimport x\n'
    text += "# %%\ny\n"
    notebook = read(text)
    assert [(cell.source, cell.line) for cell in notebook.cells] == [("import x", 6), ("y", 8)]
    assert notebook.metadata["script"] == {"dependencies": ["numpy"]}
    assert notebook.metadata["header"].startswith("#!/usr/bin/env python\n# coding: utf-8\n# /// script")


def test_a_docstring_above_the_first_marker_is_prose() -> None:
    assert [(c.kind, c.source) for c in read('"""\n# Title\n"""\n\n# %%\nx\n').cells] == [
        *(("markdown", "# Title"), ("code", "x")),
    ]


def test_a_name_in_the_metadata_is_the_id() -> None:
    assert only('# %% Title name="fit"\n1\n').id == "fit"
    assert only("# %% Title\n1\n").id == "6b86b273"


def test_front_matter_in_the_first_cell_is_the_pages() -> None:
    notebook = read("# %% [raw]\n# ---\n# title: 題\n# ---\n\n# %%\n1\n")
    assert notebook.metadata == {"title": "題"}
    assert len(notebook.cells) == 1


def test_a_header_that_is_no_yaml_is_told() -> None:
    (problem,) = read("# ---\n# title: a: b\n# ---\n# %%\n1\n").problems
    assert (problem.code, problem.line) == ("front-matter", 2)


def test_a_script_of_another_kernel_is_shown_and_not_run() -> None:
    notebook = read("# ---\n# jupyter:\n#   kernelspec:\n#     language: julia\n# ---\n# %%\nx = [1 2]\n")
    assert notebook.cells[0].source == "x = [1 2]"
    assert notebook.cells[0].code == ""
    assert [(p.code, p.line) for p in notebook.problems] == [("foreign-kernel", 4)]


# --- magics, which jupytext keeps in comments ------------------------------------------------------------------------


def test_escaped_magics_run_and_are_shown_as_written() -> None:
    cell = only(WRITTEN + "# %%\n# %cd data\n# !ls -l \\\n#   *.csv\n# files = !ls\nx = 1\n# plain\n")
    assert cell.source.startswith("# %cd data\n# !ls")
    assert cell.code.split("\n") == [
        "get_ipython().run_line_magic('cd', 'data')",
        "get_ipython().system('ls -l    *.csv')",
        "",
        "files = get_ipython().getoutput('ls')",
        "x = 1",
        "# plain",
    ]


def test_a_commented_command_in_another_editors_file_stays_a_comment() -> None:
    cell = only("# %%\n# !rm -rf data\nx = 1\n")
    assert cell.python is None


@pytest.mark.parametrize("line", ["# %matplotlib inline  # noescape", "s = '''\n# %matplotlib inline\n'''"])
def test_what_only_looks_escaped_is_left(line: str) -> None:
    assert only(WRITTEN + f"# %%\n{line}\n").python is None


def test_inactive_and_frozen_cells() -> None:
    text = '# %% active="ipynb"\n# x = 1\n\n# %% active="py"\ny = 1\n\n# %% run_control={"frozen": true}\n# z = 1\n'
    shown, left, frozen = read(text).cells
    assert (shown.kind, shown.source) == ("code", "x = 1")
    assert left.kind == "raw"
    assert (frozen.source, frozen.options.disabled) == ("z = 1", True)


def test_a_cell_in_another_language() -> None:
    cell = read(NOTEBOOK).cells[5]
    assert cell.source == "echo hello\ndate"
    assert cell.code == "get_ipython().run_cell_magic('bash', '', 'echo hello\\ndate\\n')\n"
