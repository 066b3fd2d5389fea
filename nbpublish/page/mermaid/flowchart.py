"""A flowchart, as far as we draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["TB", "BT", "LR", "RL"]
Shape = Literal[
    "box", "round", "stadium", "subroutine", "cylinder", "circle", "double-circle", "flag", "rhombus", "hexagon",
    "lean-right", "lean-left", "trapezoid", "trapezoid-down",
]  # fmt: skip
Tip = Literal["", "arrow", "circle", "cross"]


@dataclass(frozen=True, slots=True)
class Node:
    """Something with a label in a shape."""

    id: str
    label: str
    """Lines separated by line feeds."""
    shape: Shape = "box"
    style: Mapping[str, str] = field(default_factory=dict)
    """The author's own colours: `fill`, `stroke`, `color`, …"""
    link: str = ""
    """Address it leads to."""


@dataclass(frozen=True, slots=True)
class Link:
    """A line from one node or group to another."""

    start: str
    end: str
    label: str = ""
    stroke: Literal["plain", "dotted", "thick", "invisible"] = "plain"
    start_tip: Tip = ""
    end_tip: Tip = "arrow"
    length: int = 1
    """Layers that it passes at least."""


@dataclass(frozen=True, slots=True)
class Group:
    """A frame around nodes and other groups."""

    id: str
    title: str
    direction: Direction | None = None
    style: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flowchart:
    """Nodes, groups and links in the order in which they are written."""

    direction: Direction
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...] = ()
    inside: Mapping[str, str] = field(default_factory=dict)
    """By id of a node or group, the group that holds it directly."""
    title: str = ""
    description: str = ""

    def holders(self, id: str) -> list[str]:
        """The groups around a node or group, innermost first."""
        found: list[str] = []
        while (id := self.inside.get(id, "")) and id not in found:
            found.append(id)
        return found
