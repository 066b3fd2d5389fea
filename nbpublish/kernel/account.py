"""What an execution did, as the kernel tells it: values by fingerprint, blobs, what was observed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nbpublish.model import Control, Observation, Trace, Version
from nbpublish.model.sent import sent


@sent
@dataclass(frozen=True, slots=True)
class Account:
    """Where a version says `blob`, it is one of `blobs`, whose digest is not known yet."""

    versions: Mapping[str, Version] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()
    observations: tuple[Observation, ...] = ()
    blobs: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()

    def onto(self, trace: Trace, put: Callable[[Iterable[Any]], str] | None) -> Trace:
        """The trace with all of this, its blobs put into a store, where there is one."""
        digests = {name: put(chunks) for name, chunks in self.blobs.items()} if put else {}
        versions = {
            name: replace(version, blob=digests.get(version.blob)) if version.blob else version
            for name, version in self.versions.items()
        }
        return replace(
            trace,
            versions=versions,
            deleted=self.deleted,
            observations=(*trace.observations, *self.observations),
            controls=self.controls,
        )
