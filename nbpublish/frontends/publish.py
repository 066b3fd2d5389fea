"""Pages are written aside and swapped in, so that a build that fails leaves the last good site in place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nbpublish.errors import SiteError

WORK = ".nbpublish"
"""Folder of ours beside the site: what a build needs and git should not see."""


def work_folder(site: Path) -> Path:
    """`.nbpublish` beside the site folder, made where it is missing, ignored by git."""
    folder = site.parent / WORK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise SiteError(f"{folder} cannot be written: {error.strerror or error}. Check its permissions.") from error
    return folder


@contextmanager
def aside(site: Path, purpose: str = "build") -> Iterator[Path]:
    """An empty folder on the site's own disk to build into; it is gone at the end unless it was swapped in."""
    folder = work_folder(site) / f"{purpose}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap(built: Path, site: Path) -> None:
    """Put `built` in the place of `site`; both lie on one disk, in folders we may write.

    Two renames where the disk allows it, so that a reader sees the old site or the new one; a copy where the site
    folder cannot be moved, as when it is a mount point. Raises SiteError, with the old site back in its place.
    """
    old = built.with_name(f"{built.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        if not site.exists():
            built.rename(site)
            return
        site.rename(old)
    except OSError:
        _copy_over(built, site)
        return
    try:
        built.rename(site)
    except OSError as error:
        with suppress(OSError):
            old.rename(site)
        raise SiteError(f"The new site cannot be moved to {site}: {error.strerror or error}.") from error
    shutil.rmtree(old, ignore_errors=True)


def _copy_over(built: Path, site: Path) -> None:
    try:
        wanted = {path.relative_to(built) for path in built.rglob("*")}
        shutil.copytree(built, site, dirs_exist_ok=True)
        for path in sorted(site.rglob("*"), reverse=True):
            if path.relative_to(site) not in wanted:
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise SiteError(f"{site} cannot be written: {error.strerror or error}. Check its permissions.") from error
