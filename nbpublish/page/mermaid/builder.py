"""Gathers a flowchart statement by statement, as what a node is may be said before or after what it is joined to."""

from __future__ import annotations

import re
from dataclasses import replace

from nbpublish.page.mermaid.flowchart import Direction, Flowchart, Group, Link, Node, Shape

_PROPERTIES = frozenset(("fill", "stroke", "color", "stroke-width", "stroke-dasharray"))
_VALUE = re.compile(r"#[0-9A-Fa-f]{3,8}|[A-Za-z]+|(?:rgba?|hsla?)\([\d\s.,%/]+\)|[\d.]+(?:px)?(?:[ ]+[\d.]+)*")


class Builder:
    """What is known of a flowchart so far."""

    def __init__(self, direction: Direction, title: str) -> None:
        self.direction, self.title = direction, title
        self.links_to: dict[str, str] = {}
        self.called: dict[str, str] = {}
        self._nodes: dict[str, Node] = {}
        self._links: list[Link] = []
        self._groups: dict[str, Group] = {}
        self._inside: dict[str, str] = {}
        self._open: list[str] = []
        self._met: dict[str, list[str]] = {}
        """Nodes and groups met within each group."""
        self._classes: dict[str, dict[str, str]] = {}
        self._dressed: dict[str, list[str]] = {}
        self._styles: dict[str, dict[str, str]] = {}

    def enter(self, id: str, title: str) -> bool:
        """Begin a group; False where there is one of this id."""
        if id in self._groups:
            return False
        self._meet(id)
        self._groups[id] = Group(id, title)
        self._open.append(id)
        self._met[id] = []
        return True

    def leave(self) -> bool:
        """End the innermost group; False where none is open."""
        if not self._open:
            return False
        group = self._open.pop()
        for id in self._met[group]:
            if id != group:
                self._inside.setdefault(id, group)
        return True

    def turn(self, direction: Direction) -> None:
        """Let the innermost open group run in a direction, or the whole chart where none is open."""
        if self._open:
            self._groups[self._open[-1]] = replace(self._groups[self._open[-1]], direction=direction)
        else:
            self.direction = direction

    def node(self, id: str, shape: Shape | None, label: str, dressed: str) -> None:
        """A node is named. With a shape, that and the label replace what was known; `dressed` is a class, or empty."""
        self._meet(id)
        known = self._nodes.get(id, Node(id, id))
        self._nodes[id] = replace(known, label=label, shape=shape) if shape else known
        if dressed:
            self._dressed.setdefault(id, []).append(dressed)

    def join(self, start: str, end: str, link: Link) -> None:
        """A link between two nodes or groups, drawn as `link` says."""
        self._links.append(replace(link, start=start, end=end))

    def dress(self, what: str, names: list[str], said: str) -> None:
        """`classDef`, `style` and `class` with the names they are about."""
        for name in names:
            if what == "class":
                self._dressed.setdefault(name, []).append(said.strip())
            else:
                (self._classes if what == "classDef" else self._styles).setdefault(name, {}).update(_style(said))

    def chart(self) -> Flowchart:
        """All that was told, as one chart; groups that were left open end here."""
        while self.leave():
            pass
        nodes = tuple(
            replace(node, style=self._style_of(id), link=self.links_to.get(id, ""))
            for id, node in self._nodes.items()
            if id not in self._groups
        )
        groups = tuple(replace(group, style=self._style_of(id, ())) for id, group in self._groups.items())
        title = self.called.get("accTitle") or self.title
        return Flowchart(
            self.direction, nodes, tuple(self._links), groups, self._inside, title, self.called.get("accDescr", "")
        )

    def _meet(self, id: str) -> None:
        if self._open:
            self._met[self._open[-1]].append(id)

    def _style_of(self, id: str, base: tuple[str, ...] = ("default",)) -> dict[str, str]:
        style: dict[str, str] = {}
        for name in (*base, *self._dressed.get(id, ())):
            style |= self._classes.get(name, {})
        return style | self._styles.get(id, {})


def _style(said: str) -> dict[str, str]:
    """`fill:#eee,stroke:#333` → the properties that we know, with values that are plain."""
    pairs = (part.partition(":") for part in re.split(r",(?![^(]*\))|;", said))
    found = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return {name: value for name, value in found.items() if name in _PROPERTIES and _VALUE.fullmatch(value)}
