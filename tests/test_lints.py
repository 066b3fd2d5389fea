"""What readers would miss: figures without words, and text that a picture shows as boxes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from mkdocs_sites import write_site
from pages import code, page, page_of, prose, result, run
from test_page_outputs import png

from nbpublish.frontends.cli import main
from nbpublish.model import MISSING_GLYPHS, Output, Page


def told(made: Page) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in made.problems]


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "metadata", "missing"),
    [
        ({}, {}, True),
        ({"name": "fit_plot"}, {}, True),
        ({"alt": "A line falls"}, {}, False),
        ({"alt": ""}, {}, False),
        ({"caption": "The loss"}, {}, False),
        ({}, {"alt": "Loss; step"}, False),
        ({}, {"title": "Loss"}, False),
    ],
)
def test_a_figure_for_which_no_words_are_found(cell: dict[str, Any], metadata: dict[str, Any], missing: bool) -> None:
    made = page_of(Output("result", {"image/png": png(3, 2)}, metadata), cell=code("c", "plot()", line=7, **cell))
    assert told(made) == ([("missing-alt", 7)] if missing else [])


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("![](a.svg)", True),
        ("![A loss](a.svg)", False),
        ("![](a.svg){alt='A loss'}", False),
        ("![](a.svg){fig-alt='A loss'}", False),
        ("![](a.svg){role=presentation}", False),
        ('<img src="a.svg">', True),
        ('<img src="a.svg" alt="">', False),
        ('<div>\n<img src="a.svg">\n</div>', True),
        ("`![](a.svg)`", False),
    ],
)
def test_images_in_prose(written: str, missing: bool) -> None:
    made = page(run(prose("a", f"Text\n\n{written}", line=10)))
    assert told(made) == ([("missing-alt", 13 if "<div>" in written else 12)] if missing else [])
    if "A loss" in written:
        assert 'alt="A loss"' in made.html
        assert "fig-alt" not in made.html


SITE = {
    "index.md": "# Home\n\n![](a.svg) and `![](a.svg)`\n\n```\n![](a.svg)\n```\n\n![A](a.svg)\n",
    "a.py": "# %% [markdown]\n# # A\n#\n# ![](a.svg)\n\n# %%\nfrom IPython.display import SVG\n"
    "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')\n",
    "a.svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
}


def nbpublish(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_check_tells_of_figures_that_an_earlier_build_drew_and_a_build_does_not(tmp_path: Path) -> None:
    source = write_site(tmp_path, SITE)
    prose_only = [("a.py", 4), ("index.md", 3)]
    for expected in (prose_only, sorted([*prose_only, ("a.py", 7)])):
        checked = nbpublish("check", source, "--json")
        problems = json.loads(checked.stdout)["problems"]
        assert sorted((problem["path"], problem["line"]) for problem in problems) == expected
        assert {problem["code"] for problem in problems} == {"missing-alt"}
        assert checked.exit_code == 0
        assert nbpublish("check", source, "--strict").exit_code == 1
        built = nbpublish("build", source, "--strict", "--json")
        assert (built.exit_code, json.loads(built.stdout)["problems"]) == (0, [])


def test_check_leaves_nothing_behind_and_the_next_build_has_nothing_to_do(tmp_path: Path) -> None:
    source = write_site(tmp_path, SITE)
    nbpublish("check", source)
    assert not (source / ".nbpublish").exists()
    nbpublish("build", source)
    nbpublish("check", source)
    assert "Nothing changed" in nbpublish("build", source).stderr


# --- glyphs -----------------------------------------------------------------------------------------------------------


def test_text_that_a_picture_shows_as_boxes_is_told_with_its_remedy() -> None:
    cell = code("c", "plot()\nax.set_title('損失の図')", line=5)
    made = page_of(Output("display", {MISSING_GLYPHS: ["損失の図", "x 軸"]}), result("text/plain", "1"), cell=cell)
    [problem] = made.problems
    assert (problem.code, problem.line, problem.severity) == ("missing-glyph", 6, "warning")
    assert "in place of “損失の図”, “x 軸”: no font on this machine has a glyph for 損失の図軸." in problem.message
    assert "fonts-noto-cjk" in problem.message
    assert "損失" not in made.html
