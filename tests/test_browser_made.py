"""Controls that the values of other controls make, in a browser, and what these make in turn, forms and buttons too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site
from test_browser_widgets import choose, click, control, follow, mark, point, press, shown

pytestmark = pytest.mark.browser
pytest.importorskip("marimo")

CHAIN = {
    "n": "mo.ui.slider(1, 3, value=2)",
    "m": "mo.ui.slider(1, n.value)",
    "word": "mo.ui.radio(['ash', 'fir', 'oak'][: m.value + 1], value='fir')",
    "both": "mo.ui.slider(m.value, 2 * m.value + ['ash', 'fir', 'oak'].index(word.value))",
    "presses": "mo.ui.button(value=10 * m.value, on_click=lambda value: value + 1, label='count')",
    "sent": "mo.ui.slider(0, m.value).form(submit_button_label='send')",
    "after": "mo.ui.slider(0, sent.value or 0)",
    "go": "mo.ui.run_button(label=f'go {n.value}')",
}


def chain_notebook(controls: dict[str, str]) -> str:
    """A notebook in which each control, and what it is set to, is shown by a cell."""
    lines = ["import marimo", "app = marimo.App()"]
    lines += ["@app.cell", "def _():", "    import marimo as mo", "    return mo,"]
    for name, code in controls.items():
        reads = [other for other in controls if f"{other}.value" in code]
        lines += ["@app.cell", f"def _({', '.join(['mo', *reads])}):", f"    {name} = {code}", f"    {name}"]
        lines += [f"    return {name},", "@app.cell", f"def _({name}):"]
        lines += [f"    print('{name}', {name}.value)", "    return"]
    return "\n".join([*lines, 'if __name__ == "__main__":', "    app.run()", ""])


PRESSED = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import altair as alt
    import pandas as pd
    x, go = mo.ui.slider(1, 3), mo.ui.run_button(label="go")
    mo.vstack([x, go])
    return alt, go, mo, pd, x

@app.cell
def _(go, mo):
    mo.stop(not go.value, "not yet")
    data = [1, 2, 3, 4]
    return data,

@app.cell
def _(data, mo):
    k = mo.ui.slider(1, len(data))
    k
    return k,

@app.cell
def _(data, x):
    print("times", sum(data) * x.value)
    return

@app.cell
def _(k):
    print("k", k.value)
    return

@app.cell
def _(go, x):
    print("x", x.value, go.value)
    return

@app.cell
def _(alt, mo, pd, x):
    frame = pd.DataFrame({"p": range(x.value), "q": range(x.value)})
    chart = mo.ui.altair_chart(alt.Chart(frame).mark_point(size=200, filled=True).encode(x="p", y="q"))
    chart
    return chart,

@app.cell
def _(chart):
    print("chart", chart.value["p"].tolist() if len(chart.value) else [])
    return

if __name__ == "__main__":
    app.run()
"""
JUPYTER = {
    "n": "w.IntSlider(value=2, min=1, max=3)",
    "m": "w.IntSlider(value=1, min=1, max=n.value)",
    "word": "w.Dropdown(options=['ash', 'fir', 'oak', 'yew'][: m.value + 1])",
}


def jupyter_notebook() -> str:
    cells = [f"{name} = {code}\n{name}\n\n# %%\nprint('{name}', {name}.value)" for name, code in JUPYTER.items()]
    return "\n\n".join(["# %%\nimport ipywidgets as w", *(f"# %%\n{cell}" for cell in cells)]) + "\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    files = {"index.md": "# Plain", "chain.py": chain_notebook(CHAIN), "pressed.py": PRESSED}
    files["jupyter.py"] = jupyter_notebook()
    write_site(folder, files, plugins=["nbpublish"], theme={"name": "nbpublish"})
    build_site(folder, folder / "site", use_directory_urls=False)
    return folder / "site"


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Reader]:
    made = Reader(browser, site)
    yield made
    made.context.close()
    assert not made.faults


