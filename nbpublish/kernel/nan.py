"""Not-a-number, which is equal to nothing and yet found in a list: there its identity counts."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from nbpublish.kernel.layout import identity

_CONTAINERS = (list, tuple, dict, set, frozenset)


def shares_nan(values: Iterable[Any], namespace: Mapping[str, Any]) -> bool:
    """Whether containers among the values hold a NaN that is met elsewhere too: `numpy.nan`, or one that has a name.

    Loaded from bytes it would be another one, and `numpy.nan in rows` false. Arrays are not looked into.
    """
    known = {identity(math.nan), identity(getattr(sys.modules.get("numpy"), "nan", None))}
    known |= {identity(value) for value in list(namespace.values()) if type(value) is float and value != value}
    waiting: list[Any] = [value for value in values if isinstance(value, _CONTAINERS)]
    seen: set[int] = set()
    while waiting:
        container = waiting.pop()
        if identity(container) in seen:
            continue
        seen.add(identity(container))
        held = gc.get_referents(container)
        if any(item != item and identity(item) in known for item in held if type(item) is float):
            return True
        waiting += [item for item in held if type(item) in _CONTAINERS]
    return False
