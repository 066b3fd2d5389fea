"""What a page shows in each of its states is what plain Python gives for those values.

Random notebooks with two or three widgets are built, every combination of their places is set on the page through its
own controls, in random order, and what stands there is compared with what Python prints when it runs the cells' code.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browsers import Reader
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from mkdocs_sites import build_site, write_site

pytestmark = pytest.mark.browser
pytest.importorskip("marimo")


@dataclass(frozen=True)
class Kind:
    """A kind of control, in both formats, with what its value is at each of its places."""

    marimo: str
    constant: str
    values: tuple[Any, ...]


KINDS = (
    Kind("mo.ui.slider(1, 3, value=2)", "2  # widget: slider(1, 3)", (1, 2, 3)),
    Kind("mo.ui.slider(0.0, 1.0, step=0.5, value=0.0)", "0.0  # widget: slider(0.0, 1.0, 0.5)", (0.0, 0.5, 1.0)),
    Kind("mo.ui.slider(steps=[1, 10, 100])", "1  # widget: values(1, 10, 100)", (1, 10, 100)),
    Kind("mo.ui.number(1, 4)", "1  # widget: number(1, 4)", (1, 2, 3, 4)),
    Kind("mo.ui.dropdown(['a', '<b>'], value='a')", "'a'  # widget: dropdown('a', '<b>')", ("a", "<b>")),
    Kind("mo.ui.radio(['u', 'v', 'w'], value='v')", "'v'  # widget: radio('u', 'v', 'w')", ("u", "v", "w")),
    Kind("mo.ui.checkbox(value=True)", "True  # widget: checkbox()", (False, True)),
    Kind("mo.ui.switch()", "False  # widget: switch()", (False, True)),
    Kind("mo.ui.range_slider(0, 2, 1)", "", ([0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2])),
    Kind("mo.ui.multiselect(['x', 'y'])", "", ([], ["x"], ["y"], ["x", "y"])),
    Kind("mo.ui.text('é')  # widget: examples('é', '日本')", "'é'  # widget: text('é', '日本')", ("é", "日本")),
)
USES = (
    "{v} = [{a}]",
    "{v} = ({a}, {b})",
    "{v} = {u} if {a} else {b}",
    "{v} = [{u}, {a}]",
    "{v} = {u}",
    "def f_{v}():\n    return [{a}, {u}]\n{v} = f_{v}()",
    "{v} = {u}\nif {a} == {b}:\n    {v} = 'equal'",
    "{v} = sorted([str({a}), str({b})])",
)


@dataclass(frozen=True)
class Book:
    """A random notebook: its controls, and what the cells below do with them."""

    controls: tuple[Kind, ...]
    cells: tuple[str, ...]

    def marimo(self) -> str:
        names = [f"w{at}" for at in range(len(self.controls))]
        lines = ["import marimo", "app = marimo.App()"]
        lines += ["@app.cell", "def _():", "    import marimo as mo", "    return mo,"]
        for name, kind in zip(names, self.controls, strict=True):
            lines += ["@app.cell", "def _(mo):", f"    {name} = {kind.marimo}", f"    {name}", f"    return {name},"]
        before: list[str] = []
        for at, code in enumerate(self._codes(".value")):
            lines += ["@app.cell", f"def _({', '.join([*names, *before])}):"]
            lines += [*(f"    {line}" for line in code.split("\n")), f"    return v{at},"]
            before.append(f"v{at}")
        return "\n".join([*lines, 'if __name__ == "__main__":', "    app.run()", ""])

    def percent(self) -> str:
        constants = "\n".join(f"w{at} = {kind.constant}" for at, kind in enumerate(self.controls))
        return "\n\n".join(f"# %%\n{code}" for code in [constants, *self._codes("")]) + "\n"

    def _codes(self, value: str) -> list[str]:
        controls = {f"w{at}": f"w{at}{value}" for at in range(len(self.controls))}
        return [f"{code.format(**controls)}\nprint('v{at}', v{at})" for at, code in enumerate(self.cells)]

    def printed(self, values: tuple[Any, ...]) -> list[str]:
        """What Python prints, by cell, where the controls have these values."""
        names: dict[str, Any] = {f"w{at}": SimpleNamespace(value=value) for at, value in enumerate(values)}
        found = []
        for code in self._codes(".value"):
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(code, names)
            found.append(printed.getvalue().strip())
        return found


def random_book(r: random.Random, *, constants: bool) -> Book:
    able = [kind for kind in KINDS if kind.constant or not constants]
    controls = tuple(r.choices(able, k=r.choice((2, 2, 3))))
    names = [f"{{w{at}}}" for at in range(len(controls))]
    cells = []
    for at in range(r.randint(3, 6)):
        earlier = f"v{r.randrange(at)}" if at else "0"
        words = {"{v}": f"v{at}", "{u}": earlier, "{a}": r.choice(names), "{b}": r.choice(names)}
        cells.append(functools.reduce(lambda text, word: text.replace(*word), words.items(), r.choice(USES)))
    return Book(controls, tuple(cells))


SET = """([combinations, keys]) => combinations.map((places) => {
  places.forEach((place, i) => {
    const root = document.querySelector(`[data-nb-key$=" ${keys[i]}"]`);
    if (!root) return; // nothing follows it: Python must give the same for all its places
    const inputs = [...root.querySelectorAll("input, select")], kind = root.dataset.widget;
    const say = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));
    const check = (input, on) => { if (input.checked !== on) input.click(); };
    const set = (input, value) => { if (String(input.value) !== String(value)) { input.value = value; say(input); } };
    if (kind === "slider") set(inputs[0], place);
    else if (kind === "dropdown") set(inputs[0], inputs[0].options[place].value);
    else if (kind === "radio") check(inputs[place], true);
    else if (kind === "checkbox" || kind === "switch") check(inputs[0], place === 1);
    else if (kind === "number") set(inputs[0], place + Number(inputs[0].min));
    else if (kind === "multiselect") inputs.forEach((input, at) => check(input, Boolean((place >> at) & 1)));
    else if (kind === "range-slider") {
      const [low, high] = [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]][place];
      set(inputs[0], 0); set(inputs[1], high); set(inputs[0], low);
    } else throw Error(kind);
  });
  return [...document.querySelectorAll(".nb-stdout")].map((each) => each.innerText.trim());
})"""


def check(reader: Reader, name: str, book: Book) -> None:
    """Set every combination on the page, in random order, and compare what it shows."""
    tab = reader.tab
    tab.goto((reader.site / f"{name}.html").as_uri())
    counts = [len(kind.values) for kind in book.controls]
    combinations = list(itertools.product(*map(range, counts)))
    random.Random(name).shuffle(combinations)
    keys = [f"w{at}" for at in range(len(counts))]
    if tab.locator("[data-nb-widgets]").count():
        tab.wait_for_function("document.querySelector('.nb-tools')")
        tab.locator("[data-nb-key] :is(input, select)").first.focus()
        tab.wait_for_function("document.querySelector('script[src*=\"assets/nbpublish/\"]')")
        tab.wait_for_timeout(150)  # for it to have run
    found = tab.evaluate(SET, [combinations, keys])
    for places, shown in zip(combinations, found, strict=True):
        values = tuple(kind.values[at] for kind, at in zip(book.controls, places, strict=True))
        expected = book.printed(values)
        assert [text for text in shown if text] == expected, f"{name}: {values}\n" + "\n---\n".join(book.cells)


@pytest.mark.parametrize("constants", [False, True], ids=["marimo", "constants"])
def test_every_state_of_random_notebooks_is_what_python_gives(
    browser: Any, tmp_path: Path, request: pytest.FixtureRequest, constants: bool
) -> None:
    long = request.config.getoption("--long")
    count, each = (12, 12) if long else (1, 3)
    seen = []

    @settings(max_examples=count, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(st.integers(0, 10**9))
    def check_site(seed: int) -> None:
        r = random.Random(seed)
        some = [random_book(r, constants=constants) for _ in range(each)]
        folder = tmp_path / str(len(seen))
        files = {f"n{at}.py": book.percent() if constants else book.marimo() for at, book in enumerate(some)}
        write_site(folder, {"index.md": "# Plain", **files}, plugins=["nbpublish"], theme={"name": "nbpublish"})
        build_site(folder, folder / "site", use_directory_urls=False)
        reader = Reader(browser, folder / "site")
        for at, book in enumerate(some):
            check(reader, f"n{at}", book)
            seen.append(reader.tab.locator("[data-nb-widgets]").count())
        reader.context.close()
        assert not reader.faults
        shutil.rmtree(folder)

    check_site()
    assert sum(seen) > len(seen) / 2, "most of them have something that moves"
