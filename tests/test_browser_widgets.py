"""Widgets in a browser: every kind is moved by mouse and by keyboard, and the page shows what Python gives for it.

The pages are opened from the disk, where nothing can be fetched, and below a folder of a host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser
pytest.importorskip("marimo")

CONTROLS = {
    "whole": "mo.ui.slider(1, 4, label='whole')",
    "part": "mo.ui.slider(0.0, 1.0, step=0.25, value=0.5)",
    "steps": "mo.ui.slider(steps=[1, 10, 100], value=10)",
    "ends": "mo.ui.range_slider(0, 4, 2)",
    "number": "mo.ui.number(1, 5)",
    "names": "mo.ui.dropdown(['a', 'b'], value='a')",
    "functions": "mo.ui.dropdown({'length': len, 'largest': max}, value='length')",
    "some": "mo.ui.multiselect(['x', 'y'])",
    "one": "mo.ui.radio(['u', 'v'], value='u')",
    "box": "mo.ui.checkbox(label='box')",
    "on": "mo.ui.switch(value=True)",
    "day": "mo.ui.date(start='2024-01-01', stop='2024-01-03', value='2024-01-02')",
    "run": "mo.ui.run_button()",
    "text": "mo.ui.text('hi')  # widget: examples('hi', 'ho')",
    "many": "mo.ui.array([mo.ui.slider(1, 3), mo.ui.checkbox()])",
    "both": "mo.ui.dictionary({'p': mo.ui.slider(1, 2), 'q': mo.ui.switch()})",
    "prose": "mo.md('Take {n} of {kind}.').batch(n=mo.ui.slider(1, 2), kind=mo.ui.dropdown(['c', 'd'], value='c'))",
    "rows": "mo.ui.table([{'name': 'p'}, {'name': 'q'}, {'name': 'r'}], selection='single')",
    "chart": "mo.ui.altair_chart(alt.Chart(frame).mark_circle().encode(x='p', y='q'))",
    "groups": "mo.ui.altair_chart(alt.Chart(frame).mark_bar().encode(x='q:N', y='sum(p)'), chart_selection='point')",
    "sent": "mo.ui.slider(1, 3).form()",
    "clicks": "mo.ui.button(value=0, on_click=lambda n: n + 1)",
    "tabs": "mo.ui.tabs({'First': 'one', 'Second': 'two'})",
}
VALUES = {
    "functions": "functions.value([3, 9])",
    **{name: f"{name}.value.values.tolist()" for name in ("chart", "groups")},
}
CONSTANTS = {
    "whole": "1  # widget: slider(1, 4)",
    "part": "0.5  # widget: slider(0.0, 1.0, 0.25)",
    "steps": "10  # widget: values(1, 10, 100)",
    "number": "1  # widget: number(1, 5)",
    "names": "'a'  # widget: dropdown('a', 'b')",
    "one": "'u'  # widget: radio('u', 'v')",
    "box": "False  # widget: checkbox()",
    "on": "True  # widget: switch()",
    "text": "'hi'  # widget: text('hi', 'ho')",
}


def marimo_notebook() -> str:
    lines = ["import marimo", "app = marimo.App()"]
    lines += ["@app.cell", "def _():", "    import marimo as mo", "    return mo,"]
    frame = "pd.DataFrame({'p': [1, 2, 3], 'q': [5, 7, 7]})"
    lines += ["@app.cell", "def _():", "    import altair as alt, pandas as pd", f"    frame = {frame}"]
    lines += ["    return alt, frame, pd"]
    lines += ["@app.cell", "def _(alt, frame, mo):", *(f"    {name} = {code}" for name, code in CONTROLS.items())]
    stacked = [name for name in CONTROLS if name != "rows"]
    lines += [f"    mo.vstack([{', '.join(stacked)}])", f"    return {', '.join(CONTROLS)}"]
    lines += ["@app.cell", "def _(rows):", "    rows", "    return"]
    for name in CONTROLS:
        value = VALUES.get(name, f"{name}.value")
        lines += ["@app.cell", f"def _({name}):", f"    print('{name}', {value})", "    return"]
    return "\n".join([*lines, 'if __name__ == "__main__":', "    app.run()", ""])


def percent_notebook() -> str:
    cells = "\n".join(f"{name} = {code}" for name, code in CONSTANTS.items())
    return "\n\n".join(["# %%\n" + cells, *(f"# %%\nprint('{name}', {name})" for name in CONSTANTS)]) + "\n"


JUPYTER = {
    "whole": "w.IntSlider(value=1, min=1, max=4)",
    "part": "w.FloatSlider(value=0.5, min=0, max=1, step=0.25)",
    "steps": "w.SelectionSlider(options=[1, 10, 100], value=10)",
    "ends": "w.IntRangeSlider(value=[0, 4], min=0, max=4, step=2)",
    "number": "w.BoundedIntText(value=1, min=1, max=5)",
    "names": "w.Dropdown(options=['a', 'b'])",
    "one": "w.RadioButtons(options=['u', 'v'])",
    "box": "w.Checkbox(description='box')",
    "logs": "w.FloatLogSlider(value=1, base=10, min=-2, max=1, step=1)",
}
LOGS = {
    "mouse": [("logs", lambda root: point(1)(root), "logs 10.0")],
    "keyboard": [("logs", lambda root: press("Home", "ArrowRight")(root), "logs 0.1")],
}
INTERACT = """\
# %%
from ipywidgets import interact

