"""One of marimo's elements: its attributes are JSON, and may be anything that a notebook's author made of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nbpublish.model import Widget
from nbpublish.page.context import Context
from nbpublish.page.html import escape, inside, parse, read_out, serialize

if TYPE_CHECKING:
    from bs4 import Tag

Bundler = Callable[[Mapping[str, object], Mapping[str, object], Context], str]
"""Turns a mimebundle and its metadata into HTML."""


@dataclass(frozen=True)
class Element:
    """Reads one element. Elements within it are native HTML already."""

    tag: Tag
    context: Context
    native: Callable[[str], str]
    """Translates HTML that an attribute holds."""
    bundle: Bundler

    def get(self, name: str) -> object:
        """The value of `data-NAME`; None where it is missing; its text where it is no JSON."""
        text = self.tag.get(f"data-{name}")
        if text is None or text == "":
            return None
        return loads(str(text))

    def text(self, name: str) -> str:
        """A value as text; empty where it is missing."""
        value = self.get(name)
        return "" if value is None else said(value)

    def number(self, name: str) -> float | None:
        """A value as a number; None where it is none."""
        return as_number(self.get(name))

    def flag(self, name: str) -> bool:
        """Whether a value is true; what is missing, or anything else, is not."""
        return self.get(name) is True

    def items(self, name: str) -> list[object]:
        """A value that is a list; one that is none stands alone in it."""
        value = self.get(name)
        return value if isinstance(value, list) else [] if value is None else [value]

    def html(self, name: str) -> str:
        """HTML that an attribute holds, translated."""
        return self.native(self.text(name))

    @property
    def label(self) -> str:
        """The element's label as HTML within a line; empty where it has none."""
        return self.inline(self.get("label"))

    @property
    def label_text(self) -> str:
        """The label without markup."""
        return read_out(self.label)

    def inline(self, value: object) -> str:
        """HTML of a label without the paragraph around it."""
        return unwrapped(self.native(said(value))) if value not in (None, "") else ""

    @property
    def widget(self) -> tuple[Widget, tuple[int, ...]] | None:
        """The widget that it is, with its places, where it can be moved."""
        return self.context.widgets.get(self.id)

    @property
    def id(self) -> str:
        """The id under which the author's Python knows the control; empty where it is none."""
        parent = self.tag.parent
        return str(parent.get("object-id") or "") if parent else ""

    def within(self, name: str) -> Element | None:
        """The nearest element of a name around it, which is not translated yet; None where there is none."""
        tag = self.tag.find_parent(name)
        return replace(self, tag=tag) if tag else None

    @property
    def inside(self) -> str:
        """HTML of what stands within the element."""
        return inside(self.tag).strip()

    @property
    def children(self) -> list[str]:
        """HTML of each element directly within it."""
        return [serialize(child) for child in self.tag.find_all(recursive=False)]

    @property
    def bodies(self) -> list[str]:
        """HTML of what each `div` directly within it holds: the pages of tabs, the sections of an accordion."""
        return [inside(child).strip() for child in self.tag.find_all(recursive=False)]

    def words(self, key: str, **values: object) -> str:
        """A message, escaped."""
        return escape(self.context.words(key, **values))


def loads(text: str) -> object:
    """The value of JSON; the text itself where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def said(value: object) -> str:
    """A value as text: strings as they are, everything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError, TypeError):
        return ""


def as_number(value: object) -> float | None:
    """A number that a control can have; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1e300 else None


def unwrapped(html: str) -> str:
    """HTML within a line: paragraphs and blocks of prose give way to what they hold."""
    soup = parse(html)
    for block in soup.find_all(["p", "div"]):
        if block.name == "p" or "nb-markdown" in block.get_attribute_list("class"):
            block.unwrap()
    return serialize(soup).strip()
