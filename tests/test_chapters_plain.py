"""The chapters of this site in their states: what a page shows for a value is what Python gives for it.

Each chapter is built, and run once more for the same values without our kernels (`plain_states.py`): by marimo itself,
or by `exec` with the constants written anew. Both become pages, and the shards of these are compared state by state,
byte for byte: text, tables and drawings.
"""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from docs_site import ROOT

from nbpublish.build import build
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.formats.detect import read
from nbpublish.model import Budget, Output, Run
from nbpublish.page import states as page_states
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.store.memory import MemoryStore

pytest.importorskip("marimo")

DOCS = ROOT / "docs_src"
CHAPTERS = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.py")
    if "mo.ui." in (text := path.read_text(encoding="utf-8")) or "# widget:" in text
)
QUICK = ("course/07_layout.py", "course/09_averages.py")
"""One of each format that loads little; the others are compared in the long form."""
SAMPLE = 8
PROGRAM = Path(__file__).with_name("plain_states.py")


def plainly(run: Run, states: Sequence[Run]) -> list[dict[str, list[Output]]]:
    """By cell, what plain Python shows in each of these states."""
    told: list[dict[str, list[tuple[list[str], Any]]]] = []
    for state in states:
        told.append({})
        for widget in run.widgets:
            if widget.key in state.given:
                value = json.loads(widget.values[state.given[widget.key]])
                told[-1].setdefault(widget.name, []).append((list(widget.path), value))
    command = [sys.executable, str(PROGRAM), str(DOCS), run.notebook.path]
    done = subprocess.run(command, input=json.dumps(told).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, list[Output]]] = pickle.loads(done.stdout)
    return found


def with_shown(run: Run, states: Sequence[Run], shown: Sequence[dict[str, list[Output]]]) -> Run:
    """The run, in whose states the cells that follow controls show something else."""
    followers = {decision.cell for decision in run.decisions}

    def other(state: Run) -> Run:
        if state.given not in (each.given for each in states):
            return state
        at = next(at for at, each in enumerate(states) if each.given == state.given)
        traces = {
            id: replace(trace, id=f"plain {at} {id}", outputs=tuple(shown[at][id])) if id in followers else trace
            for id, trace in state.traces.items()
        }
        return replace(state, traces=traces)

    return replace(other(run), states=tuple(map(other, run.states)))


def shards(run: Run) -> dict[str, dict[tuple[int, ...], str]]:
    """By cell, what the page of a run shows for the places of the widgets that it follows, as its script has it."""
    page = render(run, PageSettings(), lambda path, line: "")
    found: dict[str, dict[tuple[int, ...], str]] = {}
    decisions = {decision.cell: decision for decision in run.decisions}
    for asset in page.assets:
        if not asset.name.endswith(".js"):
            continue
        text = asset.data.decode()
        assert text.startswith("nb.shard(")
        for cell, data in json.loads(text.strip().removeprefix("nb.shard(").removesuffix(")")).items():
            html = ["".join("".join(data["t"][at : at + count]) for at, count in _pairs(runs)) for runs in data["u"]]
            settings = list(_settings(run, decisions[cell]))
            assert len(settings) == len(data["i"])
            found[cell] = {setting: html[at] for setting, at in zip(settings, data["i"], strict=True) if at >= 0}
    return found


def _pairs(runs: list[int]) -> Iterator[tuple[int, int]]:
    return zip(runs[::2], runs[1::2], strict=True)


def _settings(run: Run, decision: Any) -> Iterator[tuple[int, ...]]:
    initial = {widget.key: widget.initial for widget in run.widgets}
    stand = tuple(initial[key] for key in decision.widgets)
    if decision.extent != "axes":
        yield from product(*decision.places)
        return
    for axis, places in enumerate(decision.places):
        yield from ((*stand[:axis], at, *stand[axis + 1 :]) for at in places)


def differences(run: Run, plain: Run, states: Sequence[Run]) -> tuple[list[str], int]:
    """Where the two pages show something else in one of these states, and how much was compared."""
    ours, theirs = shards(run), shards(plain)
    widgets = {decision.cell: decision.widgets for decision in run.decisions}
    wanted, found, compared = [state.given for state in states], [], 0
    for cell in ours.keys() | theirs.keys():
        for setting, html in ours.get(cell, {}).items():
            given = run.counted(dict(zip(widgets[cell], setting, strict=True)))
            if given in wanted:
                compared += 1
                if theirs.get(cell, {}).get(setting) != html:
                    found.append(f"{run.notebook.path}:{run.notebook.cell(cell).line} with {given}")
    return found, compared


def built(chapter: str, budget: Budget) -> Run:
    notebook = read(chapter, (DOCS / chapter).read_text(encoding="utf-8"))
    assert notebook
    world, executor = ThisMachine(DOCS), LocalExecutor(DOCS)
    return build(notebook, store=MemoryStore(), executor=executor, world=world, budget=budget)


@pytest.fixture(autouse=True)
def _one_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_states, "_SPLIT", 10**9)


def check(chapter: str, budget: Budget, most: int | None) -> None:
    run = built(chapter, budget)
    assert run.states, f"nothing moves in {chapter}"
    assert not run.problems
    states = list(run.states)
    if most is not None and len(states) > most:
        states = random.Random(chapter).sample(states, most)
    states.append(replace(run, given={}))
    plain = with_shown(run, states, plainly(run, states))
    found, compared = differences(run, plain, states)
    assert compared >= len(states)
    assert found == []
    # and it would be seen if two of them had changed places
    one, other = _unlike(run, states)
    swapped = {one: run_at(run, other), other: run_at(run, one)}
    mixed = replace(
        run,
        states=tuple(
            replace(swapped[_key(state)], given=state.given) if _key(state) in swapped else state
            for state in run.states
        ),
    )
    assert differences(mixed, plain, states)[0]


def _key(state: Run) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(state.given.items()))


def run_at(run: Run, key: tuple[tuple[str, int], ...]) -> Run:
    return next(state for state in run.states if _key(state) == key)


def _unlike(run: Run, states: Sequence[Run]) -> tuple[Any, Any]:
    """Two of the states in which some cell shows different things."""
    shown = {
        _key(state): [state.traces[each.cell].outputs for each in run.decisions if each.cell in state.traces]
        for state in states
        if state.given
    }
    first = next(iter(shown))
    return first, next(key for key, outputs in shown.items() if outputs != shown[first])


@pytest.mark.parametrize("chapter", QUICK)
def test_a_sample_of_states_of_a_chapter_is_what_python_gives(chapter: str) -> None:
    check(chapter, Budget(states=20), SAMPLE)


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_state_of_every_chapter_is_what_python_gives(chapter: str) -> None:
    check(chapter, Budget(), None)


def test_the_chapters_with_controls_are_known() -> None:
    assert {"ja/05_knn.py", "ja/06_ridge.py", "ja/07_distributions.py", *QUICK} <= set(CHAPTERS)