# %%
def area(side, kind):
    print("area", kind, side * side)

interact(area, side=(1, 4), kind=["field", "roof"]);
"""
LAID = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import numpy as np
    class Pen:
        def __init__(self, width):
            self.width = width
    return Pen, mo, np

@app.cell
def _(Pen, mo, np):
    prose, across, beside = mo.ui.slider(1, 4), mo.ui.slider(1, 3), mo.ui.switch()
    within, first, second = mo.ui.number(1, 5), mo.ui.slider(1, 3), mo.ui.radio(["u", "v"], value="u")
    turn = mo.ui.slider(0, np.pi, step=np.pi / 4, value=np.pi / 2)
    rate = mo.ui.slider(steps=np.logspace(-2, 1, 4), value=0.1)
    pen = mo.ui.dropdown({"thin": Pen(1), "thick": Pen(9)}, value="thin")
    return across, beside, first, pen, prose, rate, second, turn, within

@app.cell
def _(across, beside, first, mo, pen, prose, rate, second, turn, within):
    mo.md(f'''
    Take {prose} of them, with {pen}.

    {mo.hstack([across, beside])}

    {mo.accordion({"More": within})}

    {mo.ui.tabs({"One": first, "Two": mo.vstack([second, turn, rate])})}
    ''')
    return
""" + "".join(
    f"\n@app.cell\ndef _({name}):\n    print('{name}', {value})\n    return\n"
    for name, value in {
        **{name: f"{name}.value" for name in ("prose", "across", "beside", "within", "first", "second")},
        "turn": "round(float(turn.value), 3)",
        "rate": "float(rate.value)",
        "pen": "pen.value.width",
    }.items()
)


def jupyter_notebook() -> str:
    first = "\n".join(["import ipywidgets as w", *(f"{name} = {code}" for name, code in JUPYTER.items())])
    cells = [f"{first}\nw.VBox([{', '.join(JUPYTER)}])", *(f"print('{name}', {name}.value)" for name in JUPYTER)]
    return "\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n"


SHARED = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    get, put = mo.state(1)
    return get, mo, put

@app.cell
def _(get, mo, put):
    slider = mo.ui.slider(1, 9, value=get(), on_change=put)
    slider
    return slider,

@app.cell
def _(get, mo, put):
    number = mo.ui.number(1, 9, value=get(), on_change=put)
    number
    return number,

@app.cell
def _(number, slider):
    print("both", slider.value, number.value)
    return

if __name__ == "__main__":
    app.run()
