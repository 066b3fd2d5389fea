"""File system events → sets of files whose content really changed."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler

SETTLE = 0.1
"""Seconds without an event after which a save counts as finished: editors write in several steps."""
IGNORED_NAMES = ("__pycache__", "__marimo__", ".ipynb_checkpoints", ".git", ".venv", "node_modules")
EVENTS = ("created", "modified", "closed", "moved", "deleted")


class Changes(FileSystemEventHandler):
    """Collects changed files between two calls of `wait`.

    A file counts as changed when its digest differs from the one seen last, so that a save without a change, or a
    tool that only touches files, builds nothing.
    """

    def __init__(self) -> None:
        self.ignored: tuple[Path, ...] = ()
        """Folders whose events mean nothing, such as the site itself."""
        self._condition = threading.Condition()
        self._touched: set[Path] = set()
        self._digests: dict[Path, bytes | None] = {}

    def learn(self, folder: Path) -> None:
        """Take the present state of a file, or of all files of a folder, as known."""
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            if path.is_file() and not self._is_ignored(path):
                self._digests[path] = _digest(path)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory or event.event_type not in EVENTS:
            return
        paths = [Path(str(name)) for name in (event.src_path, event.dest_path) if name]
        with self._condition:
            self._touched.update(path for path in paths if not self._is_ignored(path))
            self._condition.notify_all()

    def wait(self) -> set[Path]:
        """Block until files have changed and come to rest; the files changed, never none."""
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._touched)
                while self._condition.wait(SETTLE):
                    pass
                touched, self._touched = self._touched, set()
            changed = {path for path in touched if self._differs(path)}
            if changed:
                return changed

    def _differs(self, path: Path) -> bool:
        digest = _digest(path)
        known = self._digests.get(path)
        self._digests[path] = digest
        return digest != known

    def _is_ignored(self, path: Path) -> bool:
        hidden = path.name.startswith((".", "#")) or path.name.endswith(("~", ".swp", ".tmp"))
        junk = any(part in IGNORED_NAMES for part in path.parts)
        return hidden or junk or any(path.is_relative_to(folder) for folder in self.ignored)


def _digest(path: Path) -> bytes | None:
    """The digest of a file; None where there is no file to read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
