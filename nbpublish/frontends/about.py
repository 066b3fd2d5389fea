"""What the end of a notebook's page tells and offers, from the site's configuration and from git."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from urllib.parse import quote, urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from nbpublish.frontends.commits import Commits
from nbpublish.frontends.launch import REASONS, SERVICES, Place, address, place_of
from nbpublish.model import Problem
from nbpublish.page.about import About, Way
from nbpublish.page.messages import Words

ENDINGS = {"source": "", "ipynb": ".ipynb", "markdown": ".md"}
"""Of the files that a reader can take along; the source keeps its own."""
_BLOBS = (
    (re.compile(r"https://github\.com/[^/]+/[^/]+/?"), "{repo}/blob/{commit}/{path}", "{repo}/commit/{commit}"),
    (re.compile(r"https://gitlab\.com/.+"), "{repo}/-/blob/{commit}/{path}", "{repo}/-/commit/{commit}"),
    (re.compile(r"https://bitbucket\.org/[^/]+/[^/]+/?"), "{repo}/src/{commit}/{path}", "{repo}/commits/{commit}"),
    (re.compile(r"https://codeberg\.org/[^/]+/[^/]+/?"), "{repo}/src/commit/{commit}/{path}", "{repo}/commit/{commit}"),
)
"""By the address of a repository: those of a file at a commit, and of the commit."""


def about_page(page: MkDocsPage, config: MkDocsConfig, commits: Commits, format: str, words: Words) -> About | None:
    """What is told of the page of a notebook in `format`; None where site or page want nothing of the kind."""
    options = config.plugins["nbpublish"].config
    if not page.meta.get("about", options.about):
        return None
    path, commit = page.file.src_uri, commits.last.get(page.file.src_uri)
    in_repository = commits.prefix + path
    blob, log = _addresses(config.repo_url or "", commit.id if commit else "", in_repository)
    return About(
        source=in_repository,
        source_address=blob or page.edit_url or "",
        commit=commit.id if commit else "",
        commit_address=log,
        date=commit.date if commit and options.date else "",
        ways=(*_files(page, options.downloads, words), *_services(page, options, format)),
    )


def _addresses(repository: str, commit: str, path: str) -> tuple[str, str]:
    for host, blob, log in _BLOBS if commit else ():
        if host.fullmatch(repository):
            values = {"repo": repository.rstrip("/").removesuffix(".git"), "commit": commit, "path": quote(path)}
            return blob.format(**values), log.format(**values)
    return "", ""


def file_name(source: str, kind: str) -> str:
    """The name of a file that a reader can take along of the page of `source`."""
    name = posixpath.basename(source)
    return name if kind == "source" else posixpath.splitext(name)[0] + ENDINGS[kind]


def place_beside(page: MkDocsPage, name: str) -> str:
    """The path in the site of a file that lies beside a page."""
    return posixpath.join(posixpath.dirname(page.file.dest_uri), name)


def kinds(source: str, wanted: Collection[str]) -> list[str]:
    """What is offered of a notebook: the source of an `.ipynb` file is the notebook, without its outputs."""
    return [kind for kind in ENDINGS if kind in wanted and not (kind == "source" and source.endswith(".ipynb"))]


def _files(page: MkDocsPage, wanted: Sequence[str], words: Words) -> Iterable[Way]:
    source = page.file.src_uri
    for kind in kinds(source, wanted):
        ending = posixpath.splitext(source)[1]
        yield Way(words(f"about.file.{kind}", ending=ending), quote(file_name(source, kind)), file=True)


def _place(page: MkDocsPage, downloads: Sequence[str]) -> Place:
    if "ipynb" not in downloads:
        return place_of(page.edit_url)
    name = file_name(page.file.src_uri, "ipynb")
    return place_of(page.edit_url, place_beside(page, name), urljoin(page.canonical_url or "", quote(name)))


def _services(page: MkDocsPage, options: Any, format: str) -> Iterable[Way]:
    place = _place(page, options.downloads)
    for service, pattern in options.open_in:
        if found := address(service, pattern, place, format, options.site_branch):
            yield Way(SERVICES.get(service, service), found)


def live_way(page: MkDocsPage, config: MkDocsConfig, format: str) -> Way | None:
    """Where a button on a notebook's page leads, so that its reader can run it; None for no such button.

    `live` in the page's metadata has the last word.
    """
    options = config.plugins["nbpublish"].config
    wanted = page.meta.get("live")
    services = [] if wanted is False else options.live or ([("molab", "")] if wanted else [])
    place = _place(page, options.downloads)
    for service, pattern in services:
        if found := address(service, pattern, place, format, options.site_branch):
            return Way(SERVICES.get(service, service), found)
    return None


def unopened(
    pages: Sequence[tuple[MkDocsPage, str]], config: MkDocsConfig, config_name: str
) -> Iterable[Problem]:
    """A warning for each service that can open none of the site's notebooks, given with their formats."""
    options = config.plugins["nbpublish"].config
    named = {(service, pattern): name for name in ("live", "open_in") for service, pattern in options[name]}
    for (service, pattern), name in named.items() if pages else ():
        if any(address(service, pattern, _place(page, options.downloads), format, options.site_branch)
               for page, format in pages):  # fmt: skip
            continue
        if not config.repo_url and not pattern:
            reason = "mkdocs.yml has no repo_url, so nobody knows where the notebooks are"
        else:
            reason = REASONS.get(service, f"its address {pattern} asks for what is not known of any of them")
        message = f"`{name}` names {service}, and no page can offer it: {reason}. Set what is missing, or remove it."
        yield Problem("open-in", message, config_name, 1, severity="warning")
