"""The mimebundle of one value, on its way to an `Output`."""

from __future__ import annotations

import sys
from typing import Any

Bundle = tuple[dict[str, Any], dict[str, Any]]
"""Data by mimetype and metadata, as in `Output`."""


def is_a(value: object, module: str, *names: str) -> bool:
    """Whether `value` is an instance of one of these classes of `module`. Imports nothing: a class of a module that
    nobody imported has no instances."""
    home = sys.modules.get(module)
    return any(isinstance(value, getattr(home, name, ())) for name in names)
