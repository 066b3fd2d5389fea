"""The bytes that stand for a value, and their digest.

Every piece begins with a tag of four bytes and a length, or is written by `marshal` in version 2, whose codes are
printable, carry types and lengths, and know neither references nor interning. No piece is the beginning of another.
"""

from __future__ import annotations

import marshal
from struct import Struct
from typing import Any

from xxhash import xxh3_128

_FULL = 1 << 16
_head = Struct("<4sQ").pack


def atom(value: Any) -> bytes:
    """The encoding of an atom, or of a list, tuple or dict that holds atoms alone."""
    return marshal.dumps(value, 2)


class Stream:
    """Collects bytes into a digest of 128 bits. xxh3 is no protection against an adversary, and nobody is one here."""

    __slots__ = ("_digest", "_waiting")

    def __init__(self) -> None:
        self._digest = xxh3_128()
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        """Add an encoding."""
        self._waiting += data
        if len(self._waiting) > _FULL:
            self._digest.update(bytes(self._waiting))
            self._waiting.clear()

    def head(self, tag: bytes, length: int = 0) -> None:
        """Begin a piece: its tag of four bytes, and how many things follow."""
        self.write(_head(tag, length))

    def buffer(self, data: Any) -> None:
        """Add a large contiguous buffer of bytes; its length must stand before it."""
        self._digest.update(bytes(self._waiting))
        self._waiting.clear()
        self._digest.update(data)

    def digest(self) -> bytes:
        """Sixteen bytes that identify everything written."""
        self._digest.update(bytes(self._waiting))
        self._waiting.clear()
        return self._digest.digest()
