"""The build of the whole site behind the open pages: it takes what they have made, and gives way to them."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from mkdocs.plugins import BasePlugin

from nbpublish.build import Report
from nbpublish.errors import Superseded
from nbpublish.frontends.preview.outside import Noticing
from nbpublish.model import Notebook, Run


class Rest(Noticing):
    """A project that takes the runs of open pages as they are, and runs the other notebooks."""

    made: dict[str, Run]

    def runs(self, notebooks: Iterable[Notebook], report: Report | None = None) -> dict[str, Run]:
        books = list(notebooks)
        made = {book.path: self.made[book.path] for book in books if self._is_made(book)}
        found = made | super().runs([book for book in books if book.path not in made], report)
        return {book.path: found[book.path] for book in books}

    def _is_made(self, book: Notebook) -> bool:
        run = self.made.get(book.path)
        return run is not None and run.notebook == book


class Ending(BasePlugin):  # type: ignore[no-untyped-call,type-arg]
    """Gives a build of the site up at its next event, as the pages that somebody looks at want the processor."""

    def __init__(self, given_up: threading.Event) -> None:
        self._given_up = given_up
        self.is_over = False
        """The site is built; single pages are made with its plugins from now on."""

    def _go_on(self, *_: object, **__: object) -> None:
        if self._given_up.is_set() and not self.is_over:
            raise Superseded("the site")

    on_config = on_files = on_nav = on_env = on_pre_template = _go_on
    on_pre_page = on_page_markdown = on_page_content = on_page_context = on_post_page = _go_on
