"""The search by what its readers type: a hundred queries over docs_src, and what a query may look like."""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from mkdocs.utils import get_theme_dir

from nbpublish.frontends.search_index import IndexedPage, indexed, search_index
from nbpublish.frontends.search_text import Section

pytestmark = pytest.mark.browser

EXPECTED = {
    "ja/01_linear_regression": """
        線形回帰 / 正規方程式 / 勾配降下法 / 坂を下る / 平均二乗誤差 / 学習率 / BMI 体格指数 / 回帰直線 /
        患者　測定値 / 誤差 ステップ / 直線 / 傾き / 勾配 / 進行 BMI / 線形 / 方程式の解
    """,
    "ja/02_logistic_regression": """
        ロジスティック回帰 / ろじすてぃっく / ﾛｼﾞｽﾃｨｯｸ / シグモイド関数 / しぐもいど / 乳がん /
        係数の読み方 / 標準化してから学習 / 確率とみなす / 係数 / 569人 / がん
    """,
    "ja/03_decision_tree": """
        決定木 / 過学習 / 木の深さ / 深さを変えてみる / 過学習を防ぐには /
        DecisionTreeClassifierの使い方 / make_moons / 決定木の境界 / 葉 / テストデータの正解率 / 質問を重ねて /
        頭打ち / ﾃｽﾄﾃﾞｰﾀ
    """,
    "ja/04_pca": """
        主成分分析 / ＰＣＡ / 共分散行列 / 固有ベクトル / 固有値 / 手書き数字 / 64次元 / load_digits /
        主成分の数 / explained variance / 手書き数字の地図 / 次元 / 地図 / 分散 / 数字の画像 / pca.fit / cumsum
    """,
    "ja/09_train_test": "訓練データ テストデータ",
    "course/01_reactive": """
        reactive notebook / compound interest / order of their dependencies / capital / 1000 years interest
    """,
    "course/02_linear_regression": """
        linear regression / normal equations / gradient descent / body mass index / walking downhill
    """,
    "course/03_script": "iris / confusion matrix / classifier / ConfusionMatrixDisplay / flowers named correctly",
    "course/04_charts": """
        altair / flavanoids / wine / charts / plotly.express / alcohol / px.box / matplotlib figures svg
    """,
    "course/05_sql": "sql / SQL data frames / attendance / GROUP BY / duckdb query / teacher students",
    "course/06_errors": "errors teaching / your own functions",
    "course/07_layout": """
        overfitting / mo.ui.tabs / underfit / mo.stat / training accuracy / callouts
    """,
    "course/08_old_notebook": "clustering / k-means / KMeans / make_blobs / old notebook / nearest centre",
    "guide/getting-started": "getting started / pip install / how to install / start a course / python 3.11",
    "guide/writing": """
        footnotes / emoji / tables and figures / abbreviation / line numbers / writing prose / eqref / mermaid /
        japanese emphasis / mathml / subscript
    """,
    "guide/cells": "cell options / fold the output / remove-stdout / expect an exception / more time",
    "guide/from-jupyter": "coming from jupyter / marimo convert / jupytext --to",
    "guide/incremental": """
        incremental builds / why did it run / new results / environment variable / frozen / sqlite3 /
        touched file / is it right
    """,
    "guide/formats": "formats / scripts with cells / magics / sphinx gallery / app.setup",
    "guide/theme": "accent color / logo favicon / custom_dir / dark page / navigation depth / extra css",
    "guide/publishing": "github pages / deploy job / workflow two jobs / sitemap",
    "reference/cli": "command line / exit codes / --keep-going / github annotations / nbpublish why / nbpublish check",
    "reference/configuration": "configuration / notebook_timeout / memory limit / exclude notebooks / highlightjs",
    "reference/problems": """
        multiple-definitions / undefined-name / kernel died / import star / broken link / syntax error / cycle /
        missing attachment / decorated-cell
    """,
    "reference/cache": "cache / pickle untrusted / restore-keys / commit outputs / network disk / backup / hashFiles",
}
"""By page, what somebody would type who looks for it."""

QUERIES = {query.strip(): page for page, queries in EXPECTED.items() for query in queries.split("/")}

ASK = """(queries) => {
  const input = document.querySelector(".search input");
  return queries.map((query) => {
    input.value = query;
    input.dispatchEvent(new InputEvent("input"));
    return [...document.querySelectorAll(".search-results a")].map((link) => link.getAttribute("href"));
  });
}"""


def opened(browser: Any, page: Path, **settings: Any) -> Any:
    """A tab with the search open and its index loaded."""
    tab = browser.new_context(viewport={"width": 1440, "height": 900}, **settings).new_page()
    tab.goto(page.as_uri())
    tab.keyboard.press("/")
    tab.wait_for_function("!!window.nb.part")
    return tab


