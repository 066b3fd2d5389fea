"""HTML of many states → scripts that hold it once: most of a state is as in the others.

The HTML of a cell's states is cut into tokens, which are kept in one list; each distinct state is a list of runs
through it. A page opened from the disk may not fetch, so it is a classic script that hands the data over:

    nb.shard({CELL: {"d": [widget, …], "n": [places, …], "x": axes, "i": [state, …], "t": [token, …],
                     "u": [[first, count, first, count, …], …]}, …})

`i` says which distinct state, from 0, belongs to each combination of places, the last widget's running fastest; with
`x` it has the places of one widget after the other, all others where they stand. -1 stands for what is not there.

The states of a cell that are too much for one script are cut into parts, in the order of `i`, so that most moves stay
within a part. The cell's own script has then `"from": [state, …]`, the first state of each
part, in place of `t` and `u`, and each part is a script `nb.shard({"t": …, "u": …})`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

_TOKEN = re.compile(
    r"""<nb-(?:no|ref)\b.*?</nb-(?:no|ref)>|.*?(?:>|&gt;|",|(?=<nb-(?:no|ref)\b))|.+\Z""", re.DOTALL
)
"""A mark of a number or reference (`labels.py`) is one token, so that it can be replaced in the script. Charts are
JSON, and most texts in them are the same in all states."""


@dataclass(frozen=True)
class Follower:
    """A cell and what it shows in each state."""

    widgets: tuple[str, ...]
    counts: tuple[int, ...]
    axes: bool
    shown: Sequence[str | None]
    """HTML in the order of `i` above; None where nothing was computed."""

    @property
    def moves(self) -> bool:
        """Whether a reader would see any difference."""
        return len(set(self.shown)) > 1


def shard(followers: Mapping[str, Follower]) -> str:
    """The script of some cells, with all their states."""
    return of_packed(packed(cell, follower) for cell, follower in followers.items())


def packed(cell: str, follower: Follower) -> str:
    """One cell's part of such a script."""
    return f"{_json(cell)}:{_json(_packed(follower))}"


def of_packed(packs: Iterable[str]) -> str:
    """The script of some cells, from their parts."""
    return f"nb.shard({{{','.join(packs)}}})\n"


def parts(cell: str, follower: Follower, most: int) -> tuple[str, list[str]]:
    """The script of one cell without its states, and scripts of about `most` characters each that have them."""
    distinct, indexes = _distinct(follower)
    found: list[_Part] = []
    for html in distinct:
        if not found or not found[-1].takes(html, most):
            found.append(_Part(html))
    firsts = [0, *accumulate(len(part.runs) for part in found)][:-1]
    head = {**_head(follower, indexes), "from": firsts}
    return _script({cell: head}), [_script(part.data) for part in found]


def _script(data: Mapping[str, object]) -> str:
    return f"nb.shard({_json(data)})\n"


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _packed(follower: Follower) -> dict[str, object]:
    distinct, indexes = _distinct(follower)
    part = _Part(*distinct)
    return {**_head(follower, indexes), **part.data}


def _head(follower: Follower, indexes: list[int]) -> dict[str, object]:
    head: dict[str, object] = {"d": follower.widgets, "n": follower.counts, "i": indexes}
    return {**head, "x": 1} if follower.axes else head


def _distinct(follower: Follower) -> tuple[list[str], list[int]]:
    """What is shown, each once, and which of them in each state."""
    distinct: dict[str, int] = {}
    indexes = [-1 if html is None else distinct.setdefault(html, len(distinct)) for html in follower.shown]
    return list(distinct), indexes


class _Part:
    """Some states that share their tokens."""

    def __init__(self, *states: str) -> None:
        self.tokens: dict[str, int] = {}
        self.runs: list[list[int]] = []
        self._size = 0
        for html in states:
            self._add(_TOKEN.findall(html))

    def takes(self, html: str, most: int) -> bool:
        """Add one more state, unless the part would have more than so many characters."""
        found = _TOKEN.findall(html)
        if self._size + self._weight(found) > most:
            return False
        self._add(found)
        return True

    def _add(self, found: list[str]) -> None:
        self._size += self._weight(found)
        self.runs.append(_runs([self.tokens.setdefault(token, len(self.tokens)) for token in found]))

    def _weight(self, found: list[str]) -> int:
        """Characters that tokens add to the script: about two runs stand for what it has already, between new ones."""
        return sum(len(token) + 20 for token in dict.fromkeys(found) if token not in self.tokens)

    @property
    def data(self) -> dict[str, object]:
        return {"t": list(self.tokens), "u": self.runs}


def _runs(numbers: Iterable[int]) -> list[int]:
    """Numbers as runs of consecutive ones: first and count of each."""
    runs: list[int] = []
    for number in numbers:
        if runs and number == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs
