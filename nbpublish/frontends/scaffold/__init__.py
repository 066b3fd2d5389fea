"""`nbpublish new`: a course that builds, from the files beside this one."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from nbpublish.errors import ConfigError

NAME = "COURSE_NAME"
"""Stands in the files for the title of the course."""
PACKAGE = "course-package"
"""Stands in the files for the name of the course's Python project."""


def create(folder: Path, *, language: str, name: str | None = None) -> list[Path]:
    """Write the course into `folder`; the files written, in order. Raises ConfigError rather than overwrite a file."""
    texts = {**_texts("common"), **_texts(language)}
    title = " ".join((name or folder.resolve().name).split())
    taken = [path for path in texts if (folder / path).exists()]
    if taken:
        raise ConfigError(f"{folder} already holds {', '.join(map(str, taken))}. Choose an empty folder.")
    written = []
    for path, text in sorted(texts.items()):
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shown = json.dumps(title, ensure_ascii=False)[1:-1] if path.suffix == ".yml" else title
            target.write_text(text.replace(NAME, shown).replace(PACKAGE, _package(folder)), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{target} cannot be written: {error.strerror or error}.") from error
        written.append(target)
    return written


def _texts(part: str) -> dict[Path, str]:
    """The files of one folder of the scaffold by the path they get; `dot-github` stands for `.github`."""

    def walk(folder: Traversable, at: Path) -> dict[Path, str]:
        found: dict[Path, str] = {}
        for entry in folder.iterdir():
            path = at / entry.name.replace("dot-", ".", 1).removesuffix(".txt")
            if entry.is_dir():
                found |= walk(entry, path)
            elif not entry.name.endswith(".pyc"):
                found[path] = entry.read_text(encoding="utf-8")
        return found

    return walk(files(__name__) / part, Path())


def _package(folder: Path) -> str:
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in folder.resolve().name.lower()).strip("-")
    return name or "course"
