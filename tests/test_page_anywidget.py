"""Widgets made with anywidget on the page: their module and values, from files of the site alone."""

from __future__ import annotations

import json
from typing import Any

import anywidget
import ipywidgets
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from pages import code, page_of, shown

from nbpublish.kernel.rich import rich
from nbpublish.model import Output
from nbpublish.page.anywidget import HEAVY, STATE
from nbpublish.page.html import is_closed, parse

MODULE = "export default { render({ model, el }) { el.textContent = model.get('value') + '</script>' } }"


class Counter(anywidget.AnyWidget):
    _esm = MODULE
    _css = ".counter { color: red }"
    value = traitlets.Int(2).tag(sync=True)
    _private = traitlets.Unicode("kept").tag(sync=True)


def with_module(module: str, **traits: Any) -> anywidget.AnyWidget:
    return type("Made", (anywidget.AnyWidget,), {"_esm": module, **traits})()


def output_of(widget: Any) -> Output:
    bundle = rich(widget)
    assert bundle is not None
    return Output("result", *bundle)


def values_in(html: str) -> Any:
    (found,) = json.loads(parse(html).find("script").get_text())  # type: ignore[union-attr]
    return found


def test_a_widget_is_its_name_its_values_and_the_address_of_its_module() -> None:
    page = page_of(output_of(Counter(value=5)), asset_base="../assets/")
    box = parse(page.html).select_one(".nb-anywidget > .nb-mount")
    assert box is not None
    assert box["aria-label"] == "Interactive widget Counter: 5"
    files = {asset.name: asset.data.decode() for asset in page.assets}
    module = str(box["data-nb-anywidget"]).removeprefix("../assets/")
    assert files[f"{module}.mod.js"] == MODULE
    assert files[f"{module}.text.js"].startswith(f'nb.module("{module}","export default')
    assert files[str(box["data-style"]).removeprefix("../assets/")] == ".counter { color: red }"
    found = values_in(page.html)
    assert found["models"][found["root"]] == {"values": {"value": 5, "_private": "kept"}}
    assert list(found["models"]) == [found["root"]], "the layout that only Jupyter reads is left out"
    assert box.select_one("noscript") is not None
    assert not box.select("button"), "nothing about it has to be asked"
    assert is_closed(page.html)


def test_two_equal_widgets_share_their_module() -> None:
    page = page_of(output_of(Counter()), output_of(Counter(value=3)))
    assert len([asset for asset in page.assets if asset.name.endswith(".mod.js")]) == 1


def test_binary_values_and_other_models_come_along() -> None:
    inner = Counter(value=7)
    outer = with_module(
        MODULE,
        data=traitlets.Bytes(b"ab\xff").tag(sync=True),
        inner=traitlets.Any(inner).tag(sync=True, **ipywidgets.widget_serialization),
    )
    found = values_in(shown(output_of(outer)))
    root = found["models"][found["root"]]
    assert root["buffers"] == [{"data": "YWL/", "encoding": "base64", "path": ["data"]}]
    other = root["values"]["inner"].removeprefix("IPY_MODEL_")
    assert found["models"][other]["values"]["value"] == 7


def test_what_comes_from_another_host_is_asked_for_and_told() -> None:
    remote = 'import x from "https://esm.example/x@1";\nexport default { render() { x() } }'
    page = page_of(output_of(with_module(remote)))
    button = parse(page.html).select_one(".nb-mount-load")
    assert button is not None
    assert button.get_text() == "Load widget from esm.example"
    (problem,) = page.problems
    assert (problem.code, problem.severity) == ("remote-script", "warning")
    assert "esm.example" in problem.message


@pytest.mark.parametrize(
    "module",
    [
        "https://esm.example/widget.js",
        'export default { async render() { await import("https://esm.example/x") } }',
        "export default { render() { fetch('https://esm.example/data.json') } }",
        'import "//esm.example/x"\nexport default {}',
    ],
)
def test_all_ways_to_reach_another_host_are_seen(module: str) -> None:
    bundle = output_of(with_module("export default {}"))
    state = next(iter(bundle.data[STATE]["state"].values()))
    state["state"]["_esm"] = module
    assert [problem.code for problem in page_of(bundle).problems] == ["remote-script"]


def test_an_address_in_a_comment_loads_nothing() -> None:
    page = page_of(output_of(with_module("// see https://anywidget.dev\n/* import 'https://x.y/z' */\n" + MODULE)))
    assert not page.problems
    assert "nb-mount-load" not in page.html


def test_a_heavy_widget_is_asked_for_with_its_weight() -> None:
    html = shown(output_of(with_module(MODULE + " " * HEAVY)))
    button = parse(html).select_one(".nb-mount-load")
    assert button is not None
    assert button.get_text() == "Load widget loads 0.2 MB"


def test_large_values_are_a_file_of_their_own() -> None:
    page = page_of(output_of(with_module(MODULE, text=traitlets.Unicode("x" * 150_000).tag(sync=True))))
    assert len(page.html) < 3_000
    assert any(asset.data.startswith(b"nb.values(") for asset in page.assets)


def test_a_module_that_a_browser_cannot_load_is_named() -> None:
    page = page_of(output_of(with_module('import _ from "lodash";\n' + MODULE)))
    assert 'class="nb-placeholder" data-kind="widget"' in page.html
    assert [problem.code for problem in page.problems] == ["widget-module"]
    assert "`lodash`" in page.problems[0].message


def test_jupyter_s_own_widgets_are_named() -> None:
    html = shown(output_of(ipywidgets.IntSlider(description="Age")))
    assert 'class="nb-placeholder" data-kind="widget"' in html


def test_caption_and_label_are_those_of_the_cell() -> None:
    cell = code("c", "f()", caption="A counter", label="fig:counter")
    html = shown(output_of(Counter()), cell=cell)
    assert 'id="fig:counter"' in html
    assert "A counter</figcaption>" in html


VALUES = st.recursive(
    st.none() | st.booleans() | st.text("<a/&'", max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["state", "_esm", "_css", "model_name", "buffers", "m"]), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_claims_to_be_a_widget_gives_closed_html(value: object) -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}}
    models = {"state": {"m": {"model_name": "AnyModel", "state": {"_esm": "x", "value": value}, "buffers": value}}}
    for held in (value, models):
        assert is_closed(shown(Output("result", {**view, STATE: held})))
