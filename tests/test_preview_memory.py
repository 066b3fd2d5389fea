"""A preview that goes on for days keeps no more than it needs."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import weakref
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from watchdog.events import FileMovedEvent

from nbpublish.frontends.preview import memory
from nbpublish.frontends.preview.board import FRAMES, Board
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.memory import give_back, share_one_pool
from nbpublish.frontends.preview.watch import MOVES, Changes


class Round:
    def __init__(self) -> None:
        self.itself = self


def test_cycles_are_found_though_the_collector_would_not_look_yet() -> None:
    gc.disable()
    try:
        left = weakref.ref(Round())
        assert left() is not None
        give_back()
        assert left() is None
    finally:
        gc.enable()


def test_pages_are_remembered_as_they_were_sent_but_not_without_end(tmp_path: Path) -> None:
    board = Board(tmp_path, Editor(tmp_path))
    frames = []
    for number in range(FRAMES + 3):
        (tmp_path / f"p{number}.html").write_text(f"<title>{number}</title>", encoding="utf-8")
        frames.append(board.page_file(f"/p{number}.html")[1])
    assert board.page_sent(frames[-1]) == f"<title>{FRAMES + 2}</title>"
    known = [number for number, frame in enumerate(frames) if board.page_sent(frame) is not None]
    assert known == list(range(3, FRAMES + 3))
    assert board.page_sent("") is None


def test_nothing_that_is_kept_grows_with_each_save(tmp_path: Path) -> None:
    """Whatever is kept for a save is let go of again: words, analyses and pages of edits long gone."""
    docs, saves = tmp_path / "docs", 60
    docs.mkdir()
    found = subprocess.run(
        [sys.executable, Path(__file__).with_name("previewed_growth.py"), docs, str(saves)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr
    more = json.loads(found.stdout)
    assert not {kind: count for kind, count in more.items() if count >= saves}, more


def test_a_file_that_comes_and_goes_is_not_remembered(tmp_path: Path) -> None:
    """Some editors save to a file of a name of its own each time, and rename it."""
    changes = Changes()
    for number in range(3):
        passing = tmp_path / f"written-{number}.py"
        passing.write_text(str(number), encoding="utf-8")
        changes.touched([passing])
        assert changes.wait() == {passing}
        passing.unlink()
        changes.touched([passing])
        assert changes.wait() == {passing}
    assert not changes._known


def test_of_renamed_files_the_last_ones_are_remembered(tmp_path: Path) -> None:
    changes = Changes()
    names = [tmp_path / f"{number}.py" for number in range(MOVES + 4)]
    names[0].write_text("1", encoding="utf-8")
    changes.learn(tmp_path)
    for old, new in pairwise(names):
        changes._known[old] = (b"", 0)
        changes.on_any_event(FileMovedEvent(str(old), str(new)))
    assert list(changes.moves.items()) == list(pairwise(names))[-MOVES:]


def test_threads_share_a_pool_of_memory_where_the_c_library_has_several(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    for library in (SimpleNamespace(mallopt=lambda *option: asked.append(option)), SimpleNamespace(), None):
        monkeypatch.setattr(memory, "_library", library)
        share_one_pool()
        give_back()
    assert asked == [(-8, 1)], "M_ARENA_MAX"
