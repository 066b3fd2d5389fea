"""The label of a cell whose outputs hold no figure and no table: it names the code, or all that the cell shows."""

from __future__ import annotations

from nbpublish.model import Trace
from nbpublish.page.context import Context
from nbpublish.page.figures import labelled
from nbpublish.page.html import attributes
from nbpublish.page.labels import NUMBERED, kind_of, number_mark


def with_label(code: str, result: str, trace: Trace | None, context: Context) -> tuple[str, str]:
    """The code and the result of the cell at hand, one of them with the cell's label, if nothing has it yet.

    A cell that was not executed has no figure to number. What refers to it leads to the cell then.
    """
    label = context.cell.options.label
    if context.part and not label:
        return code, labelled(result, None, "figure", "nb-figure", context)
    if not label or label in context.anchors:
        return code, result
    kind = kind_of(label) or "listing"
    if kind == "listing" and code:
        return labelled(code, label, kind, "nb-figure nb-figure-code", context), result
    if kind in ("figure", "table") and trace and trace.exit == "ok" and result:
        classes = "nb-figure nb-figure-table" if kind == "table" else "nb-figure"
        return code, labelled(result, label, kind, classes, context)
    context.anchors.add(label)
    if trace and trace.exit == "ok":
        what = "code" if kind == "listing" else kind
        said = f"The cell has the label `{label}` and shows no {what} that could have it."
        context.problem("label", f"{said} Show one, or remove the label.")
    mark = number_mark(kind if kind in NUMBERED else "listing", label, 0, "nowhere")
    return code, f"<span{attributes(class_='nb-anchor', id=label)}>{mark}</span>{result}"
