"""`.md` pages → the images on them that say nothing to readers who do not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.mkdocs_files import NotebookFile
from nbpublish.model import Problem
from nbpublish.page.lints import IMAGE_WITHOUT_ALT, images_without_alt

_CODE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1|(`+)(?!`).+?(?<!`)\2(?!`)|<!--.*?-->", re.DOTALL | re.MULTILINE)
_EMPTY = re.compile(r"!\[\s*\]\([^()\n]*\)(?!\{[^{}]*(?:alt|role|aria-hidden)=)")


def images_without_words(page: MkDocsPage) -> Iterator[Problem]:
    """A problem for each, at its line of the file. Notebooks tell of theirs themselves."""
    file = page.file
    if isinstance(file, NotebookFile) or file.generated_by or not file.src_dir:
        return
    try:
        text = (Path(file.src_dir) / file.src_uri).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    text = _CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)
    places = [*(match.start() for match in _EMPTY.finditer(text)), *(start for start, _ in images_without_alt(text))]
    for place in sorted(places):
        line = text.count("\n", 0, place) + 1
        yield Problem("missing-alt", IMAGE_WITHOUT_ALT, file.src_uri, line, severity="warning")
