"""Charts of Altair and Plotly, and Jupyter widgets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import altair as alt
import anywidget
import ipywidgets
import pandas as pd
import plotly.graph_objects as go
import pytest
import traitlets

from nbpublish.kernel import rich_plotly
from nbpublish.kernel.rich import rich
from nbpublish.kernel.rich_widgets import STATE, VIEW

FRAME = pd.DataFrame({"x": [1, 2], "身長": [150, 160]})


def shown(value: object) -> tuple[dict[str, Any], dict[str, Any]]:
    bundle = rich(value)
    assert bundle is not None
    return bundle


# --- Altair -----------------------------------------------------------------------------------------------------------


def chart() -> alt.Chart:
    return alt.Chart(FRAME).mark_point().encode(x="x", y="身長")


def test_a_chart_is_its_specification_and_a_picture_with_its_size() -> None:
    data, metadata = shown(chart().properties(title="体格", width=200, height=100))
    assert data["application/vnd.vegalite.v6+json"]["mark"] == {"type": "point"}
    assert data["image/svg+xml"].startswith("<svg")
    assert "身長" in data["image/svg+xml"]
    assert metadata["alt"] == data["text/plain"] == "体格"
    assert 200 < metadata["width"] < 300
    assert 100 < metadata["height"] < 200


def test_a_chart_without_a_title_is_called_by_its_axes() -> None:
    assert shown(chart())[1]["alt"] == "身長 – x"
    assert shown(chart() | chart())[1]["alt"] == "身長 – x"
    assert shown(alt.Chart(FRAME).mark_bar().encode(x="count()"))[1]["alt"] == "count"


def test_text_in_a_picture_is_as_large_as_on_a_page_unless_the_author_says_otherwise() -> None:
    def sizes(chart: alt.Chart) -> set[str]:
        return set(re.findall(r'font-size="(\d+)px"', shown(chart)[0]["image/svg+xml"]))

    assert sizes(chart().properties(title="体格")) == {"12", "13", "15"}
    assert sizes(chart().configure_axis(labelFontSize=8, titleFontSize=9)) == {"8", "9"}
    assert sizes(chart().encode(x=alt.X("x").axis(labelFontSize=20))) == {"12", "13", "20"}


def test_the_same_chart_gives_the_same_picture_however_often_it_is_drawn() -> None:
    assert shown(chart().interactive()) == shown(chart().interactive())


def test_a_chart_of_many_points_is_drawn_all_the_same() -> None:
    assert "image/svg+xml" in shown(alt.Chart(pd.DataFrame({"n": range(6000)})).mark_tick().encode(x="n"))[0]


def test_data_of_another_host_are_not_fetched_but_named() -> None:
    data, metadata = shown(alt.Chart("https://data.example/cars.json").mark_bar().encode(x="a:Q"))
    assert "image/svg+xml" not in data
    assert metadata["remote_hosts"] == ["data.example"]


def test_a_chart_that_is_wrong_raises_what_altair_raises() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        rich(alt.Chart(FRAME).mark_point().encode(x="nonsense"))


# --- Plotly -----------------------------------------------------------------------------------------------------------


def test_a_figure_is_its_json_and_is_called_by_its_title() -> None:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]), layout={"title": "成績", "width": 400})
    data, metadata = shown(figure)
    assert list(data["application/vnd.plotly.v1+json"]["data"][0]["x"]) == [1, 2]
    assert metadata["alt"] == metadata["title"] == data["text/plain"] == "成績"
    assert metadata["width"] == 400
    assert shown(go.Figure(layout={"xaxis": {"title": "t"}, "yaxis": {"title": "v"}}))[1]["alt"] == "v – t"
    assert shown(go.Figure())[0]["text/plain"] == "Figure"


@pytest.fixture
def kaleido(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., bytes]], None]:
    """Stands in for Kaleido with a function that draws."""

    def stand_in(draw: Callable[..., bytes]) -> None:
        go.Figure()  # looks for files of its package, so before `find_spec` is replaced
        monkeypatch.setattr(rich_plotly.importlib.util, "find_spec", lambda name: object())
        monkeypatch.setattr(rich_plotly, "_gave_up", [])
        monkeypatch.setattr(go.Figure, "to_image", draw)

    return stand_in


def test_a_picture_that_never_comes_is_waited_for_once(kaleido: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def hang(*_: object, **__: object) -> bytes:
        asked.append(1)
        while True:
            import time

            time.sleep(60)

    kaleido(hang)
    monkeypatch.setattr(rich_plotly, "PATIENCE", 0.1)
    for _ in range(2):
        data, metadata = shown(go.Figure())
        assert "image/svg+xml" not in data
        assert metadata["no_picture"] == "its browser gave no answer within 0 s"
    assert asked == [1]


def test_every_figure_tells_why_there_is_no_picture(kaleido: Any) -> None:
    class ChromeNotFoundError(RuntimeError): ...

    def fail(*_: object, **__: object) -> bytes:
        raise ChromeNotFoundError("install it")

    kaleido(fail)
    assert [shown(go.Figure())[1] for _ in range(2)] == [{"no_picture": "it found no Chrome or Chromium"}] * 2


def test_a_picture_that_comes_is_kept_with_ids_that_are_the_same_each_time(kaleido: Any) -> None:
    clipped = b'<clipPath id="clip4fa220xy"/></defs><g clip-path="url(#clip4fa220xy)"/>'
    drawing = b'<svg><defs id="defs-4fa220">' + clipped + b"</svg>"
    kaleido(lambda *_, **__: drawing)
    data, metadata = shown(go.Figure(layout={"height": 300}))
    assert data["image/svg+xml"] == drawing.decode().replace("4fa220", "0")
    assert (metadata["width"], metadata["height"]) == (700, 300)


def test_without_kaleido_there_is_neither_a_picture_nor_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = go.Figure()
    monkeypatch.setattr(rich_plotly.importlib.util, "find_spec", lambda name: None)
    assert rich_plotly.picture(figure) == (None, "")


# --- widgets ----------------------------------------------------------------------------------------------------------


def slider() -> ipywidgets.Widget:
    return ipywidgets.VBox([ipywidgets.IntSlider(value=3, description="年齢"), ipywidgets.Checkbox(value=True)])


def test_a_widget_comes_with_the_state_of_all_that_it_needs() -> None:
    data, _ = shown(slider())
    states = data[STATE]["state"]
    root = states[data[VIEW]["model_id"]]
    children = [states[child.removeprefix("IPY_MODEL_")] for child in root["state"]["children"]]
    assert [child["model_name"] for child in children] == ["IntSliderModel", "CheckboxModel"]
    assert children[0]["state"]["value"] == 3
    assert data["text/plain"] == "VBox: IntSlider 年齢: 3, Checkbox: True"


def test_equal_widgets_have_equal_ids_and_others_have_others() -> None:
    assert shown(slider()) == shown(slider())
    one, other = (shown(ipywidgets.IntSlider(value=v))[0][VIEW]["model_id"] for v in (1, 2))
    assert one != other


def test_an_anywidget_keeps_its_script_and_its_value() -> None:
    class Counter(anywidget.AnyWidget):
        _esm = "export default {render() {}}"
        value = traitlets.Int(2).tag(sync=True)

    data, _ = shown(Counter())
    state = data[STATE]["state"][data[VIEW]["model_id"]]["state"]
    assert "render" in state["_esm"]
    assert state["value"] == 2
    assert data["text/plain"] == "Counter: 2"


# --- all of them ------------------------------------------------------------------------------------------------------

SCRIPT = """
import json, sys
sys.path.insert(0, "tests")
import test_rich_charts as charts
values = charts.chart().interactive(), charts.go.Figure(charts.go.Bar(y=[1, 2])), charts.slider()
print(json.dumps([charts.shown(value) for value in values]))
"""


def test_another_process_shows_the_same() -> None:
    def in_a_process() -> Any:
        command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
        return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    assert in_a_process() == in_a_process()
