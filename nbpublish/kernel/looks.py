"""What a cell looks at and writes in the file system, as the layers that notice it tell.

Several layers may tell of one file: the audit hook, readers that are wrapped, literals in the code, the net. Each says
what it knows *before* the access; what became of it is looked at when the cell has ended.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import get_ident
from typing import Any

from nbpublish.kernel.impure import NoNetworkError
from nbpublish.kernel.loading import Loading
from nbpublish.kernel.net import Net
from nbpublish.kernel.outside import (
    FOLDER,
    GONE,
    INODE,
    LEFT_OUT,
    NO_FILES,
    NOT_THEIRS,
    Look,
    changed_since,
    file_digest,
    inode,
    is_fresh,
    kind_of,
    matching,
    names_in,
)

_TRANSIENT = (".pyc", "-journal", "-wal", "-shm")
"""Ends of names of files that belong to another one."""
_FONTS = f"{os.sep}matplotlib{os.sep}fontlist-v"
"""matplotlib's list of the fonts of this machine; which of them are used is decided elsewhere."""


@dataclass(slots=True)
class Write:
    """A path that was changed."""

    before: str
    """Its inode before."""
    depends: bool
    """Whether what is there now depends on what was there before."""
    forced: bool
    """Whether it counts as written whatever its inode says."""


