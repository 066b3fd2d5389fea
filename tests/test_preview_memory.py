"""A preview that goes on for days keeps no more than it needs."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from nbpublish.frontends.preview.board import FRAMES, Board
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.memory import give_back


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