"""


MAKES = {
    "n": "mo.ui.slider(1, 4, value=3)",
    "k": "mo.ui.slider(1, n.value, value=n.value - 1 or 1)",
    "word": "mo.ui.radio(['pear', 'fir', 'ash', 'oak'][-n.value :], value='oak')",
    "some": "mo.ui.multiselect(['a', 'b', 'c'][: n.value])",
    "row": "mo.ui.array([mo.ui.number(1, 3) for _ in range(n.value - 1)])",
}


def making_notebook() -> str:
    """A slider whose value makes other controls."""
    lines = ["import marimo", "app = marimo.App()"]
    lines += ["@app.cell", "def _():", "    import marimo as mo", "    return mo,"]
    for name, code in MAKES.items():
        arguments = "mo" if name == "n" else "mo, n"
        lines += ["@app.cell", f"def _({arguments}):", f"    {name} = {code}", f"    {name}", f"    return {name},"]
        lines += ["@app.cell", f"def _({name}):", f"    print('{name}', {name}.value)", "    return"]
    return "\n".join([*lines, 'if __name__ == "__main__":', "    app.run()", ""])


RUNS = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    k, go, more = mo.ui.slider(1, 3), mo.ui.run_button(label="go"), mo.ui.run_button(label="more")
    mo.vstack([k, go, more])
    return go, k, mo, more

@app.cell
def _(go, k, more):
    print("all", k.value, go.value, more.value)
    return

@app.cell
def _(go):
    print("pressed", go.value)
    return

if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("widgets")
    files = {"index.md": "# Plain", "kinds.py": marimo_notebook(), "constants.py": percent_notebook()}
    files |= {"jupyter.py": jupyter_notebook(), "shared.py": SHARED, "making.py": making_notebook(), "runs.py": RUNS}
    files |= {"laid.py": LAID, "interact.py": INTERACT}
    write_site(folder, files, plugins=["nbpublish"], theme={"name": "nbpublish"})
    built = build_site(folder, folder / "root" / "course", use_directory_urls=False)
    assert not built.problems
    stuck = [(path, each) for path, run in built.runs.items() for each in run.decisions if each.extent == "default"]
    assert not stuck, "else nobody can move what the tests move"
    return built.folder


@pytest.fixture(scope="module", params=["from the disk", "below a folder of a host"])
def address(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Where the pages are."""
    if request.param == "from the disk":
        yield f"{site.as_uri()}/"
    else:
        with served(site.parent) as host:
            yield f"{host}course/"


@contextmanager
def served(root: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(root))
    handler.func.log_message = lambda *_: None  # type: ignore[method-assign]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Reader]:
    made = Reader(browser, site)
    yield made
    made.context.close()
    assert not made.faults


Move = Callable[[Any], None]


def press(*keys: str, of: int = 0) -> Move:
    """Bring the focus to a control and press keys."""

    def move(root: Any) -> None:
        root.locator("input, select, button").nth(of).focus()
        for key in keys:
            root.page.keyboard.press(key)

    return move


def point(share: float, of: int = 0) -> Move:
    """Press the mouse on a slider, so far along its way."""

    def move(root: Any) -> None:
        slider = root.locator("input").nth(of)
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        root.page.mouse.click(box["x"] + 6 + share * (box["width"] - 12), box["y"] + box["height"] / 2)

    return move


def fill(text: str) -> Move:
    return lambda root: root.locator("input").first.fill(text)


def choose(label: str) -> Move:
    """As a mouse does it: the list that a browser opens is not of the page."""
    return lambda root: root.locator("select").select_option(label)


def click(at: int = 0) -> Move:
    return lambda root: root.locator("input, button").nth(at).click()


def row(at: int) -> Move:
    return lambda root: root.locator("tbody input").nth(at).click()


def mark(at: int) -> Move:
    """Press the mouse on a mark of a chart; 0 is the empty corner of the picture."""

    def move(root: Any) -> None:
        found = root.locator("input").nth(at)
        found.click(**({} if at else {"position": {"x": 3, "y": 3}}))

    return move


def send(key: str = "", share: float = 0) -> Move:
    """Move what stands in the form, then send it, by key or by mouse."""

    def move(root: Any) -> None:
        form = root.page.locator(".nb-form").filter(has=root)
        (press(key) if key else point(share))(form)
        assert "sent None" in root.page.locator("body").inner_text()
        (press("Enter") if key else click())(root)

    return move


