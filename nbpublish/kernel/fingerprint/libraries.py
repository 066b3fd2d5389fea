"""Classes of other libraries whose instances hold more, or less, than what they are seen as."""

from __future__ import annotations

from nbpublish.kernel.fingerprint.walk import Handler

HANDLERS: dict[str, Handler] = {}
