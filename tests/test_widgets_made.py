"""Controls that the values of other controls make, and what these make in turn, moved among what they are then."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from programs import marimo, percent
from test_widgets import printed_in, ran

from nbpublish.model import Budget, Made, Run, Widget
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.widgets import given, made
from nbpublish.widgets.combinations import settings_of

pytest.importorskip("marimo")

FIRST = "import marimo as mo"
N = "n = mo.ui.slider(1, 3, value=2)\nn"


def test_a_control_that_a_made_one_makes_moves_among_what_it_is_then() -> None:
    made = "m = mo.ui.slider(1, n.value)\nm", "k = mo.ui.slider(m.value, 3, value=3)\nk"
    run = ran(marimo(FIRST, N, *made, "print(n.value, m.value, k.value)"))
    assert [(each.widgets, each.computed) for each in run.decisions] == [
        *[(("n",), 3), (("n", "m"), 6), (("n", "m", "k"), 14)],
    ]
    found = {tuple(map(int, said.split())) for said in printed_in(run).values()}
    assert found == {(n, m, k) for n in (1, 2, 3) for m in range(1, n + 1) for k in range(m, 4)}
    assert run.still == ()


def test_a_button_and_a_form_that_another_control_makes_begin_anew_with_it() -> None:
    button = "b = mo.ui.button(value=n.value, on_click=lambda value: value * 2)\nb"
    run = ran(marimo(FIRST, N, button, "f = mo.ui.slider(1, n.value).form()\nf", "print(b.value)", "print(f.value)"))
    counted, sent = printed_in(run, -2), printed_in(run)
    assert (counted["b 2"], counted["n 3"], counted["b 2, n 3"]) == ("8", "3", "12")
    assert (sent["n 3"], sent["f ✓, n 3"], sent["f ✓, f.form 3, n 3"]) == ("None", "1", "3")
    assert [each.computed for each in run.decisions[-2:]] == [33, 1 + 1 + 1 + 2 + 1 + 3]


def test_a_button_is_let_go_by_what_runs_a_reader_of_its_own_again_and_by_nothing_else() -> None:
    first = f"{FIRST}\ngo = mo.ui.run_button()\nmo.hstack([go])", N
    codes = "data = [1] if go.value else []\ndata", "print(data, n.value)", "print(go.value, n.value)"
    run = ran(marimo(*first, *codes))
    assert [(each.widgets, dict(each.releases)) for each in run.decisions] == [
        *[(("go",), {}), (("go", "n"), {}), (("go", "n"), {"go": ("n",)})],
    ]


def test_controls_of_ipywidgets_that_others_make_move_too() -> None:
    pytest.importorskip("ipywidgets")
    first = "import ipywidgets as w\nn = 2  # widget: slider(1, 3)", "m = w.IntSlider(value=1, min=1, max=n)\nm"
    last = "k = w.Dropdown(options=['a', 'b', 'c', 'd'][: m.value + 1])\nk", "print(n, m.value, k.value)"
    found = {tuple(said.split()) for said in printed_in(ran(percent(*first, *last))).values()}
    assert found == {(f"{n}", f"{m}", k) for n in (1, 2, 3) for m in range(1, n + 1) for k in "abcd"[: m + 1]}


def test_a_form_that_stays_says_why_once_and_names_what_stands_in_it_as_its_author_would() -> None:
    options = "[*'abcdefghijklmnopqrstuvwxyz']"
    within = f"depth=mo.ui.dropdown({options}), rate=mo.ui.dropdown({options}), word=mo.ui.text('x')"
    form = f"form = mo.md('{{depth}} {{rate}} {{word}}').batch({within}).form()\nform"
    run = ran(marimo(FIRST, form, "print(form.value)"))
    assert {(each.key, each.title, each.cause) for each in run.still or ()} == {
        ("form", "form", "states"),
        ("form.form.depth", "form.depth", "states"),
        ("form.form.rate", "form.rate", "states"),
        ("form.form.word", "form.word", "free"),
    }
    page = render(run, PageSettings(), lambda url, line: url).html
    said = re.findall(r'<small class="nb-note nb-still">(.*?)</small>', page)
    assert [each.partition(":")[2] for each in said] == [
        *[" what could be entered is not known ahead.", " too many combinations to compute them all ahead."],
    ]
    assert page.count('title="Stays as it is: too many') == 2
    assert "does not follow form:" in page


def test_what_stands_in_a_form_is_named_as_its_author_would_where_it_has_no_label() -> None:
    form = "form = mo.md('{depth}').batch(depth=mo.ui.slider(1, 3)).form()\nform"
    page = render(ran(marimo(FIRST, form, "print(form.value)")), PageSettings(), lambda url, line: url).html
    assert 'aria-label="form.depth"' in page
    assert '"name":"form.depth"' in page


# --- against marimo ---------------------------------------------------------------------------------------------------

MAKERS = {
    "slider": "mo.ui.slider(0, {w})",
    "started": "mo.ui.slider(0, 2, value={w} % 3)",
    "dropdown": "mo.ui.dropdown([str(at) for at in range(2 + {w} % 2)], value='1')",
    "radio": "mo.ui.radio(['p', 'q', 'r'][{w} % 2 :], value='q')",
    "multiselect": "mo.ui.multiselect(['p', 'q'][: 1 + {w} % 2])",
    "checkbox": "mo.ui.checkbox(value={w} > 1)",
    "array": "mo.ui.array([mo.ui.checkbox() for _ in range({w} % 3)])",
    "sometimes": "mo.ui.slider(1, 2) if {w} else mo.md('none')",
    "form": "mo.ui.slider(0, {w}).form()",
    "run": "mo.ui.run_button(label=str({w}))",
    "button": "mo.ui.button(value={w}, on_click=lambda value: value + 1)",
}
SIZE = """\
def size(control):
    value = getattr(control, 'value', 0)
    return sum(value) if isinstance(value, list) and value and value[0] in (True, False) else \
        len(value) if isinstance(value, list | str) else int(value or 0)"""


def chain(r: random.Random) -> list[str]:
    """Cells with four controls: each of the last three may be made by any of those before it, or by two of them."""
    kinds = r.sample(list(MAKERS), 3)
    if {"button", "form"} <= {*kinds}:
        kinds[kinds.index("button")] = "slider" if "slider" not in kinds else "checkbox"
    cells, names = ["a = mo.ui.slider(0, 2, value=1)\na"], ["a"]
    for name, kind in zip("bcd", kinds, strict=True):
        by = r.sample(names, r.choice((1, 1, 2))) if len(names) > 1 else names
        size = " + ".join(f"size({each})" for each in by)
        cells.append(f"{name} = {MAKERS[kind].format(w=f'({size})')}\n{name}")
        names.append(name)
    values = ", ".join(f"getattr({name}, 'value', None)" for name in names)
    return [FIRST, SIZE, *cells, f"print({values})"]


Told = list[tuple[str, Any]]
"""What a page tells controls, by key."""


def plainly(codes: list[str]) -> dict[str, str]:
    """What a notebook prints for all that a reader can do, by what that is: run from its first cell each time."""
    found: dict[str, str] = {}
    waiting: list[dict[str, Told]] = [{}]
    while waiting:
        told = waiting.pop()
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for code in codes:
                exec(code, names)
                name = code.partition(" = ")[0]
                if "mo.ui" in code and name not in told:
                    waiting += [{**told, name: each} for each in possible(name, names[name])]
                    break
                if name in told:
                    tell(names[name], told[name])
            else:
                key = json.dumps(sorted(each for own in told.values() for each in own))
                found[key] = printed.getvalue()
    return found


def possible(name: str, control: Any) -> Iterator[Told]:
    """All that a reader can do with a control, beginning with nothing."""
    kind = type(control).__name__
    if kind == "array":
        settings: list[Told] = [[]]
        for at, each in enumerate(control.elements):
            settings = [[*before, *more] for before in settings for more in possible(f"{name}.{at}", each)]
        yield from settings
        return
    yield []
    if kind == "form":
        for more in possible(f"{name}.form", control.element):
            yield [(name, True), *more]
        return
    options = list(getattr(control, "options", ()))
    values: dict[str, list[Any]] = {
        "slider": list(range(int(getattr(control, "start", 0)), int(getattr(control, "stop", -1)) + 1)),
        "dropdown": [[each] for each in options],
        "radio": options,
        "multiselect": [[each] for each in options] + ([options] if len(options) > 1 else []),
        "checkbox": [False, True],
        "switch": [False, True],
        "run_button": [1],
        "button": list(range(1, 11)),
    }
    initial = getattr(control, "_initial_value_frontend", None)
    yield from ([(name, each)] for each in values.get(kind, []) if each != initial)


def tell(control: Any, told: Told) -> None:
    """Tell a control of marimo's what its page would."""
    kind = type(control).__name__
    if kind == "array":
        control._update({key.partition(".")[2]: value for key, value in told})
    elif kind == "form" and told:
        control._update(told[-1][1] if len(told) > 1 else control.element._initial_value_frontend)
    elif kind == "button":
        for press in range(told[0][1] if told else 0):
            control._update(press + 1)
    elif told:
        control._update(told[0][1])


