"""Relative addresses in the HTML of outputs: their author means what lies beside the notebook, as in prose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpublish.page.context import Context
from nbpublish.page.html import of_kinds

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_POINT = {
    "a": ("href",),
    "img": ("src",),
    "source": ("src",),
    "track": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
}
"""Elements that point to a file or a page, and the attributes that do."""


def resolve_all(soup: BeautifulSoup, context: Context) -> None:
    """Resolve the addresses of links, pictures and recordings. In place, and once only."""
    for element in of_kinds(soup, _POINT):
        for name in _POINT[element.name]:
            url = element.get(name)
            if isinstance(url, str):
                element[name] = resolved(url, context)


def spell_in_drawings(soup: BeautifulSoup) -> bool:
    """Write links within `<svg>` as SVG 1.1 does, `xlink:href`; in place, and whether there were any.

    Scripts of themes take whatever has a plain `href` for an element of HTML and set it, which an element of SVG
    refuses with an error: Material's instant navigation ends by it.
    """
    found = soup.select("svg [href]") if soup.find_all("svg") else []
    for element in found:
        element.attrs.setdefault("xlink:href", element["href"])
        del element["href"]
    return bool(found)


def resolved(url: str, context: Context) -> str:
    """The address for the page; those within the page, of the whole host and with a scheme stay."""
    url = url.strip()
    if not url or url.startswith(("#", "/", "?")):
        return url
    return context.prose.resolve(url, context.line_of(url))
