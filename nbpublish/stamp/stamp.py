"""All that determined a site, with the site itself, in one file."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbpublish.stamp.looks import Looks, digest_of_text, state_text

FORM = 1
"""Of the file. Another one is not read."""
_AGE = 30 * 86_400
"""Seconds after which a stamp is no longer kept."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a build was made from and what it gave."""

    command: Mapping[str, str]
    """What was asked for: folder, configuration file."""
    looks: Looks
    site: str
    """The folder of the site."""
    tree: Mapping[str, str]
    """By path in the site: the state of each file."""
    result: Mapping[str, Any]
    """What the build had to say, for saying it again."""
    expires: float | None = None
    """When a result is to be renewed although nothing changed, in seconds since the epoch."""
    python: str = ""
    day: str = ""

    def changed(self, command: Mapping[str, str], now: float | None = None) -> str | None:
        """What differs first from how it was; None where a build would give the same site."""
        if self.command != command:
            return "the command"
        if self.python != python_here():
            return "Python"
        if self.day != today():
            return "the day"
        if self.expires is not None and (time.time() if now is None else now) >= self.expires:
            return "the time"
        return self.looks.changed() or (None if tree_of(self.site) == self.tree else self.site)


def keep(stamp: Stamp, path: Path) -> None:
    """Write a stamp. Where that cannot be, there is none."""
    body = json.dumps(stamp, default=_fields, ensure_ascii=True, separators=(",", ":"))
    aside = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(f"{FORM} {digest_of_text(body)}\n{body}", encoding="ascii")
        aside.replace(path)
        for old in path.parent.iterdir():  # of folders and configurations that nobody builds any more
            if time.time() - old.stat().st_mtime > _AGE:
                old.unlink()
    except OSError:
        with suppress(OSError):
            aside.unlink()


def _fields(value: Any) -> dict[str, Any]:
    """Of a stamp or its looks, by name; `asdict` would copy each of their thousands of paths first."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def recall(path: Path) -> Stamp | None:
    """The stamp in a file; None where it is missing or not exactly as it was written."""
    try:
        head, _, body = path.read_text(encoding="ascii").partition("\n")
        if head != f"{FORM} {digest_of_text(body)}":
            return None
        values = json.loads(body)
        looks = values.pop("looks")
        looks["passed_over"] = tuple(looks["passed_over"])
        return Stamp(looks=Looks(**looks), **values)
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None


def python_here() -> str:
    """Stands for the interpreter: its version, its flags, and where it looks for modules."""
    parts = [sys.version, sys.prefix, repr(sys.flags), *sys.path]
    return digest_of_text("\0".join(parts))


def today() -> str:
    """The date that MkDocs writes into the site, where the environment does not set it."""
    if os.environ.get("SOURCE_DATE_EPOCH") is not None:
        return ""
    return datetime.now(UTC).date().isoformat()


def tree_of(folder: str) -> dict[str, str]:
    """The state of every file below `folder`, by its path there; hidden entries right in it are not ours."""
    found: dict[str, str] = {}
    ways = [("", folder)]
    while ways:
        below, path = ways.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if not below and entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        ways.append((f"{below}{entry.name}/", entry.path))
                    found[below + entry.name] = state_text(entry.stat(follow_symlinks=False))
        except OSError:
            found[below] = "unreadable"
    return found
