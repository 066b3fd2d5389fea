"""The reader-facing words of a page, and its `lang`, are in the language the page is written in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs_sites import Site, build_site, write_site

from nbpublish.formats.marimo import MARIMO
from nbpublish.formats.percent import PERCENT

CODE = "# %%\nx = 41 + 1\n"
JAPANESE = "# %% [markdown]\n# # 線形回帰\n#\n# 方程式を解いて、次に坂を下ります。\n\n" + CODE
ENGLISH = "# %% [markdown]\n# # Regression\n#\n# Solve the equation, then walk down the hill.\n\n" + CODE
COMPUTED = '''\
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    n = 442
    return mo, n


@app.cell
def _(mo, n):
    mo.md(f"""# 計算した文章\\n\\n{n}人の患者について、病気がどれだけ進んだかを予測します。""")
    return


if __name__ == "__main__":
    app.run()
'''
THEMES: dict[str, Any] = {"ours": {"name": "nbpublish"}, "material": {"name": "material", "font": False}}


def built(folder: Path, files: dict[str, str], theme: dict[str, Any]) -> Site:
    site = build_site(write_site(folder, {"index.md": "# Home", **files}, theme=theme), folder / "site")
    assert "WARNING" not in site.log
    return site


def lang(site: Site, page: str) -> str:
    match = re.search(r'<html lang="([^"]*)"', site.html(page))
    assert match
    return match[1]


@pytest.mark.parametrize("theme", THEMES)
def test_a_japanese_notebook_in_an_english_site_speaks_japanese(tmp_path: Path, theme: str) -> None:
    site = built(tmp_path, {"ja.py": JAPANESE, "computed.py": COMPUTED, "en.py": ENGLISH}, THEMES[theme])
    for page in ("ja/index.html", "computed/index.html"):
        assert '<span class="nb-defines">定義 ' in site.html(page)
        assert 'title="このセクションへのリンク"' in site.html(page)
        assert 'data-nb-words="コードをコピー|' in site.html(page), "what the script's buttons say"
    assert '<span class="nb-defines">Defines ' in site.html("en/index.html")
    assert 'data-nb-words="Copy code|' in site.html("en/index.html")


def test_in_our_theme_the_page_and_its_frame_speak_its_language(tmp_path: Path) -> None:
    files = {"ja.py": JAPANESE, "computed.py": COMPUTED, "en.py": ENGLISH, "page.md": "# はじめに\n\n説明です。\n"}
    site = built(tmp_path, files, THEMES["ours"])
    languages = {name: lang(site, f"{name}/index.html") for name in ("ja", "computed", "page", "en")}
    assert languages == {"ja": "ja", "computed": "ja", "page": "ja", "en": "en"}
    assert '<header class="header" lang="ja">' in site.html("ja/index.html")
    assert '<header class="header" lang="en">' in site.html("en/index.html")
    assert lang(site, "index.html") == "en"


def test_what_the_author_says_counts_for_more_than_what_the_letters_tell(tmp_path: Path) -> None:
    notebook = '# /// script\n# [tool.nbpublish]\n# lang = "en"\n# ///\n\n' + COMPUTED
    files = {
        "header.py": "# ---\n# lang: de\n# ---\n\n" + JAPANESE,
        "marimo.py": notebook,
        "page.md": "---\nlang: en\n---\n\n# はじめに\n\n説明です。\n",
        "alias.md": "---\nlanguage: fr\n---\n\n# Titre\n",
    }
    site = built(tmp_path, files, THEMES["ours"])
    assert {name: lang(site, f"{name}/index.html") for name in ("header", "marimo", "page", "alias")} == {
        "header": "de",
        "marimo": "en",
        "page": "en",
        "alias": "fr",
    }
    assert "定義" not in site.html("marimo/index.html")


def test_the_sites_own_word_for_japanese_is_kept(tmp_path: Path) -> None:
    site = built(tmp_path, {"ja.py": JAPANESE}, {"name": "nbpublish", "language": "ja-JP"})
    assert lang(site, "ja/index.html") == "ja-JP"


def test_a_folder_named_by_its_language_says_what_the_letters_do_not(tmp_path: Path) -> None:
    files = {
        "course/en/regression.py": ENGLISH,
        "course/en/untranslated.py": JAPANESE,
        "course/ja/code.py": CODE,
        "course/ja/quoted.md": "---\nlang: en\n---\n\n# English",
        "course/no/it.md": "# 1. What is *not* a language",
    }
    site = built(tmp_path, files, {"name": "nbpublish", "language": "ja"})
    pages = {name: lang(site, f"{name.rpartition('.')[0]}/index.html") for name in files}
    assert list(pages.values()) == ["en", "ja", "ja", "en", "ja"]
    assert '<span class="nb-defines">Defines ' in site.html("course/en/regression/index.html")
    assert ">About this page</a>" in site.html("course/en/regression/index.html")


def test_a_script_block_gives_metadata_of_the_page() -> None:
    block = '# /// script\n# dependencies = ["numpy"]\n# [tool.nbpublish]\n# lang = "ja"\n# title = "T"\n# ///\n'
    read = MARIMO.read("a.py", block + COMPUTED).metadata
    assert (read["lang"], read["title"], read["script"]["dependencies"]) == ("ja", "T", ["numpy"])
    read = PERCENT.read("a.py", f"# ---\n# title: From the header\n# ---\n{block}\n{CODE}").metadata
    assert (read["lang"], read["title"]) == ("ja", "From the header")


@pytest.mark.parametrize("table", ["tool = 3", "[tool]\n# nbpublish = 3", "[tool.other]\n# lang = 'ja'"])
def test_a_script_block_that_says_nothing_about_the_page_gives_nothing(table: str) -> None:
    assert "lang" not in MARIMO.read("a.py", f"# /// script\n# {table}\n# ///\n{COMPUTED}").metadata
