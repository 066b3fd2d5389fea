"""Formulas, diagrams, icons, files to take along, pictures to compare, and what only lives beside a kernel."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbpublish.page import placeholders
from nbpublish.page.figures import decode_data_uri
from nbpublish.page.html import attributes, escape
from nbpublish.page.latex import formula
from nbpublish.page.mermaid.diagram import diagram_html
from nbpublish.page.mermaid.picture import picture_of
from nbpublish.page.native.element import Element


def _tex(e: Element) -> str:
    text = e.tag.get_text()
    match = re.fullmatch(r"\s*\|\|([(\[])(.*)\|\|[)\]]\s*", text, re.DOTALL)
    display = bool(match) and match.group(1) == "[" if match else False
    html = formula(match.group(2) if match else text, e.context, display=display)
    return f'<div class="nb-math" tabindex="0">{html}</div>' if display else html


def _mermaid(e: Element) -> str:
    source = e.text("diagram")
    lines = source.splitlines()

    def tell(message: str, line: int) -> None:
        e.context.problem("undrawn-diagram", message, lines[line].strip() if line < len(lines) else "")

    return diagram_html(source, e.context.words, tell, picture_of(e.context.settings, e.context.assets))


def icon(e: Element) -> str:
    """An icon by its name; a theme may draw it, and its last word stands for it otherwise."""
    name = str(e.tag.get("icon") or "")
    word = name.rpartition(":")[2].replace("-", " ")
    return f'<span class="nb-icon"{attributes(data_icon=name, title=word)}>{escape(word)}</span>'


def _download(e: Element) -> str:
    name = e.text("filename")
    label = e.label or e.words("download.file", name=name) if name else e.label or e.words("download")
    data = e.text("data")
    href: str | None = data or None
    if data[:5].lower() == "data:":
        decoded = decode_data_uri(data)
        href = e.context.assets.add(decoded[1], decoded[0]) if decoded else None
    if not href or e.flag("disabled"):
        return f'<span class="nb-widget" data-widget="download"><button type="button" disabled>{label}</button></span>'
    return f'<a class="nb-download"{attributes(href=href, download=name or True)}>{label}</a>'


def _comparison(e: Element) -> str:
    parts = []
    for name, word in (("before-src", "compare.before"), ("after-src", "compare.after")):
        if source := e.text(name):
            caption = e.words(word)
            image = f'<img{attributes(src=source)} alt="{caption}" loading="lazy">'
            parts.append(f'<figure class="nb-figure">{image}<figcaption>{caption}</figcaption></figure>')
    if not parts:
        missing = e.context.words("placeholder.missing", what=e.context.words("what.comparison"))
        return placeholders.placeholder("comparison", missing)
    return f'<div class="nb-compare">{"".join(parts)}</div>'


def _live(word: str) -> Callable[[Element], str]:
    """Elements that are nothing without a kernel."""

    def translation(e: Element) -> str:
        what = e.context.words(f"what.{word}")
        if label := e.label_text:
            what = f"{what} {label}"
        return placeholders.live(word, what, e.context) + e.inside

    return translation


TRANSLATIONS: dict[str, Callable[[Element], str]] = {
    "tex": _tex,
    "mermaid": _mermaid,
    "download": _download,
    "image-comparison": _comparison,
    "anywidget": _live("widget"),
    "panel": _live("panel"),
    "chatbot": _live("chat"),
    "microphone": _live("microphone"),
    "file-browser": _live("file-browser"),
}
