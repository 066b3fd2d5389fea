"""Controls that the values of other controls make, in a browser, and what these make in turn, forms and buttons too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Reader
from mkdocs_sites import build_site, write_site
from test_browser_widgets import click, control, follow, point, press, shown

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


def chain_notebook() -> str:
    lines = ["import marimo", "app = marimo.App()"]
    lines += ["@app.cell", "def _():", "    import marimo as mo", "    return mo,"]
    for name, code in CHAIN.items():
        reads = [other for other in CHAIN if f"{other}.value" in code]
        lines += ["@app.cell", f"def _({', '.join(['mo', *reads])}):", f"    {name} = {code}", f"    {name}"]
        lines += [f"    return {name},", "@app.cell", f"def _({name}):"]
        lines += [f"    print('{name}', {name}.value)", "    return"]
    return "\n".join([*lines, 'if __name__ == "__main__":', "    app.run()", ""])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    files = {"index.md": "# Plain", "chain.py": chain_notebook()}
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