MOUSE: list[tuple[str, Move, str]] = [
    ("whole", point(1), "whole 4"),
    ("whole", point(0.34), "whole 2"),
    ("part", point(0), "part 0.0"),
    ("steps", point(1), "steps 100"),
    ("ends", point(0.5, of=1), "ends [0, 2]"),
    ("number", fill("4"), "number 4"),
    ("names", choose("b"), "names b"),
    ("functions", choose("largest"), "functions 9"),
    ("some", click(1), "some ['y']"),
    ("some", click(0), "some ['x', 'y']"),
    ("one", click(1), "one v"),
    ("box", click(), "box True"),
    ("on", click(), "on False"),
    ("day", fill("2024-01-03"), "day 2024-01-03"),
    ("run", click(), "run True"),
    ("text", choose("ho"), "text ho"),
    ("many.0", point(1), "many [3, False]"),
    ("many.1", click(), "many [3, True]"),
    ("both.q", click(), "both {'p': 1, 'q': True}"),
    ("both.p", point(1), "both {'p': 2, 'q': True}"),
    ("prose.n", point(1), "prose {'n': 2, 'kind': 'c'}"),
    ("rows", row(1), "rows [{'name': 'q'}]"),
    ("rows", row(2), "rows [{'name': 'r'}]"),
    ("rows", row(2), "rows []"),
    ("chart", mark(2), "chart [[2, 7]]"),
    ("chart", mark(0), "chart []"),
    ("chart", mark(3), "chart [[3, 7]]"),
    ("groups", mark(2), "groups [[2, 7], [3, 7]]"),
    ("sent", send(share=1), "sent 3"),
    ("clicks", click(), "clicks 1"),
    ("clicks", click(), "clicks 2"),
    ("prose.kind", choose("d"), "prose {'n': 2, 'kind': 'd'}"),
]
KEYS: list[tuple[str, Move, str]] = [
    ("whole", press("ArrowRight", "ArrowRight"), "whole 3"),
    ("whole", press("End"), "whole 4"),
    ("part", press("Home"), "part 0.0"),
    ("steps", press("ArrowRight"), "steps 100"),
    ("ends", press("ArrowRight"), "ends [2, 4]"),
    ("ends", press("ArrowLeft", of=1), "ends [2, 2]"),
    ("number", press("ArrowUp", "ArrowUp"), "number 3"),
    ("names", press("ArrowDown"), "names b"),
    ("functions", press("ArrowDown"), "functions 9"),
    ("some", press("Space", of=1), "some ['y']"),
    ("one", press("ArrowRight"), "one v"),
    ("box", press("Space"), "box True"),
    ("on", press("Space"), "on False"),
    ("day", press("Tab", "ArrowUp"), "day 2024-01-03"),
    ("run", press("Enter"), "run True"),
    ("text", press("ArrowDown"), "text ho"),
    ("many.0", press("End"), "many [3, False]"),
    ("many.1", press("Space"), "many [3, True]"),
    ("both.q", press("Space"), "both {'p': 1, 'q': True}"),
    ("both.p", press("ArrowRight"), "both {'p': 2, 'q': True}"),
    ("prose.n", press("ArrowRight"), "prose {'n': 2, 'kind': 'c'}"),
    ("prose.kind", press("ArrowDown"), "prose {'n': 2, 'kind': 'd'}"),
    ("rows", lambda root: root.locator("tbody input").first.press("Space"), "rows [{'name': 'p'}]"),
    ("chart", press("ArrowRight", "ArrowRight"), "chart [[2, 7]]"),
    ("chart", lambda root: root.locator(":checked").press("ArrowLeft"), "chart [[1, 5]]"),
    ("groups", press("ArrowLeft"), "groups [[2, 7], [3, 7]]"),
    ("sent", send("End"), "sent 3"),
    ("clicks", press("Enter", "Enter"), "clicks 2"),
    ("tabs", press("ArrowRight"), "tabs Second"),
]
by_hand = pytest.mark.parametrize("moves", [MOUSE, KEYS], ids=["mouse", "keyboard"])


def control(reader: Reader, key: str) -> Any:
    return reader.tab.locator(f'[data-nb-key$=" {key}"]')


def shown(reader: Reader, name: str) -> str:
    found = reader.tab.locator(".nb-follows:has(.nb-stdout)").filter(has_text=re.compile(rf"^\s*{name} "))
    return str(found.inner_text()).strip()


