"""A store that lasts as long as its process: for tests, and for the preview between two saves."""

from __future__ import annotations

from nbpublish.model import Trace


class MemoryStore:
    """Keeps traces in a dictionary. Safe to share between the threads of one process."""

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}

    def find(self, key: str) -> Trace | None:
        return self._traces.get(key)

    def keep(self, trace: Trace) -> None:
        self._traces[trace.key] = trace

    def clear(self) -> None:
        """Forget everything, as when a data file or a module changed."""
        self._traces.clear()
