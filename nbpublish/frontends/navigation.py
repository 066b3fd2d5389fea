"""The navigation as HTML, written as `partials/navigation.html` of our theme writes it, in a quarter of the time.

Every page holds the whole navigation, so a site of n pages has n² entries: of all in a build, this grows fastest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mkdocs.structure.pages import Page
from mkdocs.utils import normalize_url


class NavigationWriter:
    """Writes entries down to `depth`, below which sections no longer fold. For one build."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._addresses: dict[tuple[str, str], dict[str, str]] = {}
        """By place of a page: addresses as they are written on the pages there."""

    def __call__(self, nav: Iterable[Any], page: Page | None, base_url: str) -> str:
        """The entries of `nav` as they stand on `page`; None is a page of the theme, such as 404.html."""
        found: list[str] = []
        own = page.url if page else ""
        known = self._addresses.setdefault(_place(own), {}) if page else {}

        def address_of(url: str) -> str:
            address = known.get(url)
            if address is None or (own and url.startswith(own)):
                address = normalize_url(str(url), page=page, base=base_url)
                if not (own and url.startswith(own)):
                    known[url] = address
            return address

        def write(item: Any, depth: int) -> None:
            children = item.children
            if not children:
                current = ' aria-current="page"' if item.active else ""
                found.append(f'<li><a href="{address_of(item.url)}"{current}>{item.title or item.url}</a></li>\n')
                return
            if depth == 1:
                first = children[0]
                if first.is_page and first.is_index:  # the caption leads to the page about the section
                    current = ' aria-current="page"' if first.active else ""
                    before = f'<a class="nav-section" href="{address_of(first.url)}"{current}>{item.title}</a>\n<ul>'
                    children = children[1:]
                else:
                    before = f'<span class="nav-section">{item.title}</span>\n<ul>'
                after = "</ul>"
            elif depth < self._depth:
                opened = " open" if item.active else ""
                before, after = f"<details{opened}><summary>{item.title}</summary>\n<ul>", "</ul></details>"
            else:
                before, after = "<ul>", "</ul>"
            found.append(f"<li>{before}")
            for child in children:
                write(child, depth + 1 if depth < self._depth or depth == 1 else depth)
            found.append(f"{after}</li>\n")

        for item in nav:
            write(item, 1)
        return "".join(found)


def _place(url: str) -> tuple[str, str]:
    """Pages of one place write an address in the same way, but for addresses below themselves."""
    folder, _, name = url.removesuffix("/").rpartition("/")
    if url.endswith("/"):
        return "folder", folder
    return ("file", folder) if "." in name else ("own", url)
