"""What a page needs so that its widgets move: the states of the cells that follow them, and what the controls say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from nbpublish.model import Cell, Decision, Given, Run, Widget
from nbpublish.page.about import live_link
from nbpublish.page.assets import Assets
from nbpublish.page.cell import result
from nbpublish.page.context import Context
from nbpublish.page.html import attributes, closed, escape
from nbpublish.page.kept_states import PageStates
from nbpublish.page.shard import Follower, of_packed, packed, parts
from nbpublish.page.slim import as_address, slimmed
from nbpublish.page.webp import as_webp

_SPLIT = 400_000
"""Characters of a script from which each cell has one of its own, and a cell's states have several."""


class _StateAssets(Assets):
    """Drawings stand in the HTML of a state, so that they share what they have in common; other files are kept."""

    def add(self, data: bytes, mimetype: str) -> str:
        if mimetype == "image/svg+xml":
            return as_address(slimmed(data.decode("utf-8", "replace")))
        if mimetype == "image/png" and (smaller := as_webp(data)):
            return super().add(smaller, "image/webp")
        return super().add(data, mimetype)


@dataclass(frozen=True)
class Moves:
    """Those widgets of a run that can move on its page."""

    run: Run

    def by_element(self, given: Given) -> dict[str, tuple[Widget, tuple[int, ...]]]:
        """With the places to which each can be moved, by the id of its element; by its key where it has none.

        A widget that others make is what it is in the state `given`.
        """
        placed = self.run.placed(given)
        found = (self._made(widget, placed) for widget in self.run.widgets if len(self.places(widget)) > 1)
        return {widget.element or widget.key: (widget, places) for widget, places in found if len(places) > 1}

    def _made(self, widget: Widget, placed: Mapping[str, int]) -> tuple[Widget, tuple[int, ...]]:
        if widget.made is None:
            return widget, self.places(widget)
        initial, places = widget.standing(placed)
        return replace(widget, initial=initial, element=widget.element_at(placed)), tuple(places)

    def places(self, widget: Widget) -> tuple[int, ...]:
        """The places to which it can be moved; only the initial one where it cannot."""
        found = {
            place
            for decision in self.run.decisions
            if decision.extent != "default" and widget.key in decision.widgets
            for place in decision.places[decision.widgets.index(widget.key)]
        }
        return tuple(sorted(found)) or (widget.initial,)

    def makers(self, widget: Widget) -> list[str]:
        """The widgets whose values make it again, so that it goes back to its start when they are moved."""
        if widget.made:
            return list(widget.made.by)
        found = [key for decision in self.run.decisions if decision.cell == widget.cell for key in decision.widgets]
        return [key for key in found if key != widget.key] if widget.library != "none" else []

    def starts(self, widget: Widget) -> list[int]:
        """Where a widget stands whose makers are at these places: all combinations of theirs, the last one fastest."""
        if widget.made is None:
            return []
        makers = {each.key: each for each in self.run.widgets}
        settings = product(*(self.places(makers[key]) for key in widget.made.by))
        return [widget.standing(dict(zip(widget.made.by, setting, strict=True)))[0] for setting in settings]

    def releases(self, widget: Widget) -> dict[str, tuple[str, ...]]:
        """By cell, the widgets after whose move it is not pressed any more for that cell."""
        found = {each.cell: each.releases.get(widget.key, ()) for each in self.run.decisions}
        return {cell: keys for cell, keys in found.items() if keys}


def followers(run: Run, moves: Moves, context: Context, kept: PageStates | None = None) -> dict[str, Follower]:
    """What each cell shows in each state, for the cells that show more than one thing; as `kept` from the last time."""
    kept = kept or PageStates()
    states = {_key(state.given): state for state in (replace(run, given={}), *run.states)}
    found = {}
    for decision in run.decisions:
        cell = run.notebook.cell(decision.cell)
        if decision.extent == "default" or cell.id not in context.visible:
            continue
        known: dict[object, str] = {}
        shown = [
            _shown(cell, states.get(_key(run.counted(places))), moves, context, (known, kept))
            for places in _settings(decision)
        ]
        counts = tuple(map(len, decision.places))
        follower = Follower(decision.widgets, counts, decision.extent == "axes", shown)
        if follower.moves:
            found[cell.id] = follower
    return found


