"""The files beside a page, named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Self

from nbpublish.model import Asset

SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/svg+xml": ".svg",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/zip": ".zip",
    "text/css": ".css",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/javascript": ".js",
    "text/plain": ".txt",
}


class Assets:
    """Collects the assets of one page; equal content is kept once."""

    def __init__(self, base: str | Assets) -> None:
        """`base` is how addresses begin; made of other assets, it keeps what it gets among theirs."""
        self._base: str = base._base if isinstance(base, Assets) else base
        self._kept: dict[str, Asset] = base._kept if isinstance(base, Assets) else {}

    def add(self, data: bytes, mimetype: str) -> str:
        """Keep `data`; gives the address at which the page finds it."""
        kind = mimetype.partition(";")[0].strip().lower()
        name = hashlib.sha256(data).hexdigest()[:16] + SUFFIXES.get(kind, ".bin")
        self._kept[name] = Asset(name, data)
        return self._base + name

    def pair(self, data: bytes, suffix: str, other: Callable[[str], bytes], other_suffix: str) -> str:
        """Keep `data`, and beside it what `other` makes of its name; gives the address without the suffixes."""
        stem = hashlib.sha256(data).hexdigest()[:16]
        self._kept[stem + suffix] = Asset(stem + suffix, data)
        self._kept[stem + other_suffix] = Asset(stem + other_suffix, other(stem))
        return self._base + stem

    def keep(self, asset: Asset) -> str:
        """Keep a file that has its name already; gives its address likewise."""
        self._kept[asset.name] = asset
        return self._base + asset.name

    def apart(self) -> Self:
        """Assets with the same addresses and nothing in them yet."""
        return type(self)(self._base)

    @property
    def all(self) -> tuple[Asset, ...]:
        """What was kept, in the order in which it came."""
        return tuple(self._kept.values())
