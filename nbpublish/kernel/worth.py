"""Values → their bytes, where these are worth keeping."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from nbpublish.kernel.folder import Folder
from nbpublish.kernel.nan import shares_nan
from nbpublish.kernel.restore import Chunks, dump, roundtrips

_LARGEST = 512 * 2**20
"""Bytes of a value that are still kept."""
_SMALL, _WORTH = 2**20, 200e6
"""Bytes that are always worth keeping, and for each second that it takes to have the value again."""


def kept_of(
    values: Mapping[str, Any], namespace: MutableMapping[str, Any], seconds: float, folder: Folder
) -> Chunks | None:
    """The bytes of values that it takes so long to have again; None where they are too many, or do not bring back the
    same."""
    chunks = dump(values, namespace, folder)
    most = min(_LARGEST, max(_SMALL, int(seconds * _WORTH)))
    if chunks is None or sum(memoryview(chunk).nbytes for chunk in chunks) > most:
        return None
    if shares_nan(values.values(), namespace):
        return None
    return chunks if roundtrips(chunks, values, namespace) else None