def test_a_hundred_queries_find_their_page_first(browser: Any, docs_site: Path) -> None:
    assert len(QUERIES) >= 100
    tab = opened(browser, docs_site / "index.html")
    answers = tab.evaluate(ASK, list(QUERIES))
    places = {}
    for (query, page), found in zip(QUERIES.items(), answers, strict=True):
        pages = list(dict.fromkeys(address.removeprefix("./").partition("#")[0].rstrip("/") for address in found))
        places[f"{query!r} for {page}, found {pages[:3]}"] = pages.index(page) if page in pages else len(QUERIES)
    # a page that is written later may answer a query better: then the query belongs to it
    assert [query for query, place in places.items() if place > 2] == []
    second = [query for query, place in places.items() if place]
    assert len(second) <= len(QUERIES) / 50, second


# --- what a query may look like -------------------------------------------------------------------------------------

FINDS = [
    # Japanese: each substring, kana of both kinds, half and full width, the long vowel mark
    ("決定木と過学習", "定"),
    ("決定木と過学習", "木と過"),
    ("メモリを使う", "めもり"),
    ("めもりを使う", "メモリ"),
    ("ｱﾙｺﾞﾘｽﾞﾑ", "アルゴリズム"),
    ("アルゴリズム", "ｱﾙｺﾞ"),
    ("サーバを立てる", "サーバー"),
    ("サーバーを立てる", "サーバ"),
    ("インタフェース", "インターフェース"),
    ("インターフェース", "いんたふぇーす"),
    ("主成分分析（PCA）", "(ＰＣＡ)"),
    ("なぜ？", "なぜ?"),
    ("距離は3㌔", "3キロ"),
    ("matplotlibで描く日本語の図", "matplotlibの日本語"),
    ("過学習を防ぐ", "過学習の防止"),
    # English: beginnings, several words in any order, plurals
    ("regularisation", "regular"),
    ("the tree decides", "decide tree"),
    ("a model", "models"),
    ("decision trees", "tree"),
    ("how a cache works", "how to cache"),
    # names in code
    ("train_test_split", "test split"),
    ("train_test_split", "train-test"),
    ("LinearRegression", "linear regression"),
    ("linear regression", "LinearRegression"),
    ("DecisionTreeClassifier", "treeclass"),
    ("np.mean(x, axis=0)", "np.mean(x,"),
    ("a[0] + b*c", "b*c"),
    ("x ** 2 \\ y", "\\"),
]
MISSES = [("text", "xyz"), ("木", "林"), ("a+b", "a*b"), ("", "x")]

FRESH = """([index, query]) => {
  document.body.innerHTML = `<dialog class="search" data-base="./" data-code="Code" data-output="Output"
    data-found="{} found" data-some="{} with some" data-nothing="nothing">
    <input><p class="search-status"></p><div class="search-results"></div></dialog>`;
  const dialog = document.querySelector("dialog"), input = dialog.querySelector("input");
  dialog.showModal();
  window.nb.search(dialog, index);
  input.value = query;
  input.dispatchEvent(new InputEvent("input"));
  return [document.querySelector(".search-status").textContent, document.querySelector(".search-results").innerHTML];
}"""


@pytest.fixture(scope="module")
def blank(browser: Any) -> Any:
    """An empty page with the script of the search."""
    tab = browser.new_page()
    tab.set_content("<!doctype html><body></body>")
    tab.evaluate("window.nb = {}")
    tab.add_script_tag(path=Path(get_theme_dir("nbpublish")) / "assets" / "search.js")
    return tab


def ask(tab: Any, pages: list[IndexedPage], query: str) -> tuple[str, list[Tag]]:
    """What the search says, and its results."""
    (text,) = search_index(pages, "index.js").values()
    index = json.loads(text.removeprefix("window.nb={...window.nb,index:").removesuffix("};\n"))
    said, html = tab.evaluate(FRESH, [index, query])
    return said, BeautifulSoup(html, "html.parser").select("a")


def of(*texts: str) -> list[IndexedPage]:
    """A page for each text."""
    return [indexed(f"{at}/", f"P{at}", f"<p>{escape(text)}</p>") for at, text in enumerate(texts)]


@pytest.mark.parametrize(("text", "query"), FINDS)
def test_what_is_found(blank: Any, text: str, query: str) -> None:
    _, found = ask(blank, of("something else", text), query)
    assert [link["href"] for link in found] == ["./1/"]
    assert found[0].select("mark")


@pytest.mark.parametrize(("text", "query"), MISSES)
def test_what_is_not_found(blank: Any, text: str, query: str) -> None:
    assert ask(blank, of(text), query) == ("nothing", [])


def test_titles_count_more_than_prose_and_prose_more_than_code_and_outputs(blank: Any) -> None:
    kinds = [("T", "", "", "needle"), ("T", "", "needle", ""), ("T", "needle", "", ""), ("needle", "x", "", "")]
    pages = [
        IndexedPage(f"{at}/", f"P{at}", [Section("a", title, prose, code, output)])
        for at, (title, prose, code, output) in enumerate(kinds)
    ]
    said, found = ask(blank, pages, "needle")
    assert said == "4 found"
    assert [link["href"] for link in found] == ["./3/#a", "./2/#a", "./1/#a", "./0/#a"]
    assert [link.get_text(" ", strip=True) for link in found[1:]] == [
        "P2 › T needle",
        "P1 › T Code needle",
        "P0 › T Output needle",
    ]


