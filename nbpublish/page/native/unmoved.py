"""Controls that cannot be moved say why: beside them, or where a pointer rests where they would change nothing."""

from __future__ import annotations

from nbpublish.page.html import attributes, escape
from nbpublish.page.native.element import Element


def explained(html: str, element: Element) -> str:
    """The HTML of a control that stands still, with the reason."""
    context = element.context
    if context.still is None or not html.startswith("<span class=\"nb-widget\""):
        return html
    cause = context.still.get(element.id, "nothing")
    why = context.words("states.still", why=context.words(f"states.why.{cause}"))
    if cause == "nothing":
        return html.replace("<span", f"<span{attributes(title=why)}", 1)
    return f'{html} <small class="nb-note nb-still">{escape(why)}</small>'
