"""Markdown cells, and Markdown that a cell displays: prose with marimo's elements in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbpublish.model import Cell
from nbpublish.page import foreign, tables
from nbpublish.page.addresses import resolve_all, spell_in_drawings
from nbpublish.page.context import Context
from nbpublish.page.html import as_text, is_text, parse, serialize, text_of
from nbpublish.page.native import translate
from nbpublish.page.native.element import Bundler
from nbpublish.page.page_styles import leave_the_site_alone

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

MARK = re.compile("\ue000([\ue100-\ue109]+)\ue001")
"""Stands for an element while Markdown is read: private-use characters, which have no meaning in Markdown, and which
leave no letter or digit in the id of a heading. Those in the middle are the digits of the element's number."""
_PARTS = re.compile(
    r"(?P<code>^[ ]{0,3}(?P<fence>```+|~~~+).*?(?:^[ ]{0,3}(?P=fence)|\Z)|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|<(?P<name>marimo-[\w.-]+|iconify-icon)\b[^>]*>",
    re.MULTILINE | re.DOTALL,
)


def prose(cell: Cell, context: Context) -> str:
    """A Markdown cell as HTML."""
    return foreign.contained(context.prose.render(cell.source, cell), context)


def displayed(text: str, context: Context, bundle: Bundler) -> str:
    """Markdown from a cell's output as HTML; marimo's elements in it become native HTML."""
    text, elements = _taken_out(text)
    html = context.prose.render(text, context.cell)
    if not elements and "<marimo-" not in html and 'class="markdown' not in html and "display: flex" not in html:
        return foreign.contained(html, context)
    soup = parse(html)
    _put_back(soup, elements, context)
    translate.elements(soup, context, bundle)
    tables.clean(soup, context)
    foreign.warn_of_remote(soup, context)
    leave_the_site_alone(soup, context)
    foreign.extract(soup, context)
    spell_in_drawings(soup)
    return serialize(soup)


def without_marks(html: str) -> str:
    """Text of a heading, where an element has no place."""
    return MARK.sub("", html).strip()


def _taken_out(text: str) -> tuple[str, list[str]]:
    """The text with a mark for each element outside of code, and the elements."""
    parts: list[str] = []
    elements: list[str] = []
    at = 0
    text = MARK.sub("", text)
    while match := _PARTS.search(text, at):
        parts.append(text[at : match.start()])
        at = match.end()
        if match["name"]:
            at = _end(text, match["name"], at)
            parts.append(_mark(len(elements)))
            elements.append(text[match.start() : at])
        else:
            parts.append(match.group())
    return "".join(parts) + text[at:], elements


def _mark(number: int) -> str:
    return "\ue000" + "".join(chr(0xE100 + int(digit)) for digit in str(number)) + "\ue001"


def _number(digits: str) -> int:
    return int("".join(str(ord(digit) - 0xE100) for digit in digits[:9]))


def _end(text: str, name: str, at: int) -> int:
    """Where the element that began before `at` ends; `at` itself where it never does."""
    depth = 1
    for tag in re.compile(rf"<(/?){re.escape(name)}\b[^>]*>").finditer(text, at):
        depth += -1 if tag.group(1) else 1
        if depth == 0:
            return tag.end()
    return at


def _put_back(soup: BeautifulSoup, elements: list[str], context: Context) -> None:
    for node in list(soup.find_all(string=MARK)):
        if not is_text(node):
            continue
        if node.find_parent(["code", "pre", "script", "style", "textarea"]):
            node.replace_with(MARK.sub(lambda mark: _nth(elements, mark), str(node)))
            continue
        pieces = MARK.split(str(node))
        html = [
            as_text(piece) if i % 2 == 0 else _at(elements, _number(piece)) for i, piece in enumerate(pieces)
        ]
        holder = parse("")
        for piece in html:
            if is_text(piece):
                holder.append(piece)
            else:
                inside = parse(piece)
                resolve_all(inside, context)
                for child in list(inside.contents):
                    holder.append(child)
        node.replace_with(*list(holder.contents))
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            if isinstance(value, str) and MARK.search(value):
                element[name] = MARK.sub(lambda mark: text_of(_nth(elements, mark)), value)


def _nth(elements: list[str], mark: re.Match[str]) -> str:
    return _at(elements, _number(mark.group(1)))


def _at(elements: list[str], index: int) -> str:
    return elements[index] if index < len(elements) else ""