def test_whole_words_and_phrases_come_first(blank: Any) -> None:
    def order(query: str, *texts: str) -> list[str]:
        return [link.p.get_text() for link in ask(blank, of(*texts), query)[1]]

    assert order("ridge", "the bridge", "a ridge") == ["a ridge", "the bridge"]
    assert order("group by", "groups of words by size", "group by name")[0] == "group by name"


def test_a_title_of_a_page_alone_makes_no_hit_of_its_sections(blank: Any) -> None:
    pages = [IndexedPage("a/", "Trees", [Section("", "Trees", "x"), Section("b", "B", "leaf"), Section("c", "C", "y")])]
    assert [link["href"] for link in ask(blank, pages, "trees")[1]] == ["./a/"]
    assert [link["href"] for link in ask(blank, pages, "trees leaf")[1]] == ["./a/#b"]


def test_where_no_section_has_all_words_those_with_most_are_shown_and_that_is_said(blank: Any) -> None:
    said, found = ask(blank, of("red green", "red", "blue"), "red green violet")
    assert said == "1 with some"
    assert [link["href"] for link in found] == ["./0/"]


def test_an_excerpt_shows_the_place_and_code_keeps_its_lines(blank: Any) -> None:
    text = "long " * 100 + "needle" + " tail" * 100
    _, (link,) = ask(blank, of(text), "needle")
    assert link.p.get_text().startswith("…")
    assert link.p.mark.get_text() == "needle"
    assert 200 < len(link.p.get_text()) < 260, "two lines are shown, the last of which ends in dots"
    pages = [IndexedPage("", "P", [Section("", "P", "", "x = 1\n" * 20 + "y = needle()\nz = 2")])]
    _, (link,) = ask(blank, pages, "needle")
    assert link.code.get_text() == "…y = needle()\nz = 2"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("many words " * 9 + "of no interest before a needle", "…words of no interest before a needle"),
        ("文" * 50 + "。次の節には針がある", "…次の節には針"),
        ("文" * 50 + "針", "…" + "文" * 16 + "針"),
    ],
)
def test_an_excerpt_begins_where_a_word_or_a_clause_does(blank: Any, text: str, begins: str) -> None:
    _, (link,) = ask(blank, of(text), begins[-6:].split()[-1].lstrip("文次の節には"))
    assert link.p.get_text().startswith(begins)


def test_while_a_word_is_composed_the_kana_so_far_are_looked_for(blank: Any) -> None:
    assert ask(blank, of("カイキ"), "かいk")[0] == "1 found"


def test_what_is_there_as_it_was_typed_comes_alone(blank: Any) -> None:
    def found(query: str) -> list[str]:
        return [link["href"] for link in ask(blank, of("サーバ", "サーバー", "モデル"), query)[1]]

    assert found("サーバー") == ["./1/"]
    assert found("サーバ") == ["./0/", "./1/"]
    assert found("モーデル") == ["./2/"]


def test_markup_in_a_query_or_a_text_stays_text(blank: Any) -> None:
    _, (link,) = ask(blank, of("a <b>bold</b> claim"), "<b>")
    assert link.select("b") == []
    assert link.mark.get_text() == "<b>"


# --- a large site ---------------------------------------------------------------------------------------------------


def test_titles_are_found_at_once_and_texts_as_their_parts_arrive(browser: Any, tmp_path: Path) -> None:
    pages = [
        IndexedPage(f"{at}.html", f"第{at}章", [Section("", f"第{at}章", f"本文その{at}" * 30, f"f({at})", "")])
        for at in range(40)
    ]
    files = search_index(pages, "index.js", large=2000)
    assert len(files) > 10
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("search.js", "nb.js", "theme.js"):
        shutil.copy(Path(get_theme_dir("nbpublish")) / "assets" / name, tmp_path)
    (tmp_path / "index.html").write_text(LARGE, encoding="utf-8")
    tab = opened(browser, tmp_path / "index.html")
    tab.locator("input").fill("第39章")
    tab.locator(".search-results a").wait_for()
    tab.locator("input").fill("本文その39")
    tab.wait_for_function("document.querySelector('.search-results mark')?.textContent === '本文その39'")
    tab.locator("input").fill("f(7)")
    tab.wait_for_function("document.querySelector('.search-results code')?.textContent === 'f(7)'")


LARGE = """<!doctype html><html lang="ja"><meta charset="utf-8"><body><button class="theme-button"></button>
<button class="search-button">Search</button>
<dialog class="search" data-index="index.js" data-script="search.js" data-base="./" data-found="{}" data-some="{}"
  data-nothing="nothing" data-loading="loading" data-code="Code" data-output="Output">
<input><p class="search-status"></p><div class="search-results"></div></dialog>
<script src="nb.js"></script><script src="theme.js"></script></body></html>"""
