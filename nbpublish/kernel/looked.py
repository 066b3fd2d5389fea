"""What became of what a cell has looked at: what it depends on, each as kind, path and digest.

Where a file is another one than the cell found, nobody knows which of the two it has seen: it is `unstable`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from nbpublish.kernel.loading import Found
from nbpublish.kernel.looks import Looks
from nbpublish.kernel.outside import FOLDER, GONE, digest_of_names, file_digest, inode, kind_of, matching, names_in


def files(looks: Looks) -> Iterator[tuple[str, str, str]]:
    """Files that were read and not written: kind, path and digest, or the inode that stands for it."""
    for path, look in sorted(looks.read.items()):
        now = inode(path)
        if path in looks.own:
            if now == look.inode == GONE:
                yield "missing", path, GONE
        elif now != look.inode or (look.digest and file_digest(path) != look.digest):
            yield "unstable", path, ""
        elif now == GONE:
            yield "missing", path, GONE
        elif now != FOLDER:
            yield "file", path, look.digest or now


def by_libraries(looks: Looks, found: Found) -> Iterator[tuple[str, str, str]]:
    """What libraries found when they were loaded, as `files` and `others` say it, but for what these say.

    Where a cell has changed a file since, nothing is said: it is another one for whoever loads them next.
    """
    for path, look in sorted(found.files.items()):
        is_changed = path in looks.program and inode(path) != look.inode
        if path in looks.read or path in looks.own or look.inode == FOLDER or is_changed:
            continue
        yield ("missing", path, GONE) if look.inode == GONE else ("file", path, look.digest or look.inode)
    for path, kind in sorted(found.asked.items()):
        is_told = path in found.files or path in looks.existing or path in looks.read
        if not is_told and path not in looks.own and path not in looks.program:
            yield "missing" if kind == GONE else "exists", path, kind


def others(looks: Looks) -> Iterator[tuple[str, str, str]]:
    """What was asked of paths that were neither read nor written: kind, path and digest."""
    for path, kind in sorted(looks.existing.items()):
        look = looks.read.get(path)
        if path in looks.own or (look and look.inode != FOLDER):
            continue
        if kind_of(path) != kind:
            yield "unstable", path, ""
        else:
            yield "missing" if kind == GONE else "exists", path, kind
    for path, before in sorted(looks.listed.items()):
        now = names_in(path) if kind_of(path) == FOLDER else None
        if now is None and path in looks.own:
            continue
        if _are_own(looks, (path + os.sep + name for name in (before or frozenset()) ^ (now or frozenset()))):
            yield "directory", path, GONE if now is None else digest_of_names(now)
        else:
            yield "unstable", path, ""


def patterns(looks: Looks) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Patterns that were looked for: kind, absolute pattern, what matches it."""
    for pattern, before in sorted(looks.matched.items()):
        now = matching(pattern)
        yield "glob" if _are_own(looks, before ^ now) else "unstable", pattern, now


def _are_own(looks: Looks, paths: Iterable[str]) -> bool:
    """Whether it is only the cell itself that has made or removed what now is there or no longer is."""
    return {path.rstrip("/" + os.sep) for path in paths} <= looks.own
