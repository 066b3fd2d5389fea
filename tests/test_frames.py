"""Drawings of a cell in all states of its widgets have one size, and their axes stand in one place."""

from __future__ import annotations

import re
from typing import Any

import matplotlib.pyplot as plt
import pytest
from programs import percent

from nbpublish.graph.analyse import analyse
from nbpublish.kernel.figures import render
from nbpublish.model import Decision, Output, Run, Trace
from nbpublish.page.frames import steady

VALUES = (1, 5, 500)


def drawn(k: int, **settings: Any) -> Output:
    figure, axes = plt.subplots(figsize=(4, 2), **settings)
    axes.plot([0, k, 0])
    axes.set_xlabel("x" if k < 5 else "$x_{k_k}$")
    output = render(figure)
    plt.close(figure)
    return output


def run_of(*outputs: Output) -> Run:
    notebook = percent("k = 1", "draw(k)")
    graph, cell = analyse(notebook), notebook.cells[1].id
    decision = Decision(cell, ("k",), (tuple(range(len(outputs))),), "all", len(outputs), len(outputs))
    traces = [Trace("", (output,)) for output in outputs]
    runs = [Run(notebook, graph, {cell: trace}, {}, given={"k": at}) for at, trace in enumerate(traces)]
    return Run(notebook, graph, runs[0].traces, {}, decisions=(decision,), states=tuple(runs[1:]))


def shown(run: Run) -> list[Output]:
    return [trace.outputs[0] for each in (run, *run.states) for trace in each.traces.values()]


def box(output: Output) -> list[float]:
    """Left, top, width and height of what is seen."""
    found = re.search(r'viewBox="([^"]+)"', output.data["image/svg+xml"])
    assert found
    return [float(number) for number in found[1].split()]


def axes_in(output: Output) -> tuple[float, float]:
    """Where the axes' lower left corner stands, from the upper left one of what is seen."""
    found = re.search(r'id="axes_1">\s*<g id="patch_2">\s*<path d="M (\S+) (\S+)', output.data["image/svg+xml"])
    assert found
    left, top, _, _ = box(output)
    return round(float(found[1]) - left, 1), round(float(found[2]) - top, 1)


def test_axes_stand_still_whatever_their_labels_need() -> None:
    outputs = [drawn(k) for k in VALUES]
    assert len({axes_in(output) for output in outputs}) > 1, "drawings as matplotlib cuts them"
    still = shown(steady(run_of(*outputs)))
    assert len({axes_in(output) for output in still}) == 1
    assert len({tuple(box(output)[2:]) for output in still}) == 1
    assert len({(output.metadata["width"], output.metadata["height"]) for output in still}) == 1
    for before, after in zip(outputs, still, strict=True):
        (_, _, width, height), (left, top, more, higher) = box(before), box(after)
        assert max(left, top) <= 0.01, "nothing is cut off"
        assert min(left + more - width, top + higher - height) >= -0.01


def test_drawings_laid_out_anew_in_each_state_have_one_size() -> None:
    still = shown(steady(run_of(*(drawn(k, layout="constrained") for k in VALUES))))
    assert len({tuple(box(output)[2:]) for output in still}) == 1


def test_what_has_one_size_already_is_left_alone() -> None:
    run = run_of(drawn(1), drawn(1))
    assert steady(run) == run


@pytest.mark.parametrize("svg", ["<svg/>", '<svg width="1pt" height="1pt" viewBox="0 0 1 1"></svg>'])
def test_other_drawings_are_left_alone(svg: str) -> None:
    run = run_of(Output("display", {"image/svg+xml": svg}), Output("display", {"image/svg+xml": "<svg></svg>"}))
    assert steady(run) == run
