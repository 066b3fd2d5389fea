"""Drawings of matplotlib are right on a light page, on a dark one and on paper; what cannot be, stays on white."""

from __future__ import annotations

import re

import pytest
from matplotlib.figure import Figure

from nbpublish.kernel.figures import render
from nbpublish.page import dark_plotly
from nbpublish.page.dark import themed


def drawing(figure: Figure) -> str:
    return str(render(figure).data["image/svg+xml"])


def line(**options: object) -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 3, 2], label="a line", **options)
    axes.legend()
    axes.grid()
    return figure


def test_ink_paper_and_grid_are_exchanged_and_nothing_else_is_touched() -> None:
    before = drawing(line(color="tab:orange"))
    after = themed(before)
    assert after is not None
    rules = re.search(r"@media\(prefers-color-scheme:dark\)\{.*?\}\}", after)
    assert rules
    assert after.replace(rules[0], "") == before
    for found in set(re.findall(r"(?:fill|stroke): #[0-9a-f]{6}", before)) - {"stroke: #ff7f0e"}:
        assert f'[style*="{found}"]' in rules[0], found
    assert "ff7f0e" not in rules[0]


@pytest.mark.parametrize("colour", ["navy", "#440154", "#00008b"])
def test_a_colour_that_the_dark_would_swallow_keeps_its_paper(colour: str) -> None:
    assert themed(drawing(line(color=colour))) is None


def test_a_black_line_is_drawn_in_the_ink_of_the_page() -> None:
    assert themed(drawing(line(color="black"))) is not None


def test_labels_on_pictures_of_data_keep_their_paper() -> None:
    matrix, mesh = Figure(), Figure()
    matrix.subplots().imshow([[1, 2], [3, 4]])
    mesh.subplots().pcolormesh([[1, 2], [3, 4]])
    assert themed(drawing(matrix)) is None
    assert themed(drawing(mesh)) is None


def test_a_figure_with_a_colour_of_its_own_behind_it_keeps_it() -> None:
    figure = line()
    figure.set_facecolor("#fff8e7")
    assert themed(drawing(figure)) is None


def test_drawings_of_others_are_left_alone() -> None:
    assert themed('<svg xmlns="http://www.w3.org/2000/svg"><style type="text/css"></style><path/></svg>') is None


# --- Plotly -----------------------------------------------------------------------------------------------------------

GROUND = "rgb(229, 236, 246)"
TEXT = '<text style="font-size: 12px; fill: rgb(42, 63, 95); fill-opacity: 1;">1</text>'
LEGEND = '<rect class="legendtoggle" style="fill: rgb(0, 0, 0); fill-opacity: 0;"/>'


def plotly(trace: str = "fill: rgb(99, 110, 250);", more: str = "", paper: str = "rgb(255, 255, 255)") -> str:
    """A drawing as Plotly writes it, with a mark of this style."""
    return (
        f'<svg class="main-svg" width="9" height="9"><rect x="0" style="fill: {paper}; fill-opacity: 1;"/>'
        f'<rect class="bg" style="fill: {GROUND}; stroke-width: 0;"/>'
        '<path class="ygrid crisp" style="stroke: rgb(255, 255, 255); stroke-width: 1px;"/>'
        f'<g class="points"><path style="{trace} stroke: {GROUND};"/></g>{TEXT}{LEGEND}{more}</svg>'
    )


def test_a_figure_of_plotly_has_rules_for_its_ground_text_and_lines() -> None:
    after = dark_plotly.themed(plotly())
    assert after is not None
    rules = after[after.index("<style>") : after.index("</style>") + len("</style>")]
    assert after.replace(rules, "") == plotly()
    assert ".bg{fill:none" in rules
    assert 'text[style*="fill: rgb(42, 63, 95)"]' in rules
    assert '.crisp[style*="stroke: rgb(255, 255, 255)"]' in rules


@pytest.mark.parametrize(
    "drawing",
    [
        plotly(paper="rgb(17, 17, 17)"),
        plotly("fill: rgb(0, 0, 60);"),
        plotly(more='<text class="bartext">4</text>'),
        plotly(more='<g class="annotation"><text>here</text></g>'),
        plotly(more='<image href="data:,"/>'),
        plotly(more='<rect class="bg" style="fill: rgb(250, 240, 230);"/>'),
        drawing(line()),
    ],
    ids=["dark already", "too dark", "text in bars", "annotation", "picture of data", "ground of its own", "another's"],
)
def test_a_figure_that_the_dark_would_spoil_keeps_its_paper(drawing: str) -> None:
    assert dark_plotly.themed(drawing) is None
