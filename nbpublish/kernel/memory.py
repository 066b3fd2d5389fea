"""Which values look at the same bytes: arrays of numpy, their views, and columns of frames."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

COPIED_ON_WRITE = {"pandas.DataFrame", "pandas.Series", "pandas.core.frame.DataFrame", "pandas.core.series.Series"}
"""Classes of pandas whose columns no other frame or series can change, from version 3 on."""


class Claim(NamedTuple):
    """A stretch of memory that a name reaches."""

    start: int
    end: int
    copied: bool
    """Whether it is copied before it is written to through this name."""
    name: str


def bounds(array: Any) -> tuple[int, int]:
    """First address of an array's elements, and the one after its last."""
    start: int = array.__array_interface__["data"][0]
    if array.size == 0:
        return start, start
    end = start + array.itemsize
    for length, stride in zip(array.shape, array.strides, strict=True):
        if stride < 0:
            start += (length - 1) * stride
        else:
            end += (length - 1) * stride
    return start, end


def overlaps(claims: Iterable[Claim]) -> Iterator[tuple[str, str]]:
    """Pairs of names, enough to connect all, that look at common memory; two that copy on writing do not count."""
    plain: tuple[int, str] | None = None  # how far the claims seen so far reach, and whose reaches farthest
    copied: list[Claim] = []
    for claim in sorted(claims):
        if claim.end == claim.start:
            continue
        if plain and claim.start < plain[0]:
            yield claim.name, plain[1]
        copied = [other for other in copied if other.end > claim.start]
        if claim.copied:
            copied.append(claim)
            continue
        yield from ((claim.name, other.name) for other in copied)
        if not plain or claim.end > plain[0]:
            plain = claim.end, claim.name


def copies_on_write() -> bool:
    """Whether the pandas that is loaded copies columns before writing to them."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and int(pandas.__version__.split(".")[0]) >= 3


def columns_of(item: Any) -> Iterator[Any]:
    """The arrays of numpy that hold the values of a frame, series or index of pandas."""
    import numpy as np

    manager = vars(item).get("_mgr")
    held = [block.values for block in manager.blocks] if manager is not None else [vars(item).get("_data")]
    for values in held:
        array = getattr(values, "_ndarray", values)
        if isinstance(array, np.ndarray):
            yield array
