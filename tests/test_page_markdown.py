"""Prose: each dialect as literate cases in `data/markdown`, then what belongs to a page rather than to a rule."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.extensions.toc import slugify_unicode
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.utils import read_fixture_file

from nbpublish.model import Cell
from nbpublish.page.html import is_closed
from nbpublish.page.markdown.emphasis_cjk import emphasis_cjk
from nbpublish.page.markdown.fences import parse_info
from nbpublish.page.numbering import alone
from nbpublish.page.prose import Prose

DATA = Path(__file__).parent / "data" / "markdown"
CASES = [(path.stem, *case) for path in sorted(DATA.glob("*.md")) for case in read_fixture_file(path)]


def prose(language: str = "en", **settings: Any) -> Prose:
    settings = {"autorefs": True, **settings}
    return Prose(link=lambda url, line: url, slugify=None, language=language, path="page.py", **settings)


def cell(text: str, id: str = "c", line: int = 1) -> Cell:
    return Cell(id, "markdown", text, line)


def render(text: str) -> str:
    page = prose()
    return alone(page.render(text, cell(text)) + page.finish())


@pytest.mark.parametrize(
    ("text", "html"), [case[3:] for case in CASES], ids=[f"{case[0]}: {case[2]}" for case in CASES]
)
def test_case(text: str, html: str) -> None:
    for again in ("", " though it was read before"):
        assert render(text.removesuffix("\n")).rstrip("\n") + "\n" == html, f"a page is what it is{again}"


def test_a_text_that_was_read_before_is_read_anew_where_its_page_defines_other_things() -> None:
    text = "[a link], HTML and a note[^n]"
    found = {}
    for definition in ("", "[a link]: one.md", "[a link]: two.md", "*[HTML]: a language", "[^n]: a footnote"):
        for language in ("en", "ja"):
            page = prose(language)
            first, last = cell(definition, "first"), cell(text, "last")
            page.read(definition, first)
            page.read(text, last)
            page.render(definition, first)
            found[definition, language] = page.render(text, last) + page.finish()
    assert 'href="one.md"' in found["[a link]: one.md", "en"]
    assert 'href="two.md"' in found["[a link]: two.md", "en"]
    assert "<abbr" in found["*[HTML]: a language", "ja"]
    assert "a footnote" in found["[^n]: a footnote", "ja"]
    assert "href" not in found["", "en"]


# --- Chinese, Japanese, Korean --------------------------------------------------------------------------------------


def emphasis_only(*, friendly: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark").enable("strikethrough")
    return md.use(emphasis_cjk) if friendly else md


@settings(max_examples=400)
@given(st.text(st.sampled_from("**__~~ab \n.(“)é\"'`[]!1\u00a0€"), max_size=30))
def test_emphasis_of_other_scripts_is_that_of_commonmark(text: str) -> None:
    assert emphasis_only(friendly=True).render(text) == emphasis_only(friendly=False).render(text)


JAPANESE = st.tuples(st.sampled_from("（「『【〈《"), st.sampled_from("）」』】〉》。、！？"), st.sampled_from("はa1"))
LATIN = st.tuples(st.sampled_from("(\"'[“"), st.sampled_from(")\"']?”!"), st.just("は"))


@given(JAPANESE | LATIN, st.text("学習ab", min_size=1), st.sampled_from([("**", "strong"), ("*", "em"), ("~~", "s")]))
def test_what_stands_between_brackets_can_be_emphasised(
    signs: tuple[str, str, str], text: str, mark: tuple[str, str]
) -> None:
    left, right, around = signs
    html = render(f"x{around}{mark[0]}{left}{text}{right}{mark[0]}{around}x")
    assert f"<{mark[1]}>{escapeHtml(left)}{text}{escapeHtml(right)}</{mark[1]}>" in html


@given(st.lists(st.text("あ漢、。ーカ（）", min_size=1).filter(lambda line: line[0] != "ー"), min_size=1, max_size=5))
def test_japanese_lines_become_one(lines: list[str]) -> None:
    assert "".join(lines) in render("\n".join(lines))


# --- the page -------------------------------------------------------------------------------------------------------


def render_all(page: Prose, *texts: str) -> list[str]:
    cells = [cell(text, f"c{number}", 10 * number) for number, text in enumerate(texts, 1)]
    for text, of in zip(texts, cells, strict=True):
        page.read(text, of)
    return [page.render(text, of) for text, of in zip(texts, cells, strict=True)]


def test_what_a_later_cell_defines_an_earlier_one_may_use() -> None:
    page = prose()
    first, _ = render_all(page, "A[^n] [text][x] HTML", "[^n]: Note.\n\n[x]: https://example.org\n\n*[HTML]: Markup")
    assert 'href="#fn:1"' in first
    assert '<a href="https://example.org">text</a>' in first
    assert '<abbr title="Markup">HTML</abbr>' in first
    assert "<p>Note." in page.finish()


def test_a_cell_s_own_definitions_come_first() -> None:
    page = prose()
    cells = ["A[^1] [x][].\n\n[^1]: one\n\n[x]: one.md", "B[^1] [x][].\n\n[^1]: two\n\n[x]: two.md"]
    first, second = render_all(page, *cells)
    assert ('href="one.md"' in first, 'href="two.md"' in second) == (True, True)
    assert ('href="#fn:1"' in first, 'href="#fn:2"' in second) == (True, True)
    assert re.findall(r"<p>(one|two)", page.finish()) == ["one", "two"]


def test_a_page_without_notes_ends_with_nothing() -> None:
    page = prose()
    render_all(page, "Text.", "[^unused]: Never referred to.")
    assert page.finish() == ""


def test_ids_are_unique_over_the_page() -> None:
    page = prose()
    tab = '=== "A"\n    a\n\n'
    html = "".join(render_all(page, "# Data\n\nA[^1].\n\n[^1]: n", tab, "## Data", f"{tab}B^[n]"))
    ids = re.findall(r' id="([^"]+)"', html + page.finish())
    assert len(ids) == len(set(ids))
    assert {heading.id for heading in page.headings} == {"data", "data_1"}
    assert {id for id in ids if not id.startswith("cell-")} <= page.anchors


def test_an_id_given_twice_is_a_problem() -> None:
    page = prose()
    render_all(page, "# One {#x}", "## Two {#x}")
    assert [(p.code, p.line) for p in page.problems] == [("duplicate-id", 20)]


@pytest.mark.parametrize(
    ("heading", "id"),
    [
        ("1.1 Data", "11-data"),
        ("What's new -- and why?", "whats-new-and-why"),
        ("Q&A: `np.dot`", "qa-npdot"),
        ("第1章・回帰（線形）", "第1章回帰線形"),
    ],
)
def test_a_heading_has_the_id_that_mkdocs_gives_it(heading: str, id: str) -> None:
    page = prose()
    render_all(page, f"# {heading}")
    assert [h.id for h in page.headings] == [id] == [slugify_unicode(heading.replace("`", ""), "-")]


def test_headings_are_collected_as_html_without_links() -> None:
    page = prose()
    render_all(page, "# A [link](x.md) & `code`", "### *B*[^1] {#own}\n\n[^1]: n")
    assert [(h.level, h.id, h.html) for h in page.headings] == [
        (1, "a-link-code", "A link &amp; <code>code</code>"),
        (3, "own", "<em>B</em>"),
    ]


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (["# *Title* {#id}\n\nText."], "<em>Title</em>"),
        (["<!-- licence -->\n\n# Title"], "Title"),
        (["[x]: y.md", "# Title"], "Title"),
        (["![Run this](badge.svg)", "Text.", "# Title", "# Another"], "Title"),
        (["## Section\n\n# Title"], None),
        ([""], None),
    ],
)
def test_the_title_is_the_first_heading_where_that_is_of_level_1(texts: list[str], title: str | None) -> None:
    page = prose()
    render_all(page, *texts)
    assert page.title == title


def test_links_are_resolved_with_the_line_they_stand_on() -> None:
    seen: list[tuple[str, int]] = []
    page = Prose(link=lambda u, n: seen.append((u, n)) or f"/{u}", slugify=None, language="en", path="page.py")
    text = "[a](a.md)\nand **x**\n[b][]\n\n- ![c](c.png)\n\n<p>\n<img src='d.png?a=1&amp;b=2'></p>\n\n[b]: b.md#x\n"
    html = page.render(text, cell(text, line=5))
    assert seen == [("a.md", 5), ("b.md#x", 7), ("c.png", 9), ("d.png?a=1&b=2", 12)]
    assert re.findall(r'(?:href|src)="([^"]+)"', html) == ["/a.md", "/b.md#x", "/c.png", "/d.png?a=1&amp;b=2"]


def test_addresses_with_a_scheme_are_left_alone() -> None:
    page = Prose(link=lambda u, n: "wrong", slugify=None, language="en", path="page.py")
    text = "[a](https://example.org) [b](mailto:a@example.org) ![c](data:image/png;base64,AA==) <a href='//x.org'>d</a>"
    assert "wrong" not in page.render(text, cell(text))


def test_large_images_stay_in_the_page() -> None:
    address = "data:image/png;base64," + "A" * 3000 + "=="
    html = render(f"![a]({address}) <img src='{address}'>\n\n```\n{address}\n```\n\n[^1]\n\n[^1]: ![b]({address})")
    assert html.count(f'"{address}"') == 3
    assert html.count(address) == 4


def test_problems_name_the_line() -> None:
    page = prose()
    text = "Text $\\ok$\n\n$$\nx\n\\wrong\n$$\n\n| a |\n|---|\n| b |\n| $\\worse$ |\n\n```{bibliography}\n```"
    page.render(text, cell(text, "name", line=100))
    assert [(p.code, p.line, p.cell) for p in page.problems] == [
        ("math", 100, "name"),
        ("math", 104, "name"),
        ("math", 110, "name"),
        ("unknown-directive", 112, "name"),
    ]
    assert "\\wrong" in page.problems[1].message


def test_prose_in_a_string_has_the_lines_of_the_file() -> None:
    page = prose()
    source = 'x = 1\nmo.md(r"""\n    Text\n\n    $\\wrong$\n""")'
    page.render("Text\n\n$\\wrong$", Cell("c", "code", source, 20))
    assert [p.line for p in page.problems] == [24]


def test_a_caption_is_rendered_inline() -> None:
    assert prose().inline("The *loss* $L$ of `fit`") == (
        'The <em>loss</em> <math data-nb-tex="L"><mi>L</mi></math> of <code>fit</code>'
    )


def test_our_words_are_in_the_language_of_the_page() -> None:
    page = prose("ja")
    html = page.render("# 見出し\n\n!!! note\n    文[^1]。\n\n[^1]: 注", cell("")) + page.finish()
    assert "注記" in html
    assert "脚注 1 の参照元に戻る" in html
    assert "このセクションへのリンク" in html


def test_references_to_objects_read_as_written_where_no_plugin_resolves_them() -> None:
    text = "See [the class][package.Class], [`f`][] and [g][]."
    html = "<p>See [the class][package.Class], [<code>f</code>][] and [g][].</p>\n"
    assert prose(autorefs=False).render(text, cell(text)) == html
    assert prose(autorefs=True).render(text, cell(text)).count("<autoref ") == 3


def test_headings_lead_to_themselves_as_the_site_says() -> None:
    assert '<a class="headerlink" href="#a" title="Link to this section">¶</a></h1>' in prose().render("# A", cell(""))
    assert prose(permalink="").render("# A", cell("")) == '<h1 id="a">A</h1>\n'
    assert ">&lt;#&gt;</a></h1>" in prose(permalink="<#>").render("# A", cell(""))


@pytest.mark.parametrize(
    ("info", "language", "title", "marked", "first"),
    [
        ("python", "python", "", set(), None),
        ('py title="a b.py"', "py", "a b.py", set(), None),
        ('python hl_lines="1 3-4" linenums="5"', "python", "", {1, 3, 4}, 5),
        ("{ .python .annotate }", "python", "", set(), None),
        ("{.python title='a.py'}", "python", "a.py", set(), None),
        ("{python}", "python", "", set(), None),
        ("c++", "c++", "", set(), None),
        ("", "", "", set(), None),
        ('hl_lines="99999999999-1"', "", "", set(), None),
    ],
)
def test_what_the_opening_of_a_fence_says(
    info: str, language: str, title: str, marked: set[int], first: int | None
) -> None:
    fence = parse_info(info)
    assert (fence.language, fence.title, fence.first) == (language, title, first)
    assert len(fence.marked) < 100_000
    if "9999" not in info:
        assert fence.marked == marked


# --- any text -------------------------------------------------------------------------------------------------------

RICH = "\n\n".join(case[3] for case in CASES)
PIECES = (
    *"*_~^=+`$\\[](){}<>!?#:|/.-&\"' \n\tabx01語。「」（）한😀",
    *("\n\n", "    ", "```", "$$", "///", "!!!", ":::", "<div>", "</div>", "<b>", "[^1]", "[^1]:", "^[", "*[", "]("),
    *("> [!", "{.a}", "\\begin{align}", "\\end{align}", '=== "A"\n', "- [ ] ", "1. ", "|-|-|\n", "/// note |"),
    *("!!! note\n    ", "```{note}\n", "<details markdown>", "<!--", "{math}`", "(a)=\n", "::: {.", "\r\n", "\0", "--"),
)


def check(text: str) -> None:
    page = prose()
    html = page.render(text, cell(text)) + page.finish()
    assert is_closed(html)
    assert all(1 <= problem.line <= text.count("\n") + 1 + text.count("\r") for problem in page.problems)
    ids = [heading.id for heading in page.headings]
    assert len(ids) == len(set(ids)) or any(problem.code == "duplicate-id" for problem in page.problems)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_gives_closed_html(text: str) -> None:
    check(text)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, len(RICH)), st.integers(0, 1500))
def test_any_part_of_a_rich_text_gives_closed_html(start: int, length: int) -> None:
    check(RICH[start : start + length])


@given(st.text("あ語abc 12（）。,.-", min_size=1))
def test_nothing_of_plain_text_is_lost(text: str) -> None:
    letters = re.compile(r"[^\W_]")
    shown = re.sub(r"<[^>]+>", "", render(f"w{text}"))
    assert letters.findall(shown) == letters.findall(f"w{text}")
