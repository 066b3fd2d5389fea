"""A flowchart → SVG whose colours and fonts come from the page."""

from __future__ import annotations

from collections.abc import Mapping

from nbpublish.page.html import attributes, escape
from nbpublish.page.mermaid.flowchart import Flowchart, Group, Link, Node, Tip
from nbpublish.page.mermaid.frames import Frame, Point, frame_of, tag
from nbpublish.page.mermaid.routes import Line, lines_of_links
from nbpublish.page.mermaid.shapes import LABEL, LINE, lines_of, outline, size_of, text_size

MOST = 200
"""Nodes and links beyond which a chart is too large to be drawn here."""

SMALLEST = 0.8
"""How far a narrow page shrinks a chart; beyond that the reader scrolls."""


def drawn(chart: Flowchart, said: str) -> str:
    """The chart as one `svg` element; `said` tells in words what it shows."""
    frame = frame_of(chart)
    frame.settle((0.0, 0.0))
    parts = [*_groups(chart, frame)]
    lines = lines_of_links(chart, frame)
    parts += [_link(chart.links[at], line) for at, line in lines.items() if chart.links[at].stroke != "invisible"]
    parts += [_label(link, frame, at) for at, link in enumerate(chart.links) if link.label]
    places = _middles(frame)
    parts += [_node(node, places[node.id]) for node in chart.nodes]
    wide, high = round(frame.wide), round(frame.high)
    # a picture as a whole hides the links in it from those who do not see it
    role = "group" if any(node.link for node in chart.nodes) else "img"
    least = f"max-width:max(100%,{wide * SMALLEST:.0f}px)"
    head = attributes(
        class_="nb-flowchart",
        viewBox=f"0 0 {wide} {high}",
        width=wide,
        height=high,
        style=least,
        role=role,
        aria_label=said,
    )
    return f"<svg{head}>\n" + "\n".join(filter(None, parts)) + "\n</svg>"


def _middles(frame: Frame) -> dict[str, Point]:
    found = {id: frame.middle_of(id) for id in frame.room if "\0" not in id}
    for inner in frame.inner.values():
        found |= _middles(inner)
    return found


def _groups(chart: Flowchart, frame: Frame) -> list[str]:
    groups = {group.id: group for group in chart.groups}
    parts = []
    for id, inner in frame.inner.items():
        parts.append(_group(groups[id], inner))
        parts += _groups(chart, inner)
    return parts


def _group(group: Group, frame: Frame) -> str:
    (x, y), style = frame.origin, _style(group.style)
    box = f'<rect x="{x:g}" y="{y:g}" width="{frame.wide:g}" height="{frame.high:g}" rx="6"{style}/>'
    title = _text(lines_of(group.title), (x + 14, y + 17), group.style)
    return f'<g class="nb-flowchart-group">{box}{title}</g>'


def _node(node: Node, at: Point) -> str:
    shape = outline(node.shape, *at, *size_of(node))
    style = _style(node.style)
    inside = f"<g{style}>{shape}</g>{_text(lines_of(node.label), at, node.style)}"
    if node.link:
        return f'<a class="nb-flowchart-node" xlink:href="{escape(node.link)}" role="link">{inside}</a>'
    return f'<g class="nb-flowchart-node">{inside}</g>'


def _text(lines: list[str], at: Point, style: Mapping[str, str]) -> str:
    """Lines of text around a point."""
    x, y = round(at[0], 1), at[1] + 5 - (len(lines) - 1) * LINE / 2
    color = _ink(style)
    spans = "".join(
        f'<tspan x="{x:g}" y="{round(y + row * LINE, 1):g}">{escape(line)}</tspan>' for row, line in enumerate(lines)
    )
    return f"<text{attributes(style=color and f'fill:{color}')}>{spans}</text>" if lines else ""


def _link(link: Link, line: Line) -> str:
    tips = _tip(link.start_tip, line.start, line.start_heading) + _tip(link.end_tip, line.end, line.end_heading)
    return f'<g class="nb-flowchart-link nb-{link.stroke}"><path d="{line.path}"/>{tips}</g>'


def _tip(tip: Tip, at: Point, heading: Point) -> str:
    """The head of a line that arrives at a point."""
    (x, y), (dx, dy) = at, heading
    match tip:
        case "arrow":
            corners = ((x, y), (x - 10 * dx - 4.5 * dy, y - 10 * dy + 4.5 * dx))
            corners = (*corners, (x - 10 * dx + 4.5 * dy, y - 10 * dy - 4.5 * dx))  # type: ignore[assignment]
            return f'<polygon points="{" ".join(f"{a:g},{b:g}" for a, b in corners)}"/>'
        case "circle":
            return f'<circle cx="{x - 4.5 * dx:g}" cy="{y - 4.5 * dy:g}" r="4.5"/>'
        case "cross":
            a, b = x - 5 * dx, y - 5 * dy
            return f'<path d="M{a - 4:g} {b - 4:g}l8 8m0-8l-8 8M{a - 5 * dx:g} {b - 5 * dy:g}L{a:g} {b:g}"/>'
    return ""


def _label(link: Link, frame: Frame, at: int) -> str:
    """A label on the ground of the page, so that the line does not run through its letters."""
    around = _frame_with(frame, at)
    if around is None:
        return ""
    x, y = around.middle_of(tag(at))
    lines = lines_of(link.label)
    wide, high = text_size(lines, LABEL)
    box = f'<rect x="{x - wide / 2 - 3:g}" y="{y - high / 2:g}" width="{wide + 6:g}" height="{high:g}" rx="3"/>'
    return f'<g class="nb-flowchart-label">{box}{_text(lines, (x, y), {})}</g>'


def _frame_with(frame: Frame, at: int) -> Frame | None:
    if tag(at) in frame.layer:
        return frame
    return next((found for inner in frame.inner.values() if (found := _frame_with(inner, at))), None)


# --- the author's own colours -----------------------------------------------------------------------------------------


def _style(style: Mapping[str, str]) -> str:
    own = ";".join(f"{name}:{value}" for name, value in style.items() if name != "color")
    return attributes(style=own) if own else ""


def _ink(style: Mapping[str, str]) -> str:
    """The colour of text: the author's, else black or white, whichever is legible on the author's ground."""
    if color := style.get("color"):
        return color
    fill = style.get("fill", "")
    digits = fill.removeprefix("#")
    if not fill.startswith("#") or len(digits) not in (3, 6):
        return "#1c2024" if fill and fill not in ("none", "transparent") else ""
    full = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    red, green, blue = (int(full[at : at + 2], 16) for at in (0, 2, 4))
    return "#1c2024" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"
