"""What an object says it can be rebuilt from, for compiled types whose word was tested to be complete."""

from __future__ import annotations

import copyreg
import pickle
from typing import Any

from nbpublish.kernel.fingerprint.walk import Opaque, Walk

TRUSTED = (
    "datetime.",
    "zoneinfo.",
    "decimal.",
    "fractions.",
    "uuid.",
    "re.",
    "operator.",
    "random.",
    "_random.",
    "types.",
    "_collections._tuplegetter",
    "collections._tuplegetter",
    "ipaddress.",
    "numpy.",
    "pandas.",
    "scipy.",
    "sklearn.",
)
"""How the names of compiled types begin whose reductions are complete; tests/real_values.py has some of each."""


def is_trusted(name: str) -> bool:
    """Whether a compiled type tells everything by `__reduce_ex__`."""
    return name.startswith(TRUSTED)


def visit(walk: Walk, item: Any) -> None:
    if not walk.first(item):
        return None
    reducer = copyreg.dispatch_table.get(type(item))
    try:
        reduced = reducer(item) if reducer else item.__reduce_ex__(5)
    except Exception as error:
        raise Opaque(f"a {type(item).__qualname__} cannot be taken apart") from error
    if isinstance(reduced, str):
        walk.stream.head(b"\x01glb")
        return walk.push(type(item).__module__, reduced)
    parts = list(reduced)
    for place in (3, 4):  # its list items and dict items come as iterators
        if len(parts) > place and parts[place] is not None:
            parts[place] = list(parts[place])
    walk.stream.head(b"\x01red", len(parts))
    return walk.push(*parts)


def visit_buffer(walk: Walk, item: pickle.PickleBuffer) -> None:
    with item.raw() as data:
        walk.bytes(data, data.nbytes)
