"""What readers take along: a notebook that Jupyter opens, Markdown that reads like the page."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import code, page, printed, prose, raised, result, run

from nbpublish.executors.inline import InlineExecutor
from nbpublish.exporters.ipynb import to_ipynb
from nbpublish.exporters.links import redirected
from nbpublish.exporters.markdown import to_markdown
from nbpublish.model import Cell, Options, Run, Trace
from nbpublish.project import Project

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>点</title><circle r="4"/></svg>'


def notebook(run: Run, **options: Any) -> Any:
    """The notebook as nbformat reads it, which is asked whether it is one."""
    node = nbformat.reads(to_ipynb(run, **options).decode(), as_version=4)
    nbformat.validate(node)
    return node


def traced(*cells: Cell, **traces: Trace) -> Run:
    return run(*cells, traces=traces)


# --- Jupyter ----------------------------------------------------------------------------------------------------------


def test_prose_code_and_what_it_gave() -> None:
    made = notebook(
        traced(
            prose("a", "# 回帰\n\n本文"),
            code("b", "print(x)\nx"),
            b=Trace("k", (printed("一\n"), printed("警告\n", "stderr"), result("text/plain", "1"))),
        )
    )
    assert [cell.cell_type for cell in made.cells] == ["markdown", "code"]
    assert [cell.source for cell in made.cells] == ["# 回帰\n\n本文", "print(x)\nx"]
    out, err, value = made.cells[1].outputs
    assert (out.name, out.text, err.name, err.text) == ("stdout", "一\n", "stderr", "警告\n")
    assert (value.output_type, value.execution_count, value.data) == ("execute_result", 1, {"text/plain": "1"})


def test_pictures_errors_and_json() -> None:
    frame = {"path": "lecture.py", "line": 3, "function": "f", "code": "1 / 0", "library": False}
    outputs = (
        result("image/png", PNG, width=1, height=1),
        result("image/svg+xml", DOT),
        result("application/json", {"一": [1, 2]}),
        raised("ZeroDivisionError", "division by zero", frame),
    )
    png, svg, data, error = notebook(traced(code("a", "f()"), a=Trace("k", outputs))).cells[0].outputs
    assert base64.b64decode(png.data["image/png"]) == PNG
    assert svg.data["image/svg+xml"] == DOT
    assert data.data["application/json"] == {"一": [1, 2]}
    assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")
    assert "line 3, in f" in "\n".join(error.traceback)


def test_cells_say_in_jupyters_words_how_they_are_shown() -> None:
    cells = [
        code("a", "1", code="hide"),
        code("b", "2", output="fold"),
        code("c", "3", output="hide"),
        code("d", "4", stdout=False),
        code("e", "5", raises=True, tags=("exercise",)),
        code("f", "6", removed=True),
    ]
    traces = {cell.id: Trace("k", (printed("said"),)) for cell in cells}
    a, b, c, d, e, f = notebook(traced(*cells, **traces)).cells
    assert a.metadata.jupyter.source_hidden
    assert f.metadata.jupyter.source_hidden, "others may need it"
    assert b.metadata.jupyter.outputs_hidden
    assert b.outputs
    assert c.outputs == d.outputs == []
    assert e.metadata.tags == ["exercise", "raises-exception"]


def test_ids_are_the_cells_own_and_the_same_each_time() -> None:
    cells = [code("fit", "x = 1", name="fit"), code("学習", "y = 2", name="学習")]
    first, second = notebook(run(*cells)).cells
    assert (first.id, first.metadata.name) == ("fit", "fit")
    assert second.id.isascii()
    assert second.metadata.name == "学習"
    assert to_ipynb(run(*cells)) == to_ipynb(run(*cells))


def test_cells_of_marimo_come_before_those_that_use_them() -> None:
    cells = [prose("t", "# T"), code("a", "y = x + 1"), code("b", "x = z"), prose("p", "p"), code("c", "z = 1")]
    assert [cell.id for cell in notebook(run(*cells)).cells] == ["t", "c", "b", "a", "p"]


def test_elements_of_marimo_are_html_that_jupyter_shows() -> None:
    html = "<marimo-callout-output data-html='&quot;&lt;b&gt;注意&lt;/b&gt;&quot;' data-kind='&quot;warn&quot;'>"
    made = notebook(traced(code("a", "mo.callout()"), a=Trace("k", (result("text/html", html),))))
    shown = made.cells[0].outputs[0].data["text/html"]
    assert "marimo-" not in shown
    assert "<b>注意</b>" in shown


def test_links_lead_where_the_site_is() -> None:
    made = notebook(run(prose("a", "[次](b.py#x) `[code](b.py)`")), link=lambda url: f"https://example.org/{url}")
    assert made.cells[0].source == "[次](https://example.org/b.py#x) `[code](b.py)`"


def test_python_is_the_one_that_ran() -> None:
    made = notebook(traced(code("a", "1"), a=Trace("k", (), engine="0.1 cpython 3.12.4 linux x86_64")))
    assert made.metadata.language_info.version == "3.12.4"
    assert made.metadata.kernelspec.name == "python3"


def test_what_was_not_executed_has_no_count() -> None:
    [cell] = notebook(run(code("a", "1"))).cells
    assert (cell.execution_count, cell.outputs) == (None, [])


@given(
    source=st.text(),
    id=st.text(min_size=1),
    out=st.text(),
    data=st.dictionaries(st.sampled_from(["text/html", "image/png", "application/json"]), st.text() | st.binary()),
)
def test_whatever_a_cell_holds_the_notebook_is_valid(source: str, id: str, out: str, data: dict[str, Any]) -> None:
    outputs = (printed(out), *(result(kind, value) for kind, value in data.items()))
    made = run(Cell(id, "code", source, 1, id, Options()), traces={id: Trace("k", outputs)})
    nbformat.validate(nbformat.reads(to_ipynb(made).decode(), as_version=4))


LECTURE = """import marimo

