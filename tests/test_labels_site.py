"""Numbers and references of a whole site: after any edit those of a clean build, and no page is made again for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs_sites import Site, build_site, dead_links, other_hosts, write_site
from test_mkdocs_site import THEMES
from test_page_cache import Bench, bench, compared, contents, edit, setting, write

from nbpublish.frontends import mkdocs_labels

__all__ = ["bench"]

TREES = """# %% [markdown]
# # 3. Trees
#
# ## Data {#sec-data}
#
# $$ G = 1 - \\sum_k p_k^2 $$ {#eq-gini}
#
# See @fig-loss, @fig-hill and @cell-fit.

# %% name="fit"
#| label: fig-loss
#| caption: The *loss*, by [](#eq-gini)
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>Loss</title></svg>')
"""
SITE = {
    "index.md": "# Home\n\n@fig-loss, [the data](@sec-data), {eq}`eq-gini`, @tbl-md and `@fig-loss`.\n",
    "03_trees.py": TREES,
    "04_pca.py": "# %% [markdown]\n# # 4. PCA\n#\n# As in @fig-loss and @eq-gini, by @cell-fit.\n",
    "05_notes.md": "# 5. Notes\n\n![A hill](hill.svg){#fig-hill}\n\n| a |\n|---|\n| 1 |\n\n: Scores {#tbl-md}\n\n"
    "$$ x $$ {#eq-md}\n\n@eq-md and @fig-loss\n",
    "06_alone.py": "# %% [markdown]\n# # 6. Alone\n#\n# ![A hill](hill.svg){#fig-alone}\n",
    "hill.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>\n',
}


@pytest.fixture(autouse=True)
def _fixed_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def course(tmp_path: Path, bench: Callable[..., Bench]) -> Bench:
    """A site that was built."""
    made = bench(write_site(tmp_path, SITE))
    made.build()
    made.rendered.clear()
    return made


def article(site: Site, page: str) -> str:
    """What a page says, its references in brackets with their addresses."""
    html = site.html(page)
    html = re.sub(r'<a class="nb-ref" href="([^"]*)"[^>]*>(.*?)</a>', r"[\2](\1)", html[html.index("<h1") :])
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


# --- what readers see -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_references_lead_over_notebooks_and_markdown_pages(theme: str, tmp_path: Path) -> None:
    source = write_site(tmp_path, SITE, theme=THEMES[theme])
    site = build_site(source, tmp_path / "site")
    assert site.problems == ()
    assert (
        "[Figure 3.1](03_trees/#fig-loss), [the data](03_trees/#sec-data), [(3.1)](03_trees/#eq-gini), "
        "[Table 5.1](05_notes/#tbl-md) and @fig-loss ."
    ) in article(site, "index.html")
    assert "by [the cell fit](../03_trees/#cell-fit)." in article(site, "04_pca/index.html")
    trees, notes = article(site, "03_trees/index.html"), article(site, "05_notes/index.html")
    assert "See [Figure 3.1](#fig-loss), [Figure 5.1](../05_notes/#fig-hill) and [the cell fit](#cell-fit)." in trees
    assert "Figure 3.1 : The loss , by [Equation (3.1)](#eq-gini)" in trees
    assert "Figure 5.1 : A hill" in notes
    assert "Table 5.1 : Scores" in notes
    assert "[Equation (5.1)](#eq-md) and [Figure 3.1](../03_trees/#fig-loss)" in notes
    assert "nb-no" not in site.html("03_trees/index.html")
    assert dead_links(site) == []
    assert other_hosts(site) <= {"fonts.googleapis.com", "fonts.gstatic.com"}


def test_a_part_is_called_by_the_number_that_its_figure_has_now(tmp_path: Path) -> None:
    part = "# ::: {#fig-pair}\n# ![A](hill.svg){#fig-a}\n# ![B](hill.svg){#fig-b}\n#\n# Both\n# :::\n"
    files = {"index.md": "# Home\n\nSee @fig-b.\n", "03_hills.py": f"# %% [markdown]\n# # 3. Hills\n#\n{part}"}
    source = write_site(tmp_path, files | {"hill.svg": "<svg/>"})
    assert "See [Figure 3.1 (b)](03_hills/#fig-b)." in article(build_site(source, tmp_path / "one"), "index.html")
    edit("docs/03_hills.py", "# ::: {#fig-pair}", "# ![C](hill.svg){#fig-c}\n#\n# ::: {#fig-pair}")(source)
    site = build_site(source, tmp_path / "two")
    assert "See [Figure 3.2 (b)](03_hills/#fig-b)." in article(site, "index.html")
    assert site.problems == ()
    assert dead_links(site) == []


SVG = """SVG('<svg xmlns="http://www.w3.org/2000/svg"><title>A</title></svg>')"""
CODE = f"from IPython.display import SVG\n{SVG}"
OPTIONS = "#| label: fig-a\n#| fig-cap: A *line*\n"
FORMATS = {
    "a.py": f"# %%\n{OPTIONS}{CODE}\n",
    "b.py": f"# %% label=\"fig-a\" caption=\"A *line*\"\n{CODE}\n",
    "c.py": "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n"
    + "".join(f"    {line}\n" for line in f"{OPTIONS}{CODE}".splitlines())
    + "    return\n",
    "d.ipynb": json.dumps({
        "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": OPTIONS + CODE, "outputs": []}],
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5,
    }),
    "e.ipynb": json.dumps({
        "cells": [{"cell_type": "code", "id": "a", "metadata": {"label": "fig-a", "caption": "A *line*"},
                   "source": CODE, "outputs": []}],
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5,
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_labels_for_its_cells(name: str, tmp_path: Path) -> None:
    home = f"# Home\n\n@fig-a and [as a link]({name}#fig-a)\n"
    site = build_site(write_site(tmp_path, {"index.md": home, name: FORMATS[name]}), tmp_path / "site")
    assert site.problems == ()
    assert f"[Figure 1 in “{name.partition('.')[0].title()}”]({name[0]}/#fig-a)" in article(site, "index.html")
    assert "Figure 1</span>: A <em>line</em></figcaption>" in site.html(f"{name[0]}/index.html")


def test_a_link_of_markdown_to_a_label_of_a_markdown_page_is_no_fault(tmp_path: Path) -> None:
    files = {"index.md": "# Home\n\n[A hill](a.md#fig-a)\n", "a.md": "# A\n\n![A hill](b.svg){#fig-a}\n"}
    files["b.svg"] = SITE["hill.svg"]
    source = write_site(tmp_path, files, validation={"links": {"anchors": "warn"}})
    site = build_site(source, tmp_path / "site")
    assert "WARNING" not in site.log
    assert dead_links(site) == []


def test_files_of_their_own_and_a_preview_have_the_right_addresses(tmp_path: Path) -> None:
    source = write_site(tmp_path, SITE, use_directory_urls=False)
    site = build_site(source, tmp_path / "site")
    assert "[Figure 3.1](03_trees.html#fig-loss)" in article(site, "index.html")
    assert dead_links(site) == []


def test_what_is_searched_has_the_numbers(tmp_path: Path) -> None:
    site = build_site(write_site(tmp_path, SITE), tmp_path / "site")
    assert "As in Figure 3.1 and Equation (3.1)" in site.search["04_pca/"]["text"]


def test_the_title_and_the_contents_have_the_numbers(tmp_path: Path) -> None:
    files = {**SITE, "04_pca.py": "# %% [markdown]\n# # After @fig-loss\n#\n# ## What @eq-gini says\n"}
    site = build_site(write_site(tmp_path, files), tmp_path / "site")
    html = site.html("04_pca/index.html")
    assert "nb-ref to=" not in html
    assert "<title>After Figure 3.1 - Small</title>" in html
    assert ">What Equation (3.1) says</a>" in html


@pytest.mark.parametrize("numbers", ["chapter", "page"])
def test_a_setting_numbers_by_page(tmp_path: Path, numbers: str) -> None:
    source = write_site(tmp_path, SITE, plugins=["search", {"nbpublish": {"numbers": numbers}}])
    said = article(build_site(source, tmp_path / "site"), "04_pca/index.html")
    assert ("[Figure 3.1]" in said) == (numbers == "chapter")
    assert ("[Figure 1 in “3. Trees”]" in said) == (numbers == "page")


def test_faults_of_both_kinds_of_pages_are_told_at_their_lines(tmp_path: Path) -> None:
    files = {
        **SITE,
        "04_pca.py": "# %% [markdown]\n# # 4. PCA\n#\n# As in @fig-lost.\n",
        "07_twice.md": "# 7. Twice\n\nText, @fig-x.\n\n![Again](hill.svg){#fig-hill}\n",
        "08_cell.py": "# %%\n#| caption: A\n#| label: fig-alone\nfrom IPython.display import SVG\n"
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>')\n",
    }
    site = build_site(write_site(tmp_path, files), tmp_path / "site")
    assert [(problem.path, problem.line, problem.code) for problem in site.problems] == [
        ("04_pca.py", 4, "unknown-label"),
        ("07_twice.md", 3, "unknown-label"),
        ("07_twice.md", 5, "duplicate-label"),
        ("08_cell.py", 3, "duplicate-label"),
    ]
    assert "Did you mean `fig-loss` (03_trees.py:11)?" in site.problems[0].message
    assert '<span class="nb-ref nb-missing"><code>fig-lost</code></span>' in site.html("04_pca/index.html")


def test_pages_without_labels_are_left_as_they_are(tmp_path: Path) -> None:
    text = "# Home\n\nAn address me@fig-x.org, `@fig-a`, $5 or $6 and [a link](#part).\n\n## Part\n"
    with_us = build_site(write_site(tmp_path / "a", {"index.md": text, "a.py": "# %%\n1\n"}), tmp_path / "one")
    without = write_site(tmp_path / "b", {"index.md": text}, plugins=["search"])
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    build(load_config(str(without / "mkdocs.yml"), site_dir=str(tmp_path / "two")))
    there = (tmp_path / "two/index.html").read_text("utf-8")
    main = re.compile(r'<div class="col-md-9" role="main">.*?</div>', re.DOTALL)
    assert main.findall(with_us.html("index.html")) == main.findall(there) != []


# --- after an edit ----------------------------------------------------------------------------------------------------

NEW = (
    "# %%\n#| label: fig-new\n#| caption: New\nfrom IPython.display import SVG\n"
    "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')\n\n"
)
FIT = '# %% name="fit"\n'
PAGES = {"index.html", "03_trees/index.html", "04_pca/index.html", "05_notes/index.html", "06_alone/index.html"}
EDITS: dict[str, tuple[Callable[[Path], object], list[str], set[str]]] = {
    "nothing": (lambda source: None, [], set()),
    "a figure added before": (
        edit("docs/03_trees.py", FIT, NEW + FIT),
        ["03_trees.py"],
        PAGES - {"06_alone/index.html"},
    ),
    "a chapter's number": (
        edit("docs/03_trees.py", "# # 3. Trees", "# # 7. Trees"),
        ["03_trees.py"],
        PAGES,  # the title stands in the navigation
    ),
    "a figure added on a Markdown page": (
        edit("docs/05_notes.md", "![A hill]", "![Another](hill.svg){#fig-other}\n\n![A hill]"),
        [],
        {"05_notes/index.html", "03_trees/index.html"},
    ),
    "a label changed": (
        edit("docs/05_notes.md", "{#tbl-md}", "{#tbl-other}"),
        [],
        {"05_notes/index.html", "index.html"},
    ),
    "a heading that is referred to": (
        edit("docs/03_trees.py", "## Data {", "## The data {"),
        ["03_trees.py"],
        {"03_trees/index.html"},
    ),
    "an equation added": (
        edit("docs/03_trees.py", "# $$ G", "# $$ F $$ {#eq-first}\n#\n# $$ G"),
        ["03_trees.py"],
        {"03_trees/index.html", "04_pca/index.html", "index.html"},
    ),
    "how figures are numbered": (
        setting(plugins=["search", {"nbpublish": {"numbers": "page"}}]),
        [],
        PAGES,
    ),
}


@pytest.mark.parametrize(("change", "rendered", "pages"), EDITS.values(), ids=EDITS)
def test_an_edit_changes_the_pages_that_refer_to_it_and_makes_no_other_again(
    course: Bench, change: Any, rendered: list[str], pages: set[str]
) -> None:
    before = contents(course.build().folder)
    assert course.rendered == []
    change(course.source)
    site = course.build()
    after = contents(site.folder)
    assert course.rendered == rendered
    assert {name for name in PAGES if before[name] != after[name]} == pages
    assert compared(site, course.build(afresh=True)) == []


def test_edits_one_after_another_give_what_clean_builds_give(course: Bench) -> None:
    for name in ("a figure added before", "a label changed", "an equation added", "a figure added on a Markdown page"):
        EDITS[name][0](course.source)
        assert course.differences() == [], name
    write("docs/02_before.md", "# 3. Before\n\n![A](hill.svg){#fig-before}\n")(course.source)
    assert course.differences() == []
    assert "[Figure 3.3](../03_trees/#fig-loss)" in article(course.build(), "04_pca/index.html")
    (course.source / "docs/03_trees.py").unlink()
    assert course.differences() == []
    assert ("04_pca.py", "unknown-label") in course.build().codes


def test_a_build_that_kept_old_numbers_would_be_found_out(course: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    course.build()
    finish = mkdocs_labels._finish
    old: dict[str, str] = {}

    def stale(page: Any, written: Any, numbering: Any) -> Any:
        problems = finish(page, written, numbering)
        page.content = old.setdefault(written.path, page.content)
        return problems

    with monkeypatch.context() as patch:
        patch.setattr(mkdocs_labels, "_finish", stale)
        course.build()
        EDITS["an equation added"][0](course.source)
        site = course.build()
    assert compared(site, course.build(afresh=True)) != []
