"""Code fences: the language and what follows it (`title="x.py" hl_lines="2 3" linenums="1"`, `{ .python }`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from nbpublish.page.code import highlight, with_lines


@dataclass(frozen=True, slots=True)
class Fence:
    """What the opening line of a fence says."""

    language: str = ""
    title: str = ""
    id: str = ""
    classes: tuple[str, ...] = ()
    marked: frozenset[int] = frozenset()
    """Lines to mark, counted from 1."""
    first: int | None = None
    """Number of the first line, where lines are numbered."""
    attrs: dict[str, str] = field(default_factory=dict)


_ITEM = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))|\.([\w+#-]+)|\#([\w:.-]+)""")


def parse_info(info: str) -> Fence:
    """The text after the opening of a fence → what it says."""
    info = unescapeAll(info).strip()
    language, rest = info, ""
    if match := re.match(r"([^\s{}]+)\s*(.*)$", info, re.S):
        language, rest = match[1], match[2]
    elif info.startswith("{"):
        language, rest = "", info
    if "=" in language and not rest:
        language, rest = "", info
    options: dict[str, str] = {}
    classes: list[str] = []
    id = ""
    for key, quoted, single, bare, name, anchor in _ITEM.findall(rest):
        if key:
            options[key] = quoted or single or bare
        elif name:
            classes.append(name)
        else:
            id = anchor
    if not language and classes:
        language = classes.pop(0)
    if not language and (match := re.match(r"\{\s*([\w+-]+)", rest)):  # Quarto's and R Markdown's ```{python}
        language = match[1]
    return Fence(
        language=language.strip("{}."),
        title=options.pop("title", "") or options.pop("filename", ""),
        id=id,
        classes=tuple(name for name in classes if name not in ("annotate", "copy", "no-copy", "select")),
        marked=_lines(options.pop("hl_lines", "") or options.pop("highlight", "")),
        first=_number(options.pop("linenums", None) or options.pop("lineno-start", None)),
        attrs={key: value for key, value in options.items() if key.startswith("data-")},
    )


def _lines(text: str) -> frozenset[int]:
    """`2 4-6` or `2,4-6` → the line numbers meant."""
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d{1,6})(?:-(\d{1,6}))?", text):
        numbers.update(range(int(first), min(int(last or first), int(first) + 10_000) + 1))
    return frozenset(numbers)


def _number(text: str | None) -> int | None:
    match = re.match(r"\d{1,9}", text or "")
    return int(match[0]) if match else None


def is_diagram(token: Token) -> bool:
    """Whether a fence holds a Mermaid diagram."""
    return token.type == "fence" and parse_info(token.info).language.lower() == "mermaid"


def fence_html(token: Token) -> str:
    """A fence token → highlighted code with its title, marked lines and line numbers."""
    fence = parse_info(token.info)
    title = str(token.meta.get("title") or fence.title)
    marked = fence.marked | _lines(str(token.meta.get("hl_lines", "")))
    first = fence.first if fence.first is not None else _number(token.meta.get("linenums"))
    html = highlight(token.content, fence.language or "text")
    if marked or first is not None:
        html = with_lines(html, marked, first)
    id = str(token.attrs.get("id") or fence.id)
    classes = " ".join(filter(None, (*fence.classes, str(token.attrs.get("class", "")))))
    if not (title or id or classes or fence.attrs):
        return html
    attrs = {"id": id, "class": f"nb-listing {classes}".strip(), **fence.attrs}
    written = "".join(f' {key}="{escape(value)}"' for key, value in attrs.items() if value)
    head = f'<p class="filename nb-listing-title">{escape(title)}</p>\n' if title else ""
    return f"<div{written}>\n{head}{html}</div>\n"
