"""Code cards are not parsed tag by tag, and nobody can tell from what comes out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs.contrib.search.search_index import ContentParser
from pages import code, page, prose, run

from nbpublish.frontends.mkdocs_search import searchable
from nbpublish.frontends.search_text import sections
from nbpublish.page import html as pieces
from nbpublish.page.html import feed, is_closed

PAGE = page(
    run(
        prose("title", "# Fitting\n\nText & more.\n\n```python hl_lines='1'\nif a < b:\n    c()\n```\n"),
        code("data", "import numpy as np\n\nx = np.arange(3)  # <tag> & 'quotes'"),
        code("fit", "y = x @ x\nif y < 3:\n    print(f'{y:.2f}')"),
        prose("end", "## The end\n\n`y` is *small*."),
    )
).html
PIECES = [
    *("<p>", "</p>", "<div>", "</div>", "<!--", "-->", "<script>", "</script>", "<a title='", "'", '"', "text & &lt;"),
    *('<code class="language-python">', "</code>", '<span class="k">', '<span class="hll">', "</span>", "<br/>"),
    *("<h2 id='x'>", "</h2>"),
    '<pre><code class="language-python"><span class="k">if</span> x\n</code></pre>',
    '<code class="language-python"><span class="k">if</code>',
    '<code class="language-python">x</span></code>',
    '<p class="nb-names"><span class="nb-uses">Uses <code>x</span></p>',
    '<p class="nb-names"><span class="nb-uses">Uses <a href="#cell-a"><code>x</code></a></span></p>',
]
HTML = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def plain_feed(parser: HTMLParser, html: str, **_: object) -> None:
    parser.feed(html)


def closed_tag_by_tag(html: str) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "feed", plain_feed)
        return is_closed(html)


def searchable_tag_by_tag(html: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nbpublish.frontends.mkdocs_search.feed", plain_feed)
        return searchable(html)


def test_the_cards_of_a_page_are_found() -> None:
    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            classes.append(dict(attrs).get("class"))

    classes: list[str | None] = []
    tokens: list[str] = []
    feed(Tags(), PAGE, code=tokens.append)
    assert len(tokens) == 2  # the listing with a marked line has spans within a span
    assert "nb-names" in PAGE
    assert "nb-names" not in classes


def test_a_page_is_searched_as_if_every_tag_had_been_parsed() -> None:
    assert searchable(PAGE) == searchable_tag_by_tag(PAGE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nbpublish.frontends.search_text.feed", plain_feed)
        parsed = sections("Fitting", PAGE)
    assert sections("Fitting", PAGE) == parsed
    assert any("if y < 3:\n    print(f'{y:.2f}')" in part.code for part in parsed)


def words_found_by_mkdocs(html: str) -> list[list[str]]:
    parser = ContentParser()
    parser.feed(html)
    parser.close()
    return [parser.stripped_html.split(), *(" ".join(section.text).split() for section in parser.data)]


def test_the_index_of_mkdocs_stays_the_same() -> None:
    bare = searchable(PAGE, bare=True)
    assert set(re.findall(r"<(\w+)", bare)) <= {"h1", "h2", "h3"}
    assert words_found_by_mkdocs(bare) == words_found_by_mkdocs(searchable(PAGE))


@settings(max_examples=1000)
@given(HTML)
def test_the_index_of_mkdocs_stays_the_same_for_any_html(html: str) -> None:
    assert words_found_by_mkdocs(searchable(html, bare=True)) == words_found_by_mkdocs(searchable(html))


@settings(max_examples=1000)
@given(HTML)
def test_html_is_closed_or_not_whether_or_not_its_cards_are_parsed(html: str) -> None:
    assert is_closed(html) == closed_tag_by_tag(html)


@settings(max_examples=1000)
@given(HTML)
def test_any_html_is_searched_as_if_every_tag_had_been_parsed(html: str) -> None:
    assert searchable(html) == searchable_tag_by_tag(html)
