"""marimo files become notebooks, and no broken cell spoils another."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from nbpublish.formats.marimo import MARIMO
from nbpublish.model import Cell, Notebook, Problem

NOTEBOOK = (Path(__file__).parent / "notebooks" / "formats_marimo.py").read_text(encoding="utf-8")
HEAD = 'import marimo\n\n__generated_with = "0.25.2"\napp = marimo.App()\n\n'
GUARD = '\nif __name__ == "__main__":\n    app.run()\n'


def read(cells: str, head: str = HEAD, guard: str = GUARD) -> Notebook:
    return MARIMO.read("lecture.py", head + dedent(cells).lstrip("\n") + guard)


def only(notebook: Notebook) -> Cell:
    (cell,) = notebook.cells
    return cell


def told(notebook: Notebook) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in notebook.problems]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# --- a whole notebook ------------------------------------------------------------------------------------------------


def test_every_cell_has_its_name_and_place() -> None:
    notebook = MARIMO.read("formats_marimo.py", NOTEBOOK)
    named = ["setup", None, "load", None, None, "waiting", None, None]
    named += ["empty", "only_a_comment", "square", "Line", "broken"]
    assert [cell.name for cell in notebook.cells] == named
    assert [cell.id for cell in notebook.cells if cell.name] == [name for name in named if name]
    assert notebook.order == "dataflow"
    assert notebook.setup == "setup"
    lines = NOTEBOOK.split("\n")
    for cell in notebook.cells:
        if cell.source:
            assert cell.source.split("\n")[0] in lines[cell.line - 1], cell


def test_the_head_becomes_metadata() -> None:
    metadata = MARIMO.read("formats_marimo.py", NOTEBOOK).metadata
    assert metadata["title"] == "第3章 回帰"
    assert metadata["width"] == "medium"
    assert metadata["css_file"] == "lecture.css"
    assert metadata["auto_download"] == ["html"]
    assert metadata["script"]["dependencies"] == ["marimo", "numpy"]
    assert metadata["header"] == NOTEBOOK[: NOTEBOOK.index("\nimport marimo")].strip("\n")


def test_only_the_broken_cell_is_a_problem() -> None:
    (problem,) = MARIMO.read("formats_marimo.py", NOTEBOOK).problems
    line = line_of(NOTEBOOK, "    print(x")
    assert str(problem).startswith(f"formats_marimo.py:{line}: Python cannot read this cell: '(' was never closed.")
    assert problem.cell == "broken"


# --- the text of a cell ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "source", "line"),
    [
        ("@app.cell\ndef _(x):\n    y = x\n    return (y,)\n", "y = x", 8),
        ("@app.cell\ndef _(x):\n    y = x\n    return y,\n", "y = x", 8),
        ("@app.cell\ndef _(x):\n    y = x\n    return (\n        y,\n    )\n", "y = x", 8),
        ("@app.cell\ndef _(x):\n    y = x\n", "y = x", 8),
        ("@app.cell\ndef _(\n    x,\n    y: int = len('(:'),\n) -> dict[str, int]:\n\n    z = x\n", "z = x", 12),
        ("@app.cell\ndef _(): x = 1; return x,\n", "x = 1", 7),
        ("@app.cell\ndef __(): x = 1  # why\n", "x = 1  # why", 7),
        ("@app.cell\ndef _(): return\n", "", 7),
        ("@app.cell\ndef _():\n    # one\n\n    # two\n    return\n", "# one\n\n# two", 8),
        ("@app.cell\ndef _():\n\tif x:\n\t\ty = 1\n\treturn\n", "if x:\n\ty = 1", 8),
        ("@app.cell\ndef _():\n    x = 1\n    return x  # shared\n", "x = 1\n# shared", 8),
        ("@app.cell\ndef _():\n    x = 1\n# at the margin\n    y = 2\n", "x = 1\n# at the margin\ny = 2", 8),
        ("@app.cell\ndef _():\n    語 = '日本'; 答 = 1; return 語\n", "語 = '日本'; 答 = 1", 8),
        ("@app.cell\ndef _():\n    s = '''\n    a\n      b\n    '''\n", "s = '''\na\n  b\n'''", 8),
        ("@app.cell\ndef _():\n    s = '''\n  a\n    b'''\n", "s = '''\n  a\n    b'''", 8),
        ("@app.cell\ndef _():\n    @a\n    def f():\n        return 1\n    return f,", "@a\ndef f():\n    return 1", 8),
        ("@app.cell\nasync def _():\n    await x()\n    return\n", "await x()", 8),
        ("@app.function\n@cache\ndef f(x):\n    return x\n", "@cache\ndef f(x):\n    return x", 7),
        ("@cache\n@app.function(hide_code=True)\ndef f(x):\n    return x\n", "@cache\n\ndef f(x):\n    return x", 6),
        ("@app.class_definition\nclass P:\n    x = 1\n", "class P:\n    x = 1", 7),
        ("with app.setup:\n    import numpy\n    # last\n", "import numpy\n# last", 7),
        ("with app.setup:\n    # nothing yet\n    pass\n", "# nothing yet", 7),
        ("async with app.setup(hide_code=True):\n    import numpy\n", "import numpy", 7),
    ],
)  # fmt: skip
def test_a_cell_has_exactly_its_authors_text(cell: str, source: str, line: int) -> None:
    found = only(read(cell))
    assert (found.source, found.line) == (source, line)
    assert read(cell).problems == ()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    changed = "\ufeff" + NOTEBOOK.replace("\n", "\r\n")
    assert MARIMO.recognises(changed)
    assert MARIMO.read("n.py", changed).cells == MARIMO.read("n.py", NOTEBOOK).cells


def test_an_edit_elsewhere_leaves_ids_alone() -> None:
    before = {cell.source: cell.id for cell in MARIMO.read("n.py", NOTEBOOK).cells}
    after = {cell.source: cell.id for cell in MARIMO.read("n.py", NOTEBOOK.replace("x = 1;", "x = 2;")).cells}
    assert {source: before[source] for source in before if source in after} == {
        source: id for source, id in after.items() if source in before
    }
    assert len(set(before.values())) == len(before)


def test_twins_are_told_apart() -> None:
    twin = "@app.cell\ndef plot():\n    1\n\n\n"
    assert [cell.id for cell in read(twin * 2 + twin.replace("plot", "_") * 2).cells] == [
        *("plot", "plot-2", "6b86b273", "6b86b273-2"),
    ]


def test_a_japanese_name_is_shown_and_is_no_id() -> None:
    cell = only(read("@app.cell\ndef 学習():\n    1\n"))
    assert cell.name == "学習"
    assert cell.id == "6b86b273"


def test_options() -> None:
    cell = only(read("@app.cell(hide_code=True, disabled=True, column=1)\ndef _():\n    1\n"))
    assert (cell.options.code, cell.options.disabled) == ("fold", True)
    notebook = read("@app.cell(hide_kode=True)\ndef _():\n    1\n")
    assert told(notebook) == [("cell-option", 6)]


def test_comment_options_are_taken_and_not_shown() -> None:
    cell = only(read("@app.cell\ndef _():\n    #| alt: 図\n    #| code: hide\n    x = 1\n"))
    assert (cell.source, cell.line, cell.options.alt, cell.options.code) == ("x = 1", 10, "図", "hide")


# --- prose -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "prose", "line"),
    [
        ('mo.md("one *line*")', "one *line*", 8),
        ('mo.md(r"""\n    # T\n\n    $\\alpha$\n    """)', "# T\n\n$\\alpha$", 9),
        ('mo.md(\n        r"""\n        # T\n            code\n        """\n    )', "# T\n    code", 10),
        ('mo.md("""first\n    second""")', "first\nsecond", 8),
        ('mo.md(f"""no value""")', "no value", 8),
        ('mo.md("a" "b")', "ab", 8),
        ('mo.md("")', "", 8),
    ],
)
def test_constant_prose_needs_no_execution(code: str, prose: str, line: int) -> None:
    cell = only(read(f"@app.cell(hide_code=True)\ndef intro(mo):\n    {code}\n    return\n"))
    assert (cell.kind, cell.source, cell.line, cell.name) == ("markdown", prose, line, "intro")


