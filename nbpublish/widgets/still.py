"""Which controls on the page cannot be moved, and why: so that it can be said to who would move them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbpublish.model import Control, Run, Still, Widget, title_of
from nbpublish.widgets.annotations import notes_in
from nbpublish.widgets.domain import form_of, key_of


def still(run: Run, made: Mapping[str, str]) -> Iterator[Still]:
    """The controls of a run that its decisions do not move; `made` says by key why those stay that others make."""
    moving = {
        key
        for decision in run.decisions
        if decision.extent != "default"
        for key, places in zip(decision.widgets, decision.places, strict=True)
        if len(places) > 1
    }
    causes = {key: decision.cause for decision in run.decisions for key in decision.widgets if key not in moving}
    widgets = {widget.key: widget for widget in run.widgets}
    for cell in run.notebook.cells:
        trace = run.traces.get(cell.id)
        static = {note.name for note in notes_in(cell.code) if note.is_static}
        for control in trace.controls if trace else ():
            key = key_of(control)
            if key in moving:
                continue
            if control.name in static:
                cause = "author"
            elif key in made:
                cause = made[key]
            else:
                cause = causes.get(key) or _without_follower(control, widgets.get(key), cell.id, run)
            title = title_of(key, form_of(control, trace.controls if trace else ()))
            yield Still(key, title, cell.id, control.element, cause)


def _without_follower(control: Control, widget: Widget | None, cell: str, run: Run) -> str:
    """Why a control has nothing that follows it: nobody reads it, or it has no places that could be tried."""
    read = any(control.name in names.refs for other, names in run.graph.names.items() if other != cell)
    return "free" if widget is None and read else "nothing"