@dataclass(eq=False)
class Looks:
    """What one cell has looked at and written, by absolute path."""

    root: Path
    loading: Loading = field(default_factory=lambda: Loading(lambda _: []))
    active: bool = False
    read: dict[str, Look] = field(default_factory=dict)
    written: dict[str, Write] = field(default_factory=dict)
    listed: dict[str, frozenset[str] | None] = field(default_factory=dict)
    """By folder, what it held; None where there was none."""
    matched: dict[str, frozenset[str]] = field(default_factory=dict)
    """By absolute pattern, what matched it."""
    existing: dict[str, str] = field(default_factory=dict)
    """By path, the kind of what was asked for only whether it is there."""
    held: dict[str, str] = field(default_factory=dict)
    """Inodes of files that may stay open from cell to cell, as they were before this one."""
    mentioned: dict[str, Look] = field(default_factory=dict)
    """Files that code names, which count as read unless the cell writes them."""
    scanned: set[str] = field(default_factory=set)
    """Files that queries of this session read when they are collected."""
    viewed: set[str] = field(default_factory=set)
    """Files that any later query of this session may read."""
    program: set[str] = field(default_factory=set)
    """Files that cells write."""
    own: set[str] = field(default_factory=set)
    """All that the cell has written, also what is gone again."""
    unsure: bool = False
    """Whether something went wrong while looking."""

    def __post_init__(self) -> None:
        self._process = os.getpid()
        self._busy: set[int] = set()
        """Threads in which we are looking ourselves."""
        root = str(self.root) + os.sep
        self._root = root
        self.begun = 0
        self.net = Net(self.root)
        self._beside = str(self.root.parent).rstrip(os.sep) + os.sep
        self._foreign = tuple(prefix for prefix in NOT_THEIRS if not root.startswith(prefix))

    def begin(self) -> None:
        """Before a cell."""
        for kept in (self.read, self.written, self.listed, self.matched, self.existing, self.own, self.mentioned):
            kept.clear()
        self.unsure = False
        self.begun = time.time_ns()
        self.net.begin()
        self.held = {path: inode(path) for path in self.held}
        self.active = True

    def end(self) -> None:
        """After a cell: files that were left open have perhaps been written."""
        self.active = False
        self._haul()
        for path, before in self.held.items():
            if path not in self.written and inode(path) != before:
                self.written[path] = Write(before, depends=True, forced=False)
        for path, write in list(self.written.items()):
            after = inode(path)
            if after == write.before and not (write.forced and after.startswith(INODE)):
                del self.written[path]
                if after != GONE:
                    self.read.setdefault(path, Look(after, ""))
                    continue
            self.own.add(path)
            if self._is_hidden(path):
                del self.written[path]
        for path, look in self.mentioned.items():
            if path not in self.own:
                self.read.setdefault(path, look)

    def _haul(self) -> None:
        """What only the net has seen."""
        made: set[str] = set()
        for path, is_written, is_made in list(self.net.caught()):
            name = self.name(path)
            if name is None or not self.net.counts or name in self.written:
                continue
            made |= {name} if is_made else set()
            if is_written:
                self.written[name] = Write(GONE if name in made else "", depends=name not in made, forced=True)
                self.program.add(name)
            elif name not in self.read:
                found = inode(name)
                self.read[name] = Look(found if not changed_since(found, self.begun) else "", "")
        self.unsure |= self.net.torn and self.net.counts

    # --- what the layers tell ---------------------------------------------------------------------------------------

    def told(self, tell: Callable[..., None], *arguments: Any) -> None:
        """Pass on what a layer tells, where it is a running cell that acts: not we, nor a process forked from it."""
        thread = get_ident()
        if not self.active or thread in self._busy or os.getpid() != self._process:
            return
        self._busy.add(thread)
        try:
            tell(*arguments)
        except NoNetworkError:
            raise
        except Exception:  # the author's code must not fail for us, and we no longer know what it has seen
            self.unsure = True
        finally:
            self._busy.discard(thread)

    def name(self, path: Any) -> str | None:
        """The absolute path of a file of the author's; None for any other."""
        if isinstance(path, int):
            path = _of_descriptor(path)
        if not isinstance(path, str | bytes | os.PathLike):
            return None
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  links are not followed
        if f"{name}{os.sep}".startswith(NO_FILES):  # plotly lists /proc when it shows a figure: which processes run
            return None
        if name.startswith(self._foreign) or name.endswith(_TRANSIENT) or "\0" in name or _FONTS in name:
            return None
        if "__pycache__" in name or ".nbpublish" in name:
            return None if not LEFT_OUT.isdisjoint(Path(name).parts) else name
        return name

    def is_near(self, name: str) -> bool:
        """Whether a path lies in the project or in a folder beside it."""
        return name.startswith(self._beside)

    def is_theirs(self, file: str) -> bool:
        """Whether code of this file is the author's."""
        return not file.startswith((*self._foreign, "<"))

    def reads(self, path: Any) -> None:
        """A file is about to be read."""
        name = self.name(path)
        if name is None:
            return
        if name not in self.read:
            found = inode(name)
            digest = file_digest(name) if is_fresh(found, time.time_ns()) else ""
            self.read[name] = Look(found, digest)
        self.loading.file(name, self.read[name], sys._getframe(1))

    def writes(self, path: Any, *, depends: bool = False, forced: bool = True) -> None:
        """A path is about to be changed; where it `depends` on what is there, not without reading it."""
        name = self.name(path)
        if name is None:
            return
        write = self.written.get(name)
        if write is None:
            self.written[name] = Write(inode(name), depends, forced)
            self.program.add(name)
        else:
            write.forced |= forced

    def holds(self, path: Any, *, depends: bool = True, forced: bool = False) -> None:
        """A file is about to be opened that may be written as long as the process lives."""
        self.writes(path, depends=depends, forced=forced)
        name = self.name(path)
        if name is not None:
            self.held.setdefault(name, GONE)

    def lists(self, path: Any) -> None:
        """A folder is about to be listed."""
        name = self.name(os.curdir if path is None else path)
        if name is not None and name not in self.listed:
            self.listed[name] = names_in(name) if kind_of(name) == FOLDER else None

    def mentions(self, path: Any) -> None:
        """Code names what may be a file."""
        name = self.name(path)
        if name is not None and name.startswith(self._root) and name not in self.mentioned:
            found = inode(name)
            if found.startswith(INODE):
                digest = file_digest(name) if is_fresh(found, time.time_ns()) else ""
                self.mentioned[name] = Look(found, digest)

    def matches(self, pattern: str) -> None:
        """Paths are about to be looked for that match an absolute pattern."""
        if pattern not in self.matched and self.name(pattern) is not None:
            self.matched[pattern] = matching(pattern)

    def asks(self, path: Any, kind: str = "") -> None:
        """It was asked whether there is something at a path, and the answer was a kind."""
        name = self.name(path)
        if name is None:
            return
        if name not in self.existing:
            self.existing[name] = kind or kind_of(name)
        self.loading.asks(name, self.existing[name], sys._getframe(1))

    def below(self, path: Any, tell: Callable[[str], None]) -> None:
        """Tell of everything in a folder, and of the folder."""
        name = self.name(path)
        if name is None:
            return
        for folder, _, names in os.walk(name):
            for entry in (*names, ""):
                tell(os.path.join(folder, entry) if entry else folder)  # noqa: PTH118

    def _is_hidden(self, path: str) -> bool:
        """Whether a path lies in a hidden folder outside the project, where libraries keep what is theirs."""
        return not path.startswith(self._root) and f"{os.sep}." in path


def _of_descriptor(descriptor: int) -> str | None:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115
    except (OSError, AttributeError):
        return None

