"""Elements that hold controls: form, array, dictionary, batch."""

from __future__ import annotations

from nbpublish.page.html import attributes
from nbpublish.page.native.element import Element
from nbpublish.page.native.unmoved import note


def _form(e: Element) -> str:
    labels = [e.inline(e.get("submit-button-label")) or e.words("widget.submit")]
    if e.flag("show-clear-button"):
        labels.append(e.inline(e.get("clear-button-label")) or e.words("widget.clear"))
    title = f'<p class="nb-label">{e.label}</p>' if e.label else ""
    buttons = "".join(f'<button type="button" disabled>{label}</button>' for label in labels)
    if moved := e.widget:  # what stands in it moves when it is sent; there is nothing to clear
        sends = attributes(class_="nb-widget", data_nb_key=f"{e.context.book} {moved[0].key}", data_widget="form")
        buttons = f'<span{sends}><button type="button" disabled>{labels[0]}</button></span>'
    else:
        buttons += note(e)
    return f'<div class="nb-form">{title}{e.inside}<div class="nb-buttons">{buttons}</div></div>'


def _group(e: Element) -> str:
    """`mo.ui.array`, `dictionary` and `batch`; a batch is prose with controls in it."""
    if not e.label:
        return e.inside
    return f'<fieldset class="nb-widget" data-widget="group"><legend>{e.label}</legend>{e.inside}</fieldset>'


TRANSLATIONS = {"form": _form, "dict": _group}
