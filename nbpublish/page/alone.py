"""One HTML output that stands alone: for a notebook that is opened elsewhere than on our page."""

from __future__ import annotations

import base64

from nbpublish.model import Asset, Cell, Notebook
from nbpublish.page.assets import Assets
from nbpublish.page.context import Context
from nbpublish.page.messages import Words
from nbpublish.page.native import translate
from nbpublish.page.outputs import bundle
from nbpublish.page.prose import Prose
from nbpublish.page.settings import PageSettings


class _Within(Assets):
    """Files become part of the address that leads to them."""

    def __init__(self) -> None:
        super().__init__("")

    def add(self, data: bytes, mimetype: str) -> str:
        return f"data:{mimetype};base64,{base64.b64encode(data).decode('ascii')}"

    def keep(self, asset: Asset) -> str:
        return self.add(asset.data, "application/octet-stream")


def html_alone(html: str, cell: Cell, notebook: Notebook, language: str) -> str:
    """HTML with marimo's elements as plain HTML, which needs no script, no style sheet and no file beside it."""
    settings = PageSettings(language=language)
    prose = Prose(link=lambda url, line: url, slugify=settings.slugify, language=language, path=notebook.path)
    return translate.html(html, Context(notebook, settings, prose, cell, Words(language), _Within()), bundle)
