"""A process that goes on for days: what builds of the site have left, given back to the system."""

from __future__ import annotations

import ctypes
import gc

from nbpublish import remembered
from nbpublish.project import DiskStore

SEASON = 50
"""Saves after which what none of them has asked for is forgotten, as soon as as many more have not either."""
_POOLS = -8
"""M_ARENA_MAX of glibc's malloc.h."""


def forget(saves: int, cache: DiskStore | None) -> None:
    """Let go of what was kept for earlier edits, after so many `saves` in all."""
    if saves % SEASON == 0:
        remembered.season_ends()
        if cache:
            cache.season_ends()


def share_one_pool() -> None:
    """Have all threads that are to come take memory from one pool, where the C library is glibc.

    It has several, and each build of the site has threads of its own: what one of them leaves between things that stay
    would be of no use to the next, and the process would grow by kilobytes with each save. Python's own lock lets one
    thread at a time ask anyway.
    """
    set_option = getattr(_library, "mallopt", None)
    if set_option:
        set_option(_POOLS, 1)


def give_back() -> None:
    """Look for cycles, of which each build of the site leaves thousands, and hand free memory back.

    Takes a few milliseconds, as long as what is loaded at the start is set aside (`gc.freeze`). The C library keeps
    what was freed between things that stay, in a pool for each of several threads; only glibc can be asked for it.
    """
    gc.collect()
    trim = getattr(_library, "malloc_trim", None)
    if trim:
        trim(ctypes.c_size_t(0))


def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has none by that name
        return None


_library = _c_library()
