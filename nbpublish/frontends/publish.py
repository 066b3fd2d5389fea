"""Pages are written aside and swapped in, so that a build that fails leaves the last good site in place."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from nbpublish.errors import ConfigError, SiteError
from nbpublish.frontends.places import WORK as WORK

SIGN = "sitemap.xml"
"""The file by which a site is known that MkDocs wrote, with whatever theme: it is part of MkDocs itself."""
_OURS = re.compile(r"(?P<purpose>build|serve|rebuild)-(?P<process>\d+)(?:-old-(?P<site>.+))?")
_TRIES = 5
"""How often a swap is tried while another build swaps, too."""


def check_place(site: Path, *sources: Path) -> None:
    """Raise ConfigError where putting a site at `site` would take away what no build has put there.

    `sources` are files and folders that the site is made from. A folder may be replaced when it is empty, but for
    hidden files, or holds a site that MkDocs wrote.
    """
    kept = "Nothing was changed. Choose another `site_dir` in mkdocs.yml."
    for source in (*sources, Path.home()):
        if source.resolve().is_relative_to(site.resolve()):
            raise ConfigError(f"The site would replace {site}, and {source} with it. {kept}")
    if not site.exists():
        return
    if not site.is_dir():
        raise ConfigError(f"The site would replace {site}, which is a file. {kept}")
    try:
        found = sorted(entry.name for entry in site.iterdir() if not _stays(entry))
    except OSError as error:
        raise ConfigError(f"{site} cannot be read: {error.strerror or error}. Check its permissions.") from error
    if found and SIGN not in found:
        more = ", …" if len(found) > 3 else ""
        raise ConfigError(
            f"The site would replace {site}, but no site stands there: it holds {', '.join(found[:3])}{more}. "
            f"Nothing was changed. Choose another `site_dir` in mkdocs.yml, or empty the folder."
        )


def _stays(entry: Path) -> bool:
    """Whether an entry of the site folder outlives builds, as with MkDocs: `.git` of a branch that is published."""
    return entry.name.startswith(".") or entry.name == "lost+found"


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
    work = work_folder(site)
    _tidy(work)
    folder = work / f"{purpose}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
    except OSError as error:
        raise SiteError(f"{folder} cannot be made: {error.strerror or error}. Check its permissions.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tidy(work: Path) -> None:
    """Remove what builds left that were killed; a site that one of them had only moved away comes back."""
    for folder in list(work.iterdir()):
        match = _OURS.fullmatch(folder.name)
        if not match or psutil.pid_exists(int(match["process"])):
            continue
        site = work.parent / (match["site"] or "")
        if match["purpose"] == "build" and not site.exists():
            with suppress(OSError):
                folder.rename(site)
                continue
        shutil.rmtree(folder, ignore_errors=True)


def swap(built: Path, site: Path) -> None:
    """Put `built` in the place of `site`; both lie on one disk, in folders we may write.

    Two renames where the disk allows it, so that a reader sees the old site or the new one; a copy where the site
    folder cannot be moved, as when it is a mount point. Raises SiteError, with the old site back in its place.
    """
    old = built.with_name(f"{built.name}-old-{site.name}")
    try:
        for _ in range(_TRIES):
            shutil.rmtree(old, ignore_errors=True)
            try:
                if site.exists():
                    site.rename(old)
            except FileNotFoundError:
                continue  # another build has just moved it
            except OSError:
                _copy_over(built, site)
                return
            if _put(built, site, old):
                return
        raise SiteError(f"Other builds keep writing {site}. Let only one build at a time write it, and try again.")
    finally:
        if old.is_dir() and not site.exists():  # it failed, or was interrupted
            _carry_over(built, old)
            with suppress(OSError):
                old.rename(site)
        if site.exists():
            shutil.rmtree(old, ignore_errors=True)


def _put(built: Path, site: Path, old: Path) -> bool:
    """Move `built` to `site`, which has been moved to `old`; False where another build was faster."""
    _carry_over(old, built)
    try:
        built.rename(site)
    except OSError as error:
        if site.exists():
            return False
        raise SiteError(f"The new site cannot be moved to {site}: {error.strerror or error}.") from error
    return True


def _carry_over(source: Path, target: Path) -> None:
    """Move what outlives builds from one site to the next."""
    for entry in list(source.iterdir()) if source.is_dir() else ():
        if _stays(entry) and target.is_dir() and not (target / entry.name).exists():
            entry.rename(target / entry.name)


def _copy_over(built: Path, site: Path) -> None:
    try:
        wanted = {path.relative_to(built) for path in built.rglob("*")}
        shutil.copytree(built, site, dirs_exist_ok=True)
        for path in sorted(site.rglob("*"), reverse=True):
            below = path.relative_to(site)
            if below not in wanted and not _stays(site / below.parts[0]):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise SiteError(f"{site} cannot be written: {error.strerror or error}. Check its permissions.") from error
