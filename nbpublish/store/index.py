"""Encoded traces by key, in one SQLite file: what every cell of a build asks.

    index-0.sqlite      traces, digests of files, notes

Each trace is committed for itself, so a process killed at any moment loses at most the cell that was running. Each row
carries a digest of its content, because SQLite notices damage to its own structure only.

A file that is damaged, or was written by another version, is left for the next number: `index-1.sqlite` begins empty,
and the old one is removed. It is never replaced under its name, as another process may still have it open, and SQLite
would mix the journals of both.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nbpublish.store.volume import is_network, is_writable

VARIANTS = 8
"""Traces kept for one key: the states of files and the like that an author goes back and forth between."""

_SCHEMA = 1
_APPLICATION = 0x6E627075  # "nbpu"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS traces (key TEXT, id TEXT, place TEXT, turn INTEGER, seconds REAL, used INTEGER,"
    " body BLOB, digest BLOB, PRIMARY KEY (key, id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS places ON traces (place, turn)",
    "CREATE TABLE IF NOT EXISTS files (host TEXT, path TEXT, state TEXT, digest TEXT, used INTEGER,"
    " PRIMARY KEY (host, path)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID",
)
_COLUMNS = "key, id, place, seconds, used, body, digest"
_NAME = re.compile(r"index-(\d{1,9})\.sqlite")
_HARMLESS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_LOCK,
}
"""Errors that say nothing bad about the file."""
_PERHAPS = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}
"""Errors that come from the folder or from the file."""

T = TypeVar("T")


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
    """Rows of the newest index file in `folder`. May be used from several threads, and by several processes at once.

    Nothing here raises. What cannot be read is not there; what cannot be written is forgotten.
    """

    def __init__(self, folder: Path, *, patience: float = 10.0) -> None:
        self.folder = folder
        self.patience = patience
        """Seconds to wait for another process that writes."""
        self._database: sqlite3.Connection | None = None
        self._failed = False
        """No index can be opened here, now or later."""
        self._lock = threading.RLock()

    # --- traces

    def rows(self, key: str) -> list[Row]:
        """The traces with this key, the newest first; damaged ones are removed on the way."""
        select = f"SELECT {_COLUMNS} FROM traces WHERE key = ? ORDER BY turn DESC"
        return self._sound(self._do(lambda db: db.execute(select, (key,)).fetchall(), []))

    def latest(self, place: str) -> list[Row]:
        """The newest trace of the cell at a place, if there is one."""
        select = f"SELECT {_COLUMNS} FROM traces WHERE place = ? ORDER BY turn DESC LIMIT 1"
        return self._sound(self._do(lambda db: db.execute(select, (place,)).fetchall(), []))

    def count(self) -> int:
        """How many traces there are, damaged ones among them."""
        return int(self._do(lambda db: db.execute("SELECT count(*) FROM traces").fetchone()[0], 0))

    def all(self) -> list[Row]:
        """Every trace; damaged ones are removed on the way."""
        return self._sound(self._do(lambda db: db.execute(f"SELECT {_COLUMNS} FROM traces").fetchall(), []))

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

    def keep(self, row: Row) -> bool:
        """Put a row before the others with its key; True when it is on disk."""
        digest = _digest(row.key, row.id, row.body)
        turn = time.time_ns()

        def write(db: sqlite3.Connection) -> bool:
            with _transaction(db):
                db.execute(
                    "INSERT OR REPLACE INTO traces (key, id, place, turn, seconds, used, body, digest) VALUES"
                    " (?, ?, ?, max(?, (SELECT coalesce(max(turn), 0) + 1 FROM traces WHERE key = ?)), ?, ?, ?, ?)",
                    (row.key, row.id, row.place, turn, row.key, row.seconds, row.used, row.body, digest),
                )
                db.execute(
                    "DELETE FROM traces WHERE key = ? AND id NOT IN"
                    " (SELECT id FROM traces WHERE key = ? ORDER BY turn DESC LIMIT ?)",
                    (row.key, row.key, VARIANTS),
                )
            return True

        return self._do(write, False)

    def remove(self, traces: Iterable[tuple[str, str]]) -> None:
        """Forget traces by key and id."""
        self._write_all("DELETE FROM traces WHERE key = ? AND id = ?", traces)

    def touch(self, keys: Iterable[str], now: int) -> None:
        """Note that a build asked for these keys."""
        self._write_all("UPDATE traces SET used = ? WHERE key = ?", [(now, key) for key in keys])

    # --- digests of files

    def files(self, host: str) -> dict[str, tuple[str, str]]:
        """State and digest of the files that were read on this host, by path."""
        select = "SELECT path, state, digest FROM files WHERE host = ?"
        found: list[tuple[Any, ...]] = self._do(lambda db: db.execute(select, (host,)).fetchall(), [])
        return {str(path): (str(state), str(digest)) for path, state, digest in found}

    def keep_files(self, host: str, files: Iterable[tuple[str, str, str]], now: int) -> None:
        """Note path, state and digest of files of this host."""
        rows = [(host, *file, now) for file in files]
        self._write_all("INSERT OR REPLACE INTO files (host, path, state, digest, used) VALUES (?, ?, ?, ?, ?)", rows)

    def remove_files(self, before: int) -> None:
        """Forget the digests of files that were noted before a moment, in seconds since the epoch."""
        self._write_all("DELETE FROM files WHERE used < ?", [(before,)])

    # --- notes

    def note(self, name: str) -> dict[str, Any] | None:
        """What was noted under a name."""
        found = self._do(lambda db: db.execute("SELECT body FROM notes WHERE name = ?", (name,)).fetchone(), None)
        with suppress(TypeError, ValueError, LookupError):
            body = json.loads(found[0]) if found else None
            return body if isinstance(body, dict) else None
        return None

    def keep_note(self, name: str, body: dict[str, Any]) -> None:
        self._write_all("INSERT OR REPLACE INTO notes (name, body) VALUES (?, ?)", [(name, json.dumps(body))])

    # --- the file

    def size(self) -> int:
        """Bytes of all index files."""
        return sum(_size(path) for path in _glob(self.folder, "index-*.sqlite*"))

    def check(self) -> bool:
        """Whether SQLite finds the file sound; where it does not, the index begins anew."""
        found = self._do(lambda db: db.execute("PRAGMA integrity_check(1)").fetchone(), ("ok",))
        if found == ("ok",):
            return True
        with self._lock:
            self._begin_anew()
        return False

    def shrink(self) -> None:
        """Give room that removed rows took back to the disk, where it is a quarter of the file."""

        def vacuum(db: sqlite3.Connection) -> None:
            free, pages = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
            if free * 4 > pages:
                db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        self._do(vacuum, None)

    def close(self) -> None:
        """Leave the file as one, without a journal beside it, where no other process has it open."""
        with self._lock:
            self._drop()

    def _write_all(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        rows = list(rows)

        def write(db: sqlite3.Connection) -> None:
            with _transaction(db):
                db.executemany(statement, rows)

        if rows:
            self._do(write, None)

    def _do(self, act: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """`act` on the open file; `otherwise` where that cannot be. After damage once more, on an empty one."""
        with self._lock:
            for _ in range(2):
                try:
                    if self._failed:
                        return otherwise
                    if self._database is None:
                        self._database = self._open(_newest(self.folder))
                    return act(self._database)
                except sqlite3.Error as error:
                    if not self._is_damaged(error):
                        self._failed = self._failed or self._database is None
                        return otherwise
                    self._begin_anew()
                except OSError:
                    self._failed = True
                except UnicodeError:  # text that SQLite does not take, such as the name of a file that is no UTF-8
                    return otherwise
        return otherwise

    def _open(self, number: int) -> sqlite3.Connection:
        path = self.folder / f"index-{number}.sqlite"
        if not is_writable(self.folder):
            return _open_to_read(path)
        self.folder.mkdir(parents=True, exist_ok=True)
        database = _connect(path, "mode=rwc", self.patience)
        try:
            _set_journal(database, "TRUNCATE" if is_network(self.folder) else "WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            _create(database)
        except BaseException:
            database.close()
            raise
        for old in _glob(self.folder, "index-*.sqlite*"):
            if (match := _NAME.match(old.name)) and int(match[1]) < number:
                with suppress(OSError):
                    old.unlink()
        return database

    def _is_damaged(self, error: sqlite3.Error) -> bool:
        """Whether an error tells of the file rather than of the moment or the folder."""
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or code in _HARMLESS or code & 0xFF in _HARMLESS:
            return False
        return code & 0xFF not in _PERHAPS or is_writable(self.folder)

    def _begin_anew(self) -> None:
        self._drop()
        try:
            self._database = self._open(_newest(self.folder) + 1)
        except (sqlite3.Error, OSError):
            self._failed = True

    def _drop(self) -> None:
        if self._database:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None


def _connect(path: Path, query: str, patience: float) -> sqlite3.Connection:
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    return database


def _open_to_read(path: Path) -> sqlite3.Connection:
    """A file in a folder we may not write to. SQLite then needs to know that nobody else writes it either."""
    for query in ("mode=ro", "mode=ro&immutable=1"):
        database = _connect(path, query, 0)
        try:
            database.execute("SELECT 1 FROM traces LIMIT 1").fetchone()
            return database
        except sqlite3.Error:
            database.close()
    raise OSError(f"{path} cannot be read")


def _set_journal(database: sqlite3.Connection, mode: str) -> None:
    """WAL lets processes read while one writes. A disk without shared memory does not have it."""
    try:
        database.execute(f"PRAGMA journal_mode = {mode}")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_CANTOPEN):
            database.execute("PRAGMA journal_mode = TRUNCATE")
        elif error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # busy: another process is setting it
            raise


def _create(database: sqlite3.Connection) -> None:
    if database.execute("PRAGMA user_version").fetchone() == (_SCHEMA,):
        return
    with _transaction(database):
        if database.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_SCHEMA}")
            for table in _TABLES:
                database.execute(table)
        elif database.execute("PRAGMA user_version").fetchone() != (_SCHEMA,):
            error = sqlite3.DatabaseError("another version wrote this index")
            error.sqlite_errorcode = sqlite3.SQLITE_FORMAT
            raise error


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _digest(key: str, id: str, body: bytes) -> bytes:
    whole = b"\0".join((key.encode("utf-8", "surrogatepass"), id.encode("utf-8", "surrogatepass"), body))
    return hashlib.blake2b(whole, digest_size=16).digest()


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and abs(value) < 1e15 else 0


def _newest(folder: Path) -> int:
    numbers = [int(match[1]) for path in _glob(folder, "index-*.sqlite") if (match := _NAME.fullmatch(path.name))]
    return max(numbers, default=0)


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
