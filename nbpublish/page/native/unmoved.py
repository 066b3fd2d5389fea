"""Controls that cannot be moved say why: beside them, or where a pointer rests where they would change nothing."""

from __future__ import annotations

from nbpublish.page.html import attributes, escape
from nbpublish.page.native.element import Element


def _cause(element: Element) -> str:
    return (element.context.still or {}).get(element.id, "nothing")


def why(element: Element) -> str:
    """Why a control stands still, in words; empty where nothing was decided about any."""
    if element.context.still is None:
        return ""
    return element.context.words("states.still", why=element.context.words(f"states.why.{_cause(element)}"))


def explained(html: str, element: Element) -> str:
    """The HTML of a control that stands still, with the reason."""
    said = why(element)
    if not said or not html.startswith("<span class=\"nb-widget\""):
        return html
    form = element.within("marimo-form")
    if _cause(element) == "nothing" or (form and why(form) == said):  # the form says it
        return html.replace("<span", f"<span{attributes(title=said)}", 1)
    return html + note(element)


def note(element: Element) -> str:
    """What stands beside a control that stays as it is; nothing where it would change nothing."""
    said = why(element)
    return f' <small class="nb-note nb-still">{escape(said)}</small>' if said and _cause(element) != "nothing" else ""