@pytest.mark.parametrize(
    "code",
    [
        *('mo.md(f"{x}")', 'mo.md("x");', 'mo.md("語") ; # no', 't = mo.md("x")', 'mo.md("x").callout()'),
        *('mo.md("x"); y = 1', "mo.md(x)", 'mo.md("x", y)', 'marimo.md("x")'),
    ],
)
def test_prose_that_depends_on_something_is_code(code: str) -> None:
    assert only(read(f"@app.cell\ndef _(mo, x):\n    {code}\n    return\n")).kind == "code"


# --- what is wrong ---------------------------------------------------------------------------------------------------


def test_a_broken_cell_spoils_itself_only() -> None:
    notebook = read(
        """
        @app.cell
        def first():
            a = 1
            return (a,)


        @app.cell(hide_code=True)
        def second(a):
            b = [a,
            c = 2
            return (b,)


        @app.cell
        def third(mo):
            mo.md("fine")
            return
        """
    )
    assert [(cell.id, cell.kind, cell.source, cell.line) for cell in notebook.cells] == [
        ("first", "code", "a = 1", 8),
        ("second", "code", "b = [a,\nc = 2", 14),
        ("third", "markdown", "fine", 21),
    ]
    assert [(p.code, p.line, p.cell) for p in notebook.problems] == [("syntax", 14, "second")]


