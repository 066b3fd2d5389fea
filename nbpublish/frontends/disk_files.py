"""Entries of the docs folder that are no files to publish: pipes, links to nowhere, links that go round in circles."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mkdocs.structure.files import File, InclusionLevel

from nbpublish.model import Problem

_POINTER = b"version https://git-lfs.github.com/spec/"
_POINTER_SIZE = 1024
"""Bytes that a pointer of Git LFS has at most, by its specification."""
SCRIPTS = (".py", ".ipynb")


def leave_out_odd(files: Iterable[File]) -> list[Problem]:
    """Exclude what cannot be read as a file, with a problem for each; reading a pipe, say, would never end."""
    problems = []
    for file in files:
        if file.generated_by or file.inclusion.value < InclusionLevel.DRAFT.value or file.abs_src_path is None:
            continue
        if fault := _fault(file.abs_src_path):
            file.inclusion = InclusionLevel.EXCLUDED
            is_page = file.is_documentation_page() or file.src_uri.endswith(SCRIPTS)
            message = f"The file is left out of the site: {fault}"
            severity = "error" if is_page else "warning"
            path = file.src_uri.encode(errors="replace").decode()
            problems.append(Problem("unreadable", message, path, 1, severity=severity))  # type: ignore[arg-type]
    return problems


def _fault(path: str) -> str | None:
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is no UTF-8, so it could have no address. Rename it."
    try:
        state = Path(path).stat()
    except FileNotFoundError:
        if Path(path).is_symlink():
            return f"it is a link to {Path(path).readlink()}, which does not exist. Correct or delete the link."
        return "it was deleted while the site was being built. Build again."
    except OSError as error:
        return f"{error.strerror or error}. Check the file and its permissions."
    if not stat.S_ISREG(state.st_mode):
        return "it is no ordinary file but a pipe, socket or device. Delete it, or name it under `exclude_docs`."
    if state.st_size <= _POINTER_SIZE and _starts_with(path, _POINTER):
        return "git has only a pointer to its content here, which Git LFS keeps. Run `git lfs pull`, then build again."
    return None


def _starts_with(path: str, start: bytes) -> bool:
    with suppress(OSError), Path(path).open("rb") as file:
        return file.read(len(start)) == start
    return False


def circle(root: str) -> str | None:
    """A link below `root` to a folder that it lies in; None where there is none.

    MkDocs follows links, and would follow this one forty times, or for ever where there are two ways to go round.
    """
    ways: list[tuple[str, frozenset[str]]] = [(root, frozenset())]
    while ways:
        folder, around = ways.pop()
        place = os.path.realpath(folder)
        if place in around:
            return folder
        with suppress(OSError), os.scandir(folder) as entries:
            ways += [(entry.path, around | {place}) for entry in entries if entry.is_dir()]
    return None
