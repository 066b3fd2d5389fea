"""Everything that marimo can show goes through the bridge, and looks the same in two processes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from bridge_notebook import run

from nbpublish.executors.local import LocalExecutor
from nbpublish.model import Trace

SETUP = """
import datetime as dt
import json
import altair as alt
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.express as px
import polars as pl
import ipywidgets
df = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
chart = alt.Chart(df).mark_point().encode(x="a", y="a")
def fig():
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    return figure
"""

HTML, MARKDOWN, TEXT = "text/html", "text/markdown", "text/plain"
VEGA, PLOTLY, SVG = "application/vnd.vegalite.v6+json", "application/vnd.plotly.v1+json", "image/svg+xml"
WIDGET = "application/vnd.jupyter.widget-view+json"

WIDGETS = {
    "slider": "mo.ui.slider(1, 10, step=1, value=3, label='$x$ size', show_value=True)",
    "slider with steps": "mo.ui.slider(steps=[1, 3, 10], value=3)",
    "range_slider": "mo.ui.range_slider(0, 10, value=[2, 5], label='r')",
    "dropdown of a list": "mo.ui.dropdown(['a', 'b'], value='a', label='pick')",
    "dropdown of a dict": "mo.ui.dropdown({'one': 1, 'two': 2})",
    "radio": "mo.ui.radio(['a', 'b'], value='b', inline=True)",
    "multiselect": "mo.ui.multiselect(['a', 'b', 'c'], value=['a', 'c'])",
    "checkbox": "mo.ui.checkbox(value=True, label='ok?')",
    "switch": "mo.ui.switch(value=False, label='s')",
    "number": "mo.ui.number(0, 10, value=4, step=.5, label='n')",
    "text": "mo.ui.text('hi', placeholder='ph', label='t')",
    "text_area": "mo.ui.text_area('long')",
    "date": "mo.ui.date(value='2024-01-02', label='d')",
    "datetime": "mo.ui.datetime(value=dt.datetime(2024, 1, 2, 3, 4))",
    "date_range": "mo.ui.date_range(value=(dt.date(2024, 1, 1), dt.date(2024, 2, 1)))",
    "button": "mo.ui.button(label='click', value=0, on_click=lambda v: v + 1)",
    "run_button": "mo.ui.run_button(label='run')",
    "refresh": "mo.ui.refresh(options=['1s', '5s'], default_interval='5s')",
    "file": "mo.ui.file(filetypes=['.csv'], multiple=True)",
    "file_browser": "mo.ui.file_browser()",
    "code_editor": "mo.ui.code_editor('x=1', language='python')",
    "form": "mo.ui.text().form(submit_button_label='Go')",
    "array": "mo.ui.array([mo.ui.slider(1, 3), mo.ui.text()])",
    "dictionary": "mo.ui.dictionary({'s': mo.ui.slider(1, 3), 't': mo.ui.text('q')})",
    "batch": "mo.md('S: {s}, T: {t}').batch(s=mo.ui.slider(1, 3), t=mo.ui.text())",
    "tabs": "mo.ui.tabs({'One': 'first', 'Two': mo.md('**second**')})",
    "matrix": "mo.ui.matrix([[1, 0], [0, 1]])",
    "chat": "mo.ui.chat(lambda m, c: 'hi')",
    "microphone": "mo.ui.microphone()",
}
LAYOUT = {
    "hstack": "mo.hstack([mo.md('a'), 'b', 3], justify='start', gap=1, widths=[1, 2, 1])",
    "vstack": "mo.vstack(['a', mo.md('b')], align='center')",
    "vstack of everything": "mo.vstack([df, fig(), chart, px.scatter(df, x='a'), ipywidgets.IntSlider()])",
    "accordion": "mo.accordion({'Sec 1': 'body', 'Sec 2': mo.md('**x**')}, multiple=True)",
    "lazy accordion": "mo.accordion({'Sec 1': lambda: 'body'}, lazy=True)",
    "callout": "mo.callout('warn me', kind='warn')",
    "callout of prose": "mo.md('info').callout(kind='info')",
    "stat": "mo.stat(value='12', label='L', caption='cap', direction='increase', bordered=True)",
    "tree": "mo.tree({'a': [1, 2, {'b': df.shape}], 'c': 's', 'd': mo.md('x')})",
    "json": "mo.json({'a': 1})",
    "mermaid": "mo.mermaid('graph TD; A-->B')",
    "image by address": "mo.image('https://x/y.png', alt='al', width=100, rounded=True, caption='cap')",
    "image of bytes": "mo.image(b'\\x89PNG\\r\\n\\x1a\\n', width=10)",
    "image of an array": "mo.image(np.zeros((2, 2)))",
    "audio": "mo.audio('https://x/a.mp3')",
    "video": "mo.video('https://x/a.mp4')",
    "pdf": "mo.pdf('https://x/a.pdf')",
    "download": "mo.download(b'abc', filename='a.txt', label='DL')",
    "plain_text": "mo.plain_text('a < b\\n  c')",
    "Html": "mo.Html('<b>x</b>')",
    "as_html of a frame": "mo.as_html(df)",
    "center": "mo.center('x')",
    "right": "mo.right('x')",
    "style": "mo.style('x', {'color': 'red'})",
    "carousel": "mo.carousel(['a', mo.md('b')])",
    "sidebar": "mo.sidebar([mo.md('# s')])",
    "nav_menu": "mo.nav_menu({'/a': 'A', '/b': {'/c': 'C'}}, orientation='vertical')",
    "routes": "mo.routes({'#/': lambda: 'home', mo.routes.CATCH_ALL: mo.md('404')})",
    "outline": "mo.outline(label='Contents')",
    "iframe": "mo.iframe('<p>hi</p>')",
    "inspect": "mo.inspect(dt.date(2024, 1, 1))",
    "icon": "mo.icon('lucide:rocket', size=20)",
    "spinner": "mo.status.spinner(title='t')",
    "query_params": "mo.query_params()",
    "cli_args": "mo.cli_args()",
    "long list": "[['a'] * 20] * 5",
    "list of marimo's": "[mo.md('x'), df, fig()]",
    "dict of marimo's": "{'a': [1, 2], 'b': mo.ui.slider(1, 2)}",
    "anywidget": "mo.hstack([mo.ui.anywidget(ipywidgets.IntSlider())])",
}
PROSE = {
    "md": "mo.md(r'# Hi $x^2$\\n\\n- a\\n\\n/// note | Title\\nadmon\\n///')",
    "md with a widget": "mo.md(f'value {mo.ui.slider(1, 2)}')",
    "md with a frame": "mo.md(f'value {mo.as_html(df)}')",
    "lazy": "mo.lazy(mo.md('lz'))",
}
OTHERS = {
    "table of rows": ("mo.ui.table([{'a': 1, 'b': 'x'}], selection='single')", HTML),
    "table of a frame": ("mo.ui.table(df, page_size=2)", HTML),
    "data_explorer": ("mo.ui.data_explorer(df)", HTML),
    "dataframe": ("mo.ui.dataframe(df)", HTML),
    "data_editor": ("mo.ui.data_editor(df)", HTML),
    "altair_chart": ("mo.ui.altair_chart(chart)", VEGA),
    "ui.plotly": ("mo.ui.plotly(px.scatter(df, x='a', y='a'))", PLOTLY),
    "ui.anywidget": ("mo.ui.anywidget(ipywidgets.IntSlider())", WIDGET),
    "mpl.interactive": ("mo.mpl.interactive(fig())", SVG),
    "plain": ("mo.plain(df)", HTML),
    "figure": ("fig()", SVG),
    "axes": ("fig().axes[0]", SVG),
    "pandas": ("df", HTML),
    "series": ("df.a", HTML),
    "styled": ("df.style.highlight_max(subset=['a'])", HTML),
    "polars": ("pl.DataFrame({'a': [1]})", HTML),
    "lazy polars": ("pl.LazyFrame({'a': [1]})", HTML),
    "numpy": ("np.arange(3)", TEXT),
    "altair": ("chart", VEGA),
    "plotly": ("px.scatter(df, x='a', y='a')", PLOTLY),
    "ipywidgets": ("ipywidgets.IntSlider()", WIDGET),
    "int": ("42", TEXT),
    "str": ("'hi <b>'", TEXT),
    "short list": ("[1, 'a', None, True, 1.5]", TEXT),
    "short dict": ("{'a': 1}", TEXT),
    "tuple": ("(1, 2)", TEXT),
    "set": ("{1}", TEXT),
    "bytes": ("b'x'", TEXT),
    "function": ("len", TEXT),
    "lambda": ("lambda: 0", TEXT),
    "class": ("dict", TEXT),
    "widget class": ("mo.ui.slider", TEXT),
    "module": ("json", TEXT),
    "day": ("dt.date(2024, 1, 1)", TEXT),
    "exception": ("ValueError('x')", TEXT),
    "state": ("mo.state(0)[0]", TEXT),
}
CONSTRUCTS = {
    **{name: (expression, HTML) for name, expression in (WIDGETS | LAYOUT).items()},
    **{name: (expression, MARKDOWN) for name, expression in PROSE.items()},
    **OTHERS,
}


@cache
def execution(number: int) -> dict[str, Trace]:
    """The traces of all constructs; each number stands for a process of its own."""
    traces = run(SETUP, *(expression for expression, _ in CONSTRUCTS.values()), executor=LocalExecutor)
    assert traces[0].exit == "ok", traces[0].outputs
    return dict(zip(CONSTRUCTS, traces[1:], strict=True))


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_it_is_shown_once_as_what_it_is(name: str) -> None:
    trace = execution(1)[name]
    assert trace.exit == "ok", trace.outputs
    (output,) = trace.outputs
    assert CONSTRUCTS[name][1] in output.data
    assert output.channel == "result"


@pytest.mark.parametrize("name", WIDGETS | LAYOUT | PROSE)
def test_what_is_marimos_says_so(name: str) -> None:
    assert execution(1)[name].outputs[0].metadata["marimo"] is True


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_it_is_the_same_in_another_process(name: str) -> None:
    assert execution(1)[name].outputs == execution(2)[name].outputs


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_nothing_refers_to_a_server_or_to_memory(name: str) -> None:
    text = str([texts(output.data) for output in execution(1)[name].outputs])
    assert "@file/" not in text
    assert not re.search(r"\bat 0x[0-9a-f]", text)


def texts(data: Any) -> str:
    return "\n".join(str(value) for value in data.values() if not isinstance(value, bytes))
