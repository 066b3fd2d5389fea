"""The theme `nbpublish`, by what it writes: structure, words, weight, and that it asks no other host for anything."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.utils import get_theme_dir
from rjsmin import jsmin

SITE = Path(__file__).parent / "sites" / "theme"
THEME = Path(get_theme_dir("nbpublish"))
PAGES = ["index.html", "part/ridge.html", "part/english.html", "part/deeper.html", "404.html"]


def build_site(folder: Path, **settings: Any) -> Path:
    """The sample site, built into `folder` with some settings changed; those named `theme_…` are the theme's."""
    source = folder / "source"
    shutil.copytree(SITE, source)
    theme = {"name": "nbpublish", "language": "ja"}
    theme |= {name.removeprefix("theme_"): settings.pop(name) for name in list(settings) if name.startswith("theme_")}
    config = load_config(str(source / "mkdocs.yml"), theme=theme, site_dir=str(folder / "site"), **settings)
    build(config)
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(tmp_path_factory.mktemp("theme"))


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{len(found)} times {selector}"
    return found[0]


# --- structure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_language_one_title_and_a_way_past_the_navigation(site: Path, name: str) -> None:
    page = soup(site / name)
    assert one(page, "html")["lang"] == ("en" if "english" in name else "ja")
    assert len(page.select("h1")) == 1
    assert one(page, "main")["id"] == one(page, "a.skip")["href"].lstrip("#")
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert page.select("nav.nav a[aria-current=page]") or name == "404.html"


def test_all_that_a_page_says_is_in_its_language_and_the_titles_of_the_site_in_theirs(site: Path) -> None:
    page = soup(site / "part/english.html")
    for part in ("header", "nav.nav", ".contents-title", ".page-actions", ".crumbs", ".neighbours", "dialog.search"):
        assert one(page, part)["lang"] == "en"
    assert one(page, "a.skip").text == "Skip to content"
    assert one(page, ".contents-title").text == "On this page"
    assert one(page, ".search-button span").text == "Search"
    assert one(page, ".theme-button")["aria-label"] == "Switch between light and dark"
    assert one(page, ".neighbours [rel=prev] small").text == "Previous"
    assert one(page, ".brand")["lang"] == one(page, "nav.nav > ul")["lang"] == "ja"


def test_a_site_may_choose_one_language_for_the_frame_of_all_pages(tmp_path: Path) -> None:
    site = build_site(tmp_path, theme_messages="ja")
    page = soup(site / "part/english.html")
    assert one(page, "header")["lang"] == "ja"
    assert one(page, ".contents-title").text == "このページの内容"
    assert str(one(page, "body")["data-nb-words"]).startswith("Copy code|"), "of the text"


@pytest.mark.parametrize("name", PAGES)
def test_everything_a_page_links_is_on_the_site(site: Path, name: str) -> None:
    page = soup(site / name)
    for tag in page.select("[href], [src]"):
        address = tag.get("href") or tag.get("src")
        assert address is not None
        if address.startswith(("https://example.org", "#", "data:")):
            continue
        # the address of an error page is unknown, so its links start at the root of the server
        base = site if name == "404.html" else (site / name).parent
        path = address.removeprefix("/course/") if name == "404.html" else address
        assert (base / path.split("#")[0]).exists(), address


def test_no_other_host_is_asked_for_anything(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = soup(path)
        loaded = [tag["src"] for tag in page.select("[src]")]
        loaded += [tag["href"] for tag in page.select("link:not([rel=canonical])")]
        assert not [address for address in loaded if re.match(r"(https?:)?//", address)]
    for path in (*site.rglob("*.css"), *site.glob("assets/*.js")):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r'url\((?!["\']?data:)|@import', text)
        if not path.name.startswith("search-index"):
            addresses = re.findall(r"""["'`(](?:https?:)?//[^"'`)]*""", text)
            assert {address[1:] for address in addresses} <= {"http://www.w3.org/2000/svg"}


def test_the_reader_knows_where_she_is_and_where_to_go(site: Path) -> None:
    page = soup(site / "part/ridge.html")
    assert [item.text.strip() for item in page.select(".crumbs li")] == ["第 I 部　回帰"]
    assert one(page, ".neighbours [rel=prev]")["href"] == "../index.html"
    assert one(page, ".neighbours [rel=next]")["href"] == "english.html"
    assert [a["href"] for a in page.select(".contents a")] == ["#least-squares", "#long"]
    assert [a["href"] for a in page.select(".contents-fold a")] == ["#least-squares", "#long"]
    assert one(page, ".page-actions a")["href"] == "https://example.org/source/edit/main/docs/part/ridge.md"
    assert one(page, "link[rel=canonical]")["href"] == "https://example.org/course/part/ridge.html"
    assert one(page, "title").text.startswith("第5章")
    assert "© 2026 著者" in one(page, "footer").text


def test_a_page_without_a_heading_gets_its_title(site: Path) -> None:
    assert one(soup(site / "part/deeper.html"), "h1").text == "Deeper"


def test_deeper_sections_fold_and_the_readers_own_is_open(site: Path) -> None:
    assert one(soup(site / "part/deeper.html"), "nav.nav details").has_attr("open")
    assert not one(soup(site / "index.html"), "nav.nav details").has_attr("open")


# --- settings -------------------------------------------------------------------------------------------------------


