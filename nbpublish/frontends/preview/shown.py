"""A page as its readers have it: parts with versions.

A part is what a patch replaces: the HTML of a cell, or what comes before and after all of them. Versions are counted
by the whole preview, so a reader who says which one they have last seen can be told what they lack, however long they
were away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from nbpublish.model import Fragment, Page
from nbpublish.page.diff import diff

TOP, END = "^", "$"
"""Parts that stand before and after the cells."""
_CELL = re.compile(r'(?=<div class="nb-cell )')
_OPENING = re.compile(r"<[^>]*>")


def parts_of(content: str, page: Page | None = None) -> Page:
    """The content of a page as parts, as other plugins have left it. `page` is what was rendered of a notebook."""
    cells = [part for part in page.fragments if part.cell] if page else []
    if not cells or page is None:
        top, heading, rest = content.rpartition("</h1>") if content.count("</h1>") == 1 else ("", "", content)
        return Page(None, (Fragment(TOP, top + heading), Fragment(END, rest)))
    body = "\n".join(part.html for part in cells)
    end = "".join(part.html for part in page.fragments if not part.cell)
    before, found, after = content.partition(body)
    if found and after.strip() == end.strip():
        htmls = [part.html for part in cells]
    else:  # another plugin has changed something
        before, *htmls = _CELL.split(content)
        after = ""
    if len(htmls) != len(cells):
        return Page(None, (Fragment(TOP, ""), Fragment(END, content)))
    keyed = [Fragment(f"cell-{part.cell}", html) for part, html in zip(cells, htmls, strict=True)]
    return Page(None, (Fragment(TOP, before), *keyed, Fragment(END, after)))


@dataclass
class Shown:
    """One page: what its readers see, and what stands in its file since the last build of the site."""

    now: Page = field(default_factory=lambda: Page(None, ()))
    built: Page = field(default_factory=lambda: Page(None, ()))
    versions: dict[str, int] = field(default_factory=dict)
    """By part, when it became what it is."""
    ordered: int = 0
    """When the order became what it is."""
    assets: dict[str, bytes] = field(default_factory=dict)
    """Files that it needs beside it, and that may not be in the site yet."""
    cells: dict[str, str] = field(default_factory=dict)
    """By id, what is being done with a cell, or was done."""
    busy: bool = False
    count: tuple[int | str, int | str] = (0, 0)
    """While cells run, how many of all need nothing more; then how many states of widgets are known."""
    problems: list[dict[str, Any]] = field(default_factory=list)
    said: str = ""
    """How the last build of it went, in a few words."""

    def goes_on(self, count: tuple[int | str, int | str]) -> None:
        self.busy, self.count = True, count

    def becomes(self, page: Page, version: int) -> bool:
        """Take over another state of the page; False where it is no other."""
        patch = diff(self.now, page)
        order = tuple(part.cell for part in self.now.fragments)
        if patch.order == order and not patch.fragments:
            return False
        changed = {part.cell for part in patch.fragments}
        self.versions = {key: version if key in changed else self.versions[key] for key in patch.order}
        self.ordered = version if patch.order != order else self.ordered
        self.now = page
        return True

    def rests(self) -> None:
        """Nothing is being done to it, whatever was when it was last told of."""
        self.busy, self.count = False, (0, 0)
        self.cells = {id: state for id, state in self.cells.items() if state not in ("running", "waiting")}

    def since(self, version: int) -> Mapping[str, Any] | None:
        """What a reader lacks who has seen `version`; None where that is nothing."""
        if version >= max([self.ordered, *self.versions.values()], default=0):
            return None
        parts = {
            part.cell: [self.versions[part.cell], part.html]
            for part in self.now.fragments
            if self.versions[part.cell] > version
        }
        return {"order": [part.cell for part in self.now.fragments], "parts": parts}

    def marked(self, html: str) -> str:
        """The file of the page with its parts as they are now, each after a comment that names it and its version.

        As it is where the parts are not found in it: such a page is loaded again to change.
        """
        pieces = _pieces(html, self.built)
        if pieces is None:
            return html
        before, found, after = pieces
        old = {part.cell: part.html for part in self.built.fragments}
        out = [before]
        for part in self.now.fragments:
            same = old.get(part.cell) == part.html
            out.append(_mark(part.cell, self.versions[part.cell]) + (found[part.cell] if same else part.html))
        return "".join([*out, _mark("", 0), after])


def _mark(key: str, version: int) -> str:
    return f"<!--nb:{quote(key, safe='')}@{version}-->"


def _pieces(html: str, page: Page) -> tuple[str, dict[str, str], str] | None:
    """A file around and between the parts of a page. A theme may have put something of its own between them."""
    starts: list[tuple[str, int]] = []
    at = begin = html.find("<body")
    last = ""
    for part in page.fragments:
        text = part.html.strip()
        opening = _OPENING.match(text)
        if not text:
            starts.append((part.cell, -1))
            continue
        wanted = opening[0] if part.cell not in (TOP, END) and opening else text
        at = html.find(wanted, at)
        if at < 0:
            return None
        starts.append((part.cell, at))
        begin, last = at, text.rpartition("</h1>")[2]  # after the title themes put something
        at += len(wanted)
    end = html.find(last, begin)
    if not last or end < 0:
        return None
    end += len(last)
    stops, following = [], end
    for key, start in reversed(starts):
        start = following if start < 0 else start
        stops.append((key, start, following))
        following = start
    return html[:following], {key: html[start:stop] for key, start, stop in stops}, html[end:]


def as_event(message: Mapping[str, Any]) -> bytes:
    """A message as the event stream carries it."""
    return f"data: {json.dumps(message, ensure_ascii=False)}\n\n".encode()