def stated(run: Run) -> dict[str, str]:
    """What the states of a run print, by what a reader has done."""
    widgets = {widget.key: widget for widget in run.widgets}
    found = {}
    for state in (run, *run.states):
        told = sorted([key, json.loads(widgets[key].values[at])] for key, at in state.given.items())
        outputs = state.traces[run.notebook.cells[-1].id].outputs
        found[json.dumps(told)] = "".join(output.data.get("text/plain", "") for output in outputs)
    return found


AMPLE = Budget(states=10**4, seconds=10**6, bytes=10**9, output_bytes=10**9)


def test_whatever_controls_make_each_other_every_setting_shows_what_marimo_gives(
    request: pytest.FixtureRequest,
) -> None:
    """Among the few: by a form an array and by that a choice; by a run button one choice, by that another."""
    for seed in range(100) if request.config.getoption("--long") else (17, 30, 33):
        codes = chain(random.Random(seed))
        run = ran(marimo(*codes), budget=AMPLE)
        assert stated(run) == plainly(codes), codes
        last = run.decisions[-1]
        assert (last.extent, last.wanted, last.computed) == ("all", len(run.states) + 1, len(run.states) + 1)


def _by_the_first(made: Made, places: dict[str, int]) -> tuple[int, ...]:
    """As if only the first of its makers decided what a control is."""
    return (*(places.get(key, stand) for key, stand in zip(made.by[:1], made.stand, strict=False)), *made.stand[1:])


def _as_given(widgets: list[Widget], given: dict[str, int]) -> dict[str, int]:
    """As if a control stood where it stands without a reader, whatever makes it."""
    return {each.key: given.get(each.key, each.initial) for each in widgets}


@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (Made, "of", _by_the_first),
        (given, "placed", _as_given),
        (made, "settings_of", lambda *args: list(settings_of(*args))[:-1]),
    ],
    ids=["by the first maker alone", "where it stood before", "one setting is forgotten"],
)
def test_the_comparison_fails_where_what_makes_a_control_is_not_heeded(
    where: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [FIRST, N, "m = mo.ui.slider(1, n.value, value=n.value)\nm"]
    codes += ["k = mo.ui.array([mo.ui.slider(1, 3, value=m.value), mo.ui.switch()])\nk", "print(m.value, k.value)"]
    assert stated(ran(marimo(*codes), budget=AMPLE)) == plainly(codes)
    monkeypatch.setattr(where, name, wrong)
    assert stated(ran(marimo(*codes), budget=AMPLE)) != plainly(codes)
