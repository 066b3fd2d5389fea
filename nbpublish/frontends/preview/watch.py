"""File system events → sets of files whose content really changed, once whoever wrote them has finished.

Editors save in several ways: they write in place, write another file and rename it, move the old one away first, write
in pieces. A file counts as saved a moment after it was closed or renamed; while it is open for writing, is missing
where there was one, or has become much shorter, more is to be expected.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler

CLOSED = 0.008
"""Seconds after which a file that was closed or renamed counts as saved."""
OPEN = 0.25 if sys.platform == "linux" else 0.05
"""The same for one that was written to. Where closing is told of, it is waited for, but not for ever."""
MISSING = 0.1
"""The same for one that is gone, or of which much is gone: the rest may come in a moment."""
MANY = 3
"""Files that change together when a branch is checked out, or many are formatted."""
TOGETHER = 0.15
"""Seconds without an event after which so many count as saved."""
MOVES = 64
"""Renamed files of which it is known where they went."""
PATIENCE = 5.0
"""Seconds that git may take to check a branch out."""
IGNORED_NAMES = ("__pycache__", "__marimo__", ".ipynb_checkpoints", ".git", ".venv", "node_modules", ".nbpublish")
EVENTS = ("created", "modified", "closed", "moved", "deleted")


class Changes(FileSystemEventHandler):
    """Collects changed files between two calls of `wait`.

    A file counts as changed when its digest differs from the one seen last, so that a save without a change, or a
    tool that only touches files, builds nothing.
    """

    def __init__(self) -> None:
        self.ignored: tuple[Path, ...] = ()
        """Folders whose events mean nothing, such as the site itself."""
        self.checkouts: tuple[Path, ...] = ()
        """Files that are there while git checks something out."""
        self.single: dict[Path, set[Path]] = {}
        """By folder of which only some files matter, these."""
        self.on_folder: Callable[[Path], None] = lambda _: None
        """Told of every folder that is new."""
        self.moves: dict[Path, Path] = {}
        """By file that was renamed, its new name."""
        self._condition = threading.Condition()
        self._due: dict[Path, float] = {}
        """By file with an event, when it counts as saved."""
        self._last = 0.0
        """When the last event came."""
        self._known: dict[Path, tuple[bytes, int] | None] = {}
        """By file, digest and size."""
        self._patient: set[Path] = set()
        """Files that have been given time to become whole."""
        self._closed = False

    def learn(self, folder: Path) -> None:
        """Take the present state of a file, or of all files of a folder, as known."""
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            if path.is_file() and not self.is_ignored(path):
                self._known[path] = _look(path)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory and event.event_type in ("created", "moved"):
            self.on_folder(Path(str(event.dest_path or event.src_path)))
        if event.is_directory or event.event_type not in EVENTS:
            return
        paths = [Path(str(name)) for name in (event.src_path, event.dest_path) if name]
        moved = event.event_type == "moved"
        # A file that gets another name is one change of both names, unless it comes again, as with a backup.
        renamed = moved and self._known.get(paths[0]) is not None and all(map(self._matters, paths))
        wait = {"closed": CLOSED, "moved": CLOSED, "deleted": MISSING}.get(event.event_type, OPEN)
        with self._condition:
            self._last = time.monotonic()
            for path in filter(self._matters, paths):
                gone = moved and path == paths[0]
                self._due[path] = self._last + (MISSING if gone or renamed else wait)
            if renamed:
                self._patient.add(paths[0])
                self.moves[paths[0]] = paths[1]
                for oldest in list(self.moves)[:-MOVES]:
                    del self.moves[oldest]
            self._condition.notify_all()

    def touched(self, paths: Iterable[Path]) -> None:
        """Files may have changed, though no event tells so."""
        with self._condition:
            self._last = time.monotonic()
            self._due |= {path: self._last + CLOSED for path in paths if self._matters(path)}
            self._condition.notify_all()

    def close(self) -> None:
        """Let who waits go on."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def wait(self) -> set[Path]:
        """Block until files have changed and come to rest; the files changed. None of them at the end only."""
        while True:
            saved = self._saved()
            if saved is None:
                return set()
            rests = len(saved) >= MANY  # nothing has happened for longer than a file may be missing
            changed = {path for path in saved if self._differs(path, whole=rests)}
            if changed:
                return changed

    def _saved(self) -> list[Path] | None:
        """The next files that count as saved; None at the end."""
        with self._condition:
            while not self._closed:
                now = time.monotonic()
                ready = [path for path, due in self._due.items() if due <= now]
                if len(self._due) >= MANY:
                    ready = list(self._due) if now - self._last >= TOGETHER and not self._is_checking_out() else []
                elif ready and self._is_checking_out():
                    ready = []
                if ready:
                    for path in ready:
                        del self._due[path]
                    return ready
                self._condition.wait(self._pause(now))
        return None

    def _pause(self, now: float) -> float | None:
        if not self._due:
            return None
        if len(self._due) >= MANY or self._is_checking_out():
            return 0.02
        return max(0.001, min(self._due.values()) - now)

    def _is_checking_out(self) -> bool:
        return time.monotonic() - self._last < PATIENCE and any(path.exists() for path in self.checkouts)

    def _differs(self, path: Path, *, whole: bool = False) -> bool:
        """Whether a file is another one than it was, and whole."""
        now, known = _look(path), self._known.get(path)
        shrank = known is not None and (now is None or now[1] < known[1] * 0.7)
        if shrank and not whole and path not in self._patient:
            self._patient.add(path)
            with self._condition:
                self._due.setdefault(path, time.monotonic() + MISSING)
            return False
        self._patient.discard(path)
        if now is None:  # each save of some editors makes a file of a name of its own, and removes it
            self._known.pop(path, None)
        else:
            self._known[path] = now
        return now != known

    def _matters(self, path: Path) -> bool:
        return path in self.single.get(path.parent, (path,)) and not self.is_ignored(path)

    def is_ignored(self, path: Path) -> bool:
        hidden = path.name.startswith((".", "#")) or path.name.endswith(("~", ".swp", ".tmp")) or path.name == "4913"
        junk = any(part in IGNORED_NAMES for part in path.parts)
        return hidden or junk or any(path.is_relative_to(folder) for folder in self.ignored)


def lock_of_git(folder: Path) -> Path | None:
    """The file that is there while git checks something out in the work tree `folder`; None where it is none."""
    git = folder / ".git"
    if git.is_file():  # of a work tree beside the first one, or of a submodule: it says where git keeps its own
        with suppress(OSError, UnicodeDecodeError):
            git = folder / git.read_text("utf-8").removeprefix("gitdir:").strip()
    return git / "index.lock" if git.is_dir() else None


def _look(path: Path) -> tuple[bytes, int] | None:
    """Digest and size of a file; None where there is no file to read."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return hashlib.sha256(data).digest(), len(data)
