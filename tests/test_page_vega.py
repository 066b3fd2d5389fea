"""Altair's charts on the page: a picture that follows the page, and the chart itself where it answers its reader."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import code, page_of, shown

from nbpublish.frontends.vega_library import VegaLibrary
from nbpublish.kernel.rich import rich
from nbpublish.model import Asset, Output
from nbpublish.page import dark_vega
from nbpublish.page.html import is_closed, parse
from nbpublish.page.settings import Library
from nbpublish.page.vega import answers, loads
from nbpublish.store.memory import MemoryStore

FRAME = pd.DataFrame({"x": [1, 2], "身長": [150, 160], "g": ["a", "</script>"]})
LIBRARY = Library(Asset("vega-0.min.js", b"window.vegaEmbed = 0"), 300_000)


def points() -> Any:
    return alt.Chart(FRAME, title="体格").mark_point().encode(x="x", y="身長", color="g")


def output_of(chart: Any) -> Output:
    bundle = rich(chart)
    assert bundle is not None
    return Output("result", *bundle)


def library(version: str) -> Library:
    assert version == alt.SCHEMA_VERSION.split(".")[0].removeprefix("v")
    return LIBRARY


# --- what is on the page ----------------------------------------------------------------------------------------------


def test_a_chart_that_answers_its_reader_is_a_picture_a_button_and_its_data() -> None:
    html = shown(output_of(points().interactive()), vega=library)
    tree = parse(html)
    box = tree.select_one("figure.nb-ondemand.nb-vega > .nb-chart")
    assert box is not None
    assert box["data-draw"] == "vega"
    assert box["aria-label"] == "Altair chart: 体格"
    assert box.select_one("img[alt='体格']")
    button = box.select_one("button.nb-show")
    assert button is not None
    assert button.get_text() == "Make interactive loads 0.3 MB"
    (data,) = json.loads(tree.find("script").get_text())  # type: ignore[union-attr]
    assert data["spec"]["mark"] == {"type": "point"}
    assert data["config"]["title"]["fontSize"] == 15, "as in the picture"
    assert html.count("</script") == 1
    assert is_closed(html)


def test_a_chart_that_answers_nothing_is_its_picture_alone() -> None:
    page = page_of(output_of(points()), vega=library)
    assert "<img" in page.html
    assert "nb-show" not in page.html
    assert all(asset.name.endswith(".svg") for asset in page.assets)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        (points(), False),
        (points().encode(tooltip="x"), True),
        (points().interactive(), True),
        (points().add_params(alt.selection_interval()), True),
        (points().add_params(alt.param(value=1, bind=alt.binding_range(min=0, max=2))), True),
        (points().add_params(alt.param(value=1)), False),
        (alt.Chart(FRAME).mark_bar(tooltip=True).encode(x="x"), True),
        (points() | points().interactive(), True),
        (alt.layer(points(), points().encode(tooltip="x")), True),
        (points().facet("g"), False),
        (points().encode(tooltip="x").facet("g"), True),
    ],
)
def test_which_charts_answer(chart: Any, expected: bool) -> None:
    assert answers(chart.to_dict()) is expected


def test_charts_whose_data_lie_elsewhere_are_not_drawn_by_a_script() -> None:
    chart = alt.Chart("https://data.example/cars.json").mark_bar().encode(x="a:Q", tooltip="a:Q")
    page = page_of(output_of(chart), vega=library)
    assert "nb-show" not in page.html
    assert [problem.code for problem in page.problems] == ["no-picture"]
    assert loads(alt.Chart("near.csv").mark_bar().encode(x="a:Q").to_dict())
    assert not loads(alt.Chart(pd.DataFrame({"url": ["https://data.example"]})).mark_bar().encode(x="url").to_dict())


def test_without_the_library_the_picture_is_all() -> None:
    html = shown(output_of(points().interactive()))
    assert "<img" in html
    assert "nb-show" not in html


def test_large_data_are_a_file_of_their_own() -> None:
    frame = pd.DataFrame({"n": range(10_000)})
    page = page_of(output_of(alt.Chart(frame).mark_tick().encode(x="n", tooltip="n")), vega=library)
    scripts = {asset.name: asset.data for asset in page.assets if asset.name.endswith(".js")}
    assert len(scripts) == 2
    assert any(data.startswith(b"nb.figure(") for data in scripts.values())
    assert len(page.html) < 5_000


def test_the_author_s_caption_and_alternative_text_hold() -> None:
    cell = code("c", "f()", caption="身長と x", alt="点の図", label="fig:points")
    html = shown(output_of(points().interactive()), cell=cell, vega=library)
    assert 'alt="点の図"' in html
    assert "身長と x</figcaption>" in html
    assert 'id="fig:points"' in html


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("<a/&'\u2028", max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["params", "layer", "spec", "mark", "encoding", "url", "x"]), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_claims_to_be_a_chart_gives_closed_html(value: object) -> None:
    output = Output("result", {"application/vnd.vegalite.v6+json": value})
    assert is_closed(shown(output, vega=lambda version: LIBRARY))


# --- in the dark ------------------------------------------------------------------------------------------------------


def picture(chart: Any) -> str:
    return str(output_of(chart).data["image/svg+xml"])


def test_a_picture_has_ink_and_lines_for_the_dark_and_is_otherwise_untouched() -> None:
    before = picture(points())
    after = dark_vega.themed(before)
    assert after is not None
    start, end = after.index("<style>"), after.index("</style>") + len("</style>")
    assert after[:start] + after[end:] == before
    rules = after[start:end]
    for guide in ('text[fill="#000"]', '[stroke="#ddd"]', '[stroke="#888"]', 'rect[fill="white"]'):
        assert guide in rules


def test_an_empty_selection_does_not_keep_a_picture_on_paper() -> None:
    assert dark_vega.themed(picture(points().add_params(alt.selection_interval()))) is not None


@pytest.mark.parametrize(
    "chart",
    [
        points().encode(color=alt.value("navy")),
        points().encode(color=alt.value("#222222")),
        points().mark_text().encode(text="x"),
        points().configure(background="#ffeecc"),
        alt.Chart(FRAME).mark_rect().encode(x="x:O", color=alt.Color("身長").scale(scheme="viridis")),
    ],
    ids=["unknown name", "too dark", "text among the data", "ground of its own", "dark part of a scale"],
)
def test_what_the_dark_would_swallow_keeps_its_paper(chart: Any) -> None:
    assert dark_vega.themed(picture(chart)) is None


# --- the library ------------------------------------------------------------------------------------------------------


def test_the_library_is_bundled_once_for_each_version_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    import vl_convert

    asked: list[str] = []

    def bundle(snippet: str, vl_version: str) -> str:
        asked.append(vl_version)
        return f"{snippet}//{vl_version}"

    monkeypatch.setattr(vl_convert, "javascript_bundle", bundle)
    store = MemoryStore()
    newest = vl_convert.get_vegalite_versions()[-1]
    for _ in range(2):
        found = VegaLibrary(store)("6")
        assert found is not None
        assert found.script.data == f"window.vegaEmbed = vegaEmbed;//{newest}".encode()
        assert found.script.name.startswith("vega-")
    assert VegaLibrary(store)("5") != found
    assert VegaLibrary(store)("") == found, "Vega itself is the same in all of them"
    assert len(asked) == 2
