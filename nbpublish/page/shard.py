"""HTML of many states → a script that holds it once: most of a state is as in the others.

The HTML of a cell's states is cut into tokens, which are kept in one list; each distinct state is a list of runs
through it. A page opened from the disk may not fetch, so it is a classic script that hands the data over:

    nb.shard("NAME", {CELL: {"d": [widget, …], "n": [places, …], "x": axes, "i": [state, …], "t": [token, …],
                             "u": [[first, count, first, count, …], …]}, …})

`i` says which distinct state, from 0, belongs to each combination of places, the last widget's running fastest; with
`x` it has the places of one widget after the other, all others where they stand. -1 stands for what is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"<nb-(?:no|ref)\b.*?</nb-(?:no|ref)>|.*?(?:>|&gt;|(?=<nb-(?:no|ref)\b))|.+\Z", re.DOTALL
)
"""A mark of a number or reference (`labels.py`) is one token, so that it can be replaced in the script."""


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


def shard(name: str, followers: Mapping[str, Follower]) -> str:
    """The script."""
    data = {cell: _packed(follower) for cell, follower in followers.items()}
    return f'nb.shard({json.dumps(name)},{json.dumps(data, ensure_ascii=False, separators=(",", ":"))})\n'


def _packed(follower: Follower) -> dict[str, object]:
    distinct: dict[str, int] = {}
    indexes = [-1 if html is None else distinct.setdefault(html, len(distinct)) for html in follower.shown]
    tokens: dict[str, int] = {}
    runs = [_runs([tokens.setdefault(token, len(tokens)) for token in _TOKEN.findall(html)]) for html in distinct]
    packed: dict[str, object] = {"d": follower.widgets, "n": follower.counts, "i": indexes}
    return {**packed, **({"x": 1} if follower.axes else {}), "t": list(tokens), "u": runs}


def _runs(numbers: Iterable[int]) -> list[int]:
    """Numbers as runs of consecutive ones: first and count of each."""
    runs: list[int] = []
    for number in numbers:
        if runs and number == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs
