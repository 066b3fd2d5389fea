"""Settings and file names that are less common, each on a site of two or three files."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs_sites import Site, build_site, dead_links, write_site

from nbpublish.frontends.mkdocs_page import address
from nbpublish.frontends.mkdocs_search import searchable
from nbpublish.frontends.page_language import language_of

PROSE = "# %% [markdown]\n# # {title}\n#\n# ## Section\n#\n# ### Detail\n#\n# {text}\n"


def prose(title: str, text: str = "Text.") -> str:
    return PROSE.format(title=title, text=text)


def built(tmp_path: Path, files: dict[str, str], **settings: Any) -> Site:
    return build_site(write_site(tmp_path, files, **settings), tmp_path / "site")


def test_file_names_and_anchors_in_japanese_and_with_spaces(tmp_path: Path) -> None:
    files = {
        "index.md": "# Home\n\n[一](第一章/はじめに.py#section), [two](<a b.py>)\n",
        "第一章/はじめに.py": prose("はじめに", "[here](#section), [there](../a%20b.py), [home](../index.md)"),
        "a b.py": prose("A B", "[一](第一章/はじめに.py), [一](%E7%AC%AC%E4%B8%80%E7%AB%A0/はじめに.py#detail)"),
    }
    site = built(tmp_path, files)
    assert site.problems == ()
    assert "WARNING" not in site.log
    assert dead_links(site) == []
    assert site.has("第一章/はじめに/index.html")


def test_a_notebook_may_be_the_home_page(tmp_path: Path) -> None:
    site = built(tmp_path, {"index.py": prose("Welcome"), "ch/index.py": prose("Chapter")})
    assert "Welcome" in site.html("index.html")
    assert "Chapter" in site.html("ch/index.html")


def test_the_depth_of_the_table_of_contents_follows_the_toc_extension(tmp_path: Path) -> None:
    files = {"a.py": prose("A"), "index.md": "# Home"}
    html = built(tmp_path, files, markdown_extensions=[{"toc": {"toc_depth": "2-2"}}]).html("a/index.html")
    assert '<a href="#section" class="nav-link">' in html
    assert '<a href="#detail" class="nav-link">' not in html


@pytest.mark.parametrize(("setting", "shown"), [({}, "¶"), ({"permalink": True}, "¶"), ({"permalink": "#"}, "#")])
def test_headings_lead_to_themselves_by_the_sign_of_the_toc_extension(
    tmp_path: Path, setting: dict[str, Any], shown: str
) -> None:
    files = {"a.py": prose("A"), "index.md": "# Home"}
    html = built(tmp_path, files, markdown_extensions=[{"toc": setting}]).html("a/index.html")
    assert html.count(f'title="Link to this section">{shown}</a>') == 3


def test_headings_lead_nowhere_where_the_toc_extension_says_so(tmp_path: Path) -> None:
    files = {"a.py": prose("A"), "index.md": "# Home"}
    html = built(tmp_path, files, markdown_extensions=[{"toc": {"permalink": False}}]).html("a/index.html")
    assert "headerlink" not in html
    assert '<a href="#section" class="nav-link">' in html


def test_no_page_holds_an_element_of_autorefs_that_nobody_resolves(tmp_path: Path) -> None:
    text = "[`x`][], [text][name] and [_b_][c]\n#\n# ## See [more][of.it]\n"
    site = built(tmp_path, {"a.py": prose("[T][t]", text), "index.md": "# Home"})
    html = site.html("a/index.html") + json.dumps(site.search)
    assert "autoref" not in html
    assert "[<code>x</code>][], [text][name] and [<em>b</em>][c]" in html
    assert html.count("See [more][of.it]") > 2  # in the text, in the table of contents, in the index


def test_headings_get_their_ids_from_the_sites_own_slugify(tmp_path: Path) -> None:
    extensions = [{"toc": {"separator": "_", "slugify": "!"}}]
    source = write_site(tmp_path, {"a.py": prose("A long title"), "index.md": "# Home"})
    extensions[0]["toc"]["slugify"] = lambda text, separator: text.lower().replace(" ", separator)  # type: ignore[assignment]
    site = build_site(source, tmp_path / "site", markdown_extensions=extensions)
    assert 'id="a_long_title"' in site.html("a/index.html")


def test_the_code_of_a_page_is_shown_as_its_metadata_say(tmp_path: Path) -> None:
    files = {name: f"# ---\n# code: {name}\n# ---\n\n# %%\nx = 41 + 1\n" for name in ("hide", "fold")}
    site = built(tmp_path, {f"{name}.py": text for name, text in files.items()} | {"index.md": "# Home"})
    assert "41" not in site.html("hide/index.html")
    assert "nb-fold-code" in site.html("fold/index.html")


def test_metadata_that_mean_nothing_are_a_problem(tmp_path: Path) -> None:
    site = built(tmp_path, {"a.py": "# ---\n# code: folded\n# ---\n\n# %%\nx = 1\n", "index.md": "# Home"})
    (problem,) = site.problems
    assert (problem.path, problem.code, problem.severity) == ("a.py", "unknown-metadata", "warning")
    assert "`code: folded`" in problem.message


@pytest.mark.parametrize(
    ("meta", "theme", "language"),
    [
        ({}, {"name": "mkdocs"}, "en"),
        ({}, {"name": "mkdocs", "locale": "ja"}, "ja"),
        ({}, {"name": "mkdocs", "locale": "pt_BR"}, "pt-BR"),
        ({}, {"name": "material", "language": "ja"}, "ja"),
        ({"lang": "de"}, {"name": "material", "language": "ja"}, "de"),
    ],
)
def test_the_language_of_a_page(tmp_path: Path, meta: dict[str, str], theme: dict[str, str], language: str) -> None:
    config = load_config(str(write_site(tmp_path, {"index.md": "# Home"}, theme=theme) / "mkdocs.yml"))
    assert language_of(SimpleNamespace(meta=meta), config) == language  # type: ignore[arg-type]


def test_what_is_excluded_from_notebooks_is_an_ordinary_file(tmp_path: Path) -> None:
    plugins = ["search", {"nbpublish": {"exclude": ["scripts/"]}}]
    site = built(tmp_path, {"scripts/a.py": prose("A"), "index.md": "# Home"}, plugins=plugins)
    assert site.has("scripts/a.py")
    assert not site.has("scripts/a/index.html")


def test_a_notebook_that_is_excluded_is_in_nobodys_way(tmp_path: Path) -> None:
    files = {"a.py": prose("Paired"), "a.ipynb": "no notebook at all", "index.md": "# Home"}
    site = built(tmp_path, files, exclude_docs="*.ipynb\n")
    assert site.problems == ()
    assert "Paired" in site.html("a/index.html")


def test_of_two_notebooks_for_one_page_the_script_is_published(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "id": "x", "metadata": {}, "source": "# From Jupyter"}]
    ipynb = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    site = built(tmp_path, {"a.py": prose("From a script"), "a.ipynb": ipynb, "index.md": "# Home"})
    assert site.codes == [("a.ipynb", "duplicate-page")]
    assert "a.py is published" in site.problems[0].message
    assert "From a script" in site.html("a/index.html")


@pytest.mark.parametrize("where", ["script", "ipynb"])
def test_of_a_notebook_that_jupytext_keeps_in_two_files_the_script_is_published(where: str, tmp_path: Path) -> None:
    head = "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n# ---\n\n"
    metadata = {"jupytext": {"formats": "notebooks///ipynb,scripts///py:percent"}} if where == "ipynb" else {}
    files = {
        "a.py": (head if where == "script" else "") + prose("From a script"),
        "a.ipynb": json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}),
        "index.md": "# Home",
    }
    site = built(tmp_path, files)
    assert site.problems == ()
    assert "From a script" in site.html("a/index.html")


def test_without_execution_pages_show_their_code(tmp_path: Path) -> None:
    plugins = ["search", {"nbpublish": {"execute": False}}]
    site = built(tmp_path, {"a.py": "# %%\nprint(6 * 7)\n", "index.md": "# Home"}, plugins=plugins)
    html = site.html("a/index.html")
    assert 'data-state="not-executed"' in html
    assert "42" not in html


def test_the_same_figure_on_two_pages_is_one_file(tmp_path: Path) -> None:
    figure = "# %%\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2]);\n"
    site = built(tmp_path, {"a.py": figure, "b.py": figure, "index.md": "# Home"})
    assert len(list((site.folder / "assets/nbpublish").iterdir())) == 1


def test_a_preview_runs_only_what_changed(tmp_path: Path) -> None:
    files = {f"{name}.py": f"# %%\nprint('{name}')\n" for name in "ab"}
    source = write_site(tmp_path, {**files, "index.md": "# Home"})

    def rebuild() -> dict[str, str]:
        """As `mkdocs serve` does: the configuration is read again, and MkDocs keeps the plugin."""
        config = load_config(str(source / "mkdocs.yml"), site_dir=str(tmp_path / "site"))
        build(config, serve_url="http://localhost/")
        plugin: Any = config.plugins["nbpublish"]
        return {path: reason.action for path, run in plugin.runs.items() for reason in run.reasons.values()}

    config = load_config(str(source / "mkdocs.yml"))
    config.plugins.on_startup(command="serve", dirty=False)
    try:
        assert rebuild() == {"a.py": "run", "b.py": "run"}
        (source / "docs/a.py").write_text("# %%\nprint('another')\n")
        assert rebuild() == {"a.py": "run", "b.py": "reused"}
        assert rebuild() == {"a.py": "reused", "b.py": "reused"}
    finally:
        config.plugins.on_shutdown()


# --- pieces -----------------------------------------------------------------------------------------------------------


def test_what_is_searched() -> None:
    html = (
        '<div class="nb-cell"><h2 id="a">A<a class="headerlink" href="#a">¶</a></h2><p>Prose<br>goes on.</p>'
        '<div class="nb-code">code<p class="nb-names">names</p></div>'
        '<div class="nb-outputs"><pre>printed</pre><img src="x.png"><div class="nb-markdown">computed</div>'
        "<h3 id='b'>B</h3><script>if (a < b) {}</script></div></div><p>Last &amp; end</p>"
    )
    assert searchable(html) == (
        '<div class="nb-cell"><h2 id="a">A</h2><p>Prose<br>goes on.</p><div class="nb-code">code</div>'
        "<div class=\"nb-markdown\">computed</div><h3 id='b'>B</h3></div><p>Last &amp; end</p>"
    )


PIECES = ["<p>", "</p>", "<div class='nb-outputs'>", "</div>", "<br/>", "<h1>", "</script>", "x", "&lt;", "<", "<!--"]


@given(st.lists(st.sampled_from(PIECES)))
def test_any_html_can_be_searched(parts: list[str]) -> None:
    assert isinstance(searchable("".join(parts)), str)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("#%E7%B5%90%E6%9E%9C", "#結果"),
        ("a%20b.py#x", "a b.py#x"),
        ("a%23b.py#x", "a%23b.py#x"),  # unescaped, the rest of the name would be an anchor
        ("what%3F.py", "what%3F.py"),
        ("%2F%2F%5Bx", "%2F%2F%5Bx"),  # unescaped, it would be half an address of another host
    ],
)
def test_links_are_looked_up_as_their_author_wrote_them(written: str, asked: str) -> None:
    looked_up: list[str] = []

    def path_to_url(url: str) -> str:
        looked_up.append(url)
        return url

    assert address(path_to_url, written) == written
    assert looked_up == [asked]
