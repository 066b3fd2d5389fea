"""Width and height of a picture, read from its first bytes."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

Size = tuple[float, float]

_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
"""CSS pixels in one of each unit that SVG knows."""
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*([a-z%]*)\s*", re.IGNORECASE)


def size_of(data: bytes, mimetype: str) -> Size | None:
    """Width and height in CSS pixels (pixels of the picture for PNG, JPEG, GIF, WebP); None where they are not told."""
    reader = _READERS.get(mimetype)
    try:
        size = reader(data) if reader else None
    except (struct.error, IndexError, ValueError, OverflowError):
        return None
    return size if size and size[0] > 0 and size[1] > 0 else None


def _png(data: bytes) -> Size | None:
    return struct.unpack(">II", data[16:24]) if data[:8] == b"\x89PNG\r\n\x1a\n" else None


def _gif(data: bytes) -> Size | None:
    return struct.unpack("<HH", data[6:10]) if data[:4] == b"GIF8" else None


def _jpeg(data: bytes) -> Size | None:
    """The frame header (SOFn) of ITU T.81, found by walking the segments."""
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def _webp(data: bytes) -> Size | None:
    """The three kinds of RFC 9649: lossy, lossless, extended."""
    kind = data[12:16] if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else b""
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return None


def _svg(data: bytes) -> Size | None:
    root = re.search(r"<svg\b[^>]*>", data[:20_000].decode("utf-8", "replace"), re.IGNORECASE)
    if not root:
        return None
    attributes = dict(re.findall(r"""\s(width|height|viewBox)\s*=\s*["']([^"']*)["']""", root.group()))
    width, height = _length(attributes.get("width")), _length(attributes.get("height"))
    if width and height:
        return width, height
    box = [float(number) for number in re.split(r"[\s,]+", attributes.get("viewBox", "").strip()) if number]
    return (box[2], box[3]) if len(box) == 4 else None


def _length(text: str | None) -> float | None:
    match = _LENGTH.fullmatch(text or "")
    unit = _UNITS.get(match.group(2).lower()) if match else None
    return float(match.group(1)) * unit if match and unit else None


_READERS: dict[str, Callable[[bytes], Size | None]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/svg+xml": _svg,
}
