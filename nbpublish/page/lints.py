"""What readers of a page would miss, told to its author: words for those who see no picture, and glyphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbpublish.page.context import Context

ALT = "missing-alt"
ON_CHECK = frozenset({ALT})
"""Codes of problems that only `nbpublish check` tells."""
_LONGEST = 60
"""Characters of texts that are quoted."""
_BEYOND_LATIN = re.compile("[^\\x00-\u02ff\u2000-\u206f]")


def missing_alt(context: Context) -> None:
    """Tell of a figure of the cell at hand for which no words were found."""
    context.problem(
        "missing-alt",
        "The figure has no words for readers who do not see it: no title, no names at its axes, no legend. Say in "
        "`alt:` of the cell what it shows, or `alt: \"\"` where it shows nothing that the text does not say.",
    )


IMAGE_WITHOUT_ALT = (
    "The image has no words for readers who do not see it. Write them between the brackets, `![what it shows](…)`, or "
    "`{role=presentation}` after the image where it only decorates."
)


def missing_glyphs(texts: object, context: Context) -> str:
    """Tell of texts that a raster shows as boxes; a reader is shown nothing."""
    found = [str(text) for text in texts] if isinstance(texts, list) else []
    glyphs = "".join(dict.fromkeys(_BEYOND_LATIN.findall("".join(found))))
    quoted = _cut(", ".join(f"“{text}”" for text in found))
    context.problem(
        "missing-glyph",
        f"The picture has boxes in place of {quoted}: no font on this machine has a glyph for {_cut(glyphs)}. Install "
        "one, such as the package fonts-noto-cjk for Japanese, or name one that is installed in "
        "plt.rcParams['font.family']. A figure that stays an SVG needs none: draw less, or with rasterized=True.",
        near=found[0] if found else "",
    )
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_IMAGE = re.compile(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_SAYS = re.compile(r"\s(?:alt\s*=|aria-label\s*=|aria-hidden|role\s*=\s*[\"']?(?:presentation|none))", re.IGNORECASE)


def images_without_alt(html: str) -> Iterator[tuple[int, str]]:
    """Places and text of images in HTML that say nothing, not even that there is nothing to say."""
    for match in _IMAGE.finditer(html):
        if not _SAYS.search(match[0]):
            yield match.start(), match[0]
