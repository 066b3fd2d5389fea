"""Encoded traces by key: what every cell of a build asks.

Each trace is committed for itself, those of states of widgets together, so a process killed at any moment loses no more
than the cell that was running, or half a second. Each row carries a digest of its content, because SQLite notices
damage to its own structure only.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbpublish.store.database import Database

VARIANTS = 8
"""Traces kept for one key: the states of files and the like that an author goes back and forth between."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS traces (key TEXT, id TEXT, place TEXT, turn INTEGER, seconds REAL, used INTEGER,"
    " body BLOB, digest BLOB, PRIMARY KEY (key, id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS places ON traces (place, turn)",
    "CREATE TABLE IF NOT EXISTS files (host TEXT, path TEXT, state TEXT, digest TEXT, used INTEGER,"
    " PRIMARY KEY (host, path)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID",
)
_INSERT = (
    "INSERT OR REPLACE INTO traces (key, id, place, turn, seconds, used, body, digest) VALUES"
    " (?, ?, ?, max(?, (SELECT coalesce(max(turn), 0) + 1 FROM traces WHERE key = ?)), ?, ?, ?, ?)"
)
_DELETE_OLDEST = (
    "DELETE FROM traces WHERE key = ? AND id NOT IN"
    " (SELECT id FROM traces WHERE key = ? ORDER BY turn DESC LIMIT ?)"
)
_COLUMNS = "key, id, place, seconds, used, body, digest"


@dataclass(frozen=True, slots=True)
class Row:
    """An encoded trace."""

    key: str
    id: str
    place: str
    seconds: float
    used: int
    """When a build last asked for it, in seconds since the epoch."""
    body: bytes


class Index:
    """The rows of the database in `folder`. Raises as little as that: what cannot be read is not there."""

    def __init__(self, folder: Path, *, patience: float = 10.0) -> None:
        self.file = Database(folder, _TABLES, patience=patience)

    # --- traces

    def rows(self, key: str) -> list[Row]:
        """The traces with this key, the newest first; damaged ones are removed on the way."""
        select = f"SELECT {_COLUMNS} FROM traces WHERE key = ? ORDER BY turn DESC"
        return self._sound(self.file.select(select, key))

    def latest(self, place: str) -> list[Row]:
        """The newest trace of the cell at a place, if there is one."""
        select = f"SELECT {_COLUMNS} FROM traces WHERE place = ? ORDER BY turn DESC LIMIT 1"
        return self._sound(self.file.select(select, place))

    def count(self) -> int:
        """How many traces there are, damaged ones among them."""
        return sum(int(_number(count)) for (count,) in self.file.select("SELECT count(*) FROM traces"))

    def all(self) -> list[Row]:
        """Every trace; damaged ones are removed on the way."""
        return self._sound(self.file.select(f"SELECT {_COLUMNS} FROM traces"))

    def _sound(self, found: list[tuple[Any, ...]]) -> list[Row]:
        rows, damaged = [], []
        for key, id, place, seconds, used, body, digest in found:
            if isinstance(body, bytes) and isinstance(key, str) and digest == _digest(key, str(id), body):
                rows.append(Row(key, str(id), str(place), _number(seconds), int(_number(used)), body))
            else:
                damaged.append((key, id))
        if damaged:
            self.remove(damaged)
        return rows

    def keep(self, *rows: Row) -> bool:
        """Put rows before the others with their keys, the last one first; True when they are on disk."""
        values = [
            (row.key, row.id, row.place, turn, row.key, row.seconds, row.used, row.body, _digest_of(row))
            for turn, row in enumerate(rows, time.time_ns())
        ]
        return self.file.write((_INSERT, values), (_DELETE_OLDEST, [(row.key, row.key, VARIANTS) for row in rows]))

    def remove(self, traces: Iterable[tuple[str, str]]) -> None:
        """Forget traces by key and id."""
        self.file.write(("DELETE FROM traces WHERE key = ? AND id = ?", traces))

    def touch(self, keys: Iterable[str], now: int) -> None:
        """Note that a build asked for these keys."""
        self.file.write(("UPDATE traces SET used = ? WHERE key = ?", [(now, key) for key in keys]))

    # --- digests of files

    def files(self, host: str) -> dict[str, tuple[str, str]]:
        """State and digest of the files that were read on this host, by path."""
        select = "SELECT path, state, digest FROM files WHERE host = ?"
        return {str(path): (str(state), str(digest)) for path, state, digest in self.file.select(select, host)}

    def keep_files(self, host: str, files: Iterable[tuple[str, str, str]], now: int) -> None:
        """Note path, state and digest of files of this host."""
        rows = [(host, *file, now) for file in files]
        self.file.write(("INSERT OR REPLACE INTO files (host, path, state, digest, used) VALUES (?, ?, ?, ?, ?)", rows))

    def remove_files(self, before: int) -> None:
        """Forget the digests of files that were noted before a moment, in seconds since the epoch."""
        self.file.write(("DELETE FROM files WHERE used < ?", [(before,)]))

    # --- notes

    def note(self, name: str) -> dict[str, Any] | None:
        """What was noted under a name."""
        for (text,) in self.file.select("SELECT body FROM notes WHERE name = ?", name):
            with suppress(TypeError, ValueError, RecursionError):
                body = json.loads(text)
                return body if isinstance(body, dict) else None
        return None

    def keep_note(self, name: str, body: dict[str, Any]) -> None:
        """Put a note in the place of the one with its name."""
        self.file.write(("INSERT OR REPLACE INTO notes (name, body) VALUES (?, ?)", [(name, json.dumps(body))]))


def _digest_of(row: Row) -> bytes:
    return _digest(row.key, row.id, row.body)


def _digest(key: str, id: str, body: bytes) -> bytes:
    whole = b"\0".join((key.encode("utf-8", "surrogatepass"), id.encode("utf-8", "surrogatepass"), body))
    return hashlib.blake2b(whole, digest_size=16).digest()


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and abs(value) < 1e15 else 0
