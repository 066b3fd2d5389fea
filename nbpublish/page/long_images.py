"""Pictures within Markdown, as editors paste them.

They are long `data:` addresses, which markdown-it would read letter by letter.
"""

from __future__ import annotations

import re

_LONG_IMAGE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=]{400,}")


def shortened(text: str, images: list[str]) -> str:
    """The text with short addresses in place of long `data:` ones, which are added to `images`."""

    def short(match: re.Match[str]) -> str:
        images.append(match[0])
        return f"nbpublish-image:{len(images) - 1}."

    return _LONG_IMAGE.sub(short, text)


def restored(html: str, images: list[str]) -> str:
    """HTML with the addresses that they had."""
    for number, image in enumerate(images):
        html = html.replace(f"nbpublish-image:{number}.", image)
    return html
