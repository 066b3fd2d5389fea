"""Files of a folder → the commits that last changed them, as git tells.

git is asked rather than its files read: packed histories are its own business. It is asked three things in a build,
whatever the number of files, and nothing in a folder that is in no repository.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.project import Records
from nbpublish.stamp.watch import answered_for


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as far as a page tells of it."""

    id: str
    date: str
    """The day on which its author made it, where the author was, as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Commits:
    """What git knows of a folder."""

    prefix: str = ""
    """The folder's path within its repository, with a slash at its end; empty for the repository itself."""
    found: bool = False
    """Whether the folder is in a repository."""
    last: Mapping[str, Commit] = field(default_factory=dict)
    """By path in the folder, for files that are as they were committed: the commit that last changed them."""

    def date(self, pages: Iterable[MkDocsPage]) -> None:
        """Give pages the day of their last commit, for MkDocs's sitemap; without one they have that of the build."""
        for page in pages:
            if commit := self.last.get(page.file.src_uri):
                page.update_date = commit.date


def commits_of(folder: Path, records: Records | None = None) -> Commits:
    """The commits of all files below `folder`; none where there is no repository, or no git that would tell.

    The history of a commit never changes, so it is read once and kept in `records`. In a shallow clone, everything was
    last changed by the oldest commit that is there, as far as git can tell.
    """
    start = folder.resolve()
    if not any((place / ".git").exists() for place in (start, *start.parents)):
        return Commits()
    with answered_for():
        said = _git(start, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-prefix",
                    "--is-shallow-repository")  # fmt: skip
    if said is None:
        return Commits()
    own, common, prefix, shallow = (said.split("\n") + [""] * 4)[:4]
    head = Path(own, "HEAD")
    branch = _text(head).removeprefix("ref: ").strip()
    with answered_for(head, *(Path(common, name) for name in (branch or "HEAD", "packed-refs", "shallow"))):
        id = _git(start, "rev-parse", "HEAD")
        changed = _git(start, "diff", "-z", "--name-only", "--relative", "HEAD", "--", ".")
        if id is None or changed is None:  # nothing was committed yet
            return Commits(prefix, True)
        history = _history(start, f"{id} {prefix}", records if shallow == "false" else None)
    gone = set(changed.split("\0"))
    return Commits(prefix, True, {path: commit for path, commit in history.last.items() if path not in gone})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _history(folder: Path, key: str, records: Records | None) -> Commits:
    """The last commits of all files that ever were in a folder."""
    name = f"commits {folder}"
    kept = records.recall(name, key, Commits) if records else None
    if kept is None:
        said = _git(
            folder, "log", "-z", "--no-renames", "--format=format:%x01%H%x02%as", "--name-only", "--relative", "--", "."
        )
        kept = Commits(last=_last(said or ""))
        if records:
            records.keep(name, key, kept)
    return kept


def _last(history: str) -> dict[str, Commit]:
    """By path, the first commit that names it in a history from the newest to the oldest."""
    found: dict[str, Commit] = {}
    for entry in history.split("\x01")[1:]:
        head, _, names = entry.partition("\n")
        id, _, date = head.rstrip("\0").partition("\x02")
        commit = Commit(id, date)
        for name in names.split("\0"):
            if name:
                found.setdefault(name, commit)
    return found


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints, without the line break at its end; None where it fails, or there is none."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-c", "core.quotePath=false", "-c", "log.showSignature=false", *arguments],
            cwd=folder, capture_output=True, check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
