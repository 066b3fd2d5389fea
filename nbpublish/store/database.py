"""One SQLite file that several processes use at once, and that nobody has to trust.

A file that is damaged, or was written by another version, is left for the next number: `index-1.sqlite` begins empty,
and the old one is removed. It is never replaced under its name, as another process may still have it open, and SQLite
would mix the journals of both.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from nbpublish.store.volume import is_network, is_writable

_SCHEMA = 1
_APPLICATION = 0x6E627075  # "nbpu"
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


class Database:
    """The newest file `index-N.sqlite` in `folder`, with `tables`. May be used from several threads.

    Nothing here raises. What cannot be read is not there; what cannot be written is forgotten.
    """

    def __init__(self, folder: Path, tables: tuple[str, ...], *, patience: float = 10.0) -> None:
        self.folder = folder
        self.tables = tables
        """Statements that make the tables."""
        self.patience = patience
        """Seconds to wait for another process that writes."""
        self._database: sqlite3.Connection | None = None
        self._number = 0
        """Which file is open, or was last."""
        self._failed = False
        """No file can be opened here, now or later."""
        self._lock = threading.RLock()

    def select(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that a statement gives; none where they cannot be read."""
        return self._do(lambda database: database.execute(statement, values).fetchall(), [])

    def write(self, *statements: tuple[str, Iterable[tuple[Any, ...]]]) -> bool:
        """Execute statements, each for all its rows, in one transaction; True when it is on disk."""
        work = [(statement, list(rows)) for statement, rows in statements]

        def act(database: sqlite3.Connection) -> bool:
            with _transaction(database):
                for statement, rows in work:
                    database.executemany(statement, rows)
            return True

        return self._do(act, False, makes=True) if any(rows for _, rows in work) else True

    def size(self) -> int:
        """Bytes of the file and of its journal."""
        return sum(_size(path) for path in _glob(self.folder, "index-*.sqlite*") if not path.name.endswith("-shm"))

    def check(self) -> bool:
        """Whether SQLite finds the file sound; where it does not, an empty one takes over."""
        with self._lock:
            before = _newest(self.folder)
            found = self._do(lambda db: db.execute("PRAGMA integrity_check(1)").fetchone(), ("ok",))
            if found != ("ok",):
                self._reopen(self._number + 1)
            return _newest(self.folder) == before

    def shrink(self) -> None:
        """Give room that removed rows took back to the disk, where it is a quarter of the file."""

        def vacuum(db: sqlite3.Connection) -> None:
            free, pages = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
            if free * 4 > pages:
                db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        self._do(vacuum, None)

    def forget(self) -> None:
        """Give back the memory of pages that were read or written before, up to two megabytes."""
        self._do(lambda database: database.execute("PRAGMA shrink_memory"), None)

    def close(self) -> None:
        """Leave the file as one, without a journal beside it, where no other process has it open."""
        with self._lock:
            self._drop()

    def _do(self, act: Callable[[sqlite3.Connection], T], otherwise: T, *, makes: bool = False) -> T:
        """`act` on the open file, made where `makes` says so; `otherwise` where that cannot be.

        After damage once more, on an empty file.
        """
        with self._lock:
            for _ in range(3):
                try:
                    if self._database is None and not self._failed:
                        number = _newest(self.folder)
                        if makes or self._path(number).exists():
                            self._database = self._open(number)
                    return act(self._database) if self._database else otherwise
                except sqlite3.Error as error:
                    code = getattr(error, "sqlite_errorcode", None)
                    if code == sqlite3.SQLITE_READONLY_DBMOVED:
                        self._reopen(_newest(self.folder))
                    elif self._tells_of_damage(code):
                        self._reopen(self._number + 1)
                    else:
                        self._failed = self._database is None
                        return otherwise
                except (OSError, UnicodeError):  # UnicodeError: a name that is no UTF-8
                    self._failed = self._database is None
                    return otherwise
        return otherwise

    def _path(self, number: int) -> Path:
        return self.folder / f"index-{number}.sqlite"

    def _open(self, number: int) -> sqlite3.Connection:
        self._number = number
        path = self._path(number)
        if not is_writable(self.folder):
            return _open_to_read(path)
        self.folder.mkdir(parents=True, exist_ok=True)
        database = _connect(path, "mode=rwc", self.patience)
        try:
            _set_journal(database, "TRUNCATE" if is_network(self.folder) else "WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            _create(database, self.tables)
        except BaseException:
            database.close()
            raise
        for old in _glob(self.folder, "index-*.sqlite*"):
            if (match := _NAME.match(old.name)) and int(match[1]) < number:
                with suppress(OSError):
                    old.unlink()
        return database

    def _tells_of_damage(self, code: int | None) -> bool:
        """Whether an error of SQLite tells of the file rather than of the moment or the folder."""
        if code is None or code in _HARMLESS or code & 0xFF in _HARMLESS:
            return False
        return code & 0xFF not in _PERHAPS or is_writable(self.folder)

    def _reopen(self, number: int) -> None:
        """Open the file with this number, or a higher one that another process has come to meanwhile."""
        self._drop()
        with suppress(sqlite3.Error, OSError):
            self._database = self._open(max(number, _newest(self.folder)))

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
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
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


def _create(database: sqlite3.Connection, tables: tuple[str, ...]) -> None:
    if database.execute("PRAGMA user_version").fetchone() == (_SCHEMA,):
        return
    with _transaction(database):
        if database.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_SCHEMA}")
            for table in tables:
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
