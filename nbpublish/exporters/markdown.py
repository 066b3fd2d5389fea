"""A run with its page as Markdown: prose as it was written, code, and what the cells gave.

Outputs are taken from the page, so a reader of the Markdown sees what a reader of the page sees, figures as links to
the page's own files. It is meant for reading, by people and by programs, and not for running.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import unescape
from typing import Any

from nbpublish.exporters.links import redirected
from nbpublish.model import Cell, Fragment, Page, Run, Trace
from nbpublish.page.render import prose_of

_CODE = re.compile(r'<div class="nb-code">|<details class="nb-fold nb-fold-code">')
_OUTPUTS = '<div class="nb-outputs">\n'
_CLOSING = re.compile(r"(?:\s*</(?:div|details)>)+\s*\Z")
_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
_PICTURE = re.compile(r'<figure class="nb-figure"[^>]*><img(?P<attributes>[^>]*)></figure>')
_PROBLEM = re.compile(r'<p class="nb-(?:problem|notrun)"[^>]*>(.*?)</p>', re.DOTALL)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\n{3,}")
_RUNS = re.compile(r"`{3,}")


def to_markdown(run: Run, page: Page, link: Callable[[str], str] = str) -> str:
    """The Markdown of a notebook whose page is `page`; `link` gives the address of what prose links to."""
    fragments = {fragment.cell: fragment for fragment in page.fragments}
    shown = [run.notebook.cell(id) for id in fragments if any(cell.id == id for cell in run.notebook.cells)]
    parts = [part for cell in shown for part in _cell(cell, run, fragments[cell.id], link)]
    title = run.notebook.metadata.get("title")
    if page.title is None and isinstance(title, str):
        parts.insert(0, f"# {title}")
    return _BLANK.sub("\n\n", "\n\n".join(part.strip("\n") for part in parts if part.strip())) + "\n"


def _cell(cell: Cell, run: Run, fragment: Fragment, link: Callable[[str], str]) -> list[str]:
    if cell.kind == "markdown":
        return [redirected(cell.source, link)]
    if cell.kind == "raw":
        return [fenced(cell.source, "")]
    trace = run.traces.get(cell.id)
    prose = [redirected(text, link) for text in prose_of(cell, run)] if _only_prose(trace) else []
    code = fenced(cell.source, "python") if _CODE.search(fragment.html) else ""
    said = [f"> {plain(text)}" for text in _PROBLEM.findall(fragment.html)]
    outputs = _CODE.split(fragment.html.partition(_OUTPUTS)[2])[0]
    given = prose or [html_as_markdown(_CLOSING.sub("", outputs))]
    return [code, *said, *given]


def _only_prose(trace: Trace | None) -> bool:
    """Whether all that a cell gave is Markdown without elements of marimo's, which is shown as it was computed."""
    bundles = [output.data for output in trace.outputs] if trace else []
    return bool(bundles) and all(
        isinstance(text := data.get("text/markdown"), str) and "<marimo-" not in text for data in bundles
    )


def fenced(text: str, language: str) -> str:
    """A block of code in a fence longer than any within it."""
    longest = max((len(run) for run in _RUNS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def plain(html: str) -> str:
    """HTML → its text: no tags, characters for entities."""
    return unescape(_TAG.sub("", html)).strip()


def html_as_markdown(html: str) -> str:
    """Outputs as Markdown. Printed text and pictures, which most pages are made of, need no tree of the HTML."""
    parts, position = [], 0
    simple = re.compile(rf"{_PRE.pattern}|{_PICTURE.pattern}", re.DOTALL)
    for found in simple.finditer(html):
        if html[position : found.start()].strip():
            return _from_tree(html)
        position = found.end()
        parts.append(_picture(found["attributes"]) if found["attributes"] else fenced(plain(found[1]), "text"))
    return "\n\n".join(parts) if not html[position:].strip() else _from_tree(html)


def _picture(attributes: str) -> str:
    values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    alt = values.get("alt", "").replace("[", r"\[").replace("]", r"\]")
    return f"![{' '.join(alt.split())}]({values.get('src', '')})"


def _from_tree(html: str) -> str:
    """Any HTML, by markdownify: tables, lists and links stay what they are; what needs a browser is left out."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for gone in soup.find_all(["script", "style", "svg", "button", "select", "noscript", "template", "iframe"]):
        gone.decompose()
    for mark in soup.find_all("nb-no"):  # numbers are given to whole sites; prose as it was written has the label
        mark.replace_with(f"({mark.get('of', '')}) ")
    for field in soup.find_all("input"):
        _speak(field)
    for summary in soup.find_all("summary"):
        summary.name = "p"
    text: str = _converter().convert_soup(soup)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


@cache
def _converter() -> Any:
    from markdownify import MarkdownConverter

    class Converter(MarkdownConverter):
        def convert_pre(self, element: Any, text: str, parent_tags: Any) -> str:
            return f"\n\n{fenced(element.get_text(), 'text')}\n\n"

    return Converter(heading_style="ATX", bullets="-", escape_misc=False)


def _speak(field: Any) -> None:
    """A control as the value that it stands at; tabs and other ways to choose what is shown are left out."""
    values: Mapping[str, Any] = field.attrs
    if field.get("type") in ("radio", "hidden", "submit", "button", "image") or "value" not in values:
        field.decompose()
        return
    field.replace_with(str(values.get("aria-valuetext") or values["value"]))
