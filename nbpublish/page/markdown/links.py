"""Which addresses a link or an image may have: as CommonMark's reference does, plus images in `data:` addresses."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import validateLink


def links(md: MarkdownIt) -> None:
    md.validateLink = _valid  # type: ignore[method-assign]


_IMAGE = re.compile(r"data:image/(?:gif|png|jpe?g|webp|avif|svg\+xml|bmp|x-icon)[;,]", re.I)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def _valid(url: str) -> bool:
    return bool(_IMAGE.match(url.strip())) or validateLink(url)


def is_absolute(url: str) -> bool:
    """Whether an address names its scheme or host, so that nobody needs to resolve it."""
    return bool(_ABSOLUTE.match(url))
