"""Where the links of prose lead, put into its Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it.common.normalize_url import normalizeLink

_LINKS = re.compile(
    r"""
      (?P<code> ^[ ]{0,3}(?P<fence>```+|~~~+).*?(?:^[ ]{0,3}(?P=fence)|\Z)
              | (?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`) )
    | (?P<before> \]\( [ ]* < ) (?P<angled> [^<>\n]+ ) (?=>)
    | (?P<start> \]\( [ ]* | ^[ ]{0,3}\[[^\]\n]+\]:[ ]+ | \b(?:src|href)=["'] ) (?P<url> [^\s()<>"']+ )
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def redirected(text: str, link: Callable[[str], str]) -> str:
    """Markdown whose links and pictures lead where `link` says; what is code stays as it is."""

    def replaced(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        return found["before"] + link(found["angled"]) if found["before"] else found["start"] + link(found["url"])

    return _LINKS.sub(replaced, text)


def normal(url: str) -> str:
    """An address as CommonMark writes it into HTML."""
    return normalizeLink(url)
