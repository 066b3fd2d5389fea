"""Author's style sheets keep to the notebook: rules for the document as a whole would change the site around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbpublish.page.context import Context

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_RULE = re.compile(r"(?P<before>^|[{},;]|\*/)(?P<space>\s*)(?:html|body)(?=\s*[,{])", re.IGNORECASE)
_NEVER = r"\g<before>\g<space>:not(*)"


def leave_the_site_alone(soup: BeautifulSoup, context: Context) -> bool:
    """Let rules for `html` and `body` match nothing, with a warning; whether there were any.

    marimo shows a notebook in a window of its own, where they do no harm. On a page `overflow: hidden` would keep the
    reader from scrolling.
    """
    changed = False
    for element in soup.find_all("style"):
        text = element.get_text()
        kept, found = _RULE.subn(_NEVER, text)
        if found:
            changed = True
            element.string = kept
            context.problem(
                "page-style",
                "A style here is for the whole page (`body` or `html`), which is the site's; the rule is left out. "
                "Put it into a file named in `extra_css`, or give what it is for a class.",
            )
    return changed
