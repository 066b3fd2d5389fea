"""Pickling of frozen values, of which a kernel is sent a dozen for each cell, and sends back as many."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def sent(kind: type[T]) -> type[T]:
    """Let the values of a frozen dataclass be pickled by their fields, in half the time that slots take otherwise."""
    values = attrgetter(*(field.name for field in fields(kind)))  # type: ignore[arg-type]

    def reduced(value: T) -> tuple[Any, ...]:
        return kind, values(value)

    kind.__reduce__ = reduced  # type: ignore[method-assign,assignment]
    return kind
