"""The site for programs that read: `llms.txt`, which lists its pages, and each page as Markdown.

`llms.txt` is a convention (https://llmstxt.org): a heading, a quotation that says what the site is, and lists of links.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote, unquote, urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.exporters.links import redirected
from nbpublish.frontends.about import file_name, place_beside
from nbpublish.frontends.cards.site import plain
from nbpublish.frontends.mkdocs_page import NotebookPage
from nbpublish.frontends.page_language import site_language
from nbpublish.page.messages import Words

INDEX, ALL = "llms.txt", "llms-full.txt"


def markdown_of(page: MkDocsPage, files: Files) -> tuple[str, bytes] | None:
    """Path in the site and content of a page as Markdown; None for a page that could not be made."""
    name = file_name(page.file.src_uri, "markdown")
    if isinstance(page, NotebookPage):
        data = next((asset.data for asset in page.exports if asset.name == name), None)
    else:
        text = redirected(page.markdown or "", lambda url: _found(url, page, files)).strip()
        title = "" if text.startswith("# ") or not page.title else f"# {plain(page.title)}\n\n"
        data = f"{title}{text}\n".encode(errors="replace")
    return None if data is None else (place_beside(page, name), data)


def _found(url: str, page: MkDocsPage, files: Files) -> str:
    """Where a link of a `.md` file leads on its page."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return url
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), unquote(parts.path)))
    target = files.get_file_from_path(path)
    return target.url_relative_to(page.file) + (f"#{parts.fragment}" if parts.fragment else "") if target else url


def llms_files(
    pages: Iterable[MkDocsPage], texts: Mapping[str, tuple[str, bytes]], nav: Navigation, config: MkDocsConfig
) -> Iterator[tuple[str, bytes]]:
    """`llms.txt`, and `llms-full.txt` where it is wanted, from the Markdown of all pages by their source."""
    words = Words(site_language(config))
    pages = [page for page in pages if page.file.src_uri in texts]
    address: Callable[[str], str] = lambda path: urljoin(config.site_url or "", quote(path))  # noqa: E731
    about = config.site_description
    head = [f"# {config.site_name}", *([f"> {about}"] if about else []), words("llms.links")]
    sections = [
        f"## {name}\n\n" + "\n".join(_entry(page, address(texts[page.file.src_uri][0])) for page in listed)
        for name, listed in _sections(pages, nav, words)
    ]
    yield INDEX, ("\n\n".join([*head, *sections]) + "\n").encode(errors="replace")
    if config.plugins["nbpublish"].config.llms == "full":
        whole = [f"<!-- {address(page.url)} -->\n\n{texts[page.file.src_uri][1].decode()}" for page in pages]
        yield ALL, "\n\n---\n\n".join([*head[:2], *whole]).encode(errors="replace")


def _sections(pages: list[MkDocsPage], nav: Navigation, words: Words) -> Iterator[tuple[str, list[MkDocsPage]]]:
    """Pages by the first level of the navigation; those in none come last."""
    left = {page.file.src_uri: page for page in pages}
    single: list[MkDocsPage] = []
    found: list[tuple[str, list[MkDocsPage]]] = []
    for item in nav.items:
        own = [page for page in nav.pages if page is item or any(above is item for above in page.ancestors)]
        below = [left.pop(page.file.src_uri) for page in own if page.file.src_uri in left]
        if item.children and below:
            found.append((plain(str(item.title)), below))
        else:
            single += below
    if single:
        yield words("llms.pages"), single
    yield from found
    if left:
        yield words("llms.others"), [*left.values()]


def _entry(page: MkDocsPage, address: str) -> str:
    said = page.meta.get("description")
    title = plain(str(page.title or page.file.src_uri)).replace("[", r"\[").replace("]", r"\]")
    return f"- [{title}]({address})" + (f": {' '.join(str(said).split())}" if said else "")