app = marimo.App()


@app.cell
def _(mo):
    mo.md("# 講義")
    return


@app.cell
def _(x):
    print(x * 7)
    return


@app.cell
def _():
    import marimo as mo

    x = 6
    return mo, x


if __name__ == "__main__":
    app.run()
"""


def test_a_notebook_of_marimo_runs_from_top_to_bottom_and_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "lecture.py").write_text(LECTURE, encoding="utf-8")
    project = Project(tmp_path, executor=InlineExecutor(tmp_path))
    book = project.read("lecture.py")
    assert book
    made = notebook(project.runs([book])["lecture.py"])
    names: dict[str, Any] = {}
    printed_then = [output.text for cell in made.cells for output in cell.get("outputs", ()) if "text" in output]
    assert printed_then == ["42\n"]
    for cell in made.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    assert names["x"] == 6


# --- Markdown ---------------------------------------------------------------------------------------------------------


def markdown(*cells: Cell, **traces: Trace) -> str:
    made = run(*cells, traces=traces)
    return to_markdown(made, page(made))


def test_markdown_reads_like_the_page() -> None:
    text = markdown(
        prose("a", "# 回帰\n\n$x$ を求める。"),
        code("b", "print('```')"),
        code("c", "secret()", code="hide"),
        code("d", "gone()", removed=True),
        b=Trace("k", (printed("```\n"),)),
        c=Trace("k", (result("text/plain", "[1, 2]"),)),
        d=Trace("k", (printed("never"),)),
    )
    assert text == (
        "# 回帰\n\n$x$ を求める。\n\n````python\nprint('```')\n````\n\n````text\n```\n````\n\n```text\n[1, 2]\n```\n"
    )


def test_figures_are_links_to_the_files_of_the_page() -> None:
    made = run(code("a", "draw()", code="hide"), traces={"a": Trace("k", (result("image/png", PNG, alt="赤い点"),))})
    shown = page(made, asset_base="assets/")
    assert to_markdown(made, shown) == f"![赤い点](assets/{shown.assets[0].name})\n"


def test_a_caption_has_the_label_that_prose_refers_to() -> None:
    cell = code("a", "draw()", code="hide", caption="The loss", label="fig-loss")
    text = markdown(prose("p", "See @fig-loss."), cell, a=Trace("k", (result("image/png", PNG, alt="dot"),)))
    assert text.startswith("See @fig-loss.\n\n![dot](")
    assert "(fig-loss)" in text
    assert "The loss" in text


def test_tables_stay_tables() -> None:
    html = "<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    assert "| x |\n| --- |\n| 1 |" in markdown(code("a", "t"), a=Trace("k", (result("text/html", html),)))


def test_a_fence_is_longer_than_any_within_it() -> None:
    html = "<p>before</p><pre>```</pre>"
    assert "````text\n```\n````" in markdown(code("a", "t"), a=Trace("k", (result("text/html", html),)))


def test_an_error_and_what_it_stopped_are_said() -> None:
    text = markdown(code("a", "1 / 0"), a=Trace("k", (raised("ZeroDivisionError", "division by zero"),), exit="failed"))
    assert "**ZeroDivisionError**: division by zero" in text


def test_computed_prose_is_shown_as_it_was_computed() -> None:
    text = markdown(code("a", 'mo.md(f"# {n}")'), a=Trace("k", (result("text/markdown", "# 42 [b](b.py)"),)))
    assert text == "# 42 [b](b.py)\n"


def test_what_ends_the_page_is_no_output() -> None:
    cells = [code(f"c{n}", f"x{n} = {f'x{n - 1}' if n else 1}\nprint({n})") for n in range(4)]
    traces = {cell.id: Trace("k", (printed(f"{cell.id}\n"),)) for cell in cells}
    made = run(*cells, traces=traces)
    assert "nb-flow" in page(made).html
    assert to_markdown(made, page(made)).endswith("```text\nc3\n```\n")


def test_the_title_of_the_metadata_stands_above_prose_without_one() -> None:
    made = run(prose("a", "text"))
    titled = Run(made.notebook.__class__("a.py", "percent", made.notebook.cells, metadata={"title": "T"}), *(
        made.graph, made.traces, made.reasons))  # fmt: skip
    assert to_markdown(titled, page(titled)) == "# T\n\ntext\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](b.py)", "[a](<b.py>)"),
        ("![a](<b c.png>)", "![a](<<b c.png>>)"),
        ("[a]: b.py", "[a]: <b.py>"),
        ('<img src="b.png">', '<img src="<b.png>">'),
        ("`[a](b.py)`", "`[a](b.py)`"),
        ("```\n[a](b.py)\n```", "```\n[a](b.py)\n```"),
        ("f(x)](y", "f(x)](<y>"),
    ],
)
def test_links_of_markdown_are_found_outside_of_code(text: str, wanted: str) -> None:
    assert redirected(text, lambda url: f"<{url}>") == wanted


@given(st.text(alphabet="[](){}`~ \n<>ab\"'!:#"))
def test_where_no_link_is_changed_the_text_stays(text: str) -> None:
    assert redirected(text, str) == text


def test_json_is_written_line_by_line() -> None:
    lines = json.loads(to_ipynb(run(prose("a", "one\ntwo"))))["cells"][0]["source"]
    assert lines == ["one\n", "two"]
