"""Data frames: columns, their types and names, the index, the order of both."""

from __future__ import annotations

from nbpublish.kernel.fingerprint.walk import Handler

HANDLERS: dict[str, Handler] = {}