def follow(reader: Reader, address: str, moves: list[tuple[str, Move, str]]) -> None:
    """Move by hand, and see after each move what Python gives for that value."""
    reader.tab.goto(address)
    reader.tab.wait_for_function("document.querySelector('.nb-tools')")
    for key, move, expected in moves:
        move(control(reader, key))
        reader.tab.wait_for_function("text => document.body.innerText.includes(text)", arg=expected)
        assert shown(reader, key.partition(".")[0]) == expected


def test_controls_that_another_one_makes_move_among_what_they_are_then(reader: Reader, address: str) -> None:
    end, right = press("End"), press("ArrowRight")
    follow(
        reader,
        f"{address}making.html",
        [
            ("k", end, "k 3"),
            ("n", end, "n 4"),
            ("k", right, "k 4"),  # it was made again, and stood at 3
            ("k", press("Home"), "k 1"),
            ("word", click(0), "word pear"),
            ("some", click(2), "some ['c']"),
            ("row.2", fill("3"), "row [1, 1, 3]"),
            ("row.0", fill("2"), "row [2, 1, 3]"),
            ("n", press("Home"), "n 1"),
            ("n", right, "n 2"),
            ("k", end, "k 2"),
            ("word", click(0), "word ash"),
            ("some", click(1), "some ['b']"),
            ("row.0", fill("2"), "row [2]"),
        ],
    )
    tab = reader.tab
    tab.wait_for_function("location.search.includes('row.0=2')")
    expected = {name: shown(reader, name) for name in MAKES}
    tab.goto(tab.url)  # the address leads to what others have made
    tab.wait_for_function("document.body.innerText.includes('row [2]')")
    assert {name: shown(reader, name) for name in MAKES} == expected
    assert control(reader, "k").locator("input").get_attribute("max") == "1"
    tab.locator(".nb-outputs").filter(has=control(reader, "n")).locator(".nb-tools button").first.click()
    tab.wait_for_function("document.body.innerText.includes('row [1, 1]')")
    assert [shown(reader, name) for name in MAKES] == ["n 3", "k 2", "word oak", "some []", "row [1, 1]"]


@by_hand
def test_every_kind_of_marimo_s_controls_moves(reader: Reader, address: str, moves: list[Any]) -> None:
    assert {key.partition(".")[0] for key, _, _ in moves} | {"tabs"} == set(CONTROLS)
    follow(reader, f"{address}kinds.html", moves)
    if moves is MOUSE:
        control(reader, "tabs").get_by_text("Second", exact=True).click()
        reader.tab.wait_for_function("document.body.innerText.includes('tabs Second')")


@by_hand
def test_every_kind_of_constant_moves(reader: Reader, address: str, moves: list[Any]) -> None:
    follow(reader, f"{address}constants.html", [move for move in moves if move[0] in CONSTANTS])


@by_hand
def test_controls_of_ipywidgets_move(reader: Reader, address: str, moves: list[Any]) -> None:
    pytest.importorskip("ipywidgets")
    as_tuple = {"ends": str.maketrans("[]", "()")}
    own = [(key, move, text.translate(as_tuple.get(key, {}))) for key, move, text in moves if key in JUPYTER]
    follow(reader, f"{address}jupyter.html", [*own, *LOGS["mouse" if moves is MOUSE else "keyboard"]])


