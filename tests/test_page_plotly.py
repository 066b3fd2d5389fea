"""Plotly figures on the page: the data, a picture where there is one, and a button; never a script of another host."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import code, page_of, result, shown

from nbpublish.frontends.plotly_library import installed_plotly
from nbpublish.model import Asset
from nbpublish.page.html import is_closed, parse
from nbpublish.page.numbering import alone
from nbpublish.page.settings import Library

PLOTLY = "application/vnd.plotly.v1+json"
FIGURE = {"data": [{"type": "bar", "y": [1, 2]}], "layout": {"title": {"text": "Sales"}, "width": 560, "height": 340}}
LIBRARY = Library(Asset("plotly-0.min.js", b"window.Plotly = {}"), 1_470_000)


def library() -> Library:
    return LIBRARY


def figure_in(html: str) -> object:
    (found,) = json.loads(parse(html).find("script").get_text())  # type: ignore[union-attr]
    return found


def test_a_chart_is_a_button_and_its_data() -> None:
    html = shown(result(PLOTLY, FIGURE), plotly=library)
    assert html.startswith('<figure class="nb-figure nb-ondemand nb-plotly"><div class="nb-chart" role="group"')
    assert 'aria-label="Plotly chart: Sales"' in html
    assert "<p>Plotly chart: Sales</p>" in html
    assert '<button type="button" class="nb-show" data-words="Loading …|The chart could not be loaded.">' in html
    assert ">Show chart <small>loads 1.5 MB</small></button>" in html
    assert "<noscript>" in html
    assert figure_in(html) == FIGURE


def test_in_prose_it_says_what_it_needs_only_where_no_script_runs() -> None:
    bundle = json.dumps({PLOTLY: FIGURE}).replace("'", "&#39;")
    renderer = f"<marimo-mime-renderer data-mime='\"application/vnd.marimo+mimebundle\"' data-data='{bundle}'>"
    html = shown(result("text/markdown", f"Sales: {renderer}</marimo-mime-renderer>"), plotly=library)
    assert "nb-show" in html
    assert [tag.parent.name for tag in parse(html).find_all(string=re.compile("drawn by JavaScript"))] == ["p"]
    assert parse(html).select_one("noscript > p")


def test_its_room_is_that_of_the_chart() -> None:
    assert 'style="max-width:560px;height:340px"' in shown(result(PLOTLY, FIGURE), plotly=library)
    assert 'style="max-width:700px;height:450px"' in shown(result(PLOTLY, {"data": [{}]}), plotly=library)


def test_it_speaks_the_readers_language() -> None:
    html = shown(result(PLOTLY, FIGURE), plotly=library, language="ja")
    assert "グラフを表示" in html
    assert "1.5 MB を読み込みます" in html


def test_a_picture_is_shown_until_then() -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="340"/>'
    bundle = result(PLOTLY, FIGURE)
    html = shown(type(bundle)("result", {**bundle.data, "image/svg+xml": picture}), plotly=library)
    assert re.search(r'<div class="nb-chart"[^>]*style="max-width:560px"[^>]*><img src="\w+\.svg"', html)
    assert "nb-show" in html
    assert "<p>Plotly" not in html


def test_the_page_brings_the_library_and_only_where_it_is_needed() -> None:
    assert page_of(result(PLOTLY, FIGURE), plotly=library).assets == (LIBRARY.script,)

    def asked() -> Library:
        raise AssertionError("a page without charts asks for no library")

    page_of(result("text/html", "<b>no chart</b>"), plotly=asked)


def test_where_the_site_has_no_library_the_chart_is_named() -> None:
    assert shown(result(PLOTLY, FIGURE)).startswith('<p class="nb-placeholder" data-kind="plotly">Plotly chart: Sales.')


def test_a_large_figure_is_a_file_of_its_own() -> None:
    page = page_of(result(PLOTLY, {"data": [{"y": list(range(40_000))}]}), plotly=library)
    script, data = page.assets[::1] if page.assets[0].name.startswith("plotly") else page.assets[::-1]
    assert script == LIBRARY.script
    assert len(page.html) < 2000
    assert f'data-figure="{data.name}"' in page.html
    assert data.name.endswith(".js")
    assert data.data.startswith(b'nb.figure({"data":[{"y":[0,1,2,')


@pytest.mark.parametrize("kind", ["scattergeo", "choropleth", "scattermap", "densitymapbox", "choroplethmap"])
def test_a_map_that_would_load_from_other_hosts_is_named_with_a_warning(kind: str) -> None:
    page = page_of(result(PLOTLY, {"data": [{"type": kind}]}), plotly=library)
    assert "nb-show" not in page.html
    assert [problem.code for problem in page.problems] == ["remote-map"]
    assert "nb-show" in shown(result(PLOTLY, {"data": [{"type": "heatmap"}]}), plotly=library)


def test_tags_in_a_title_are_not_read_out() -> None:
    figure = {"data": [{}], "layout": {"title": {"text": "<b>Sales</b> a<br>1 < 2"}}}
    html = shown(result(PLOTLY, figure), plotly=library)
    assert 'aria-label="Plotly chart: Sales a 1 &lt; 2"' in html


def test_a_caption_and_a_label_belong_to_the_chart() -> None:
    cell = code("c", "f()", caption="*Sales* of a year", label="sales")
    html = shown(result(PLOTLY, FIGURE), cell=cell, plotly=library)
    assert html.startswith('<figure class="nb-figure nb-ondemand nb-plotly" id="sales">')
    number = '<span class="nb-caption-number">Figure 1</span>: '
    assert alone(html).endswith(f"<figcaption>{number}<em>Sales</em> of a year</figcaption></figure>")


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["</script>", "<!--<script>", "\u2028"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, VALUES)
def test_no_figure_breaks_out_of_its_script(trace: object, layout: object) -> None:
    figure = {"data": [trace], "layout": layout}
    html = shown(result(PLOTLY, figure), plotly=library)
    assert is_closed(html)
    if "nb-show" in html:
        assert figure_in(html) == {name: value for name, value in figure.items() if value}
        assert html.count("</script") == 1


@given(VALUES)
def test_whatever_claims_to_be_a_figure_gives_closed_html(value: object) -> None:
    assert is_closed(shown(result(PLOTLY, value), plotly=library))


def test_the_library_is_that_of_the_installed_package() -> None:
    pytest.importorskip("plotly")
    found = installed_plotly()
    assert found is not None
    assert re.fullmatch(r"plotly-[0-9a-f]{16}\.min\.js", found.script.name)
    assert b"plotly.js v" in found.script.data[:200]
    assert 0.2 < found.transfer / len(found.script.data) < 0.5


def test_a_picture_that_kaleido_could_not_draw_is_told() -> None:
    page = page_of(result(PLOTLY, FIGURE, no_picture="it found no Chrome or Chromium"), plotly=library)
    assert "nb-show" in page.html
    (problem,) = page.problems
    assert (problem.code, problem.severity) == ("no-picture", "warning")
    assert "because it found no Chrome or Chromium" in problem.message
