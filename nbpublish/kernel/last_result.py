"""`_` is the last result, as in IPython and at Python's own prompt, unless the author has put another there."""

from __future__ import annotations

import builtins
from collections.abc import MutableMapping
from typing import Any

NO_RESULT = ""
"""What `_` is before the first one."""


class LastResult:
    """Keeps the last result among the author's names, where it has versions as every name has."""

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self._space = namespace
        self._last: object = NO_RESULT

    def offer(self, value: object) -> None:
        """Take the result of a cell of which no account is kept."""
        if self._space.get("_", self._last) is self._last:
            self.put(value)

    def put(self, value: object) -> None:
        """Take the result of a cell of which it is known that others read it."""
        if vars(builtins).get("_") == NO_RESULT:  # `gettext` puts its function there
            self._space["_"] = self._last = value
