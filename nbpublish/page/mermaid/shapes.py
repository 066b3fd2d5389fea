"""How large a node's shape is around its label, and its outline."""

from __future__ import annotations

import math

from nbpublish.page.flow.text import proportional, wrapped
from nbpublish.page.mermaid.flowchart import Node, Shape

FONT, LABEL, LINE = 14, 13, 20
"""Pixels: size of letters in nodes, of those on links and groups, and from one line to the next. `nb-content.css` says
the same."""
WIDEST = 14.0
"""Em of a label's line, beyond which it is broken."""


def lines_of(label: str) -> list[str]:
    """The lines of a label as they are drawn."""
    return wrapped(label, WIDEST) if label else []


def text_size(lines: list[str], font: float = FONT) -> tuple[float, float]:
    """Width and height of lines of text in pixels."""
    wide = max((proportional(line) for line in lines), default=0.0) * font
    return math.ceil(wide), len(lines) * LINE


def size_of(node: Node) -> tuple[int, int]:
    """Width and height of a node in whole pixels."""
    wide, high = text_size(lines_of(node.label))
    match node.shape:
        case "rhombus":
            tall = 2.4 * high + 20
            return _even(max((wide + 10) / (1 - high / tall), 1.2 * tall)), _even(tall)
        case "circle" | "double-circle":
            across = math.hypot(wide, high) + (14 if node.shape == "circle" else 24)
            return _even(across), _even(across)
        case "cylinder":
            return _even(wide + 28), _even(high + 36)
        case "hexagon" | "stadium" | "flag":
            return _even(wide + 28 + high * 0.6), _even(high + 18)
        case "lean-right" | "lean-left" | "trapezoid" | "trapezoid-down":
            return _even(wide + 28 + high), _even(high + 18)
        case "subroutine":
            return _even(wide + 42), _even(high + 18)
    return _even(max(wide + 28, 40)), _even(high + 18)


def _even(size: float) -> int:
    return 2 * math.ceil(size / 2)


def reach(shape: Shape, wide: float, high: float, aside: float) -> float:
    """How far a shape reaches down from its middle, `aside` pixels from its middle line."""
    part = min(abs(aside) / (wide / 2), 1.0) if wide else 0.0
    match shape:
        case "rhombus":
            return high / 2 * (1 - part)
        case "circle" | "double-circle":
            return high / 2 * math.sqrt(1 - part * part)
        case "cylinder":
            return high / 2 - 6 + 6 * math.sqrt(1 - part * part)
    return high / 2


def outline(shape: Shape, x: float, y: float, wide: float, high: float) -> str:
    """The shape as SVG, `x` and `y` being its middle."""
    left, top, right, low = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
    slant = high / 2
    box = f'x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}"'
    match shape:
        case "round":
            return f'<rect {box} rx="10"/>'
        case "stadium":
            return f'<rect {box} rx="{high / 2:g}"/>'
        case "circle":
            return f'<circle cx="{x:g}" cy="{y:g}" r="{wide / 2:g}"/>'
        case "double-circle":
            outer = f'<circle cx="{x:g}" cy="{y:g}" r="{wide / 2:g}"/>'
            return outer + f'<circle cx="{x:g}" cy="{y:g}" r="{wide / 2 - 5:g}"/>'
        case "subroutine":
            bars = f'<path d="M{left + 8:g} {top:g}V{low:g}M{right - 8:g} {top:g}V{low:g}"/>'
            return f'<rect {box} rx="2"/>{bars}'
        case "cylinder":
            arc = f"A{wide / 2:g} 6 0 0"
            body = f"M{left:g} {top + 6:g}{arc} 1 {right:g} {top + 6:g}V{low - 6:g}{arc} 1 {left:g} {low - 6:g}Z"
            return f'<path d="{body}M{left:g} {top + 6:g}{arc} 0 {right:g} {top + 6:g}"/>'
        case "rhombus":
            return _polygon((x, top), (right, y), (x, low), (left, y))
        case "hexagon":
            edge = slant * 0.6
            upper = ((left + edge, top), (right - edge, top))
            return _polygon(*upper, (right, y), (right - edge, low), (left + edge, low), (left, y))
        case "lean-right":
            return _polygon((left + slant, top), (right, top), (right - slant, low), (left, low))
        case "lean-left":
            return _polygon((left, top), (right - slant, top), (right, low), (left + slant, low))
        case "trapezoid":
            return _polygon((left + slant, top), (right - slant, top), (right, low), (left, low))
        case "trapezoid-down":
            return _polygon((left, top), (right, top), (right - slant, low), (left + slant, low))
        case "flag":
            return _polygon((left, top), (right, top), (right, low), (left, low), (left + slant * 0.6, y))
    return f'<rect {box} rx="3"/>'


def _polygon(*corners: tuple[float, float]) -> str:
    return f'<polygon points="{" ".join(f"{x:g},{y:g}" for x, y in corners)}"/>'
