"""Elements that arrange others: callout, accordion, tabs, carousel, menu, sidebar."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbpublish.page import placeholders
from nbpublish.page.html import attributes, escape
from nbpublish.page.native.element import Element, said

_KINDS = ("neutral", "info", "success", "warn", "danger", "alert")
_MENUS = 8
"""Levels of a menu within a menu."""

OUTLINE = "<!--nb-outline-->"
"""Stands where the list of the page's headings goes, which are known at the end."""


def _callout(e: Element) -> str:
    kind = e.text("kind")
    kind = kind if kind in _KINDS else "neutral"
    return f'<div class="nb-callout nb-callout-{kind}" role="note">{e.html("html")}{e.inside}</div>'


def _accordion(e: Element) -> str:
    opened = {str(item) for item in e.items("expanded")}
    name = None if e.flag("multiple") else e.context.unique("accordion")
    sections = []
    labels = e.items("labels")
    for index, body in enumerate(e.bodies):
        label = e.inline(labels[index]) if index < len(labels) else str(index + 1)
        attrs = attributes(class_="nb-accordion", name=name, open=str(index) in opened)
        sections.append(f"<details{attrs}><summary>{label}</summary>{body}</details>")
    return f'<div class="nb-accordions">{"".join(sections)}</div>'  # one thing in a row or a column


def _tabs(e: Element) -> str:
    labels, bodies, chosen = e.items("tabs"), e.bodies, e.text("initial-value")
    first = int(chosen) if re.fullmatch("[0-9]{1,4}", chosen) and int(chosen) < len(bodies) else 0
    titles = [e.inline(labels[i]) if i < len(labels) else str(i + 1) for i in range(len(bodies))]
    return tabs(list(zip(titles, bodies, strict=True)), e, first)


def tabs(pages: list[tuple[str, str]], e: Element, first: int = 0) -> str:
    """Labels and contents as tabs that work without a script."""
    group = e.context.unique("tabs")
    parts = []
    for index, (label, body) in enumerate(pages):
        id = f"{group}-{index + 1}"
        button = attributes(type="radio", name=group, id=id, checked=index == first)
        parts.append(f'<input{button}><label for="{escape(id)}">{label}</label><div class="nb-tab">{body}</div>')
    moved = attributes(data_nb_key=f"{e.context.book} {e.widget[0].key}", data_widget="tabs") if e.widget else ""
    return f'<div class="nb-tabs"{moved}>{"".join(parts)}</div>'


def _carousel(e: Element) -> str:
    slides = "".join(f'<div class="nb-slide">{child}</div>' for child in e.children)
    label = e.words("carousel.label")
    return f'<div class="nb-carousel" role="group" tabindex="0" aria-label="{label}">{slides}</div>'


def _menu(e: Element) -> str:
    return f'<nav class="nb-menu" aria-label="{e.words("menu.label")}">{_entries(e.items("items"), e, 0)}</nav>'


def _entries(items: object, e: Element, depth: int) -> str:
    entries = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    parts = []
    for item in entries:
        label = e.inline(item.get("label")) or escape(said(item.get("href") or ""))
        note = f" <small>{escape(said(item['description']))}</small>" if item.get("description") else ""
        target = item.get("href")
        link = (
            f'<a href="{escape(target)}">{label}</a>' if isinstance(target, str) and target else f"<span>{label}</span>"
        )
        deeper = _entries(item.get("items"), e, depth + 1) if item.get("items") and depth < _MENUS else ""
        parts.append(f"<li>{link}{note}{deeper}</li>")
    return f"<ul>{''.join(parts)}</ul>" if parts else ""


def _sidebar(e: Element) -> str:
    return f'<aside class="nb-sidebar">{e.inside}</aside>'


def _routes(e: Element) -> str:
    """All of them, one below the other: on a static page there is no choosing."""
    return f'<div class="nb-vstack">{e.inside}</div>'


def _lazy(e: Element) -> str:
    return e.inside or placeholders.live("lazy", e.context.words("what.lazy"), e.context)


def _outline(e: Element) -> str:
    label = e.text("label")
    title = f'<p class="nb-label">{escape(label)}</p>' if label else ""
    return f'<nav class="nb-outline"{attributes(aria_label=label or None)}>{title}{OUTLINE}</nav>'


def _stat(e: Element) -> str:
    caption, direction = e.text("caption"), e.text("direction")
    attrs = attributes(
        class_="nb-stat",
        data_direction=direction if direction in ("increase", "decrease") else None,
        data_target=e.text("target_direction") if direction else None,
        data_bordered=e.flag("bordered"),
    )
    value = e.get("value")
    parts = [f'<span class="nb-stat-label">{escape(e.text("label"))}</span>'] if e.text("label") else []
    shown = e.inline(value) if isinstance(value, str) and "<" in value else escape(e.text("value"))
    parts.append(f'<strong class="nb-stat-value">{shown}</strong>')
    if caption:
        parts.append(f'<span class="nb-stat-caption">{escape(caption)}</span>')
    return f"<div{attrs}>{''.join(parts)}</div>"


def _progress(e: Element) -> str:
    title, subtitle = e.text("title"), e.text("subtitle")
    said_ = "".join(f'<span class="nb-label">{escape(text)}</span>' for text in (title, subtitle) if text)
    total, done = e.number("total"), e.number("progress")
    if total is None or done is None:
        return f'<div class="nb-spinner">{said_ or e.words("progress.label")}</div>'
    bar = attributes(class_="nb-progress", max=total, value=done, aria_label=title or e.context.words("progress.label"))
    return f'<div class="nb-spinner">{said_}<progress{bar}>{done:g} / {total:g}</progress></div>'


TRANSLATIONS = {
    "callout-output": _callout,
    "accordion": _accordion,
    "tabs": _tabs,
    "carousel": _carousel,
    "nav-menu": _menu,
    "sidebar": _sidebar,
    "routes": _routes,
    "lazy": _lazy,
    "outline": _outline,
    "stat": _stat,
    "progress": _progress,
}
