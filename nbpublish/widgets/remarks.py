"""What is wrong with widgets: notes that cannot be read, and states in which cells fail."""

from __future__ import annotations

from collections.abc import Iterator

from nbpublish.model import ERROR, Problem, Run
from nbpublish.widgets.annotations import notes_in

_NAMED = 3
"""States that a problem names; of the others it says how many they are."""


def faults(run: Run) -> Iterator[Problem]:
    """Notes that do not say what they mean to say."""
    for cell in run.notebook.cells:
        for note in notes_in(cell.code):
            line, why = cell.line + note.line - 1, note.fault
            if not why and note.is_constant and not note.is_static:
                others = sum(note.name in names.defs for names in run.graph.names.values()) - 1
                why = f"`{note.name}` is bound in another cell too" if others > 0 else ""
            if why:
                said = f"The note `# widget:` cannot be followed: {why}. Write one such as `# widget: slider(1, 20)`."
                yield Problem("widget-note", said, run.notebook.path, line, cell.id, "warning")


def failures(run: Run) -> Iterator[Problem]:
    """Cells that fail in other states only, one problem for each cell."""
    labels = {widget.key: widget.labels for widget in run.widgets}
    for cell in run.notebook.cells:
        base, failed = run.traces.get(cell.id), dict[str, str]()
        if base is None or base.problem or cell.options.raises:
            continue
        for state in run.states:
            trace = state.traces.get(cell.id)
            if trace and trace.problem:
                where = ", ".join(f"{key} = {labels[key][at]}" for key, at in sorted(state.given.items()))
                errors = [output.data[ERROR]["name"] for output in trace.outputs if ERROR in output.data]
                failed[where] = errors[0] if errors else trace.exit
        if failed:
            named = "; ".join(f"{where} ({error})" for where, error in list(failed.items())[:_NAMED])
            more = f"; and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
            said = f"The cell fails for other values of widgets, and the page shows that: {named}{more}."
            yield Problem("state-failed", said, run.notebook.path, cell.line, cell.id, "warning")
