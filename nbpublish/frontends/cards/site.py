"""The pages of a site → their cards, each drawn once and kept for as long as its words and fonts stay."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.cards.fonts import Font, installed
from nbpublish.frontends.cards.words import Words
from nbpublish.frontends.mkdocs_kept import Shelf
from nbpublish.model import Problem

if TYPE_CHECKING:
    from nbpublish.frontends.cards.draw import Pen

FOLDER = "assets/nbpublish"
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card that was drawn; its bytes are kept by digest."""

    digest: str


class Cards:
    """Cards in the language of a site. `problem` is what hinders some of them, known once all are made."""

    def __init__(self, config: MkDocsConfig, shelf: Shelf, language: str) -> None:
        self._config, self._shelf, self._language = config, shelf, language
        self._options: Any = config.plugins["nbpublish"].config
        self.problem: Problem | None = None

    def of(self, pages: Iterable[MkDocsPage]) -> Iterator[tuple[MkDocsPage, str, bytes]]:
        """Each page with the path of its card in the site and the card, as PNG; without those that have another."""
        for page in pages:
            if not page.meta.get("image") and (data := self._card(page)):
                yield page, f"{FOLDER}/card-{hashlib.sha256(data).hexdigest()[:16]}.png", data

    def _card(self, page: MkDocsPage) -> bytes | None:
        words, records = self._words(page), self._shelf.records
        name, key = f"card {page.file.src_uri}", json.dumps([asdict(words), self._ground])
        kept = records.recall(name, key, KeptCard) if records else None
        data = records.bytes_of(kept.digest) if records and kept else None
        if data is None and (data := self._drawn(words)) and records:
            records.keep(name, key, KeptCard(records.put(data)))
        return data

    def _words(self, page: MkDocsPage) -> Words:
        config = self._config
        address = urlsplit(config.site_url or "")
        parts = [str(section.title) for section in reversed([*page.ancestors])]
        place = " · ".join(part for part in (*parts, (address.netloc + address.path).rstrip("/")) if part)
        accent = config.theme.get("accent")
        above, title = config.site_name, plain(str(page.title or config.site_name))
        if page.is_homepage:
            above, title = config.site_description or "", config.site_name
        return Words(title, above, place, *([str(accent)] if accent else []))

    @cached_property
    def _fonts(self) -> list[Font]:
        own = self._options.card_font
        return installed(self._language, Path(own) if own else None)

    @cached_property
    def _ground(self) -> list[Any]:
        """What decides about all cards: fonts by their content, and what is installed."""
        files = [(self._shelf.digest_of(font.bold), self._shelf.digest_of(font.regular), font.face)
                 for font in self._fonts]  # fmt: skip
        return [files, self._shelf.surroundings]

    @cached_property
    def _pen(self) -> Pen:
        from nbpublish.frontends.cards.draw import Pen

        return Pen(self._fonts)

    def _drawn(self, words: Words) -> bytes | None:
        from nbpublish.frontends.cards.draw import NoFontError, card

        try:
            return card(words, self._pen)
        except NoFontError as error:
            self.problem = self.problem or self._missing(str(error))
            return None

    def _missing(self, text: str) -> Problem:
        message = (
            f"No font on this machine can draw “{text}” on the card that social networks show for a page, so pages "
            "with such words have no card. Install one, such as the package fonts-noto-cjk for Japanese, name a font "
            "file under `card_font`, or set `cards: false`."
        )
        return Problem("card-font", message, Path(self._config.config_file_path or "mkdocs.yml").name, 1,
                       severity="warning")  # fmt: skip


def plain(html: str) -> str:
    """The text of a title."""
    return " ".join(unescape(_TAG.sub("", html)).split())
