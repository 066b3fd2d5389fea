"""The whole of a data frame as CSV, for a reader to whom the page shows only a part of it."""

from __future__ import annotations

from typing import Any

from nbpublish.kernel.bundle import is_a

CELLS = 100_000
"""A frame with more values than this is no table to take along from a page; the notebook itself is."""
BYTES = 1_000_000


def csv_of(frame: Any) -> str:
    """A frame of pandas or polars as CSV; empty for one that is too large, or whose values CSV cannot hold.

    The numbers that pandas gives to rows without names are left out.
    """
    rows, columns = frame.shape
    if rows * columns > CELLS:
        return ""
    try:
        text: str = frame.to_csv(index=not _counted(frame.index)) if hasattr(frame, "to_csv") else frame.write_csv()
    except Exception:  # nested values, and whatever the author's own objects raise
        return ""
    return text if len(text.encode("utf-8", "replace")) <= BYTES else ""


def _counted(index: Any) -> bool:
    """Whether an index of pandas only counts the rows from 0."""
    return is_a(index, "pandas", "RangeIndex") and index.name is None and (index.start, index.step) == (0, 1)
