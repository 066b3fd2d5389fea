"""A preview in a process of its own, in which one notebook is saved again and again: tells which of all lists, sets and
mappings of the process have more in them after more saves.

    python tests/previewed_growth.py FOLDER SAVES
"""

from __future__ import annotations

import functools
import gc
import json
import os
import sys
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from nbpublish.frontends.preview import memory
from nbpublish.frontends.preview.board import Board
from nbpublish.frontends.preview.desk import Desk
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.terminal import Terminal

SEASON = 5
MOST = 512
"""Entries that a cache of `functools` may have; of larger ones it must be known that they do not fill for hours."""
_LruCache = type(functools.lru_cache(lambda: None))
NOTEBOOK = """# %% [markdown]
# # Chapter
#
# {words}

# %% name="before"
def twice(number):
    return 2 * number

# %% name="edited"
number = twice({number})
print("it is", number)

# %% name="after"
print("and now", number)
"""
ADDRESS = "/chapter/"


class Author:
    """Saves the notebook, and waits until its page says so."""

    def __init__(self, docs: Path, desk: Desk, board: Board) -> None:
        self._file, self._desk, self._board = docs / "chapter.py", desk, board
        self._saves = self._seen = 0

    def saves(self, times: int) -> None:
        built = self._board.site.number if self._board.site else 0
        for _ in range(times):
            self._saves += 1
            self._file.write_text(NOTEBOOK.format(words=f"word {self._saves}", number=self._saves), encoding="utf-8")
            self._desk.changed({self._file})
            while not self._shows(f"and now {2 * self._saves}"):
                self._seen = self._board.wait(self._seen, 60) or 0
        while self._board.site and self._board.site.number <= built:
            self._seen = self._board.wait(self._seen, 60) or 0

    def _shows(self, text: str) -> bool:
        page = self._board.message(ADDRESS, -1, "")["page"]
        return page is not None and any(text in html for _, html in page["parts"].values())


def sizes() -> Counter[str]:
    """How much all lists, sets and mappings hold together, by what kind of thing comes first in them."""
    gc.unfreeze()
    gc.collect()
    everything = gc.get_objects()
    bounded = set(_in_bounded_caches(everything))
    found: Counter[str] = Counter()
    for held in everything:
        if type(held) in (list, set, dict) and held and id(held) not in bounded:
            first = next(iter(held))
            if not isinstance(first, weakref.ReferenceType):  # SQLite's own, of two hundred statements at most
                found[f"{type(held).__name__} of {type(first).__name__}"] += len(held)
    return found


def _in_bounded_caches(everything: list[object]) -> Iterator[int]:
    """What fills up to a small number of entries and no more, as Pygments remembers a hundred words."""
    for cache in everything:
        if isinstance(cache, _LruCache) and (most := cache.cache_info().maxsize) is not None and most <= MOST:
            for entries in gc.get_referents(cache):
                yield id(entries)
                if isinstance(entries, dict):
                    yield from (id(part) for entry in entries.values() for part in gc.get_referents(entry))


def main(docs: Path, saves: int) -> None:
    memory.SEASON = SEASON
    room = docs.parent / "room"
    room.mkdir()
    docs.joinpath("chapter.py").write_text(NOTEBOOK.format(words="word 0", number=0), encoding="utf-8")
    board = Board(room, Editor(docs))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        desk = Desk((docs, None), None, room, board, Terminal(Console(file=nowhere)))
        desk.start()
        author = Author(docs, desk, board)
        with board.reader(ADDRESS):
            desk.look()
            author.saves(2 * SEASON)
            sizes()
            author.saves(2 * SEASON)
            before = sizes()
            author.saves(saves)
            after = sizes()
        board.close()
        desk.close()
    print(json.dumps({kind: after[kind] - before[kind] for kind in after if after[kind] != before[kind]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