def within(label: str, move: Move) -> Move:
    """Open what a control stands in, then move it."""

    def opened(root: Any) -> None:
        if not root.is_visible():
            root.page.get_by_text(label, exact=True).click()
        move(root)

    return opened


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_controls_move_wherever_they_stand_and_whatever_their_values_are(
    reader: Reader, address: str, by: str
) -> None:
    """In the prose of an f-string, side by side, folded away, in tabs; numbers of a logarithm, parts of π, objects."""
    last = (lambda of=0: point(1, of)) if by == "mouse" else (lambda of=0: press("End", of=of))
    moves: list[tuple[str, Move, str]] = [
        ("prose", last(), "prose 4"),
        ("across", last(), "across 3"),
        ("beside", click() if by == "mouse" else press("Space"), "beside True"),
        ("within", within("More", fill("4") if by == "mouse" else press("ArrowUp", "ArrowUp", "ArrowUp")), "within 4"),
        ("first", last(), "first 3"),
        ("second", within("Two", click(1) if by == "mouse" else press("ArrowRight")), "second v"),
        ("turn", last(), "turn 3.142"),
        ("turn", press("Home", "ArrowRight", "ArrowRight", "ArrowRight"), "turn 2.356"),
        ("rate", last(), "rate 10.0"),
        ("rate", press("ArrowLeft"), "rate 1.0"),
        ("pen", choose("thick") if by == "mouse" else press("ArrowDown"), "pen 9"),
    ]
    follow(reader, f"{address}laid.html", moves)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_what_interact_calls_follows_its_controls(reader: Reader, address: str, by: str) -> None:
    pytest.importorskip("ipywidgets")
    reader.tab.goto(f"{address}interact.html")
    reader.tab.wait_for_function("document.querySelector('.nb-tools')")
    (point(1) if by == "mouse" else press("End"))(control(reader, "side"))
    reader.tab.wait_for_function("document.body.innerText.includes('area field 16')")
    (choose("roof") if by == "mouse" else press("ArrowDown"))(control(reader, "kind"))
    reader.tab.wait_for_function("document.body.innerText.includes('area roof 16')")


def test_two_controls_of_one_state_move_each_other_and_the_last_one_moved_wins(reader: Reader) -> None:
    reader.tab.goto(f"file://{reader.site}/shared.html")
    reader.tab.wait_for_function("document.querySelector('.nb-tools')")
    slider, number = (control(reader, key).locator("input") for key in ("slider", "number"))
    slider.press("ArrowRight")
    reader.tab.wait_for_function("document.body.innerText.includes('both 2 2')")
    assert number.input_value() == "2"
    number.fill("7")
    reader.tab.wait_for_function("document.body.innerText.includes('both 7 7')")
    assert slider.get_attribute("aria-valuetext") == "7"
    slider.press("ArrowLeft")
    reader.tab.wait_for_function("document.body.innerText.includes('both 6 6')")
    assert number.input_value() == "6"


def test_a_button_that_runs_cells_is_not_pressed_when_another_control_runs_them(reader: Reader) -> None:
    """As in marimo: it is pressed for the cells that it runs, which stay as they are until something runs them."""
    reader.tab.goto(f"file://{reader.site}/runs.html")
    reader.tab.wait_for_function("document.querySelector('.nb-tools')")
    slider = control(reader, "k").locator("input")
    moves = [
        (lambda: reader.tab.get_by_role("button", name="go").click(), "all 1 True False", "pressed True"),
        (lambda: slider.press("ArrowRight"), "all 2 False False", "pressed True"),
        (lambda: reader.tab.get_by_role("button", name="more").click(), "all 2 False True", "pressed True"),
        (lambda: reader.tab.get_by_role("button", name="go").click(), "all 2 True False", "pressed True"),
        (lambda: slider.press("ArrowRight"), "all 3 False False", "pressed True"),
    ]
    for move, everything, pressed in moves:
        move()
        reader.tab.wait_for_function("text => document.body.innerText.includes(text)", arg=everything)
        assert (shown(reader, "all"), shown(reader, "pressed")) == (everything, pressed)
    reader.tab.wait_for_function("location.search === '?go=%E2%96%B6&k=3'")
    reader.tab.get_by_role("button", name="Back to the start").click()
    reader.tab.wait_for_function("document.body.innerText.includes('all 1 False False')")
    assert shown(reader, "pressed") == "pressed False"


def test_a_setting_has_an_address_is_said_and_can_be_taken_back(reader: Reader) -> None:
    reader.tab.goto(f"file://{reader.site}/kinds.html?whole=3&names=b#nb-about")
    reader.tab.wait_for_function("document.body.innerText.includes('whole 3')")
    slider = control(reader, "whole").locator("input")
    assert (slider.input_value(), slider.get_attribute("aria-valuetext")) == ("2", "3")
    assert shown(reader, "names") == "names b"
    slider.press("End")
    status = reader.tab.locator(".nb-live").first
    reader.tab.wait_for_function("document.querySelector('.nb-live').textContent === 'Updated: whole 4'")
    assert (status.get_attribute("role"), "whole=4" in reader.tab.url) == ("status", True)
    assert reader.tab.url.endswith("#nb-about")
    reader.tab.get_by_role("button", name="Back to the start").click()
    assert (shown(reader, "whole"), shown(reader, "names")) == ("whole 1", "names a")
    reader.tab.wait_for_function("!location.search")


