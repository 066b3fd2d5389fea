"""Figures, tables, equations and listings with numbers, and references to them: on one page, and over a site."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import code, page, page_of, prose, result, run, shown
from test_page_outputs import PANDAS, png

from nbpublish.model import Asset, Fragment, Page, Problem
from nbpublish.page.about import _FIGURE
from nbpublish.page.captions import with_captions
from nbpublish.page.chapters import chapter_of
from nbpublish.page.html import is_closed
from nbpublish.page.labels import has_marks
from nbpublish.page.numbering import Numbering, alone
from nbpublish.page.parts import letter
from nbpublish.page.shard import Follower, shard
from nbpublish.page.things import Written


def read(markdown: str, language: str = "en") -> str:
    """A Markdown cell as a page that is part of no site."""
    return alone(page(run(prose("a", markdown)), language=language).html, language)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def referred(markdown: str, language: str = "en") -> str:
    """What the last paragraph says, its links in brackets with their addresses."""
    paragraph = re.findall(r"<p>(.*?)</p>", read(markdown, language), re.DOTALL)[-1]
    linked = re.sub(r'<a class="nb-ref" href="([^"]*)"[^>]*>(.*?)</a>', r"[\2](\1)", paragraph)
    return re.sub(r"<[^>]*>", "", linked)


def captions(html: str) -> list[str]:
    return [text(caption) for caption in re.findall(r"<figcaption>(.*?)</figcaption>", html)]


FIGURE = "![The *loss*](loss.svg){#fig-loss}\n\n"
EQUATION = "$$ x = 1 $$ {#eq-x}\n\n"

# --- what has a number ------------------------------------------------------------------------------------------------


def test_an_image_with_a_label_is_a_figure_and_its_text_the_caption() -> None:
    html = read(FIGURE)
    assert '<figure id="fig-loss" class="nb-figure"><img src="loss.svg" alt="The loss"' in html
    assert '<figcaption><span class="nb-caption-number">Figure 1</span>: The <em>loss</em></figcaption>' in html
    assert "<figcaption>" not in read("![The loss](loss.svg)")
    assert "<figure" not in read("An ![image](a.svg){#fig-a} in a line.")


def test_the_image_may_say_something_else_to_those_who_do_not_see_it() -> None:
    assert 'alt="The $x^2$ of it"' in read("![The $x^2$ of it](loss.svg){#fig-loss}")
    assert "<msup>" in read("![The $x^2$ of it](loss.svg){#fig-loss}"), "in the caption"
    assert 'alt="The $x^2$ of it"' in read("A line with ![The $x^2$ of it](loss.svg)")
    assert 'alt="A falling line"' in read('![The loss](loss.svg){#fig-loss fig-alt="A falling line"}')


def test_in_japanese() -> None:
    html = read("![損失](a.svg){#fig-a}\n\n| a |\n|---|\n| 1 |\n\n: 成績 {#tbl-b}\n\n@fig-aと@tbl-b。", "ja")
    assert '<span class="nb-caption-number">図 1</span>　損失' in html
    assert '<span class="nb-caption-number">表 1</span>　成績' in html
    assert text(html).endswith("図 1 と 表 1 。")


TABLE = "| a |\n|---|\n| 1 |"


@pytest.mark.parametrize(
    "written",
    [
        f"{TABLE}\n\n: The *scores* {{#tbl-x}}",
        f"{TABLE}\n: The *scores* {{#tbl-x}}",
        f": The *scores* {{#tbl-x}}\n\n{TABLE}",
        f"{TABLE}\n\nTable: The *scores* {{#tbl-x}}",
        f"::: {{#tbl-x}}\n{TABLE}\n\nThe *scores*\n:::",
        f":::{{table}} The *scores*\n:name: tbl-x\n\n{TABLE}\n:::",
        f"{TABLE}\n\n/// table-caption\n    attrs: {{id: tbl-x}}\n\nThe *scores*\n///",
    ],
    ids=["below", "close below", "above", "with a word", "Quarto's div", "MyST", "pymdownx"],
)
def test_the_caption_of_a_table_stands_above_it_however_it_is_written(written: str) -> None:
    html = read(written)
    figure = re.search(r'<figure [^>]*id="tbl-x"[^>]*>.*</figure>', html, re.DOTALL)
    assert figure, html
    assert re.search(r"Table 1\s*:\s*The\s*scores.*a\s*1$", text(figure[0]))
    assert "<em>scores</em>" in figure[0]
    assert 'class="nb-figure nb-figure-table"' in figure[0]


def test_a_table_may_have_a_caption_without_a_number() -> None:
    assert "<figcaption>Scores</figcaption>" in read(f"{TABLE}\n\n: Scores")


@pytest.mark.parametrize(
    "written",
    [
        '```{.python #lst-fit lst-cap="One *step*"}\nx = 1\n```',
        "```{code-block} python\n:name: lst-fit\n:caption: One *step*\nx = 1\n```",
        "::: {#lst-fit}\n```python\nx = 1\n```\n\nOne *step*\n:::",
    ],
    ids=["Quarto", "MyST", "Quarto's div"],
)
def test_code_with_a_label_is_a_listing(written: str) -> None:
    html = read(written)
    assert '<figure id="lst-fit" class="nb-figure nb-figure-code">' in html
    assert text(html).startswith("Listing 1 : One step x = 1")
    assert "highlight" in html


def test_a_name_of_myst_labels_what_stands_below_it() -> None:
    html = read(f"(fig-a)=\n![A](a.svg)\n\n(tbl-b)=\n{TABLE}\n\n(eq-c)=\n$$\nx\n$$\n\n@fig-a, @tbl-b, @eq-c")
    assert text(html).endswith("Figure 1 , Table 1 , Equation (1)")


def test_a_div_of_several_images_is_one_figure() -> None:
    html = read("::: {#fig-pair}\n![a](a.svg)\n![b](b.svg)\n\nBoth, as @fig-pair.\n:::")
    assert html.count("<figure") == html.count("<figcaption") == 1
    assert text(html) == "Figure 1 : Both, as Figure 1 ."


PARTS = """::: {#fig-pair layout-ncol=2}
![The *left* one](a.svg){#fig-left}
![](b.svg){#fig-right}

Two hills
:::

"""


def test_figures_within_a_figure_are_its_parts_and_take_no_number() -> None:
    html = read(PARTS + FIGURE)
    assert '<figure id="fig-pair" style="--nb-columns:2" class="nb-figure nb-parts">' in html
    assert '<figure id="fig-left" class="nb-figure nb-part"><img src="a.svg"' in html
    assert captions(html) == ["(a) The left one", "(b)", "Figure 1 : Two hills", "Figure 2 : The loss"]


def test_without_words_of_its_own_a_figure_of_parts_has_its_number_alone() -> None:
    html = read(PARTS.replace("Two hills\n", ""))
    assert re.findall(r"<figcaption>(.*?)</figcaption>", html)[-1] == '<span class="nb-caption-number">Figure 1</span>'


def test_a_part_is_called_by_the_number_of_the_whole_and_its_letter() -> None:
    assert referred(PARTS + "See @fig-right, [-@fig-left] and [this](@fig-pair).") == (
        "See [Figure 1 (b)](#fig-right), [1 (a)](#fig-left) and [this](#fig-pair)."
    )
    assert referred(PARTS + "@fig-rightに示す。", "ja") == "[図 1 (b)](#fig-right)に示す。"


def test_the_figures_of_a_cell_may_be_parts() -> None:
    cell = code("c", "f()", label="fig-pair", caption="Both", parts=("The *left* one", "The right one"), columns=2)
    drawn = result("image/png", png(2, 1))
    html = alone(page_of(drawn, result("text/plain", "said"), drawn, drawn, cell=cell).html)
    ids = re.findall(r'<figure[^>]* id="([^"]*)"', html)
    assert ids == ["fig-pair", "fig-pair-1", "fig-pair-2", "fig-pair-3"]
    assert re.findall(r'alt="([^"]*)"', html) == ["Figure: The left one", "Figure: The right one", "Figure: Both"]
    assert captions(html) == ["(a) The left one", "(b) The right one", "(c)", "Figure 1 : Both"]
    assert 'style="--nb-columns:2"' in html
    assert len(_FIGURE.findall(html)) == 1, "what the end of the page counts"


def test_parts_of_a_cell_without_a_label_have_letters() -> None:
    drawn, cell = result("image/png", png(2, 1)), code("c", "f()", caption="Both", parts=("One", "Two"))
    html = alone(page_of(drawn, drawn, cell=cell).html)
    assert captions(html) == ["(a) One", "(b) Two", "Both"]


def test_a_table_may_have_parts() -> None:
    cell = code("c", "f()", label="tbl-pair", parts=("One", "Two"))
    html = alone(page_of(result("text/html", PANDAS), result("text/html", PANDAS), cell=cell).html)
    assert captions(html) == ["Table 1", "(a) One", "(b) Two"]


@pytest.mark.parametrize(("index", "letters"), [(0, "a"), (25, "z"), (26, "aa"), (27, "ab"), (702, "aaa")])
def test_there_are_letters_for_any_number_of_parts(index: int, letters: str) -> None:
    assert letter(index) == letters


def test_equations_are_counted_by_rows_and_a_tag_is_no_number() -> None:
    html = read(
        "\\begin{align} a \\label{eq:a} \\\\ b \\notag \\\\ c \\end{align}\n\n"
        "$$ d \\tag{☆} \\label{eq:d} $$\n\n$$ e $$ (eq-e)\n\n$$ f $$\n\n@eq:a, @eq:d, @eq-e"
    )
    assert re.findall(r"<mtext>(\(.*?\))</mtext>", html) == ["(1)", "(2)", "(☆)", "(3)"]
    assert text(html).endswith("Equation (1) , Equation (☆) , Equation (3)")


def test_labels_of_equations_may_be_japanese() -> None:
    html = read("$$ x \\label{eq:損失} $$\n\n$\\eqref{eq:損失}$")
    assert '<a class="nb-ref" href="#eq:損失" data-kind="equation">(1)</a>' in html


# --- what a cell shows ------------------------------------------------------------------------------------------------


def test_the_figure_of_a_cell() -> None:
    html = alone(shown(result("image/png", png(3, 2)), cell=code("c", "plot()", label="fig-a", caption="A")), "ja")
    assert html.startswith('<figure class="nb-figure" id="fig-a"><img ')
    assert '<span class="nb-caption-number">図 1</span>　A</figcaption>' in html


def test_the_table_of_a_cell_needs_no_caption() -> None:
    html = alone(shown(result("text/html", PANDAS), cell=code("c", "df", label="tbl-a")))
    caption = '<figcaption><span class="nb-caption-number">Table 1</span></figcaption>'
    assert html.startswith(f'<figure class="nb-figure nb-figure-table" id="tbl-a">{caption}')


def test_a_label_goes_to_the_output_of_its_kind() -> None:
    outputs = result("text/html", PANDAS), result("image/png", png(3, 2))
    html = alone(shown(*outputs, cell=code("c", "f()", label="fig-a")))
    assert '<figure class="nb-figure" id="fig-a"><img' in html
    assert "nb-figure-table" not in html


def test_printed_text_may_be_a_figure() -> None:
    html = alone(page_of(result("text/plain", "+-+"), cell=code("c", "f()", label="fig-a", caption="A box")).html)
    assert 'id="fig-a"' in html
    assert text(html) == "+-+ Figure 1 : A box"


def test_the_equation_of_a_cell() -> None:
    html = alone(shown(result("text/latex", "$\\displaystyle x^2$"), cell=code("c", "f()", label="eq-a")))
    assert '<mtd class="nb-equation-number" id="eq-a"' in html
    assert "(1)" in html


def test_the_code_of_a_cell() -> None:
    cell = code("c", "def step(w):\n    return w", label="lst-step", caption="One step")
    html = alone(page_of(cell=cell, code="show").html)
    assert '<figure class="nb-figure nb-figure-code" id="lst-step"><figcaption>' in html
    assert text(html).startswith("Listing 1 : One step def step")


def test_a_label_that_nothing_can_have_is_a_problem() -> None:
    problem = page_of(cell=code("c", "x = 1", label="fig-a"), code="show").problems[0]
    assert (problem.code, problem.severity) == ("label", "warning")
    assert "`fig-a` and shows no figure" in problem.message


def test_what_was_not_executed_can_be_referred_to() -> None:
    html = alone(page(run(code("c", "plot()", label="fig-a"), prose("d", "See @fig-a."))).html)
    assert '<span class="nb-anchor" id="fig-a">' in html
    assert '<a class="nb-ref" href="#fig-a" data-kind="figure">Figure 1</a>' in html


# --- how it is referred to --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("@fig-loss.", "[Figure 1](#fig-loss)."),
        ("@Fig-loss", "[Figure 1](#fig-loss)"),
        ("[@fig-loss]", "[Figure 1](#fig-loss)"),
        ("[-@fig-loss]", "[1](#fig-loss)"),
        ("[Fig. @fig-loss]", "[Fig. 1](#fig-loss)"),
        ("[@fig-loss; @eq-x]", "[Figure 1](#fig-loss), [Equation (1)](#eq-x)"),
        ("[the *curve*](@fig-loss)", "[the curve](#fig-loss)"),
        ("[Fig. %s](@fig-loss)", "[Fig. 1](#fig-loss)"),
        ("[](#fig-loss)", "[Figure 1](#fig-loss)"),
        ("[above](#fig-loss)", "[above](#fig-loss)"),
        ("{ref}`fig-loss`", "[Figure 1](#fig-loss)"),
        ("{numref}`fig-loss`", "[Figure 1](#fig-loss)"),
        ("{numref}`Fig. %s <fig-loss>`", "[Fig. 1](#fig-loss)"),
        ("{eq}`eq-x`", "[(1)](#eq-x)"),
        (r"\ref{fig-loss}", "[1](#fig-loss)"),
        (r"\eqref{eq-x}", "[(1)](#eq-x)"),
        (r"$\eqref{eq-x}$", "[(1)](#eq-x)"),
        (r"\cref{fig-loss}", "[Figure 1](#fig-loss)"),
        ("図は@fig-lossに示す", "図は[Figure 1](#fig-loss)に示す"),
        ("**@fig-loss**", "[Figure 1](#fig-loss)"),
        (r"\@fig-loss", "@fig-loss"),
        ("`@fig-loss`", "@fig-loss"),
        ("me@fig-loss.org", "me@fig-loss.org"),
        ("@figure and @fig", "@figure and @fig"),
    ],
)
def test_ways_to_refer(written: str, read_as: str) -> None:
    assert referred(f"{FIGURE}{EQUATION}{written}") == read_as


def test_a_label_in_japanese_needs_no_space_after_it() -> None:
    markdown = "![損失](a.svg){#fig-損失}\n\n@fig-損失に示すように、[@fig-損失]と[曲線](@fig-損失)。"
    assert referred(markdown, "ja") == "[図 1](#fig-損失)に示すように、[図 1](#fig-損失)と[曲線](#fig-損失)。"


def test_a_section_is_called_by_its_heading_and_a_cell_by_its_name() -> None:
    assert referred("## The *data* {#sec-data}\n\nSee @sec-data.") == "See [The data](#sec-data)."
    assert referred("## データ {#sec-data}\n\n@sec-dataへ", "ja") == "[「データ」](#sec-data)へ"
    assert referred("(my-data)=\n## Data\n\nSee {ref}`my-data`.") == "See [Data](#my-data)."
    html = alone(page(run(code("fit", "x = 1", name="fit"), prose("b", "See @cell-fit."))).html)
    assert '<a class="nb-ref" href="#cell-fit">the cell fit</a>' in html


def test_a_reference_within_a_heading_is_no_link_in_the_contents() -> None:
    written = page(run(prose("a", f"{FIGURE}## About @fig-loss")))
    site = Written("a.py", "a/", "A", "en", "", written.html)
    numbering = Numbering([site], relative=lambda to, on: to)
    assert numbering.filled(written.headings[0].html, site, links=False) == "About Figure 1"


def test_a_reference_within_a_formula() -> None:
    html = read(EQUATION + r"$$ y \overset{\eqref{eq-x}}{=} 2 $$")
    assert '<mtext><a class="nb-ref" href="#eq-x" data-kind="equation">(1)</a></mtext>' in html


# --- over a site ------------------------------------------------------------------------------------------------------


def written(path: str, markdown: str, *, title: str = "", chapter: str = "", language: str = "en") -> Written:
    html = page(run(prose("a", markdown))).html
    return Written(path, f"{path.partition('.')[0]}/", title or path, language, chapter, html)


def site(*pages: Written, **settings: Any) -> tuple[list[str], list[Problem]]:
    """What the pages say, and what is wrong."""
    numbering = Numbering(pages, relative=lambda to, on: f"/{to}", **settings)
    finished = [numbering.finished(page) for page in pages]
    assert not any(has_marks(page.html) for page in finished)
    linked = [re.sub(r'<a class="nb-ref" href="([^"]*)"[^>]*>(.*?)</a>', r"[\2](\1)", page.html) for page in finished]
    return [text(html) for html in linked], [problem for page in finished for problem in page.problems]


def test_numbers_are_those_of_the_chapter() -> None:
    pages = [
        written("03.py", "![a](a.svg){#fig-a}\n\n![b](b.svg){#fig-b}", chapter="3"),
        written("04.py", "![c](c.svg){#fig-c}\n\n@fig-b, @fig-c", chapter="4"),
    ]
    assert site(*pages)[0] == [
        "Figure 3.1 : a Figure 3.2 : b",
        "Figure 4.1 : c [Figure 3.2](/03/#fig-b), [Figure 4.1](#fig-c)",
    ]


def test_pages_of_one_chapter_count_on() -> None:
    pages = [written(f"{name}.py", f"![{name}](a.svg){{#fig-{name}}}", chapter="3") for name in ("b", "a")]
    assert site(*pages)[0] == ["Figure 3.1 : b", "Figure 3.2 : a"]


def test_without_chapters_each_page_counts_from_one_and_others_say_which_page_they_mean() -> None:
    pages = [
        written("a.py", "![a](a.svg){#fig-a}", title="Trees"),
        written("b.py", "![b](b.svg){#fig-b}\n\n@fig-a and @fig-b"),
        written("c.py", "@fig-a, [-@fig-a]", language="ja"),
    ]
    assert site(*pages)[0] == [
        "Figure 1 : a",
        "Figure 1 : b [Figure 1 in “Trees”](/a/#fig-a) and [Figure 1](#fig-b)",
        "[「Trees」の図 1](/a/#fig-a), [1](/a/#fig-a)",
    ]
    chapters = [written("a.py", "![a](a.svg){#fig-a}", chapter="1"), written("b.py", "@fig-a", chapter="2", title="B")]
    assert site(*chapters, by_chapter=False)[0] == ["Figure 1 : a", "[Figure 1 in “a.py”](/a/#fig-a)"]


def test_two_chapters_with_one_number_are_told_apart() -> None:
    pages = [
        written("one/03.py", "![a](a.svg){#fig-a}", chapter="3", title="Trees"),
        written("two/03.py", "![b](b.svg){#fig-b}\n\n@fig-a", chapter="3"),
    ]
    assert site(*pages)[0][1] == "Figure 3.1 : b [Figure 3.1 in “Trees”](/one/03/#fig-a)"


def test_each_language_has_labels_of_its_own() -> None:
    pages = [
        written("en/a.py", "![a](a.svg){#fig-a}", chapter="1"),
        written("ja/a.py", "![a](a.svg){#fig-a}", chapter="1", language="ja"),
        written("ja/b.py", "@fig-a", chapter="2", language="ja"),
    ]
    said, problems = site(*pages)
    assert said[2] == "[図 1.1](/ja/a/#fig-a)"
    assert problems == []


def test_a_reference_to_nothing_is_a_problem_at_its_line() -> None:
    said, problems = site(written("a.py", "![a](a.svg){#fig-loss}\n\nText and\n@fig-los, [own](@fig-q)."))
    assert [(problem.code, problem.path, problem.line) for problem in problems] == [("unknown-label", "a.py", 4)] * 2
    assert "Did you mean `fig-loss` (a.py:1)?" in problems[0].message
    assert "or write `label: fig-q` at the cell" in problems[1].message
    assert said[0].endswith("fig-los , own .")


def test_a_label_used_twice_is_a_problem_where_it_is_the_second() -> None:
    figure = "![a](a.svg){#fig-a}"
    _, problems = site(written("a.py", figure), written("b.py", f"Text\n\n{figure}"))
    assert [(problem.code, problem.path, problem.line) for problem in problems] == [("duplicate-label", "b.py", 3)]
    assert "that of the figure in a.py:1" in problems[0].message
    assert [problem.line for problem in site(written("a.py", f"{figure}\n\n{figure}"))[1]] == [3]


def test_on_its_own_page_a_label_means_that_pages_thing() -> None:
    figure = "![a](a.svg){#fig-a}"
    pages = [written("a.py", figure, chapter="1"), written("b.py", f"{figure}\n\n@fig-a", chapter="2")]
    assert site(*pages)[0][1].endswith("[Figure 2.1](#fig-a)")


def test_the_states_of_widgets_have_the_numbers_too() -> None:
    """A script that the page loads holds what a cell shows in each state; with other numbers it has another name."""
    captions = [f"<p>{n} &gt; {{}}</p>".format(text) for n, text in enumerate(['x "y"'] * 2)]
    mark = re.search("<nb-no.*?</nb-no>", page(run(prose("a", FIGURE))).html)
    assert mark
    states = [f"{caption}<figcaption>{mark[0]}The loss</figcaption>" for caption in captions]
    script = Asset("old.js", shard({"c": Follower(("w",), (2,), False, states)}).encode())
    html = page(run(prose("a", FIGURE))).html + '<script src="old.js">'
    made = {}
    for chapter in ("3", "4"):
        site = Written("a.py", "a/", "A", "en", chapter, html)
        rendered = Page(None, (Fragment("a", html),), assets=(script,))
        finished, names = Numbering([site], relative=lambda to, on: to).finished_page(rendered, site)
        (asset,) = finished.assets
        assert f"Figure {chapter}.1" in asset.data.decode()
        assert "nb-no" not in asset.data.decode()
        assert f'src="{asset.name}"' in finished.html
        assert names == {"old.js": asset.name}
        made[asset.name] = json.loads(asset.data.decode().removeprefix('nb.shard(').rstrip(")\n"))
    assert len(made) == 2


# --- chapters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "path", "chapter"),
    [
        ("第3章 決定木", "x.py", "3"),
        ("第１０回　回帰", "x.py", "10"),
        ("第十二章", "x.py", "12"),
        ("3章　決定木", "x.py", "3"),
        ("3. Trees", "05_x.py", "3"),
        ("３．決定木", "x.py", "3"),
        ("3.2 Gini", "x.py", "3.2"),
        ("Chapter 3: Trees", "x.py", "3"),
        ("Lecture 03", "x.py", "3"),
        ("Appendix B", "x.py", "B"),
        ("付録A 記号", "x.py", "A"),
        ("A. Notation", "x.py", "A"),
        ("Trees", "03_trees.py", "3"),
        ("Trees", "course/03-trees.md", "3"),
        ("Trees", "ch03.ipynb", "3"),
        ("Gini", "03_trees/01_gini.py", "3.1"),
        ("Trees", "03_trees/index.md", "3"),
        ("Gini", "03_trees/gini.py", ""),
        ("Trees", "trees.py", ""),
        ("10 ways to fit", "x.py", ""),
        ("3つの方法", "x.py", ""),
        ("2026 in review", "2026-11-22-review.md", ""),
        ("3D plots", "3d_plots.py", ""),
    ],
)
def test_the_chapter_is_the_number_that_readers_see(title: str, path: str, chapter: str) -> None:
    assert chapter_of({}, title, path) == chapter


def test_metadata_have_the_last_word() -> None:
    assert chapter_of({"chapter": 7}, "3. Trees", "03.py") == "7"
    assert chapter_of({"chapter": "A"}, "3. Trees", "03.py") == "A"
    assert chapter_of({"chapter": False}, "3. Trees", "03.py") == ""


# --- HTML of others ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ('<p><img alt="A loss" id="fig-a" src="a.svg" /></p>', "Figure 1 : A loss"),
        ('<p><img alt="A loss" src="a.svg" />{#fig-a width=20}</p>', "Figure 1 : A loss"),
        ('<p><a href="x"><img alt="A loss" id="fig-a" src="a.svg" /></a></p>', "Figure 1 : A loss"),
        ('<figure id="fig-a"><img src="a.svg"><figcaption><p>A loss</p></figcaption></figure>', "Figure 1 : A loss"),
        ('<figure id="fig-a"><img src="a.svg"></figure>', "Figure 1"),
        (
            '<figure id="fig-a"><p><img alt="One" id="fig-b" src="b.svg" /></p><figure id="fig-c"><img src="c.svg">'
            "<figcaption>Two</figcaption></figure><figcaption>Both</figcaption></figure>",
            "(a) One (b) Two Figure 1 : Both",
        ),
        ('<figure><figure id="fig-b"><img src="b.svg"></figure><figcaption>x</figcaption></figure>', "Figure 1 x"),
        ("<table><tr><td>x</td></tr></table>\n<p>: Scores {#tbl-a}</p>", "Table 1 : Scores x"),
        ('<table id="tbl-a"><caption>Scores</caption><tr><td>x</td></tr></table>', "Table 1 : Scores x"),
        ('<table id="tbl-a"><tr><td>x</td></tr></table>', "Table 1 x"),
        ('<div class="highlight" id="lst-a"><pre><code>x</code></pre></div>', "Listing 1 x"),
        ('<pre id="lst-a"><code>x</code></pre>', "Listing 1 x"),
        ('<p><img alt="A loss" id="loss" src="a.svg" /></p>', ""),
        ("<p><code>{#fig-a}</code></p>", "{#fig-a}"),
    ],
)
def test_labelled_things_are_found_in_finished_html(html: str, says: str) -> None:
    made = alone(with_captions(html))
    assert text(made) == says
    assert is_closed(made)


PIECES = (
    *("![a](b)", "{#fig-a}", "@fig-a", "[@fig-a]", "\n\n", "| a |\n|---|\n| 1 |\n", ": x {#tbl-b}", "(fig-a)=\n"),
    *("```{.py #lst-c}\nx\n```\n", "::: {#fig-a}\n", ":::\n", "$$ x $$ {#eq-d}\n", "$\\eqref{eq-d}$", "- ", "## "),
    *("<figure id='fig-a'>", "</figure>", "/// caption\nx\n///\n", "{ref}`x`", "日本", "[a](@fig-a)", "\\ref{fig-a}"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_is_written_no_mark_stays_and_every_element_is_closed(markdown: str) -> None:
    html = read(markdown)
    assert not has_marks(html), html
    assert is_closed(html)


NUMBERED: Callable[[str], list[str]] = re.compile(r'<span class="nb-caption-number">(.*?)</span>').findall


def test_every_kind_counts_by_itself() -> None:
    html = read(FIGURE + f"{TABLE}\n\n: x {{#tbl-x}}\n\n" + FIGURE.replace("fig-loss", "fig-b") + EQUATION)
    assert NUMBERED(html) == ["Figure 1", "Table 1", "Figure 2"]


def test_code_with_a_number_is_not_counted_as_a_figure_of_the_page() -> None:
    listing = code("c", "x = 1", label="lst-a")
    assert _FIGURE.findall(page_of(cell=listing, code="show").html) == []
    assert len(_FIGURE.findall(page_of(result("image/png", png(3, 2))).html)) == 1
