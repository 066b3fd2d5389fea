"""The drawings of a cell in all states of its widgets → the same drawings, all of one size.

matplotlib cuts a drawing to what is in it. Where a reader moves a control, tick labels of another length would make the
axes jump, and a drawing of another height all that stands below. So each of a cell's drawings gets the room that it
takes in any state, and its axes stand in the same place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nbpublish.model import Output, Run, Trace

_SVG = "image/svg+xml"
_SIZE = re.compile(r'(<svg\b[^>]*?) width="([\d.]+)pt" height="([\d.]+)pt" viewBox="0 0 \2 \3"')
_AXES = re.compile(
    r'<g id="axes_1">\s*<g id="patch_\d+">\s*<path d="M ([\d.-]+) ([\d.-]+)\s+L ([\d.-]+) \2\s+L \3 ([\d.-]+)\s'
)
_PAPER = re.compile(r'(<g id="patch_1">\s*<path d=")M 0 [\d.]+\s+L [\d.]+ [\d.]+\s+L [\d.]+ 0\s+L 0 0\s+z\s+"')


@dataclass(frozen=True)
class _Drawing:
    """A drawing's size, and where its first axes stand in it, in points."""

    width: float
    height: float
    scale: float
    """CSS pixels of a point."""
    axes: tuple[float, float, float, float] | None
    """Left, top, width and height."""


@dataclass(frozen=True)
class _Frame:
    """Room for all drawings: as much as one of them needs on each side of a point that they share."""

    left: float
    top: float
    right: float
    bottom: float
    scale: float
    by_axes: bool

    @property
    def size(self) -> tuple[float, float]:
        return self.left + self.right, self.top + self.bottom


def steady(run: Run) -> Run:
    """The run, with the drawings of each cell that follows widgets in one frame for all states."""
    following = {decision.cell for decision in run.decisions if decision.extent != "default"}
    framed: dict[int, Trace] = {}
    for cell in following:
        traces = {id(trace): trace for each in (run, *run.states) if (trace := each.traces.get(cell))}
        framed.update(_framed(traces.values()))
    if not framed:
        return run
    return replace(_with(run, framed), states=tuple(_with(state, framed) for state in run.states))


def _with(run: Run, framed: dict[int, Trace]) -> Run:
    return replace(run, traces={cell: framed.get(id(trace), trace) for cell, trace in run.traces.items()})


def _framed(traces: Iterable[Trace]) -> dict[int, Trace]:
    """By identity, what takes the place of traces: in all, the first drawing gets one frame, the second, and so on."""
    drawings = {id(trace): _drawings(trace) for trace in traces}
    columns: dict[int, list[_Drawing]] = {}
    for found in drawings.values():
        for number, (_, drawing) in enumerate(found):
            columns.setdefault(number, []).append(drawing)
    frames = {number: _frame(column) for number, column in columns.items() if len(set(column)) > 1}
    changed = {}
    for trace in traces:
        outputs = list(trace.outputs)
        for number, (at, drawing) in enumerate(drawings[id(trace)]):
            if number in frames:
                outputs[at] = _in_frame(outputs[at], drawing, frames[number])
        if outputs != list(trace.outputs):
            changed[id(trace)] = replace(trace, outputs=tuple(outputs))
    return changed


def _drawings(trace: Trace) -> list[tuple[int, _Drawing]]:
    """The drawings of matplotlib among a trace's outputs, with their places."""
    found = []
    for at, output in enumerate(trace.outputs):
        svg = output.data.get(_SVG)
        if isinstance(svg, str) and (size := _SIZE.search(svg, 0, 4000)):
            width, wide = float(size[2]), output.metadata.get("width")
            scale = wide / width if isinstance(wide, int | float) and width else 4 / 3
            found.append((at, _Drawing(width, float(size[3]), scale, _axes(svg))))
    return found


def _axes(svg: str) -> tuple[float, float, float, float] | None:
    if not (match := _AXES.search(svg)):
        return None
    left, bottom, right, top = map(float, match.groups())
    return left, top, right - left, bottom - top


def _frame(drawings: Sequence[_Drawing]) -> _Frame:
    """Axes of one size stand in one place; with others, drawings share their upper left corner."""
    sizes = {tuple(round(length, 1) for length in each.axes[2:]) if each.axes else None for each in drawings}
    by_axes = len(sizes) == 1 and None not in sizes
    lefts, tops = zip(*(_origin(each, by_axes) for each in drawings), strict=True)
    right = max(each.width - left for each, left in zip(drawings, lefts, strict=True))
    bottom = max(each.height - top for each, top in zip(drawings, tops, strict=True))
    return _Frame(max(lefts), max(tops), right, bottom, max(each.scale for each in drawings), by_axes)


def _origin(drawing: _Drawing, by_axes: bool) -> tuple[float, float]:
    return drawing.axes[:2] if by_axes and drawing.axes else (0.0, 0.0)


def _in_frame(output: Output, drawing: _Drawing, frame: _Frame) -> Output:
    width, height = frame.size
    x, y = (own - room for own, room in zip(_origin(drawing, frame.by_axes), (frame.left, frame.top), strict=True))
    left, top, right, bottom = (f"{edge:.6g}" for edge in (x, y, x + width, y + height))
    size = rf'\1 width="{width:.6g}pt" height="{height:.6g}pt" viewBox="{left} {top} {width:.6g} {height:.6g}"'
    paper = rf'\1M {left} {bottom} L {right} {bottom} L {right} {top} L {left} {top} z "'
    svg = _PAPER.sub(paper, _SIZE.sub(size, output.data[_SVG], count=1), count=1)
    pixels = {"width": round(width * frame.scale), "height": round(height * frame.scale)}
    return replace(output, data={**output.data, _SVG: svg}, metadata={**output.metadata, **pixels})
