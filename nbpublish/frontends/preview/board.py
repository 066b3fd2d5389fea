"""What readers of the preview see at this moment: the folder that is served, and the pages that somebody looks at."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbpublish.frontends.preview.again import Site, as_built
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.shown import Shown
from nbpublish.model import Problem

LINGERS = 600.0
"""Seconds that a page counts as looked at after its last reader has left: hidden tabs close their connections."""
MOST_PROBLEMS = 20
"""Problems that the bar names."""
FRAMES = 16
"""Pages that are remembered as they were sent, for readers who ask what was around the parts."""
NO_FRAME = ""
"""Stands for what is around the parts of a page that is not there."""


class Board:
    """Keeps what is shown, and wakes whoever waits for a change of it. May be used from several threads."""

    def __init__(self, folder: Path, editor: Editor) -> None:
        self.folder = folder
        self.session = secrets.token_hex(8)
        """Tells this preview from the one before it."""
        self.token = secrets.token_urlsafe(24)
        """Known to the pages of this preview only; whoever asks for something to be done must say it."""
        self.site: Site | None = None
        self.broken: dict[str, Any] | None = None
        """Why no page could be made of what is saved, where that is so."""
        self.files: dict[str, Path] = {}
        """By address, sources that are newer than their copies in the folder, such as style sheets."""
        self.styles: dict[str, int] = {}
        """By address of a style sheet, when it changed."""
        self.follow = False
        self._moved: dict[str, str] = {}
        """By address at which a page was, where it is now."""
        self.arrived: Callable[[], None] = lambda: None
        """Called when somebody begins to look at a page."""
        self.closed = False
        self._editor = editor
        self._shown: dict[str, Shown] = {}
        self._frames: dict[str, str] = {}
        self._sent: dict[str, bytes] = {}
        """By what stands for all of a page that is not its parts, the page as it was sent last, compressed."""
        self._readers: Counter[str] = Counter()
        self._left: dict[str, float] = {}
        self._version = 0
        self._condition = threading.Condition(threading.RLock())

    # --- changes ----------------------------------------------------------------------------------------------------

    def change(
        self, address: str, act: Callable[[Shown, int], None], problems: Iterable[Problem] | None = None
    ) -> None:
        """Let one page become another; `act` is given it and the number of the change."""
        with self._changing():
            if self.site and address not in self.site.pages:
                return  # its source is gone since
            shown = self._page(address)
            act(shown, self._version)
            if problems is not None:
                shown.problems = self._editor.described(problems)

    def built(self, site: Site, current: Callable[[str], bool], moved: Mapping[str, str] | None = None) -> None:
        """Show what a build of the site left, but for pages that are not `current` in it. `moved` says of addresses
        at which a page was where it is now."""
        with self._changing():
            self.site = site
            moved = moved or {}
            self._moved = {old: moved.get(new, new) for old, new in self._moved.items()} | {**moved}
            self.folder, self.broken = site.folder, None
            self._frames.clear()
            self.files.clear()
            for address, shown in list(self._shown.items()):
                page = site.pages.get(address)
                if page is None:
                    del self._shown[address]
                    continue
                shown.built = as_built(page)
                if current(address):
                    shown.becomes(shown.built, self._version)
                    shown.rests()
                    found = [problem for problem in site.problems if problem.path == page.file.src_uri]
                    shown.problems = self._editor.described(found)

    def broke(self, message: str) -> None:
        """Nothing could be made of what is saved; what was shown stays."""
        with self._changing():
            self.broken = {"message": message, "place": self._editor.place_in(message)}

    def styled(self, address: str, source: Path) -> None:
        """A style sheet is another one."""
        with self._changing():
            self.files[address] = source
            self.styles[address] = self._version

    def now_at(self, address: str) -> str | None:
        """Where a page is that was at an address at which there is none now."""
        with self._condition:
            is_here = self.site is not None and address in self.site.pages
            return None if is_here else self._moved.get(address)

    def close(self) -> None:
        with self._changing():
            self.closed = True

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._condition:
            self._version += 1
            yield
            self._condition.notify_all()

    # --- readers ----------------------------------------------------------------------------------------------------

    @contextmanager
    def reader(self, address: str) -> Iterator[None]:
        """Somebody looks at a page meanwhile."""
        with self._condition:
            self._readers[address] += 1
        self.arrived()
        try:
            yield
        finally:
            with self._condition:
                self._readers[address] -= 1
                self._left[address] = time.monotonic()

    def looked_at(self) -> list[str]:
        """The addresses of pages that somebody looks at, or did a moment ago."""
        with self._condition:
            now = time.monotonic()
            for address in [a for a, count in self._readers.items() if count <= 0 and now - self._left[a] > LINGERS]:
                del self._readers[address], self._left[address]
                self._shown.pop(address, None)
            return list(self._readers)

    def wait(self, seen: int, seconds: float) -> int | None:
        """Block until there is a change after `seen`, or for so long; the number of the last one, None at the end.

        0 stands for a preview that has nothing to show yet.
        """
        with self._condition:
            self._condition.wait_for(lambda: self.closed or self._version > seen, seconds)
            return None if self.closed else self._version

    def message(self, address: str, since: int, session: str) -> dict[str, Any]:
        """What a reader of a page lacks who has seen `since` of a preview's `session`."""
        with self._condition:
            known = since if session == self.session else -1
            shown = self._page(address) if self.site and address in self.site.pages else None
            here = self.site.pages[address].file.src_uri if shown and self.site else None
            elsewhere = self._editor.described(self.site.problems) if self.site else []
            named = [*(shown.problems if shown else ()), *(each for each in elsewhere if each["path"] != here)]
            return {
                "session": self.session,
                "version": self._version,
                "page": shown.since(known) if shown else None,
                "cells": dict(shown.cells) if shown else {},
                "busy": shown.busy if shown else False,
                "count": shown.count if shown else (0, 0),
                "problems": named[:MOST_PROBLEMS],
                "frame": self._frame(address),
                "styles": dict(self.styles),
                "broken": self.broken,
                "follow": self.follow,
            }

    def page_file(self, address: str) -> tuple[str, str]:
        """The file of a page with its parts as they are now, and what stands for all of it that is not its parts.

        Raises FileNotFoundError where there is none any longer.
        """
        with self._condition:
            path = self.file_at(address)
            if path is None:
                raise FileNotFoundError(address)
            html = path.read_text("utf-8")
            if self.site and address in self.site.pages:
                html = self._page(address).marked(html)
            frame = self._frame(address)
            self._sent.pop(frame, None)
            self._sent[frame] = zlib.compress(html.encode("utf-8", "surrogateescape"), 1)
            for oldest in list(self._sent)[:-FRAMES]:
                del self._sent[oldest]
            return html, frame

    def page_sent(self, frame: str) -> str | None:
        """A page as it was sent last with this around its parts; None where that is not known any longer."""
        with self._condition:
            packed = self._sent.get(frame)
        return zlib.decompress(packed).decode("utf-8", "surrogateescape") if packed else None

    def file_at(self, address: str) -> Path | None:
        """The file of an address; None where it leads out of the folder, to a hidden file, or nowhere."""
        if "\0" in address or "\\" in address or any(part.startswith(".") for part in address.split("/")):
            return None
        path = self.folder / address.strip("/") / ("index.html" if address.endswith("/") else "")
        try:
            return path if path.exists() and path.resolve().is_relative_to(self.folder.resolve()) else None
        except OSError:
            return None

    def asset(self, address: str) -> bytes | None:
        """A file that a page needs and that the site has not yet."""
        with self._condition:
            for shown in self._shown.values():
                if address in shown.assets:
                    return shown.assets[address]
        return None

    def _page(self, address: str) -> Shown:
        if address not in self._shown:
            shown = self._shown[address] = Shown()
            if self.site and address in self.site.pages:
                shown.built = as_built(self.site.pages[address])
                shown.becomes(shown.built, self._version)
                path = self.site.pages[address].file.src_uri
                shown.problems = self._editor.described(p for p in self.site.problems if p.path == path)
        return self._shown[address]

    def _frame(self, address: str) -> str:
        """Stands for all of a page that is not its parts: title, navigation, scripts."""
        if address not in self._frames:
            self._frames[address] = self._frame_of(address)
        return self._frames[address]

    def _frame_of(self, address: str) -> str:
        path = self.file_at(address)
        try:
            html = path.read_text("utf-8") if path else ""
        except (OSError, UnicodeDecodeError):
            html = ""
        if not html:
            return NO_FRAME
        page = self.site.pages.get(address) if self.site else None
        if page:
            for part in as_built(page).fragments:
                html = html.replace(part.html.strip(), "", 1) if part.html.strip() else html
        return hashlib.sha256(html.encode()).hexdigest()[:16]
