"""markdown-it-py with the dialects that authors of notebooks and of MkDocs pages write."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from nbpublish.page.markdown.abbreviations import abbreviations
from nbpublish.page.markdown.admonitions import admonitions
from nbpublish.page.markdown.alerts import alerts
from nbpublish.page.markdown.attributes import attributes
from nbpublish.page.markdown.autorefs import autorefs
from nbpublish.page.markdown.blocks import blocks
from nbpublish.page.markdown.captions import captions
from nbpublish.page.markdown.directives import directives
from nbpublish.page.markdown.emoji import emoji
from nbpublish.page.markdown.emphasis_cjk import emphasis_cjk
from nbpublish.page.markdown.footnotes import footnotes
from nbpublish.page.markdown.html_blocks import html_blocks
from nbpublish.page.markdown.links import links
from nbpublish.page.markdown.marks import marks
from nbpublish.page.markdown.math_rules import math_rules
from nbpublish.page.markdown.references import references
from nbpublish.page.markdown.roles import roles
from nbpublish.page.markdown.softbreaks import softbreaks
from nbpublish.page.markdown.tables import tables
from nbpublish.page.markdown.tabs import tabs
from nbpublish.page.markdown.tasks import tasks

RULES = (
    *(emphasis_cjk, links, html_blocks, admonitions, tabs, blocks, directives, roles, alerts, tasks, footnotes),
    *(tables, abbreviations, math_rules, marks, emoji, references, autorefs, attributes, captions, softbreaks),
)


@cache
def parser() -> MarkdownIt:
    """The parser all pages share; what belongs to a page is in the `env` of each parse."""
    # Nested deeper than maxNesting, markdown-it drops text: 20 is soon reached by lists in callouts in tabs.
    md = MarkdownIt("commonmark", {"html": True, "typographer": False, "tasklists": True, "maxNesting": 100})
    md.enable(["table", "strikethrough"])
    md.use(gfm_autolink_plugin).use(deflist_plugin)
    for rule in RULES:
        rule(md)
    return md
