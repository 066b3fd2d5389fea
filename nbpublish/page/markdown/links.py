"""Addresses of links and images: which are allowed, and definitions of other cells (`[label]: address`)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import validateLink
from markdown_it.rules_core import StateCore


def links(md: MarkdownIt) -> None:
    md.validateLink = _valid  # type: ignore[method-assign]
    md.core.ruler.after("block", "page_references", _use_other_cells)


def _use_other_cells(state: StateCore) -> None:
    """A cell's own definitions come first."""
    for label, reference in state.env.get("page_references", {}).items():
        state.env["references"].setdefault(label, reference)


_IMAGE = re.compile(r"data:image/(?:gif|png|jpe?g|webp|avif|svg\+xml|bmp|x-icon)[;,]", re.I)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def _valid(url: str) -> bool:
    """As markdown-it allows them, and all images in `data:` addresses."""
    return bool(_IMAGE.match(url)) or validateLink(url)


def is_absolute(url: str) -> bool:
    """Whether an address names its scheme or host, so that nobody needs to resolve it."""
    return bool(_ABSOLUTE.match(url))
