"""Replaces marimo's elements in a tree of HTML, the innermost first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from nbpublish.page import placeholders
from nbpublish.page.addresses import resolve_all
from nbpublish.page.context import Context
from nbpublish.page.html import escape, is_text, parse, replace, serialize, tidied
from nbpublish.page.native import charts, controls, data, groups, layout, media, settle
from nbpublish.page.native.element import Bundler, Element
from nbpublish.page.native.made import moved
from nbpublish.page.native.unmoved import explained

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

TRANSLATIONS: Mapping[str, Callable[[Element], str]] = {
    **layout.TRANSLATIONS,
    **groups.TRANSLATIONS,
    **data.TRANSLATIONS,
    **charts.TRANSLATIONS,
    **media.TRANSLATIONS,
    **controls.TRANSLATIONS,
}
"""By the element's name without `marimo-`."""

CUSTOM = re.compile(r"marimo-[\w.-]+|iconify-icon")
_UNFINISHED = re.compile(r"<(/?)marimo-([\w.-]*)[^>]*\Z")
_DEEPEST = 12
"""Levels of HTML within attributes of HTML; each level of an honest notebook is a call of `mo.…` within another."""


def elements(soup: BeautifulSoup, context: Context, bundle: Bundler, depth: int = 0) -> None:
    """Translate everything of marimo's in `soup`, in place. Never raises for what stands in it."""

    def native(html: str) -> str:
        if depth >= _DEEPEST or "<" not in html:
            return tidied(html)
        inner = parse(html)
        resolve_all(inner, context)
        elements(inner, context, bundle, depth + 1)
        return serialize(inner)

    for tag in reversed([tag for tag in soup.find_all(True) if CUSTOM.search(tag.name)]):
        replace(tag, _translated(Element(tag, context, native, bundle)))
    _cut_off(soup, context)
    settle.markup(soup, context)
    settle.paragraphs(soup)


def _cut_off(soup: BeautifulSoup, context: Context) -> None:
    """An element whose tag never ends is text to a parser: what is left of it is named instead."""
    for text in [node for node in soup.descendants if is_text(node) and _UNFINISHED.search(node)]:
        match = _UNFINISHED.search(text)
        if match and not text.find_parent(["pre", "code", "script", "style", "textarea"]):
            what = context.words("what.element", name=match.group(2))
            rest = "" if match.group(1) else placeholders.live("element", what, context)
            text.replace_with(*list(parse(escape(text[: match.start()]) + rest).contents))


def html(text: str, context: Context, bundle: Bundler) -> str:
    """HTML with marimo's elements in it as native HTML."""
    soup = parse(text)
    resolve_all(soup, context)
    elements(soup, context, bundle)
    return serialize(soup)


def _translated(element: Element) -> str:
    tag: Tag = element.tag
    if tag.name == "iconify-icon":
        return media.icon(element)
    name = tag.name.removeprefix("marimo-")
    if name == "ui-element":
        return element.inside
    if html := moved(element):
        return html
    if translation := TRANSLATIONS.get(name):
        return explained(translation(element), element) if name in controls.TRANSLATIONS else translation(element)
    what = element.context.words("what.element", name=tag.name.removeprefix("marimo-"))
    return placeholders.live(name, what, element.context) + element.inside