def test_what_a_site_may_set(tmp_path: Path) -> None:
    (tmp_path / "over" / "partials").mkdir(parents=True)
    (tmp_path / "over" / "partials" / "footer.html").write_text("<footer>mine</footer>", encoding="utf-8")
    (tmp_path / "over" / "main.html").write_text(
        '{% extends "base.html" %}{% block extrahead %}<meta name="mine">{% endblock %}', encoding="utf-8"
    )
    site = build_site(
        tmp_path,
        theme_accent="#7a1f5c",
        theme_logo="figure.svg",
        theme_favicon="figure.svg",
        theme_custom_dir=str(tmp_path / "over"),
        extra_css=["mine.css"],
    )
    page = soup(site / "part/ridge.html")
    assert "--nb-accent-seed:#7a1f5c" in one(page, "head style").text
    assert one(page, ".brand img")["src"] == one(page, "link[rel=icon]")["href"] == "../figure.svg"
    assert one(page, "footer").text == "mine"
    assert one(page, "head meta[name=mine]")
    styles = [tag["href"] for tag in page.select("link[rel=stylesheet]")]
    assert styles[-1] == "../mine.css", "the site's own CSS has the last word"


SKIP = {"en": "Skip to content", "ja": "本文へ移動", "ja-JP": "本文へ移動", "fr": "Skip to content"}


@pytest.mark.parametrize(("language", "word"), SKIP.items())
def test_a_language_without_messages_is_named_and_speaks_english(tmp_path: Path, language: str, word: str) -> None:
    page = soup(build_site(tmp_path, theme_language=language) / "index.html")
    assert one(page, "html")["lang"] == language
    assert one(page, "a.skip").text == word


def test_a_translator_adds_one_file_and_what_it_lacks_is_said_in_english(tmp_path: Path) -> None:
    (tmp_path / "over" / "messages").mkdir(parents=True)
    words = '{% set text.skip = "Aller au texte" %}\n{% set text.copy = "Copier le code" %}\n'
    (tmp_path / "over" / "messages" / "fr.html").write_text(words, encoding="utf-8")
    site = build_site(tmp_path, theme_language="fr-CA", theme_custom_dir=str(tmp_path / "over"))
    page = soup(site / "index.html")
    assert one(page, "html")["lang"] == "fr-CA"
    assert one(page, "a.skip").text == "Aller au texte"
    assert str(one(page, "body")["data-nb-words"]).startswith("Copier le code|Copied|")
    assert one(page, ".theme-button")["aria-label"] == "Switch between light and dark"


def test_the_buttons_in_a_text_speak_its_language(site: Path) -> None:
    assert str(one(soup(site / "part/english.html"), "body")["data-nb-words"]).startswith("Copy code|")
    assert str(one(soup(site / "part/ridge.html"), "body")["data-nb-words"]).startswith("コードをコピー|")


def test_every_language_has_every_word() -> None:
    words = {
        path.stem: set(re.findall(r"{% set text\.(\w+) = \"[^\"]+\" %}", path.read_text(encoding="utf-8")))
        for path in (THEME / "messages").glob("*.html")
    }
    assert set(words) == {"en", "ja"}
    assert words["en"] == words["ja"]
    templates = "".join(path.read_text(encoding="utf-8") for path in THEME.rglob("*.html"))
    assert set(re.findall(r"text\.(\w+)", templates)) == words["en"]


def test_without_an_index_there_is_no_search_box(tmp_path: Path) -> None:
    page = soup(build_site(tmp_path, hooks=[]) / "index.html")
    assert not page.select(".search-button, dialog")


# --- weight ---------------------------------------------------------------------------------------------------------


def test_a_page_is_light(site: Path) -> None:
    page = soup(site / "part/ridge.html")
    scripts = [site / "part" / tag["src"] for tag in page.select("script[src]")]
    styles = [site / "part" / tag["href"] for tag in page.select("link[rel=stylesheet]")]
    assert len(scripts) == 2
    scripts.append(site / "assets" / "search.js")
    assert sum(len(jsmin(path.read_bytes())) for path in scripts) <= 10_000
    sent = sum(len(gzip.compress(path.read_bytes())) for path in (site / "part/ridge.html", *scripts, *styles))
    assert sent <= 29_000, "without pictures; a real chapter may be 60 KB"


def test_only_pages_with_tabs_of_markdown_ask_for_their_style(site: Path) -> None:
    asks = [bool(soup(site / page).select("link[href$='assets/tabs.css']")) for page in PAGES]
    assert asks == [page == "part/deeper.html" for page in PAGES]


def test_what_moves_widgets_is_light_too() -> None:
    assert len(jsmin((THEME / "assets" / "nb-widgets.js").read_bytes())) <= 17_500


def test_the_sitemap_is_that_of_mkdocs(site: Path) -> None:
    assert "https://example.org/course/part/ridge.html" in (site / "sitemap.xml").read_text(encoding="utf-8")


# --- the contract with the page room --------------------------------------------------------------------------------


def test_every_class_of_the_contract_has_a_style() -> None:
    """Classes named in design/page.md, but for those that only name a thing for others."""
    contract = (SITE.parents[2] / "docs_src" / "design" / "page.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\.(nb-[a-z][a-z-]*[a-z])", contract))
    css = (THEME / "assets" / "nb-content.css").read_text(encoding="utf-8")
    plain = {"nb-markdown", "nb-stdout", "nb-icon", "nb-defines", "nb-uses", "nb-fold-code", "nb-fold-output"}
    plain |= {"nb-plotly", "nb-vega", "nb-fold-frames", "nb-long", "nb-ansi-bg-red"}
    plain |= {"nb-follows", "nb-stale"}  # by the script of widgets
    assert {name for name in named if f".{name}" not in css} <= plain
