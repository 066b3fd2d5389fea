"""However an editor saves, a save is one change, and it is whole."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.observers import Observer

from nbpublish.frontends.preview.watch import Changes, lock_of_git

QUIET = 0.2
"""Seconds: more than whatever waits for more to come."""
TEXT = "# %%\nprint('one')\n" * 50


class Watched:
    """A folder, and what is told of it: each time the files changed, with what is in them then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "chapter.py"
        self.file.write_text(TEXT, encoding="utf-8")
        self.changes = Changes()
        self.changes.checkouts = (folder / ".git" / "index.lock",)
        self.told: list[dict[str, str | None]] = []
        self._observer = Observer()

    def begin(self) -> None:
        self.changes.learn(self.folder)
        self._observer.schedule(self.changes, str(self.folder), recursive=True)
        self._observer.start()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while found := self.changes.wait():
            self.told.append({path.name: path.read_text() if path.exists() else None for path in found})

    def rests(self) -> None:
        """Wait until no event has come for a while, and nothing is waited for."""
        time.sleep(0.1)  # events take a moment
        while self.changes._due or time.monotonic() - self.changes._last < QUIET:
            time.sleep(0.02)
        time.sleep(0.05)  # who listens takes a moment

    def close(self) -> None:
        self.changes.close()
        self._observer.stop()
        self._observer.join()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    watched.begin()
    yield watched
    watched.close()


def in_place(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def temporary_and_renamed(file: Path, text: str) -> None:
    """As VS Code, PyCharm and Emacs may do."""
    other = file.with_name(".chapter.py.tmp123")
    other.write_text(text, encoding="utf-8")
    other.rename(file)


def as_vim(file: Path, text: str) -> None:
    """The old file becomes the backup, which is removed at the end; before, vim tries whether it may write here."""
    probe = file.with_name("4913")
    probe.touch()
    probe.unlink()
    backup = file.with_name("chapter.py~")
    file.rename(backup)
    time.sleep(0.01)
    file.write_text(text, encoding="utf-8")
    backup.unlink()


def in_two_chunks(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as handle:
        handle.write(text[: len(text) // 2])
        handle.flush()
        time.sleep(0.05)
        handle.write(text[len(text) // 2 :])


def emptied_before(file: Path, text: str) -> None:
    """Closed in between: for a moment the file is whole and empty."""
    file.write_text("", encoding="utf-8")
    time.sleep(0.03)
    file.write_text(text, encoding="utf-8")


def removed_before(file: Path, text: str) -> None:
    file.unlink()
    time.sleep(0.03)
    file.write_text(text, encoding="utf-8")


def formatted_on_save(file: Path, text: str) -> None:
    """A formatter writes what the editor has just written."""
    file.write_text(text.replace("('", "( '"), encoding="utf-8")
    file.write_text(text, encoding="utf-8")


WAYS = (in_place, temporary_and_renamed, as_vim, in_two_chunks, emptied_before, removed_before, formatted_on_save)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_of_saving_is_one_change(watched: Watched, way: Callable[[Path, str], None]) -> None:
    for number in range(3):
        text = TEXT + f"# {number}\n"
        way(watched.file, text)
        watched.rests()
        assert watched.told == [{"chapter.py": text}]
        watched.told.clear()


@pytest.mark.parametrize("way", WAYS[:4], ids=lambda way: way.__name__)
def test_a_save_without_a_change_is_none(watched: Watched, way: Callable[[Path, str], None]) -> None:
    way(watched.file, TEXT)
    watched.rests()
    assert watched.told == []


def test_a_file_that_is_gone_and_one_that_is_new(watched: Watched) -> None:
    watched.file.unlink()
    watched.rests()
    (watched.folder / "new.py").write_text("new", encoding="utf-8")
    watched.rests()
    assert watched.told == [{"chapter.py": None}, {"new.py": "new"}]


def test_another_name_is_one_change(watched: Watched) -> None:
    (watched.folder / "part").mkdir()
    watched.rests()
    watched.file.rename(watched.folder / "part" / "first.py")
    watched.rests()
    assert watched.told == [{"chapter.py": None, "first.py": TEXT}]


def test_many_files_that_are_gone_and_others_that_changed_are_one_change(watched: Watched) -> None:
    for number in range(6):
        (watched.folder / f"n{number}.py").write_text(TEXT, encoding="utf-8")
    watched.rests()
    watched.told.clear()
    for number in range(6):
        (watched.folder / f"n{number}.py").unlink()
    watched.file.write_text("shorter", encoding="utf-8")
    watched.rests()
    assert [len(told) for told in watched.told] == [7]


def test_another_branch_is_one_change(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        name = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        subprocess.run(["git", "-C", str(tmp_path), *name, *words], check=True, capture_output=True)

    watched = Watched(tmp_path)
    for number in range(30):
        (tmp_path / f"n{number}.py").write_text(f"{number} here\n", encoding="utf-8")
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    git("checkout", "-q", "-b", "other")
    for number in range(30):
        (tmp_path / f"n{number}.py").write_text(f"{number} there\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "two")
    watched.begin()
    git("checkout", "-q", "main")
    watched.rests()
    assert [len(told) for told in watched.told] == [30]
    assert all(text and text.endswith("here\n") for told in watched.told for text in told.values())
    watched.close()


def test_where_git_tells_that_it_checks_something_out(tmp_path: Path) -> None:
    (tmp_path / "main" / ".git" / "worktrees" / "other").mkdir(parents=True)
    other = tmp_path / "other"
    other.mkdir()
    (other / ".git").write_text(f"gitdir: {tmp_path / 'main' / '.git' / 'worktrees' / 'other'}\n", encoding="utf-8")
    assert lock_of_git(tmp_path / "main") == tmp_path / "main" / ".git" / "index.lock"
    assert lock_of_git(other) == tmp_path / "main" / ".git" / "worktrees" / "other" / "index.lock"
    assert lock_of_git(tmp_path) is None


def test_what_tools_leave_behind_is_nothing(watched: Watched) -> None:
    for name in ("__pycache__/a.pyc", ".git/index", ".hidden", "chapter.py~", ".chapter.py.swp", "4913"):
        (watched.folder / name).parent.mkdir(exist_ok=True)
        (watched.folder / name).write_text("x", encoding="utf-8")
    watched.rests()
    assert watched.told == []
