"""The content layer and a site: which of its files are linked, and what else its theme needs to know.

Our theme has them and says so; under another one they join the site.
"""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.utils import get_theme_dir

CONTENT = (
    "assets/nb-content.css",
    "assets/nb.js",
    *(f"assets/nb-{name}.js" for name in ("chart", "plotly", "vega", "anywidget", "widgets", "flow", "tex")),
)
"""Linked by every page are the first two; `nb.js` loads the others where they are needed."""
SEARCH_INDEX = "assets/search-index.js"


def own_theme(config: MkDocsConfig) -> bool:
    """Whether the site's theme is ours, or made of it."""
    return bool(config.theme.get("nb_content"))


def link_content(config: MkDocsConfig) -> None:
    """Let the pages of a site link what they need."""
    if own_theme(config):
        config.theme["search_index"] = SEARCH_INDEX
    elif CONTENT[0] not in config.extra_css:
        config.extra_css.insert(0, CONTENT[0])  # first, so that the site's own CSS has the last word
        config.extra_javascript.insert(0, CONTENT[1])


def content_files(config: MkDocsConfig) -> Iterator[File]:
    """What joins a site whose theme is another one."""
    if not own_theme(config):
        folder = get_theme_dir("nbpublish")
        for name in CONTENT:
            yield File(name, folder, config.site_dir, config.use_directory_urls)
