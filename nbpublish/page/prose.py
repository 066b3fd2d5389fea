"""The prose of one page: Markdown → HTML, cell by cell."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import Any

from markdown_it.token import Token

from nbpublish.model import Cell, Heading, Problem
from nbpublish.page.captions import with_captions
from nbpublish.page.equations import NumberedEquations, labelled
from nbpublish.page.html import closed
from nbpublish.page.labels import number_mark
from nbpublish.page.lints import IMAGE_WITHOUT_ALT, images_without_alt
from nbpublish.page.long_images import restored, shortened
from nbpublish.page.markdown.captions import NUMBER
from nbpublish.page.markdown.fences import is_diagram
from nbpublish.page.markdown.footnotes import Footnotes
from nbpublish.page.markdown.links import is_absolute
from nbpublish.page.markdown.math_rules import math_in_html
from nbpublish.page.markdown.parsed import parsed
from nbpublish.page.markdown.parser import parser
from nbpublish.page.markdown.references import REFERENCE
from nbpublish.page.markdown.renderer import ProseRenderer, display_math
from nbpublish.page.markdown.tabs import number_tabs
from nbpublish.page.math import MathError
from nbpublish.page.mermaid.diagram import Tell, diagram_html
from nbpublish.page.messages import Words
from nbpublish.page.prose_lines import offset, with_lines
from nbpublish.page.settings import slugify as default_slugify

_NOWHERE = Cell(id="", kind="markdown", source="", line=1)
_RENDERER = ProseRenderer()
Link = tuple[str, int, str]
"""As it is written, the line on which it stands, and where it leads."""
Env = dict[str, Any]
"""What markdown-it's rules know of the cell and the page they work for."""


