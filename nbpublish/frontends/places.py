"""Where things are, known before MkDocs is: mkdocs.yml, the folder `.nbpublish`, the stamp of the last build."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

WORK = ".nbpublish"
"""Folder of ours beside the site: what a build needs and git should not see."""
NAMES = ("mkdocs.yml", "mkdocs.yaml")
_SITE = re.compile(r"^site_dir:[ \t]+(?P<quote>['\"]?)(?P<path>[^'\"#!&*{}\[\]|>\n]+?)(?P=quote)[ \t]*(?:#.*)?$", re.M)
_BASE = re.compile(r"^INHERIT:[ \t]+(?P<quote>['\"]?)(?P<path>[^'\"#\n]+?)(?P=quote)[ \t]*(?:#.*)?$", re.M)


CLIMBS = 2
"""How many folders up a path may lead before it is shown from somewhere else than the working directory."""


def shown(path: Path) -> str:
    """A path as the shell the author stands in knows it, with forward slashes: from the working directory, or, where
    that is far away, from the author's home folder or from the root."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # on another drive
        near = str(path.absolute())
    if Path(near).parts[: CLIMBS + 1] == (os.pardir,) * (CLIMBS + 1):
        whole, home = os.path.abspath(path), os.path.expanduser("~")  # noqa: PTH100, PTH111
        near = "~" + whole.removeprefix(home) if home != os.sep and whole.startswith(home + os.sep) else whole
    return near.replace(os.sep, "/")


def find_config(folder: Path) -> Path | None:
    """The mkdocs.yml of `folder`, or None where it has none."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def bases_of(config_file: Path) -> list[Path]:
    """The files that a mkdocs.yml names under `INHERIT`, in turn, as far as a glance tells."""
    found: list[Path] = []
    path = config_file
    while len(found) < 10:
        try:
            named = _BASE.search(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            break
        if not named:
            break
        path = path.parent / named["path"].strip()
        found.append(path)
    return found


def work_beside(site: Path, config_file: Path | None) -> Path:
    """The folder `.nbpublish`: beside the site folder, or beside mkdocs.yml where the site is a temporary one."""
    site = site.resolve()
    if config_file and site.is_relative_to(Path(tempfile.gettempdir()).resolve()):
        return config_file.resolve().parent / WORK
    return site.parent / WORK


def likely_site(folder: Path, config_file: Path | None) -> Path:
    """Where the site most likely is, by a glance at mkdocs.yml; MkDocs alone knows for certain."""
    if config_file is None:
        return folder.resolve() / "site"
    try:
        found = _SITE.search(config_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        found = None
    return config_file.resolve().parent / (found["path"].strip() if found else "site")


def stamp_place(work: Path, folder: Path, config_file: Path | None) -> Path:
    """The file of the stamp of the last build of `folder`."""
    name = hashlib.sha256("\0".join(command(folder, config_file).values()).encode(errors="surrogatepass")).hexdigest()
    return work / "cache" / "stamps" / f"{name[:16]}.json"


def command(folder: Path, config_file: Path | None) -> dict[str, str]:
    """What a build is asked for, and from where: relative paths in settings of some extensions begin there."""
    config_file = config_file or find_config(folder)
    config = str(config_file.resolve()) if config_file else ""
    return {"folder": str(folder.resolve()), "config": config, "from": str(Path.cwd())}
