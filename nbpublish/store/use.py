"""What of a store has been used since it was opened: this is not collected, and it is counted for the last build."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from nbpublish.store.index import Row

_FRESH = 3600
"""Seconds within which a trace counts as just used, so that a build in which nothing changed writes nothing."""


class Use:
    """Takes note of keys of traces and digests of values. May be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._aged: set[str] = set()
        self._earlier: set[str] = set()
        """Keys and digests of the season before."""
        self.has_kept = False
        """Whether a trace was kept."""
        self._start()

    def _start(self) -> None:
        self._asked: set[str] = set()
        self._found: set[str] = set()
        self._kept: set[str] = set()
        self._values: set[str] = set()

    def looked_up(self, key: str, rows: Iterable[Row], *, found: bool) -> None:
        """Traces with a key were looked up; these rows were there, and traces were `found` in them."""
        now = time.time()
        with self._lock:
            self._asked.add(key)
            if found:
                self._found.add(key)
            if any(abs(now - row.used) > _FRESH for row in rows):
                self._aged.add(key)

    def pinned(self, keys: Iterable[str]) -> None:
        """Traces with these keys are in use, although nobody looks them up."""
        with self._lock:
            self._asked.update(keys := set(keys))
            self._found.update(keys)

    def kept(self, keys: Iterable[str]) -> None:
        """Traces with these keys were kept."""
        with self._lock:
            self._asked.update(keys := set(keys))
            self._kept.update(keys)
            self.has_kept = self.has_kept or bool(keys)

    def value(self, digest: str) -> None:
        """A value was kept, or asked for."""
        with self._lock:
            self._values.add(digest)

    @property
    def all(self) -> set[str]:
        """Keys and digests of all that was used, in this season and the one before."""
        with self._lock:
            return self._asked | self._values | self._earlier

    def take_aged(self) -> set[str]:
        """Keys of traces whose last use should be written down; each is told once."""
        with self._lock:
            aged, self._aged = self._aged, set()
        return aged

    def season_ends(self) -> None:
        """Count as used only what is from now on, and what was since this was called last: whoever keeps a store open
        for days would else remember every edit."""
        with self._lock:
            self._earlier = self._asked | self._values
            self._start()

    def end(self) -> dict[str, int]:
        """How many cells were `asked` for, `found` and `kept`; from now on all is counted anew."""
        with self._lock:
            counts = {"asked": len(self._asked), "found": len(self._found), "kept": len(self._kept)}
            self._earlier, self.has_kept = set(), False
            self._start()
        return counts
