"""The end of a notebook's page: what it was made from and with, and what a reader can take along."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from mkdocs_sites import Site, build_site, dead_links, write_site
from pages import code, page, prose, result, run

from nbpublish.frontends import mkdocs_exports
from nbpublish.frontends.commits import commits_of
from nbpublish.model import Observation, Output, Trace
from nbpublish.page.about import About, Way, environment
from nbpublish.page.reading import minutes_of, reading_minutes

ENGINE = "0.1.0 cpython 3.11.7 linux x86_64"
MARIMO = """import marimo

app = marimo.App()


@app.cell
def _():
    print(6 * 7)
    return
"""


def seen(**versions: str) -> tuple[Observation, ...]:
    return tuple(Observation("distribution", name.replace("_", "-"), said) for name, said in versions.items())


def facts(html: str) -> dict[str, str]:
    """What the end of the page tells, by its name."""
    found = BeautifulSoup(html, "html.parser").select(".nb-about dl > div")
    return {row.dt.get_text(): row.dd.get_text() for row in found if row.dt and row.dd}


# --- what it ran with -------------------------------------------------------------------------------------------------


def test_python_and_what_the_code_imports() -> None:
    observed = seen(numpy="2.4.6", scikit_learn="1.9.1, numpy 2.4.6, scipy 1.17.1", scipy="1.17.1")
    made = run(
        code("a", "import numpy as np, json\nfrom sklearn.svm import SVC"),
        code("b", "np.linalg.norm(x)"),
        traces={"a": Trace("k", (), engine=ENGINE, observations=observed), "b": Trace("k", (), engine=ENGINE)},
    )
    assert environment(made) == ["Python 3.11.7", "numpy 2.4.6", "scikit-learn 1.9.1"], "scipy stands in no import"


def test_what_a_cell_met_beside_its_imports_is_not_told() -> None:
    """It differs with what ran in the same process before, and the page must not."""
    other = seen(numpy="2.4.6", pandas="3.1.1")
    made = run(code("a", "import numpy"), traces={"a": Trace("k", (), engine=ENGINE, observations=other)})
    assert environment(made) == ["Python 3.11.7", "numpy 2.4.6"]


def test_an_import_that_failed_is_not_told() -> None:
    made = run(code("a", "try:\n    import cupy\nexcept ImportError:\n    import numpy"), traces={
        "a": Trace("k", (), observations=seen(numpy="2.4.6"))})  # fmt: skip
    assert environment(made) == ["numpy 2.4.6"]


@pytest.mark.parametrize(
    ("module", "distribution"),
    [("sklearn", "scikit-learn"), ("PIL", "pillow"), ("umap", "umap-learn"), ("cv2", "opencv-python-headless"),
     ("dateutil", "python-dateutil"), ("ruamel_yaml", "ruamel-yaml")],
)  # fmt: skip
def test_distributions_are_known_by_their_modules(module: str, distribution: str) -> None:
    observed = (Observation("distribution", distribution, "1.0 (0123456789ab)"),)
    made = run(code("a", f"import {module}.x"), traces={"a": Trace("k", (), observations=observed)})
    assert environment(made) == [f"{distribution} 1.0"]


def test_outputs_of_two_machines_tell_both() -> None:
    first = Trace("k", (), engine=ENGINE, observations=seen(numpy="2.3"))
    second = Trace("k", (), engine=ENGINE.replace("3.11.7", "3.12.1"), observations=seen(numpy="2.4"))
    made = run(code("a", "import numpy"), code("b", "import numpy as n"), traces={"a": first, "b": second})
    assert environment(made) == ["Python 3.11.7", "Python 3.12.1", "numpy 2.3, 2.4"]


def test_what_was_not_executed_ran_with_nothing() -> None:
    assert "Ran with" not in facts(page(run(code("a", "import numpy")), about=About()).html)


# --- what it holds ----------------------------------------------------------------------------------------------------


def test_cells_and_figures_are_counted() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    table = "<table><tr><td>1</td></tr></table>"
    cells = [
        prose("p", "text"),
        code("a", "draw()", caption="A figure", label="fig:a"),
        code("b", "draw(); draw()"),
        code("c", "table()", caption="A table", label="tbl:c"),
    ]
    traces = {
        "a": Trace("k", (result("image/svg+xml", svg),)),
        "b": Trace("k", (Output("display", {"image/svg+xml": svg}), result("image/svg+xml", svg))),
        "c": Trace("k", (result("text/html", table),)),
    }
    html = page(run(*cells, traces=traces), about=About()).html
    assert facts(html)["Content"] == "3 code cells · 3 figures"


def test_states_of_widgets_are_counted_with_the_one_that_stands_there() -> None:
    made = run(code("a", "1"))
    moved = replace(made, states=(made, made))
    assert facts(page(moved, about=About()).html)["Content"] == "1 code cell · 3 states of its controls, computed ahead"


def test_words_are_those_of_the_reader() -> None:
    made = page(run(code("a", "1")), about=About(source="a.py"), language="ja")
    assert facts(made.html) == {"内容": "コードセル 1", "ソース": "a.py"}
    assert "このページについて" in made.html
    assert "nb-about" in made.anchors


def test_ways_are_links_and_files_are_kept() -> None:
    ways = (Way("Source .py", "a.py", file=True), Way("molab", "https://molab.marimo.io/x?a&b"))
    soup = BeautifulSoup(page(run(code("a", "1")), about=About(ways=ways)).html, "html.parser")
    found = [(a["href"], a.get_text(), a.has_attr("download")) for a in soup.select(".nb-ways a")]
    assert found == [("a.py", "Source .py", True), ("https://molab.marimo.io/x?a&b", "molab", False)]


def test_a_page_may_do_without() -> None:
    assert "nb-about" not in page(run(code("a", "1"))).html


# --- how long it takes to read ----------------------------------------------------------------------------------------


def test_prose_counts_by_characters_and_words() -> None:
    assert reading_minutes(["あ" * 357 * 3]) == 3
    assert reading_minutes(["word " * 228 * 4]) == 4
    assert reading_minutes(["あ" * 357, "word " * 228]) == 2


def test_code_and_formulas_are_read_word_by_word_and_symbol_by_symbol() -> None:
    assert reading_minutes(["```python\n" + "word = 1\n" * 114 * 3 + "```"]) == 3
    assert reading_minutes(["$$ " + r"\frac{x}{2} + " * 57 * 2 + " $$"]) == 2, "a fraction, x, two and a plus"
    assert reading_minutes([r"$x_i^2$ " * 76]) == 1, "braces, indices and powers are not said"
    assert reading_minutes([], ["name " * 228 * 2]) == 2


def test_figures_take_less_time_the_more_there_are() -> None:
    assert [reading_minutes([], figures=count) for count in (0, 1, 5, 10, 30)] == [0, 0, 1, 1, 2]
    assert reading_minutes(["![A hill](hill.svg)\n\n" * 5]) == 1
    assert reading_minutes(["```mermaid\nflowchart LR\n" + "word " * 999 + "\n```\n"]) == 0, "a figure, and no code"
    assert reading_minutes(["| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 5]) == 1


def test_a_chapter_with_hidden_code_is_read_sooner() -> None:
    cells = [code("a", "name = 1\n" * 114), code("b", "name = 1\n" * 114, code="hide"), code("c", "draw()")]
    drawn = Trace("key", tuple(result("image/png", b"png") for _ in range(10)))
    chapter = run(*cells, traces={"c": drawn})
    assert (minutes_of(chapter, "show"), minutes_of(chapter, "fold")) == (2, 1)


# --- in a site --------------------------------------------------------------------------------------------------------

FILES = {
    "index.md": "# Home\n\n[a](part/a.py)\n",
    "part/a.py": "# %% [markdown]\n# # A\n#\n# [b](b.py#b)\n\n# %%\nimport numpy\nprint(6 * 7)\n",
    "part/b.py": MARIMO.replace("print(6 * 7)", "import marimo as mo\n    mo.md('# B')"),
    "part/c.ipynb": nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)", id="one")])
    ),
}


def site_of(tmp_path: Path, plugin: dict[str, Any] | None = None, files: Any = None, **settings: Any) -> Site:
    settings.setdefault("repo_url", "https://github.com/ann/course")
    settings.setdefault("edit_uri", "edit/main/docs/")
    plugins = ["search", {"nbpublish": plugin or {}}]
    source = write_site(tmp_path / "source", files or FILES, plugins=plugins, **settings)
    return build_site(source, tmp_path / "site")


def links(site: Site, page: str) -> dict[str, str]:
    """Text and address of what the end of a page offers."""
    found = BeautifulSoup(site.html(page), "html.parser").select(".nb-ways a")
    return {a.get_text(): str(a["href"]) for a in found}


@pytest.mark.parametrize("theme", ["mkdocs", "material", "nbpublish"])
@pytest.mark.parametrize("directories", [True, False])
def test_files_lie_beside_the_page_under_any_theme(tmp_path: Path, theme: str, directories: bool) -> None:
    themes = {"mkdocs": {"highlightjs": False}, "material": {"font": False}, "nbpublish": {}}
    site = site_of(tmp_path, theme={"name": theme, **themes[theme]}, use_directory_urls=directories)
    place, html = ("part/a/", "part/a/index.html") if directories else ("part/", "part/a.html")
    assert list(links(site, html).values()) == ["a.py", "a.ipynb", "a.md"]
    assert (site.folder / place / "a.py").read_bytes() == FILES["part/a.py"].encode()
    made = nbformat.reads(site.html(f"{place}a.ipynb"), as_version=4)
    nbformat.validate(made)
    assert made.cells[1].outputs[0].text == "42\n"
    wanted = "../b/#b" if directories else "b.html#b"
    assert site.html(f"{place}a.md").startswith(f"# A\n\n[b]({wanted})\n")
    assert dead_links(site) == []


def test_a_jupyter_notebook_is_offered_with_its_outputs(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    assert list(links(site, "part/c/index.html").values()) == ["c.ipynb", "c.md"]
    assert nbformat.reads(site.html("part/c/c.ipynb"), as_version=4).cells[0].outputs[0].text == "1\n"


def test_downloads_are_chosen_by_setting(tmp_path: Path) -> None:
    site = site_of(tmp_path, {"downloads": ["ipynb"], "llms": False})
    assert list(links(site, "part/a/index.html").values()) == ["a.ipynb"]
    assert not site.has("part/a/a.py")
    assert not site.has("part/a/a.md")


def test_site_and_page_can_do_without(tmp_path: Path) -> None:
    page = "# ---\n# about: false\n# ---\n" + FILES["part/a.py"]
    site = site_of(tmp_path / "page", files={**FILES, "part/a.py": page})
    assert "nb-about" not in site.html("part/a/index.html")
    assert "nb-about" in site.html("part/b/index.html")
    assert not site.has("part/a/a.ipynb")
    site = site_of(tmp_path / "site", {"about": False})
    assert "nb-about" not in site.html("part/b/index.html")


def test_a_fault_of_ours_in_writing_a_file_leaves_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("ours")

    monkeypatch.setattr(mkdocs_exports, "to_ipynb", fails)
    site = site_of(tmp_path)
    assert ("part/a.py", "internal-error") in site.codes
    assert "42" in site.html("part/a/index.html")


def test_a_file_of_the_author_stays_what_it_is(tmp_path: Path) -> None:
    site = site_of(tmp_path, files={**FILES, "part/a/a.txt": "x", "part/b/b.py": "# not ours\n"})
    assert site.html("part/b/b.py") == "# not ours\n"


def test_each_notebook_can_be_opened_where_it_runs(tmp_path: Path) -> None:
    site = site_of(tmp_path, {"open_in": ["molab", "colab", "binder", "github"], "downloads": []})
    blob = "ann/course/blob/main/docs/part"
    assert links(site, "part/a/index.html") == {
        "Binder": "https://mybinder.org/v2/gh/ann/course/main?labpath=docs%2Fpart%2Fa.py",
        "GitHub": f"https://github.com/{blob}/a.py",
    }
    assert links(site, "part/b/index.html") == {
        "molab": f"https://molab.marimo.io/github/{blob}/b.py",
        "GitHub": f"https://github.com/{blob}/b.py",
    }
    assert links(site, "part/c/index.html")["Colab"] == f"https://colab.research.google.com/github/{blob}/c.ipynb"
    assert site.problems == ()


def test_colab_opens_what_is_published_on_a_branch(tmp_path: Path) -> None:
    site = site_of(tmp_path, {"open_in": "colab", "site_branch": "gh-pages"})
    start = "https://colab.research.google.com/github/ann/course/blob/gh-pages"
    assert links(site, "part/a/index.html")["Colab"] == f"{start}/part/a/a.ipynb"


def test_a_service_of_ones_own_has_a_pattern(tmp_path: Path) -> None:
    hub = {"ハブ": "https://hub.example.org/git-pull?repo={owner}/{repo}&branch={branch}&urlpath=lab/tree/{path}"}
    site = site_of(tmp_path, {"open_in": [hub]})
    wanted = "https://hub.example.org/git-pull?repo=ann/course&branch=main&urlpath=lab/tree/docs/part/a.py"
    assert links(site, "part/a/index.html")["ハブ"] == wanted


@pytest.mark.parametrize(
    ("plugin", "settings", "said"),
    [
        ({"open_in": "molab"}, {"repo_url": None, "edit_uri": None}, "no repo_url"),
        ({"open_in": "molab"}, {"repo_url": "https://example.org/ann/course"}, "on GitHub"),
        ({"open_in": "colab"}, {"files": {"index.md": "# H", "a.py": MARIMO}}, "site_branch"),
    ],
)
def test_a_service_that_can_open_nothing_is_a_problem(
    tmp_path: Path, plugin: dict[str, Any], settings: dict[str, Any], said: str
) -> None:
    [problem] = site_of(tmp_path, plugin, **settings).problems
    assert (problem.code, problem.path) == ("open-in", "mkdocs.yml")
    assert said in problem.message


def test_a_button_below_the_title_is_there_for_those_who_ask(tmp_path: Path) -> None:
    asks = "# /// script\n# [tool.nbpublish]\n# live = true\n# ///\n"
    files = {"index.md": "# H", "a.py": MARIMO, "b.py": "# %% [markdown]\n# # B\n", "c.py": asks + MARIMO}

    def buttons(plugin: dict[str, Any]) -> list[str]:
        site = site_of(tmp_path, plugin, files=files)
        return [name for name in "abc" if "nb-run" in site.html(f"{name}/index.html")]

    assert buttons({}) == ["c"], "one page asks for itself"
    assert buttons({"live": True}) == ["a", "c"]
    assert buttons({"live": "github"}) == ["a", "b", "c"]


@pytest.mark.parametrize("wrong", ["jupyterhub", [{"Hub": "https://{place}"}], [{"Hub": "https://{"}]])
def test_a_service_that_nobody_knows_is_an_error_of_the_configuration(tmp_path: Path, wrong: Any) -> None:
    from mkdocs.exceptions import Abort

    with pytest.raises(Abort):
        site_of(tmp_path, {"open_in": wrong})


# --- the commit -------------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    day = {"GIT_AUTHOR_DATE": "2026-11-22T23:30:00+0900", "GIT_COMMITTER_DATE": "2026-11-23T12:00:00+0000"}
    done = subprocess.run(
        ["git", *names, *arguments], cwd=folder, check=True, capture_output=True, text=True, env={"PATH": PATH, **day}
    )
    return done.stdout.strip()


PATH = str(Path(shutil.which("git") or "/usr/bin/git").parent)


def test_the_commit_that_last_changed_the_file_is_told_and_its_day_by_setting(tmp_path: Path) -> None:
    address = {"repo_url": "https://github.com/ann/course", "site_url": "https://example.org/"}
    source = write_site(tmp_path / "source", FILES, **address)
    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-q", "-m", "one")
    first = git(source, "rev-parse", "HEAD")
    (source / "docs/part/b.py").write_text(MARIMO, encoding="utf-8")
    git(source, "commit", "-q", "-a", "-m", "two")
    second = git(source, "rev-parse", "HEAD")
    site = build_site(source, tmp_path / "one")
    assert facts(site.html("part/a/index.html"))["Source"] == f"docs/part/a.py · {first[:7]}"
    assert facts(site.html("part/b/index.html"))["Source"] == f"docs/part/b.py · {second[:7]}"
    assert f'href="https://github.com/ann/course/blob/{first}/docs/part/a.py"' in site.html("part/a/index.html")
    assert f'href="https://github.com/ann/course/commit/{first}"' in site.html("part/a/index.html")
    dated = build_site(source, tmp_path / "two", plugins=["search", {"nbpublish": {"date": True}}])
    assert facts(dated.html("part/a/index.html"))["Source"].endswith(" · 2026-11-22"), "where the author was"
    assert "<lastmod>2026-11-22</lastmod>" in dated.html("sitemap.xml")


def test_a_file_that_changed_since_has_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert commits_of(tmp_path).last == {}
    for name in ("a.py", "日本 語.py", "gone.py"):
        (tmp_path / name).write_text("1", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    assert set(commits_of(tmp_path).last) == {"a.py", "日本 語.py", "gone.py"}
    (tmp_path / "a.py").write_text("2", encoding="utf-8")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "new.py").write_text("2", encoding="utf-8")
    assert set(commits_of(tmp_path).last) == {"日本 語.py"}


def test_a_folder_without_a_repository_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(subprocess, "run", fails)
    assert commits_of(tmp_path).last == {}


def test_without_git_there_are_no_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    monkeypatch.setenv("PATH", "")
    assert commits_of(tmp_path).last == {}


# --- nothing that two builds would tell otherwise ---------------------------------------------------------------------


def test_two_builds_of_the_same_sources_give_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # MkDocs tells the day of the build
    first, second = site_of(tmp_path / "one"), site_of(tmp_path / "two")
    names = sorted(path.relative_to(first.folder) for path in first.folder.rglob("*") if path.is_file())
    assert [name for name in names if (first.folder / name).read_bytes() != (second.folder / name).read_bytes()] == []
    assert {path.suffix for path in names} >= {".ipynb", ".md", ".py", ".html"}


def test_the_end_of_the_page_is_not_searched(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    assert not re.search("About this page|Notebook with outputs", "".join(str(entry) for entry in site.search.values()))
