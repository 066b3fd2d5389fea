"""The site for programs that read: `llms.txt` and its pages as Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs_sites import Site, build_site, write_site

FILES = {
    "index.md": "# Home\n\nTo [a](part/a.py), [b](part/b.md#deep 'title') and [x](https://example.org/x).\n",
    "part/a.py": (
        "# ---\n# description: The first\n# ---\n"
        "# %% [markdown]\n# # A & [1]\n#\n# [home](../index.md)\n\n# %%\nprint(6 * 7)\n"
    ),
    "part/b.md": "---\ntitle: B\n---\n\nText without a title.\n\n```\n[a](a.py)\n```\n",
    "alone.md": "# Alone\n",
}
NAV = ["index.md", {"Part one": ["part/a.py", "part/b.md"]}]
ADDRESS = "https://example.org/course/"


def site_of(tmp_path: Path, plugin: dict[str, Any] | None = None, **settings: Any) -> Site:
    settings = {"site_url": ADDRESS, "site_description": "All of it", "nav": NAV, **settings}
    plugins = ["search", {"nbpublish": plugin or {}}]
    return build_site(write_site(tmp_path / "source", FILES, plugins=plugins, **settings), tmp_path / "site")


def test_pages_are_listed_by_the_navigation(tmp_path: Path) -> None:
    assert site_of(tmp_path).html("llms.txt") == (
        "# Small\n\n> All of it\n\nEach link leads to a page as Markdown, with the outputs of its code.\n\n"
        f"## Pages\n\n- [Home]({ADDRESS}index.md)\n\n"
        f"## Part one\n\n- [A & \\[1\\]]({ADDRESS}part/a/a.md): The first\n- [B]({ADDRESS}part/b/b.md)\n\n"
        f"## Other pages\n\n- [Alone]({ADDRESS}alone/alone.md)\n"
    )


@pytest.mark.parametrize("theme", ["material", "readthedocs", "nbpublish"])
def test_every_link_leads_to_the_page_as_markdown_under_any_theme(tmp_path: Path, theme: str) -> None:
    settings = {"material": {"font": False}, "readthedocs": {"highlightjs": False}, "nbpublish": {}}
    for directories in (True, False):
        place = tmp_path / str(directories)
        site = site_of(place, theme={"name": theme, **settings[theme]}, site_url="", use_directory_urls=directories)
        links = re.findall(r"\]\((\S+)\)", site.html("llms.txt"))
        assert len(links) == 4
        assert [link for link in links if not site.has(link)] == []


def test_links_of_pages_lead_to_pages(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    assert site.html("index.md") == (
        "# Home\n\nTo [a](part/a/), [b](part/b/#deep 'title') and [x](https://example.org/x).\n"
    )
    text = "# A & [1]\n\n[home](../../)\n\n```python\nprint(6 * 7)\n```\n\n```text\n42\n```\n"
    assert site.html("part/a/a.md") == text
    assert site.html("part/b/b.md") == "# B\n\nText without a title.\n\n```\n[a](a.py)\n```\n"


def test_all_can_be_in_one_file(tmp_path: Path) -> None:
    site = site_of(tmp_path, {"llms": "full"})
    text = site.html("llms-full.txt")
    assert [text.count(part) for part in ("# Home", "42", "Text without", "# Alone", f"{ADDRESS}part/a/")] == [1] * 5
    assert not site_of(tmp_path / "other").has("llms-full.txt")


def test_a_site_can_do_without(tmp_path: Path) -> None:
    site = site_of(tmp_path, {"llms": False, "downloads": ["source"]})
    assert list(site.folder.rglob("*.md")) == []
    assert not site.has("llms.txt")


def test_what_the_author_wrote_stays(tmp_path: Path) -> None:
    source = write_site(tmp_path / "source", FILES)
    (source / "docs" / "llms.txt").write_text("mine", encoding="utf-8")
    assert build_site(source, tmp_path / "site").html("llms.txt") == "mine"


def test_japanese_sites_say_it_in_japanese(tmp_path: Path) -> None:
    site = site_of(tmp_path, theme={"name": "nbpublish", "language": "ja"})
    assert "## その他のページ" in site.html("llms.txt")


# --- what MkDocs and its plugins do -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["material", "nbpublish"])
def test_an_old_address_leads_to_the_notebook(tmp_path: Path, theme: str) -> None:
    redirects = {"redirects": {"redirect_maps": {"old/a.md": "part/a.py", "b.md": "part/b.md"}}}
    source = write_site(tmp_path / "source", FILES, plugins=["search", redirects, "nbpublish"])
    site = build_site(source, tmp_path / "site", theme={"name": theme}, strict=True)
    assert 'href="../../part/a/"' in site.html("old/a/index.html")
    assert 'href="../part/b/"' in site.html("b/index.html")


def test_icons_are_ours_or_the_authors(tmp_path: Path) -> None:
    site = site_of(tmp_path / "one", theme={"name": "nbpublish"})
    assert '<link rel="icon" href="../../assets/favicon.svg">' in site.html("part/a/index.html")
    assert site.has("assets/favicon.svg")
    site = site_of(tmp_path / "two", theme={"name": "nbpublish", "favicon": "img/icon.png"})
    assert '<link rel="icon" href="../../img/icon.png">' in site.html("part/a/index.html")


def test_a_page_that_is_not_there_says_so_under_any_path(tmp_path: Path) -> None:
    html = site_of(tmp_path, theme={"name": "nbpublish"}).html("404.html")
    assert 'href="/course/assets/base.css"' in html, "it is shown at any depth"
    assert 'content="noindex"' in html
    assert 'href="/course/part/a/"' in html


def test_neighbours_and_the_way_here_are_told(tmp_path: Path) -> None:
    html = site_of(tmp_path, theme={"name": "nbpublish"}).html("part/a/index.html")
    assert re.search(r'<a rel="prev" href="\.\./\.\.?/?\.?"><small>Previous</small>Home</a>', html)
    assert re.search(r'<a rel="next" href="\.\./b/"><small>Next</small>B</a>', html)
    assert re.search(r'aria-label="You are here"[^>]*><ol>\s*<li>Part one</li>', html)


def test_a_subtitle_stands_below_the_title_whatever_the_format(tmp_path: Path) -> None:
    block = '# /// script\n# [tool.nbpublish]\n# subtitle = "A & B"\n# ///\n'
    files = {
        "a.md": "---\nsubtitle: A & B\n---\n\n# A\n",
        "b.py": "# ---\n# subtitle: A & B\n# ---\n\n# %% [markdown]\n# # B\n",
        "c.py": f'{block}import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    1\n    return\n',
        "index.md": "# Home\n",
    }
    site = build_site(write_site(tmp_path, files, theme={"name": "nbpublish"}), tmp_path / "site")
    for name in "abc":
        assert re.search(r'</h1>\s*<p class="lede">A &amp; B</p>', site.html(f"{name}/index.html")), name
    assert "lede" not in site.html("index.html")


def test_reading_time_is_told_of_pages_that_take_some(tmp_path: Path) -> None:
    said = "---\nreading_minutes: 7\n---\n"
    more = {"long.md": "# Long\n\n" + "word " * 1000, "short.md": "# Short\n", "said.md": said}
    source = write_site(tmp_path / "source", {**FILES, **more}, theme={"name": "nbpublish"})
    site = build_site(source, tmp_path / "site")
    assert "4 minutes to read" in site.html("long/index.html")
    assert "7 minutes to read" in site.html("said/index.html")
    assert "to read" not in site.html("short/index.html")
    site = build_site(source, tmp_path / "off", theme={"name": "nbpublish", "reading_time": False})
    assert "to read" not in site.html("long/index.html")
