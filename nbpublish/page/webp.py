"""A raster → the same raster in fewer bytes, as WebP without loss: the states of widgets may hold hundreds of them."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache

_EXACT = ("1", "L", "LA", "P", "RGB", "RGBA")
"""Modes of Pillow with no more than eight bits a channel, as WebP has them."""
_COLOURS = frozenset({"icc_profile", "gamma", "chromaticity"})
"""By these a PNG says that its colours are others than those of the web."""
_METHOD, _EFFORT = 2, 40
"""Of libwebp, from 0 to 6 and 100. More takes twice as long for one percent, less gives a file half as large again."""


def as_webp(png: bytes) -> bytes | None:
    """A PNG as WebP, the same in every pixel; None where that is no smaller, or cannot be."""
    found = _slot(hashlib.sha256(png).hexdigest())
    if not found:
        found.append(_encoded(png))
    return found[0]


@lru_cache(maxsize=512)
def _slot(digest: str) -> list[bytes | None]:
    """Where the picture made of a PNG is kept: encoding takes 10 to 100 ms, and a preview asks again and again."""
    return []


def _encoded(png: bytes) -> bytes | None:
    from PIL import Image, features

    if not features.check("webp"):
        return None
    file = io.BytesIO()
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            frames = getattr(picture, "n_frames", 1)
            if frames > 1 or picture.mode not in _EXACT or not _COLOURS.isdisjoint(picture.info):
                return None
            whole = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
            whole.save(file, "WEBP", lossless=True, exact=True, method=_METHOD, quality=_EFFORT)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # broken, or too large for the format
        return None
    data = file.getvalue()
    return data if len(data) < len(png) else None