def submit(root: Any) -> None:
    """Send a form by its button."""
    root.locator("button").click()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_what_made_controls_make_moves_and_begins_anew_when_any_of_them_is_moved(reader: Reader, by: str) -> None:
    last, pressed = (point(1), click()) if by == "mouse" else (press("End"), press("Enter"))
    follow(
        reader,
        f"{reader.site.as_uri()}/chain.html",
        [
            ("m", last, "m 2"),
            ("word", click(2) if by == "mouse" else press("ArrowRight", of=1), "word oak"),
            ("both", last, "both 6"),
            ("presses", pressed, "presses 21"),
            ("presses", pressed, "presses 22"),
            ("sent.form", last, "sent None"),  # not before it is sent
            ("sent", submit if by == "mouse" else press("Enter"), "sent 2"),
            ("after", last, "after 2"),
            ("go", pressed, "go True"),
        ],
    )
    tab = reader.tab
    steps = [("n", last), ("m", last), ("both", last), ("presses", pressed)]
    expected = [  # all are made again by those that make them
        ["n 3", "m 1", "word fir", "both 1", "presses 10", "sent None", "after 0", "go False"],
        ["n 3", "m 3", "word fir", "both 3", "presses 30", "sent None", "after 0", "go False"],
        ["n 3", "m 3", "word fir", "both 7", "presses 30", "sent None", "after 0", "go False"],
        ["n 3", "m 3", "word fir", "both 7", "presses 31", "sent None", "after 0", "go False"],
    ]
    for (key, move), all_shown in zip(steps, expected, strict=True):
        move(control(reader, key))
        for text in all_shown:
            tab.wait_for_function("text => document.body.innerText.includes(text)", arg=text)
        assert [shown(reader, name) for name in CHAIN] == all_shown
    tab.wait_for_function("location.search.includes('presses=1')")
    tab.goto(tab.url)  # the address leads there
    tab.wait_for_function("document.body.innerText.includes('presses 31')")
    assert [shown(reader, name) for name in CHAIN] == expected[-1]
    for key in ("n", "m"):
        tab.locator(".nb-outputs").filter(has=control(reader, key)).locator(".nb-tools button").first.click()
    assert [shown(reader, name) for name in CHAIN][:5] == ["n 2", "m 1", "word fir", "both 1", "presses 10"]


def test_what_a_button_has_run_stays_when_another_control_does_not_run_it_again(reader: Reader) -> None:
    """As in marimo: who reads the button itself finds it not pressed; what was made while it was stays."""
    tab = reader.tab
    tab.goto(f"{reader.site.as_uri()}/pressed.html")
    tab.wait_for_function("document.querySelector('.nb-tools')")

    def now(*texts: str) -> None:
        for text in texts:
            tab.wait_for_function("text => document.body.innerText.includes(text)", arg=text)

    control(reader, "go").locator("button").click()
    now("times 10", "k 1", "x 1 True")
    press("ArrowRight")(control(reader, "x"))
    now("times 20", "x 2 False")
    assert shown(reader, "k") == "k 1"
    press("End")(control(reader, "k"))
    now("k 4")
    assert (shown(reader, "times"), shown(reader, "x")) == ("times 20", "x 2 False")
    control(reader, "go").locator("button").click()  # what it makes begins anew
    now("k 1", "x 2 True")
    assert shown(reader, "times") == "times 20"


def test_marks_of_a_chart_that_another_control_makes_are_selected_among_those_that_it_has_then(reader: Reader) -> None:
    follow(
        reader,
        f"{reader.site.as_uri()}/pressed.html",
        [
            ("x", press("End"), "x 3 False"),
            ("chart", mark(3), "chart [2]"),
            ("x", press("Home", "ArrowRight"), "x 2 False"),
            ("chart", mark(2), "chart [1]"),
            ("chart", press("ArrowLeft", of=2), "chart [0]"),
        ],
    )
    assert control(reader, "chart").locator("input").count() == 3


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_controls_of_ipywidgets_that_others_make_move_too(reader: Reader, by: str) -> None:
    pytest.importorskip("ipywidgets")
    last = point(1) if by == "mouse" else press("End")
    follow(
        reader,
        f"{reader.site.as_uri()}/jupyter.html",
        [
            ("m", last, "m 2"),
            ("word", choose("oak") if by == "mouse" else press("ArrowDown", "ArrowDown"), "word oak"),
            ("n", last, "n 3"),
            ("m", last, "m 3"),
            ("word", choose("yew") if by == "mouse" else press("End"), "word yew"),
        ],
    )
