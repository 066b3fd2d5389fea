"""A folder of notebooks with its settings, a store and an executor: what every front end opens.

    with Project(Path("docs"), Settings(jobs=2)) as project:
        notebook = project.read("chapter.py")
        runs = project.runs([notebook])

Front ends know no other room behind it, so what they need of the store is named here too. The one exception is a
process that is to run cells: it starts before all of this is imported (`executors/spare.py`).
"""

from __future__ import annotations

from pathlib import Path

from nbpublish.project.project import Project
from nbpublish.project.reader import ENVIRONMENT, JUNK, unexpected
from nbpublish.project.settings import Demand, Settings
from nbpublish.project.standing import Standing
from nbpublish.store.collect import CacheLimits
from nbpublish.store.disk import DiskStore
from nbpublish.store.export import is_export
from nbpublish.store.history import Past, PastCell, counterparts
from nbpublish.store.records import Records
from nbpublish.verification import Verified

__all__ = [
    "CACHE",
    "ENVIRONMENT",
    "JUNK",
    "CacheLimits",
    "Demand",
    "DiskStore",
    "Past",
    "PastCell",
    "Project",
    "Records",
    "Settings",
    "Standing",
    "Verified",
    "counterparts",
    "is_export",
    "open_cache",
    "unexpected",
]

CACHE = "cache"
"""Folder of the store, in `.nbpublish`."""


def open_cache(work: Path, *, trusted: bool = True) -> DiskStore:
    """The store in the folder `work`, which is `.nbpublish`; made when something is first kept."""
    return DiskStore(work / CACHE, trusted=trusted)