def test_without_a_script_the_controls_stand_still_at_what_is_shown(browser: Any, site: Path) -> None:
    made = Reader(browser, site, java_script_enabled=False)
    made.tab.goto(f"file://{site}/kinds.html")
    assert control(made, "whole").locator("input").is_disabled()
    assert "whole 1" in made.tab.locator(".nb-follows").first.inner_text()
    made.context.close()


def test_what_a_reader_holds_is_not_taken_away_when_the_text_around_it_changes(browser: Any, tmp_path: Path) -> None:
    notebook = (
        "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    import marimo as mo\n    return mo,\n"
        "@app.cell\ndef _(mo):\n    k = mo.ui.slider(1, 5)\n    return k,\n"
        "@app.cell\ndef _(mo, k):\n    mo.md(f'With {k} it is **{k.value ** 2}**.')\n    return\n"
    )
    write_site(tmp_path, {"index.md": "#", "a.py": notebook}, plugins=["nbpublish"], theme={"name": "nbpublish"})
    build_site(tmp_path, tmp_path / "site", use_directory_urls=False)
    made = Reader(browser, tmp_path / "site")
    made.tab.goto(f"file://{made.site}/a.html")
    made.tab.wait_for_function("document.querySelector('.nb-tools')")
    slider = control(made, "k").locator("input")
    slider.focus()
    for square in (4, 9, 16):
        made.tab.keyboard.press("ArrowRight")
        made.tab.wait_for_function("text => document.body.innerText.includes(text)", arg=f"it is {square}.")
    assert control(made, "k").count() == 1
    assert not made.faults
    made.context.close()


@pytest.fixture
def material(tmp_path: Path) -> Iterator[str]:
    """A site under Material, with instant navigation, below a folder of a server."""
    folder = tmp_path / "source"
    files = {"index.md": "# Plain\n\n[kinds](constants.py) [others](others.py)", "constants.py": percent_notebook()}
    files["others.py"] = "# %%\nwhole = 1  # widget: slider(1, 9)\n\n# %%\nprint('whole', whole * 100)\n"
    theme = {"name": "material", "font": False, "features": ["navigation.instant"]}
    with served(tmp_path / "root") as host:
        write_site(folder, files, plugins=["nbpublish"], theme=theme, site_url=f"{host}course/")
        build_site(folder, tmp_path / "root" / "course", use_directory_urls=True)
        yield f"{host}course/"


def test_widgets_move_under_material_whose_pages_come_without_being_loaded(
    browser: Any, material: str, tmp_path: Path
) -> None:
    made = Reader(browser, tmp_path)
    made.tab.goto(material)
    made.tab.evaluate("window.same = true")
    for name, value in (("constants", "whole 4"), ("others", "whole 900"), ("constants", "whole 4")):
        made.tab.locator(".md-nav__link", has_text=name).first.evaluate("link => link.click()")
        made.tab.wait_for_function("document.querySelector('.nb-tools')")
        made.tab.wait_for_function("path => location.pathname === path", arg=f"/course/{name}/")
        control(made, "whole").locator("input").press("End")
        made.tab.wait_for_function("text => document.body.innerText.includes(text)", arg=value)
    assert made.tab.evaluate("window.same"), "the pages came without being loaded"
    made.tab.locator(".md-nav__link", has_text="others").first.evaluate("link => link.click()")
    made.tab.wait_for_function("location.pathname === '/course/others/'")
    made.tab.wait_for_timeout(600)
    assert made.tab.url == f"{material}others/", "what was moved just before is not told of the next page"
    made.tab.goto(f"{material}others/?whole=3")
    made.tab.wait_for_function("document.body.innerText.includes('whole 300')")
    assert all(url.startswith(material) for url in made.requests)
    made.context.close()
