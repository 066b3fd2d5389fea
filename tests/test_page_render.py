"""A run becomes a page. Outputs are told here; `test_page_notebooks` executes whole notebooks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import code, page, printed, prose, raised, result, run

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.formats.detect import read
from nbpublish.graph.analyse import analyse
from nbpublish.model import Notebook, Problem, Reason, Run, Trace
from nbpublish.page.html import is_closed, spoken
from nbpublish.page.messages import LANGUAGES, Words
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.store.memory import MemoryStore

NOTEBOOKS = Path(__file__).parent / "notebooks"


def fragment(run: Run, id: str, **settings: object) -> str:
    return {f.cell: f.html for f in page(run, **settings).fragments}.get(id, "")


# --- whole notebooks, executed; the page expected lies beside each ------------------------------------------------


@pytest.mark.parametrize(("name", "language"), [("page_marimo.py", "en"), ("page_japanese.py", "ja")])
def test_a_notebook_gives_the_page_beside_it(name: str, language: str) -> None:
    path = NOTEBOOKS / name
    notebook = read(name, path.read_text(encoding="utf-8"))
    assert notebook is not None
    ran = build(notebook, store=MemoryStore(), executor=LocalExecutor(NOTEBOOKS))
    settings = PageSettings(language=language, asset_base="assets/")
    html = render(ran, settings, lambda address, line: address).html + "\n"
    expected, changed = path.with_suffix(".html"), path.with_suffix(".changed.html")
    if not expected.exists() or html != expected.read_text(encoding="utf-8"):
        changed.write_text(html, encoding="utf-8")
        pytest.fail(f"The page differs: compare {changed.name} with {expected.name}, and rename it if it is right.")
    changed.unlink(missing_ok=True)


# --- the anatomy of a cell --------------------------------------------------------------------------------------------


def test_prose_stands_without_any_frame() -> None:
    html = fragment(run(prose("intro", "Some *prose*.")), "intro")
    start = '<div class="nb-cell nb-prose" id="cell-intro" data-cell="intro">'
    assert html.split("\n") == [start, "<p>Some <em>prose</em>.</p>", "", "</div>"]


def test_a_code_cell_shows_its_code_and_below_it_what_came_out() -> None:
    html = fragment(run(code("a", "print(1)"), traces={"a": Trace("k", (printed("1\n"),))}), "a")
    assert html.index('class="nb-code"') < html.index('<pre class="nb-stream nb-stdout">1</pre>')


def test_folded_code_stands_below_its_output() -> None:
    html = fragment(run(code("a", "print(1)", code="fold"), traces={"a": Trace("k", (printed("1\n"),))}), "a")
    assert html.index("nb-stdout") < html.index('<details class="nb-fold nb-fold-code"><summary>Show code</summary>')


def test_hidden_code_leaves_the_output_only() -> None:
    html = fragment(run(code("a", "print(1)", code="hide"), traces={"a": Trace("k", (printed("1\n"),))}), "a")
    assert "nb-stdout" in html
    assert "nb-code" not in html.replace("nb-codecell", "")


def test_the_site_says_how_code_is_shown_and_the_cell_may_differ() -> None:
    given = run(code("a", "x = 1"), code("b", "y = 2", code="show"))
    assert fragment(given, "a", code="hide") == ""
    assert "nb-code" in fragment(given, "b", code="hide")


def test_a_removed_cell_leaves_no_trace_on_the_page() -> None:
    failed = Trace("k", (raised("ValueError", "no"),), "failed")
    given = run(code("a", "x = 1", removed=True), code("b", "x + 1"), traces={"a": failed})
    assert fragment(given, "a") == ""
    assert "#cell-a" not in page(given).html


def test_an_empty_cell_shows_nothing() -> None:
    assert page(run(code("a", "\n"), code("b", ""))).fragments == ()


def test_folded_and_hidden_outputs() -> None:
    trace = {"a": Trace("k", (printed("secret"),))}
    folded = fragment(run(code("a", "f()", output="fold"), traces=trace), "a")
    assert '<details class="nb-fold nb-fold-output"><summary>Show output</summary>' in folded
    assert "secret" not in fragment(run(code("a", "f()", output="hide"), traces=trace), "a")


def test_warnings_can_be_left_out_and_the_rest_stays() -> None:
    trace = {"a": Trace("k", (printed("said"), printed("warned", "stderr")))}
    assert "warned" in fragment(run(code("a", "f()"), traces=trace), "a")
    html = fragment(run(code("a", "f()", stderr=False), traces=trace), "a")
    assert "said" in html
    assert "warned" not in html
    html = fragment(run(code("a", "f()", stdout=False), traces=trace), "a")
    assert "warned" in html
    assert "said" not in html


def test_a_hidden_output_never_hides_a_failure() -> None:
    trace = Trace("k", (printed("secret"), raised("ValueError", "no")), "failed", Problem("x", "y", "lecture.py", 1))
    html = fragment(run(code("a", "f()", output="hide"), traces={"a": trace}), "a")
    assert "ValueError" in html
    assert "secret" not in html


def test_a_cell_that_only_displays_prose_shows_no_code_unless_asked() -> None:
    trace = {"a": Trace("k", (result("text/markdown", "# Title\n\ntext"),))}
    html = fragment(run(code("a", 'mo.md(f"# {title}")'), traces=trace), "a")
    assert 'class="nb-cell nb-prose"' in html
    assert "mo.md" not in html
    asked = fragment(run(code("a", 'mo.md(f"# {title}")', code="show"), traces=trace), "a")
    assert 'class="nb-cell nb-codecell"' in asked


def test_displayed_prose_takes_part_in_the_headings_of_the_page() -> None:
    trace = {"a": Trace("k", (result("text/markdown", "## Results"),))}
    given = page(run(prose("t", "# Title"), code("a", "mo.md(text)"), traces=trace))
    assert [(h.level, h.html) for h in given.headings] == [(1, "Title"), (2, "Results")]
    assert {h.id for h in given.headings} <= given.anchors


def test_imports_before_the_title_come_after_it() -> None:
    def order(visibility: str) -> list[str]:
        cells = code("imports", "import numpy", code=visibility), prose("title", "# Title")
        return [f.cell for f in page(run(*cells, traces={"imports": Trace("k", ())})).fragments]

    assert order("fold") == ["title", "imports"]
    assert order("show") == ["imports", "title"]


def test_a_control_in_a_heading_leaves_its_id_and_the_table_of_contents_alone() -> None:
    slider = "<marimo-slider data-initial-value='1' data-start='0' data-stop='2'></marimo-slider>"
    given = page(run(code("a", "mo.md(x)"), traces={"a": Trace("k", (result("text/markdown", f"## Rate {slider}"),))}))
    assert [(h.id, h.html) for h in given.headings] == [("rate", "Rate")]
    assert 'type="range"' in given.html


# --- how cells hang together ------------------------------------------------------------------------------------------


def test_the_footer_names_what_a_cell_defines_and_links_what_it_uses() -> None:
    html = fragment(run(code("a", "x = 1"), code("b", "y = x + len('')")), "b")
    assert '<span class="nb-defines">Defines <code>y</code></span>' in html
    assert '<span class="nb-uses">Uses <a href="#cell-a"><code>x</code></a></span>' in html


def test_names_stand_in_the_order_of_their_mention() -> None:
    html = fragment(run(code("a", "zeta = 1\nalpha = zeta")), "a")
    assert "Defines <code>zeta</code> <code>alpha</code>" in html


def test_a_value_that_is_not_needed_has_no_name_among_the_names() -> None:
    notebook = Notebook("a.py", "percent", (code("a", "_, y = 1, 2\n__ = y"),))
    html = page(Run(notebook, analyse(notebook), {}, {})).html
    assert "Defines <code>y</code></span>" in html


def test_no_link_points_to_a_cell_that_is_not_there() -> None:
    html = fragment(run(code("a", "x = 1", code="hide"), code("b", "x")), "b")
    assert "Uses <code>x</code>" in html


def test_the_footer_can_be_switched_off() -> None:
    assert "nb-names" not in page(run(code("a", "x = 1")), names=False).html


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("ancestor-failed", "failed."),
        ("ancestor-stopped", "called mo.stop."),
        ("disabled", "is disabled."),
        ("kernel-died", "ended the Python process."),
    ],
)
def test_a_cell_that_was_not_run_says_why_and_where_it_began(cause: str, words: str) -> None:
    given = run(
        code("a", "x = 1", name="load"),
        code("b", "x"),
        reasons={"b": Reason("not_run", cause, "a")},  # type: ignore[arg-type]
    )
    html = fragment(given, "b")
    assert f'<p class="nb-notrun" data-cause="{cause}">' in html
    assert f'because <a href="#cell-a">the cell <code>load</code></a> {words}' in html
    assert 'data-state="not-run"' in html


def test_an_expected_error_is_no_failed_cell() -> None:
    failed = {"a": Trace("k", (raised("ValueError", "no"),), "failed")}
    assert 'data-state="failed"' in fragment(run(code("a", "f()"), traces=failed), "a")
    expected = fragment(run(code("a", "f()", raises=True), traces=failed), "a")
    assert "data-state" not in expected
    assert "nb-expected" in expected


def test_a_page_that_was_not_executed_says_so_once() -> None:
    html = page(run(prose("t", "# Title"), code("a", "x = 1"), code("b", "x"))).html
    assert html.count("The code on this page was not executed.") == 1


def test_a_problem_found_before_running_stands_at_its_cell() -> None:
    given = run(code("a", "x = 1"), code("b", "x = 2"), reasons={"a": Reason("not_run", "problem")})
    html = fragment(given, "a")
    assert '<p class="nb-problem" data-code="' in html
    before, name, _ = given.graph.problems[0].message.split("`", 2)
    assert f"{before}<code>{name}</code>" in html
    assert spoken("the magic `%%a <b>` & co") == "the magic <code>%%a &lt;b&gt;</code> &amp; co"


# --- the page as a whole ----------------------------------------------------------------------------------------------


def test_equal_runs_give_equal_pages() -> None:
    def once() -> object:
        trace = Trace("k", (result("text/html", "<ul><li>a<p>b"), result("application/json", {"b": {1: 2}, "a": []})))
        return page(run(code("a", "f()"), traces={"a": trace}))

    assert once() == once()


def test_no_cell_can_break_the_page() -> None:
    trace = Trace("k", (result("text/html", "</div></div><b><table><td>x"), result("text/html", "<!-- <p>open")))
    given = page(run(prose("p", "<div>\n\nnever closed"), code("a", "f()"), traces={"a": trace}))
    assert all(is_closed(fragment.html) for fragment in given.fragments)
    assert [f.html.startswith("<div class=") and f.html.endswith("</div>") for f in given.fragments] == [True, True]


def test_the_page_speaks_its_language() -> None:
    given = run(code("a", "x = 1", code="fold"), traces={"a": Trace("k", (printed("1"),))})
    html = page(given, language="ja-JP").html
    assert "コードを表示" in html
    assert "定義" in html
    assert "Show code" in page(given, language="eo").html


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_says_everything_with_the_same_gaps(language: str) -> None:
    english, words = LANGUAGES["en"], LANGUAGES[language]
    assert {key for key in english if not key.endswith(".one")} <= set(words)
    assert set(words) <= set(english)
    for key, text in words.items():
        assert set(re.findall(r"{(\w+)}", text)) <= set(re.findall(r"{(\w+)}", english[key])), key


def test_one_thing_has_a_form_of_its_own() -> None:
    words = Words("en")
    assert words("tree.items", count=1) == "1 item"
    assert words("tree.items", count=2) == "2 items"


def test_marimos_outline_lists_the_headings_of_the_whole_page() -> None:
    outline = Trace("k", (result("text/html", "<marimo-outline data-label='\"Contents\"'></marimo-outline>"),))
    html = page(run(code("a", "mo.outline()"), prose("t", "# One\n\n## Two"), traces={"a": outline})).html
    assert '<li data-level="2"><a href="#two">Two</a></li>' in html