class Prose:
    """Renders the prose of one page and collects what the page needs to know of it.

    Footnotes, link definitions and abbreviations hold for all cells, ids are unique over the page. `read` all prose
    first, so that a cell may use what a later one defines; then `render` each cell, and `finish`.
    """

    def __init__(
        self,
        *,
        link: Callable[[str, int], str],
        slugify: Callable[[str], str] | None,
        language: str,
        path: str,
        permalink: str = "¶",
        autorefs: bool = False,
        diagrams: Callable[[str, Tell], str] | None = None,
    ) -> None:
        """`link` turns the address of a link or image without scheme, and the line of the file it stands on, into the
        address for the page. `slugify` makes ids of headings, `language` chooses the words we add, and `path` is the
        file that problems name. `permalink` and `autorefs` are those of `PageSettings`. `diagrams` turns the source of
        a Mermaid diagram into HTML.
        """
        self.headings: list[Heading] = []
        self.anchors: set[str] = set()
        """All ids of the prose so far."""
        self.title: str | None = None
        """HTML of the first heading, where that is one of level 1."""
        self.problems: list[Problem] = []
        self._link, self._slugify = link, slugify or default_slugify
        self._words, self._path = Words(language), path
        self._permalink, self._autorefs = permalink, autorefs
        self._diagrams = diagrams or (lambda source, tell: diagram_html(source, self._words, tell))
        self._cell, self._first_line = _NOWHERE, 1
        self._references: dict[str, Any] = {}
        self._abbreviations: dict[str, str] = {}
        self._footnotes = Footnotes()
        self._equations = NumberedEquations()

    def aside(self) -> Prose:
        """The same page, to render what takes the place of some of its prose: nothing of that is left here."""
        other = copy.copy(self)
        other.headings, other.anchors, other.problems, other.title = [], set(), [], None
        other._references, other._abbreviations = dict(self._references), dict(self._abbreviations)
        other._footnotes = Footnotes(defined=dict(self._footnotes.defined))
        other._equations = NumberedEquations()
        return other

    @property
    def definitions(self) -> tuple[object, ...]:
        """What cells define for each other: links, abbreviations and footnotes."""
        return self._references, self._abbreviations, self._footnotes.defined

    def watch(self, links: list[Link], diagrams: list[str], known: Sequence[Link] = ()) -> None:
        """Add each link that is resolved to `links`, and the source of each diagram to `diagrams`. What is `known` of
        links is used up before others are asked where they lead, as whoever is asked may tell of what is wrong."""
        lead, draw, waiting = self._link, self._diagrams, list(known)

        def led(url: str, line: int) -> str:
            found = next((link for link in waiting if link[:2] == (url, line)), None)
            if found:
                waiting.remove(found)
            links.append(found or (url, line, lead(url, line)))
            return links[-1][2]

        def drawn(source: str, tell: Tell) -> str:
            diagrams.append(source)
            return draw(source, tell)

        self._link, self._diagrams = led, drawn

    def read(self, text: str, cell: Cell) -> None:
        """Take note of what a cell's Markdown defines for the others."""
        if not _DEFINES.search(text):
            return
        env = self._env(cell)
        tokens: list[Token] = []
        parser().block.parse(text.replace("\r\n", "\n"), parser(), env, tokens)
        self._references = {**env["references"], **self._references}
        self._abbreviations = {**env["abbreviations"], **self._abbreviations}
        self._footnotes.define(tokens, cell.id)

    def render(self, text: str, cell: Cell) -> str:
        """A cell's Markdown → the HTML of its blocks, in which every element is closed."""
        self._cell, self._first_line = cell, cell.line + offset(text, cell.source)
        self.read(text, cell)
        env = self._env(cell)
        images: list[str] = []
        html = self._html(parsed(shortened(text, images), env), env)
        for label, definition in env["footnote_definitions"].items():
            self._footnotes.html[cell.id, label] = restored(self._html(definition, env), images)
        return restored(html, images)

    def inline(self, text: str, cell: Cell | None = None) -> str:
        """One line of Markdown, such as a caption → inline HTML."""
        self._cell = cell or self._cell
        self._first_line = self._cell.line
        env = self._env(self._cell)
        return self._html(parser().parseInline(text, env), env).strip()

    def equation(self, latex: str, label: str, cell: Cell) -> str:
        """An equation that a cell displays → MathML with its number."""
        self._cell = cell
        return self._mathml(labelled(latex, label), True, cell.line)

    def finish(self) -> str:
        """The footnotes of the page, empty where it has none."""
        return self._footnotes.list(self._words)

    def unique(self, id: str) -> str:
        """The id itself or with a number after it, so that no other element of the prose has it."""
        candidate, number = id, 0
        while candidate in self.anchors:
            number += 1
            candidate = f"{id}_{number}"
        self.anchors.add(candidate)
        return candidate

    def _env(self, cell: Cell) -> Env:
        return {
            "references": {},
            "page_references": self._references,
            "abbreviations": dict(self._abbreviations),
            "footnotes_of_page": self._footnotes,
            "cell": cell.id,
            "words": self._words,
            "slugify": self._slugify,
            "autorefs": self._autorefs,
        }

    def _html(self, tokens: list[Token], env: Env) -> str:
        raw = False
        for token, line in with_lines(tokens, self._first_line):
            raw = raw or token.type in ("html_block", "html_inline")
            self._prepare(token, line, env)
        number_tabs(tokens, lambda: self.unique(f"cell-{self._cell.id}-panels"))
        self._take_headings(tokens, env)
        html = _RENDERER.render(tokens, parser().options, env)
        return with_captions(closed(html)) if raw else html

    def _prepare(self, token: Token, line: int, env: Env) -> None:
        """Resolve what a token points to and compute what it shows: everything but its place in the HTML."""
        if token.type == "link_open":
            token.attrs["href"] = self.resolve(str(token.attrs.get("href", "")), line)
        elif token.type == "image":
            token.attrs["src"] = self.resolve(str(token.attrs.get("src", "")), line)
            token.attrs.setdefault("loading", "lazy")
            self._alternative(token, line)
        elif token.type in ("math_inline", "math_block"):
            display = token.type == "math_block" or token.markup == "$$"
            latex = labelled(token.content, token.info)
            token.content = self._mathml(latex, display, line + token.meta.get("offset", 0))
            token.meta = {**token.meta, "display": display}
        elif token.type in ("html_block", "html_inline"):
            token.content = self._raw_html(token.content, line)
        elif is_diagram(token):
            tell = functools.partial(self._tell_of_diagram, line + bool(token.content))  # below the opening line
            token.type, token.content = "diagram", self._diagrams(token.content, tell)
        elif token.type == "footnote_ref":
            self._number_footnote(token, env)
        elif token.type == REFERENCE:
            token.attrs["line"] = line
        elif token.type == NUMBER:
            token.content = number_mark(line=line, **token.meta)
        elif token.type == "problem":
            self._problem(token.info, token.content, line)
        if id := str(token.attrs.get("id", "")):
            if id in self.anchors and token.type != "figure_open":  # of a figure's label the site is told
                self._problem("duplicate-id", f"Another element of the page has the id `{id}`. Choose another.", line)
            self.anchors.add(id)

    def _alternative(self, image: Token, line: int) -> None:
        """An image says what stands between its brackets, or in its attribute `alt` or Quarto's `fig-alt`.

        An attribute has no room for MathML: a formula in it stays as it was written.
        """
        said = str(image.attrs.pop("fig-alt", "") or image.attrs.get("alt", ""))
        if said:
            image.children = [Token("text", "", 0, content=said)]
        elif not image.content and not {"role", "aria-hidden"} & {*image.attrs}:
            self._problem("missing-alt", IMAGE_WITHOUT_ALT, line)
        image.children = [_as_written(child) for child in image.children or ()]

    def resolve(self, url: str, line: int) -> str:
        """The address for the page of one that stands on a line of the file; one with a scheme or host stays."""
        return url if not url or is_absolute(url) else self._link(url, line)

    def _raw_html(self, html: str, line: int) -> str:
        """Raw HTML with its links and images resolved and its formulas converted; its ids are noted."""

        def resolved(match: re.Match[str]) -> str:
            at = line + html.count("\n", 0, match.start())
            url = match["double"] if match["double"] is not None else match["single"]
            return f'{match["before"]}"{escape(self.resolve(unescape(url), at))}"'

        def converted(latex: str, display: bool, offset: int) -> str:
            mathml = self._mathml(latex, display, line + html.count("\n", 0, offset))
            return display_math(mathml, "span") if display else mathml

        self.anchors.update(double or single for double, single in _RAW_ID.findall(html))
        for start, _ in images_without_alt(html):
            self._problem("missing-alt", IMAGE_WITHOUT_ALT, line + html.count("\n", 0, start))
        return _RAW_URL.sub(resolved, math_in_html(html, converted))

    def _mathml(self, latex: str, display: bool, line: int) -> str:
        try:
            mathml = self._equations.to_mathml(latex, display=display, line=line)
        except MathError as error:
            self._problem("math", error.said(latex), line + latex.count("\n", 0, error.span[0]))
            return f'<code class="math-error" title="{self._words.html("math.failed")}">{escape(latex)}</code>'
        self.anchors.update(_ID.findall(mathml))
        return mathml

    def _tell_of_diagram(self, first: int, message: str, line: int) -> None:
        self._problem("undrawn-diagram", message, first + line)

    def _number_footnote(self, token: Token, env: Env) -> None:
        key = token.meta.get("key")
        if key is None:  # its text stands in the line
            key = (self._cell.id, f"^{len(self._footnotes.used) + 1}")
            content = Token("inline", "", 0, children=token.meta["content"])
            self._footnotes.html[key] = f"<p>{self._html([content], env)}</p>"
        token.content = self._footnotes.refer(key)
        self.anchors.update(_ID.findall(token.content))
        self.anchors.add(f"fn:{self._footnotes.used[key].number}")

    def _take_headings(self, tokens: list[Token], env: Env) -> None:
        for index, token in enumerate(tokens):
            if token.type == "heading_open":
                self._take_heading(token, tokens[index + 1], env)

    def _take_heading(self, opening: Token, inline: Token, env: Env) -> None:
        children = inline.children or []
        shown = [token for token in children if token.type not in _NOT_IN_CONTENTS]
        html = _RENDERER.renderInline(shown, parser().options, env)
        html = re.sub(r"</?a\b[^>]*>|\s(?:id|data-nb-tex)=\"[^\"]*\"", "", html).strip()
        id = str(opening.attrs.get("id") or self.unique(self._slugify(_text(children)) or "section"))
        opening.attrs["id"] = id
        self.headings.append(Heading(int(opening.tag[1]), id, html))
        if len(self.headings) == 1 and opening.tag == "h1":
            self.title = html
        if self._permalink:
            title = self._words.html("heading.link")
            link = f'<a class="headerlink" href="#{escape(id)}" title="{title}">{escape(self._permalink)}</a>'
            inline.children = [*children, Token("markup", "", 0, content=link)]

    def _problem(self, code: str, message: str, line: int) -> None:
        self.problems.append(Problem(code, message, self._path, line, self._cell.id or None, "warning"))


_DEFINES = re.compile(r"^[\s>]*(?:[-*+]\s+)*\*?\[[^\]\n]+\]:", re.M)
_NOT_IN_CONTENTS = {"footnote_ref", "link_open", "link_close", "image"}
_ID = re.compile(r' id="([^"]+)"')
_RAW_ID = re.compile(r"""<[A-Za-z][^<>]*?\sid\s*=\s*(?:"([^"]+)"|'([^']+)')""")
_URL = r"""\s*=\s*)(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
_RAW_URL = re.compile(rf"""(?P<before><(?:img|a|source|video|audio)\b[^<>]*?\s(?:src|href|poster){_URL}""", re.I)


def _as_written(token: Token) -> Token:
    """A token for an attribute: a formula as text, and what else there is as it is."""
    if token.type != "math_inline":
        return token
    return Token("text", "", 0, content=f"{token.markup}{token.content}{token.markup}")


def _text(tokens: Sequence[Token]) -> str:
    """What a reader reads, for the id of a heading."""
    return "".join(
        token.content
        for token in tokens
        if token.type in ("text", "code_inline") or (token.type == "markup" and "<" not in token.content)
    )