def test_an_unclosed_string_does_not_swallow_the_next_cell() -> None:
    first, second = read('@app.cell\ndef _():\n    x = """\n    return\n\n\n@app.cell\ndef b():\n    1\n').cells
    assert first.source == 'x = """'
    assert second.source == "1"


def test_a_cell_that_quotes_marimo_stays_one_though_another_is_broken() -> None:
    quoting = '@app.cell\ndef quoting():\n    s = """\n@app.cell\ndef inner(): pass\n"""\n    return\n\n\n'
    notebook = read(quoting + "@app.cell\ndef broken():\n    x = (\n    return\n")
    assert [cell.id for cell in notebook.cells] == ["quoting", "broken"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("import numpy\n", [("stray-statement", 6)]),
        ("# between\n# cells\n@app.cell\ndef _():\n    1\n", [("stray-comment", 6)]),
        ("@app.cell\n# above\ndef _():\n    1\n", [("stray-comment", 7)]),
        ("@app.cell\n@cache\ndef _():\n    1\n", [("decorated-cell", 7)]),
        ("def helper():\n    return 1\n", [("stray-statement", 6)]),
        ("@app.cell\ndef _():\n    1\n\nwith app.setup:\n    import x\n", [("setup-not-first", 10)]),
        ("app = marimo.App()\n", [("stray-statement", 6)]),
        ("app._unparsable_cell('1')\n    # below\n", [("syntax", 6), ("stray-comment", 7)]),
    ],
)
def test_what_marimo_would_drop_is_told(text: str, problems: list[tuple[str, int]]) -> None:
    assert told(read(text)) == problems


def test_a_cell_after_the_run_guard_is_told_and_shown() -> None:
    notebook = read("", guard=GUARD + "\n@app.cell\ndef late():\n    1\n")
    assert [(p.code, p.line, p.cell) for p in notebook.problems] == [("cell-after-guard", 10, "late")]
    assert only(notebook).source == "1"


def test_other_code_in_the_run_guard_is_told() -> None:
    assert told(read("", guard='\nif __name__ == "__main__":\n    print(1)\n    app.run()\n')) == [("run-guard", 8)]


def test_an_option_that_is_no_constant_is_told() -> None:
    notebook = MARIMO.read("n.py", "import marimo\nT = 1\napp = marimo.App(\n    width=T,\n)\n")
    assert told(notebook) == [("stray-statement", 2), ("app-option", 4)]


def test_a_head_that_cannot_be_read_loses_no_cell() -> None:
    notebook = MARIMO.read("n.py", "import marimo\napp = marimo.App(\n\n@app.cell\ndef a():\n    1\n")
    assert [cell.id for cell in notebook.cells] == ["a"]
    assert told(notebook) == [("syntax", 2)]


def test_a_script_block_that_is_no_toml_is_told_and_keeps_nothing_from_running() -> None:
    (problem,) = MARIMO.read("n.py", "# /// script\n# dependencies = [\n# ///\n" + HEAD + GUARD).problems
    assert (problem.code, problem.severity) == ("script-metadata", "warning")


# --- which files are marimo's ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "from marimo import App\napp = App()\n@app.cell\ndef _(): pass\n",
        "import marimo as mo\nmo.md('x')\n",
        "'''\nimport marimo\napp = marimo.App()\n'''\n",
        "def test():\n    import marimo\n    app = marimo.App()\n",
        "import modal\napp = modal.App()\n@app.function()\ndef f(): pass\n",
        "import marimo\nimport modal\napp = modal.App()\n@app.function()\ndef f(): pass\n",
        "# import marimo, app = marimo.App()\n",
        "import marimo._ast\nx = 1  # app\n",
    ],
)
def test_a_file_that_only_speaks_of_marimo_is_left_alone(text: str) -> None:
    assert not MARIMO.recognises(text)


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        "import marimo as mo\napp = mo.App()\n",
        "import marimo\n@app.cell\ndef _(): pass\n",
        HEAD + "@app.cell\ndef _(:\n",
        "import marimo\n<<<<<<< HEAD\napp = marimo.App()\n",
    ],
)
def test_what_is_meant_as_a_notebook_is_one(text: str) -> None:
    assert MARIMO.recognises(text)
    assert MARIMO.read("n.py", text).format == "marimo"


def test_problems_are_plain_values() -> None:
    problem = read("import numpy\n").problems[0]
    assert problem == Problem(problem.code, problem.message, "lecture.py", 6)
    assert problem.message.endswith("Move it into a cell.")
