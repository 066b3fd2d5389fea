"""The sections of all pages → the index that the theme's search reads, as files.

They are classic scripts, because a page opened from the disk may run scripts but not fetch files. The first holds the
titles of all pages and sections, so that a search answers at once. The texts are in it too, unless they are large: then
they follow in parts, prose first, named by their content, so that no part of an older site is taken for one of this.

    nb.index = {sections: [{url, page, title, weight, texts: [prose, code, output]}, …], parts: […]}
    nb.part(kind, first, […])   // texts of one kind, from section `first` on
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from nbpublish.frontends.search_text import Section, plain, sections

LARGE = 500_000
"""Bytes of text that are loaded at once, about 150 kB compressed."""

FIRST = 0.3
"""How much more the first section counts than the last: of two that fit a search equally well, the first is meant."""


class IndexedPage(NamedTuple):
    """A page as the search sees it."""

    url: str
    """Relative to the site."""
    title: str
    sections: list[Section]
    boost: float = 1
    """How much more a hit on it counts than one on another page."""


def indexed(url: str, title: str | None, html: str | None, boost: float = 1) -> IndexedPage:
    """A page by its address, its title and its HTML."""
    return IndexedPage(url, plain(title or ""), sections(title or "", html or ""), boost)


def search_index(pages: Iterable[IndexedPage], path: str, large: int = LARGE) -> Mapping[str, str]:
    """The files of the index, by their paths: the first under `path`, those with parts of the texts beside it."""
    every = [(page, section) for page in pages for section in page.sections]
    entries = [_entry(page, section, at / len(every)) for at, (page, section) in enumerate(every)]
    texts = [[section[kind] for _, section in every] for kind in (2, 3, 4)]
    files: dict[str, str] = {}
    if sum(len(text.encode()) for kind in texts for text in kind) > large:
        for entry in entries:
            entry["texts"] = ["", "", ""]
        for kind, of_kind in enumerate(texts):
            for first, part in _parts(of_kind, large):
                text = f"nb.part({kind},{first},{_script(part)});\n"
                digest = hashlib.sha256(text.encode()).hexdigest()[:12]
                files[f"{path.removesuffix('.js')}.{digest}.js"] = text
    names = [name.rpartition("/")[2] for name in files]
    index = _script({"sections": entries, "parts": names})
    return {path: f"window.nb={{...window.nb,index:{index}}};\n", **files}


def _entry(page: IndexedPage, section: Section, place: float) -> dict[str, object]:
    """A section as the script wants it; `place` says where in the index it stands, from 0 to 1."""
    url = f"{page.url}#{section.anchor}" if section.anchor else page.url
    url = re.sub('["<>&]', lambda sign: quote(sign[0]), url)  # it is put between quotation marks
    weight = round(page.boost * (1 - FIRST * place), 3)
    return {"url": url, "page": page.title, "title": section.title, "weight": weight, "texts": section[2:]}


def _parts(texts: list[str], large: int) -> Iterator[tuple[int, list[str]]]:
    """Texts in lists of about `large` bytes, each with the place of its first."""
    first, size = 0, 0
    for at, text in enumerate(texts):
        length = len(text.encode())
        if size and size + length > large:
            yield first, texts[first:at]
            first, size = at, 0
        size += length
    if size:
        yield first, texts[first:]


def _script(value: object) -> str:
    """A value as JavaScript."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