def _settings(decision: Decision) -> Iterator[dict[str, int]]:
    """The combinations of places in the order of a shard."""
    if decision.extent == "axes":
        for key, places in zip(decision.widgets, decision.places, strict=True):
            yield from ({key: place} for place in places)
    else:
        yield from (dict(zip(decision.widgets, places, strict=True)) for places in product(*decision.places))


def _key(given: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset(given.items())


def _shown(
    cell: Cell, state: Run | None, moves: Moves, context: Context, before: tuple[dict[object, str], PageStates]
) -> str | None:
    """What a cell shows in a state; None where that was not computed. `before`: in others, and when last rendered."""
    known, kept = before
    if state is None:
        return None
    trace, reason = state.traces.get(cell.id), state.reasons.get(cell.id)
    if trace is None and reason is not None and reason.cause == "not-executed":
        return None
    key = trace.id if trace and trace.id else (trace, reason)
    if key not in known:
        aside = replace(
            context.aside(cell, _StateAssets(context.assets)), widgets=moves.by_element(state.given)
        )

        def made(aside: Context) -> str:
            return closed(result(cell, state, trace, aside))

        known[key] = kept.shown(cell, trace, aside, made) if trace else made(aside)
    return known[key]


# --- what the page says of them ---------------------------------------------------------------------------------------


def script(
    run: Run, found: Mapping[str, Follower], moves: Moves, context: Context, kept: PageStates | None = None
) -> str:
    """The element that tells the page's script of widgets and shards; empty where nothing moves."""
    if not found:
        return ""
    shards, cut = _shards(found, context.assets, kept or PageStates())
    keys = {key for follower in found.values() for key in follower.widgets}
    widgets = {
        widget.key: {
            "kind": widget.kind,
            **({"name": widget.title} if widget.title != widget.key else {}),
            "at": moves.places(widget).index(widget.initial),
            "labels": [widget.labels[place] for place in moves.places(widget)],
            "values": [widget.values[place] for place in moves.places(widget)],
            **({"by": by} if (by := moves.makers(widget)) else {}),
            **({"starts": starts} if (starts := moves.starts(widget)) else {}),
            **({"off": off} if (off := moves.releases(widget)) else {}),
        }
        for widget in run.widgets
        if widget.key in keys
    }
    words = {
        name: context.words(f"states.{name}")
        for name in ("changed", "loading", "failed", "missing", "reset", "link", "copied", "alone")
    }
    data = {"book": context.book, "shards": shards, "parts": cut, "widgets": widgets, "words": words}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # in an attribute, because Material's instant navigation runs all that stands in scripts, and drops their types
    return f"<template data-nb-widgets='{_quoted(text)}'></template>"


def _quoted(text: str) -> str:
    """Text for an attribute in single quotes, as JSON is full of double ones."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def _shards(
    found: Mapping[str, Follower], assets: Assets, before: PageStates
) -> tuple[list[str], dict[str, list[str]]]:
    """Addresses of the scripts with the states of all cells, and by cell those of its parts, where it has some."""

    def kept(text: str) -> str:
        return assets.add(text.encode(), "text/javascript")

    packs = {cell: before.packed(cell, follower, packed) for cell, follower in found.items()}
    texts = {cell: of_packed([pack]) for cell, pack in packs.items()}
    if sum(map(len, texts.values())) <= _SPLIT:
        return [kept(of_packed(packs.values()))], {}
    cut = {cell: parts(cell, found[cell], _SPLIT) for cell, text in texts.items() if len(text) > _SPLIT}
    whole = [kept(cut[cell][0] if cell in cut else text) for cell, text in texts.items()]
    return whole, {cell: [kept(part) for part in each] for cell, (_, each) in cut.items()}


def remarks(run: Run, found: Mapping[str, Follower], context: Context) -> dict[str, str]:
    """By cell, what its reader must know of states that were not computed."""
    titles = {widget.key: widget.title for widget in run.widgets if not widget.form}  # a form is said as a whole
    said = {}
    for decision in run.decisions:
        if decision.extent != "default" or decision.cell not in context.visible or decision.wanted < 2:
            continue
        names = ", ".join(titles[key] for key in decision.widgets if key in titles)
        why = context.words(f"states.why.{decision.cause or 'states'}")
        text = escape(context.words("states.static", names=names, why=why))
        way = f" {live_link(context.settings.live, context.words)}" if context.settings.live else ""
        said[decision.cell] = f"<p{attributes(class_='nb-static')}>{text}{way}</p>"
    return said
