"""The search index: what of a page is in it, and in which files it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mkdocs_sites import build_site, write_site
from pages import code, page, printed, prose, run

from nbpublish.frontends.search_index import IndexedPage, indexed, search_index
from nbpublish.frontends.search_text import OUTPUT, Section, sections
from nbpublish.model import Trace

PATH = "assets/search-index.js"


def index_in(text: str) -> dict[str, Any]:
    """What the first file of an index says."""
    head, tail = "window.nb={...window.nb,index:", "};\n"
    assert text.startswith(head)
    assert text.endswith(tail)
    return json.loads(text[len(head) : -len(tail)])


# --- a page in sections ---------------------------------------------------------------------------------------------


def test_a_page_is_cut_at_its_headings() -> None:
    html = (
        '<h1 id="top">題名 <code>x</code></h1><p>初めに\n読む</p><p>次</p>'
        '<h2 id="one">一 &amp; 二<a class="headerlink" href="#one">#</a></h2><p>本文 <b>太</b>字</p>'
        "<script>secret()</script><h3>名のない見出し</h3><p>続き<svg><text>絵</text></svg></p>"
    )
    assert sections("題名 x", html) == [
        Section("", "題名 x", "初めに読む 次"),
        Section("one", "一 & 二", "本文 太字 名のない見出し 続き"),
    ]


def test_a_formula_within_a_sentence_is_one_word_and_a_displayed_one_is_left_out() -> None:
    html = "<p>重み<math><msub><mi>w</mi><mn>1</mn></msub><mo>=</mo><mn>0</mn></math>です。</p>"
    html += '<div><math display="block"><mfrac><mn>1</mn><mn>2</mn></mfrac></math></div>'
    assert sections("P", html) == [Section("", "P", "重みw1=0です。")]


def test_html_left_open_loses_nothing() -> None:
    html = "<p>一<svg><path></svg><div>二<h2 id=a>三<p>四"
    assert sections("P", html) == [Section("", "P", "一 二"), Section("a", "三 四")]
    assert sections("", "") == [Section("", "")]


def test_code_and_outputs_of_cells_stand_apart_from_prose() -> None:
    notebook = run(
        prose("intro", "# Title\n\nRead this.\n\n```python\nexample(1)\n```"),
        code("fit", "y = fit(x)\n\nprint(y)"),
        traces={"fit": Trace("key", (printed("done in\n3 steps\n"),))},
    )
    assert sections("Title", page(notebook).html) == [
        Section("", "Title", "Read this.", "example(1)\ny = fit(x)\nprint(y)", "done in\n3 steps")
    ]


def test_prose_that_cells_compute_is_prose_and_so_are_captions() -> None:
    outputs = '<div class="nb-outputs">{}</div>'
    for inside in (
        '<div class="nb-markdown"><p>said</p></div>',
        '<div class="nb-callout"><p>said</p></div>',
        '<figure class="nb-figure"><img src="a.svg"><figcaption>said</figcaption></figure>',
    ):
        assert sections("T", outputs.format(inside))[0].prose == "said", inside
    table = "<table><tr><th>name</th><th>size</th></tr><tr><td>ant</td><td>3</td></tr></table>"
    assert sections("T", outputs.format(table))[0].output == "name size\nant 3"
    picture = '<figure class="nb-figure"><img src="a.svg" alt="A line that falls"></figure>'
    assert sections("T", outputs.format(picture))[0].output == "A line that falls"


def test_what_only_helps_to_read_is_not_searched() -> None:
    html = page(run(code("a", "x = 1"), code("b", "y = x"), code("c", "z = x + y"))).html
    assert "Defines" in html
    assert "How the cells depend" in html
    text = " ".join(sections("T", html)[0][2:])
    assert not {"Defines", "Uses", "How", "executed"} & set(text.split())
    assert sections("T", "<p>a</p><div data-search-exclude><p>b</p></div><p>c</p>")[0].prose == "a c"
    fold = '<details class="nb-fold"><summary>Show code</summary><pre>x</pre></details>'
    assert sections("T", fold) == [Section("", "T", "", "x")]


def test_a_long_output_is_searched_in_its_beginning() -> None:
    html = f'<div class="nb-outputs"><pre>{"word " * 1000}</pre></div>'
    assert len(sections("T", html)[0].output) == OUTPUT


def test_variants_of_letters_are_one_and_punctuation_stays() -> None:
    html = "<p>ｱﾙｺﾞﾘｽﾞﾑ、ＰＣＡ（主成分）…㌔ x² ﬁt ガ</p>"
    assert sections("Ｔ", html) == [Section("", "T", "アルゴリズム、PCA（主成分）…キロ x2 fit ガ")]


# --- files ----------------------------------------------------------------------------------------------------------

PAGES = [IndexedPage(f"{n}/", f"P{n}", [Section("", f"P{n}", f"prose {n}", f"code {n}", "")]) for n in range(9)]


def test_a_small_index_is_one_file() -> None:
    (text,) = search_index(PAGES[:2], PATH).values()
    assert index_in(text) == {
        "sections": [
            {"url": "0/", "page": "P0", "title": "P0", "weight": 1.0, "texts": ["prose 0", "code 0", ""]},
            {"url": "1/", "page": "P1", "title": "P1", "weight": 0.85, "texts": ["prose 1", "code 1", ""]},
        ],
        "parts": [],
    }


def test_an_address_can_stand_in_an_attribute() -> None:
    (text,) = search_index([IndexedPage("図/", "P", [Section('a"b', "A")])], PATH).values()
    assert index_in(text)["sections"][0]["url"] == "図/#a%22b"


def parts_of(files: dict[str, str]) -> list[tuple[int, int, list[str]]]:
    """Kind, first section and texts of each part, in the order in which they are asked for."""
    names = index_in(files[PATH])["parts"]
    texts = (files[f"assets/{name}"].removeprefix("nb.part(").removesuffix(");\n") for name in names)
    return [tuple(json.loads(f"[{text}]")) for text in texts]


def test_a_large_index_comes_in_parts_prose_first() -> None:
    files = dict(search_index(PAGES, PATH, large=30))
    assert {str(section["texts"]) for section in index_in(files[PATH])["sections"]} == {"['', '', '']"}
    parts = parts_of(files)
    assert [kind for kind, _, _ in parts] == sorted(kind for kind, _, _ in parts)
    for kind, word in ((0, "prose"), (1, "code")):
        found = [text for of_kind, _, texts in parts if of_kind == kind for text in texts]
        assert found == [f"{word} {n}" for n in range(9)]
        assert all(sum(map(len, texts)) <= 30 for _, _, texts in parts)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8), st.integers(1, 40))
def test_the_parts_hold_every_text_at_its_place(texts: list[str], large: int) -> None:
    pages = [IndexedPage("", "", [Section("", "", text, "", text[::-1])]) for text in texts]
    files = dict(search_index(pages, PATH, large=large))
    every = [section["texts"] for section in index_in(files[PATH])["sections"]]
    held = [list(of_kind) for of_kind in zip(*every, strict=True)]
    for kind, first, part in parts_of(files):
        held[kind][first : first + len(part)] = part
    assert held == [texts, ["" for _ in texts], [text[::-1] for text in texts]]


def test_an_edit_changes_the_parts_that_it_touches_and_the_first_file_that_names_them() -> None:
    other = [*PAGES[:8], indexed("8/", "P8", "<p>other</p>")]
    before, after = search_index(PAGES, PATH, large=30), search_index(other, PATH, large=30)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert PATH in changed
    assert len(changed) < len({*before, *after})
    assert all(before[name] == after[name] for name in {*before} & {*after} - {PATH})


# --- a site ---------------------------------------------------------------------------------------------------------


def test_the_author_says_what_is_not_found_and_what_counts_less(tmp_path: Path) -> None:
    files = {
        "index.md": "# Home",
        "hidden.md": "---\nsearch: {exclude: true}\n---\n# Hidden",
        "notes.py": "# ---\n# search: {boost: 0.5}\n# ---\n\n# %% [markdown]\n# # Notes\n\n# %%\nprint('seen')\n",
    }
    source = write_site(tmp_path, files, theme={"name": "nbpublish"}, nav=["notes.py", "index.md", "hidden.md"])
    site = build_site(source, tmp_path / "site")
    index = index_in(site.html(PATH))
    assert index["sections"] == [
        {"url": "notes/", "page": "Notes", "title": "Notes", "weight": 0.5, "texts": ["", "print('seen')", "seen"]},
        {"url": "", "page": "Home", "title": "Home", "weight": 0.85, "texts": ["", "", ""]},
    ]
