"""Controls of a notebook, and what is computed ahead for their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

MOST_PLACES = 401
"""Places of one widget; of a finer slider as many are taken, evenly spread."""

Library = Literal["marimo", "ipywidgets", "none"]
"""What a control is of; `none` stands for a constant of the author's, which is none until the page shows one."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control that a cell has bound to a shared name: with Python at hand, a reader could move it."""

    name: str
    """The shared name."""
    path: tuple[str, ...]
    """Keys that lead to it where the name holds a collection of controls."""
    kind: str
    """`slider`, `dropdown`, …"""
    element: str
    """Id of its element in the HTML that the notebook's cells show; empty where it has none."""
    initial: Any
    """What it is set to, in JSON types."""
    properties: Mapping[str, Any]
    """What else is known of it, in JSON types: `start`, `stop`, `steps`, `options`, …"""
    library: Library = "marimo"


def title_of(key: str, form: str) -> str:
    """A key as its author would say it: without the step from a form to what stands in it."""
    return form + key.removeprefix(f"{form}.form") if form else key


@dataclass(frozen=True, slots=True)
class Made:
    """What a widget is that the values of others make: all its places together are those of its widget."""

    by: tuple[str, ...]
    """Keys of those others."""
    stand: tuple[int, ...]
    """Where they stand without a reader."""
    at: Mapping[tuple[int, ...], tuple[int, tuple[int, ...]]]
    """By their places: where it stands when it has been made, and the places that it has then. Where it cannot be moved
    or is not made at all, nothing."""
    elements: Mapping[tuple[int, ...], str]
    """By the same places, the id of its element."""

    def of(self, places: Mapping[str, int]) -> tuple[int, ...]:
        """The places of those others, of these of all widgets that are not where they stand."""
        return tuple(places.get(key, stand) for key, stand in zip(self.by, self.stand, strict=True))


@dataclass(frozen=True, slots=True)
class Widget:
    """A control whose places are known beforehand, so that what follows from each can be computed ahead."""

    key: str
    """Its name on the page and in addresses: the shared name, with what leads further into it after dots."""
    name: str
    path: tuple[str, ...]
    cell: str
    """The cell that makes it."""
    kind: str
    element: str
    values: tuple[str, ...]
    """What it is set to at each of its places, as JSON."""
    labels: tuple[str, ...]
    """What a reader sees at each of its places."""
    initial: int
    """The place where it stands without a reader."""
    library: Library = "marimo"
    label: str = ""
    """What it is called, where nothing on the page says it otherwise."""
    steps: bool = False
    """Whether a value is the number of a step."""
    line: int = 0
    """For a constant: the line of its cell on which it stands, from 1."""
    form: str = ""
    """Key of the form that it stands in: until that is sent, it counts for nothing."""
    whole: int = 0
    """How many places it would have, where these of a slider are too many for all of them to be offered."""
    made: Made | None = None
    """What it is by the values of other widgets, where these make it."""

    @property
    def title(self) -> str:
        """What readers are told that it is, where nothing on the page names it."""
        return self.label or title_of(self.key, self.form)

    @property
    def wanted(self) -> int:
        """How many places it has, those included that are not offered."""
        return max(self.whole, len(self.values))

    def standing(self, places: Mapping[str, int]) -> tuple[int, Sequence[int]]:
        """Where it stands until it is moved, and the places that it has, while others are at these."""
        if self.made is None:
            return self.initial, range(len(self.values))
        return self.made.at.get(self.made.of(places), (self.initial, ()))

    def element_at(self, places: Mapping[str, int]) -> str:
        """The id of its element while others are at these places."""
        return self.made.elements.get(self.made.of(places), "") if self.made else self.element


Given = Mapping[str, int]
"""By a widget's key, its place, where that is not the one where it stands anyway. One such setting is a state."""


def placed(widgets: Iterable[Widget], places: Mapping[str, int]) -> dict[str, int]:
    """Where these widgets stand while some are put to `places`; what counts for nothing then stands where it was made.

    What makes a widget comes before it, as does the form that it stands in.
    """
    found, moved = dict[str, int](), {""}
    for widget in widgets:
        stands, able = widget.standing(found)
        place = places.get(widget.key, stands)
        found[widget.key] = place if place in able and widget.form in moved else stands
        if found[widget.key] != stands:
            moved.add(widget.key)
    return found


def counted(widgets: Sequence[Widget], places: Mapping[str, int]) -> dict[str, int]:
    """Places of these widgets → the state that they are, without what counts for nothing in it."""
    found = placed(widgets, places)
    return {each.key: found[each.key] for each in widgets if found[each.key] != each.standing(found)[0]}


Extent = Literal[
    "all",  # every place of its widgets with every other
    "some",  # fewer places of its sliders, which snap to them
    "axes",  # one widget at a time, with all others where they were
    "default",  # nothing but what stands there anyway
]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be computed ahead for the widgets of one notebook."""

    states: int = 300
    """For what follows the same widgets."""
    seconds: float = 300.0
    """Of all that is done for them, for the whole notebook."""
    bytes: int = 2_000_000
    """Of what states add to the page, for the whole notebook, before it is compressed."""
    output_bytes: int = 2_000_000
    """Of the same, for what one cell shows."""
    network: bool = False
    """Whether states may use the network and start other programs, which may use it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is computed ahead for a cell, and why no more."""

    cell: str
    widgets: tuple[str, ...]
    """Keys of the widgets that it follows, in the order in which they stand in the notebook."""
    places: tuple[tuple[int, ...], ...]
    """For each of them, the places for which it is computed."""
    extent: Extent
    wanted: int
    """How many states it has in all."""
    computed: int
    """How many of them are computed, the default one included."""
    cause: str = ""
    """Why not all of them: `states`, `seconds`, `bytes`, `network`, `programs`, `writes`, `chance`, `died`; empty where
    nothing is left out."""
    releases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the key of a `run_button`, the widgets after whose move it is not pressed any more for this cell."""


@dataclass(frozen=True, slots=True)
class Still:
    """A control that stands on the page and cannot be moved there."""

    key: str
    """What would be its key as a widget."""
    title: str
    """What readers are told that it is."""
    cell: str
    """The cell that makes it."""
    element: str
    cause: str
    """`free`: its values are not known beforehand; `author`: its author wants it so; `made`: another control decides
    what it is; `nothing`: nothing follows it; else that of the decisions about what follows it."""
