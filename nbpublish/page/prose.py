"""The prose of one page: Markdown → HTML, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape, unescape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from nbpublish.model import Cell, Heading, Problem
from nbpublish.page.html import closed
from nbpublish.page.markdown.fences import fence_html
from nbpublish.page.markdown.footnotes import Footnotes
from nbpublish.page.markdown.links import is_absolute
from nbpublish.page.markdown.parser import parser
from nbpublish.page.math import Equations, MathError
from nbpublish.page.settings import slugify as default_slugify

_DEFINES = re.compile(r"^\s*(?:[-*+>]\s+)*[*]?\[[^\]\n]+\]:", re.M)
_NOWHERE = Cell(id="", kind="markdown", source="", line=1)


class Prose:
    """Renders the prose of one page and collects what the page needs to know of it.

    Footnotes, link definitions and abbreviations hold for all cells, ids are unique over the page. `read` all prose
    first, so that a cell may use what a later one defines; then `render` each cell, and `finish`. `link` turns the
    address of a relative link or image, and the line of the file it stands on, into the one for the page.
    """

    def __init__(
        self, *, link: Callable[[str, int], str], slugify: Callable[[str], str] | None, language: str, path: str
    ) -> None:
        self.headings: list[Heading] = []
        self.anchors: set[str] = set()
        self.title: str | None = None
        """HTML of the first heading, where the page starts with a heading of level 1."""
        self.problems: list[Problem] = []
        self._link, self._slugify = link, slugify or default_slugify
        self._language, self._path = language, path
        self._cell = _NOWHERE
        self._started = False
        self._references: dict[str, Any] = {}
        self._abbreviations: dict[str, str] = {}
        self._footnotes = Footnotes()
        self._equations = Equations()

    def read(self, text: str, cell: Cell) -> None:
        """Take note of what a cell's Markdown defines for the others."""
        if not _DEFINES.search(text):
            return
        env = self._env(cell)
        parser().block.parse(text.replace("\r\n", "\n"), parser(), env, tokens := [])
        for key, reference in env["references"].items():
            self._references.setdefault(key, reference)
        for word, title in env["abbreviations"].items():
            self._abbreviations.setdefault(word, title)
        for token in tokens:
            if token.type == "footnote_reference_open":
                self._footnotes.defined.setdefault(token.meta["label"], cell.id)

    def render(self, text: str, cell: Cell) -> str:
        """A cell's Markdown → the HTML of its blocks."""
        self._cell = cell
        self.read(text, cell)
        env = self._env(cell)
        env["references"] = {**self._references, **env["references"]}
        tokens = parser().parse(text, env)
        html = self._html(tokens, env)
        for label, definition in env.get("footnote_definitions", {}).items():
            self._footnotes.html[cell.id, label] = self._html(definition, env)
        return html

    def inline(self, text: str, cell: Cell | None = None) -> str:
        """One line of Markdown, such as a caption → inline HTML."""
        self._cell = cell or self._cell
        env = self._env(self._cell)
        env["references"] = dict(self._references)
        return self._html(parser().parseInline(text, env), env).strip()

    def finish(self) -> str:
        """The footnotes of the page, empty where it has none."""
        japanese = self._language.split("-")[0] == "ja"
        return self._footnotes.list("脚注 {} の参照元に戻る" if japanese else "Jump back to footnote {} in the text")

    def _env(self, cell: Cell) -> dict[str, Any]:
        return {
            **{"references": {}, "abbreviations": dict(self._abbreviations), "cell": cell.id},
            **{"language": self._language, "slugify": self._slugify, "footnotes_of_page": self._footnotes},
        }

    def _html(self, tokens: list[Token], env: dict[str, Any]) -> str:
        raw = False
        for token, line in _with_lines(tokens, self._cell.line):
            raw = raw or token.type in ("html_block", "html_inline")
            self._prepare(token, line, env)
        self._take_headings(tokens, env)
        html = RENDERER.render(tokens, parser().options, env)
        return closed(html) if raw else html

    def _prepare(self, token: Token, line: int, env: dict[str, Any]) -> None:
        """Resolve what a token points to and compute what it needs: everything but its place in the HTML."""
        if token.type == "link_open":
            token.attrs["href"] = self._resolve(str(token.attrs.get("href", "")), line)
        elif token.type == "image":
            token.attrs["src"] = self._resolve(str(token.attrs.get("src", "")), line)
            token.attrs.setdefault("loading", "lazy")
        elif token.type in ("math_inline", "math_block"):
            self._convert_math(token, line)
        elif token.type in ("html_block", "html_inline"):
            token.content = self._resolve_html(token.content, line)
        elif token.type == "footnote_ref":
            self._number_footnote(token, env)
        elif token.type == "problem":
            self._problem("unknown-directive", token.content, line)
        if id := token.attrs.get("id"):
            self.anchors.add(str(id))

    # --- links ------------------------------------------------------------------------------------------------------

    def _resolve(self, url: str, line: int) -> str:
        return url if not url or is_absolute(url) else self._link(url, line)

    def _resolve_html(self, html: str, line: int) -> str:
        """Raw HTML with its links and images resolved, its ids noted."""

        def resolved(match: re.Match[str]) -> str:
            at = line + html.count("\n", 0, match.start())
            url = match["double"] if match["double"] is not None else match["single"]
            return f'{match["before"]}"{escape(self._resolve(unescape(url), at))}"'

        self.anchors.update(double or single for double, single in _RAW_ID.findall(html))
        return _RAW_URL.sub(resolved, html)

    # --- math -------------------------------------------------------------------------------------------------------

    def _convert_math(self, token: Token, line: int) -> None:
        display = token.type == "math_block" or token.markup == "$$"
        latex = token.content
        if token.info and r"\label" not in latex:
            latex = _labelled(latex, token.info)
        try:
            mathml = self._equations.to_mathml(latex, display=display)
        except MathError as error:
            at = line + latex.count("\n", 0, error.span[0]) + (token.markup in ("$$", "\\[") and token.type == "math_block")
            place = latex[slice(*error.span)].strip()
            near = f" near `{place}`" if place else ""
            self._problem("math", f"LaTeX that cannot be shown{near}: {error.message} Correct the formula.", at)
            token.content = f'<code class="math-error" title="{escape(error.message)}">{escape(token.content)}</code>'
        else:
            self.anchors.update(re.findall(r' id="([^"]*)"', mathml))
            token.content = mathml
        token.meta = {**token.meta, "display": display}

    # --- footnotes --------------------------------------------------------------------------------------------------

    def _number_footnote(self, token: Token, env: dict[str, Any]) -> None:
        key = token.meta.get("key")
        if key is None:
            key = (self._cell.id, f"^{len(self._footnotes.used) + 1}")
            content = Token("inline", "", 0, children=token.meta["content"])
            self._footnotes.html[key] = f"<p>{self._html([content], env)}</p>"
        token.content = self._footnotes.refer(key)
        self.anchors.update(re.findall(r' id="([^"]*)"', token.content))
        self.anchors.add(f"fn:{self._footnotes.used[key].number}")

    # --- headings ---------------------------------------------------------------------------------------------------

    def _take_headings(self, tokens: list[Token], env: dict[str, Any]) -> None:
        for index, token in enumerate(tokens):
            if token.type == "heading_open":
                self._take_heading(token, tokens[index + 1], env)
            if not token.hidden and token.type != "anchor":
                self._started = True

    def _take_heading(self, opening: Token, inline: Token, env: dict[str, Any]) -> None:
        children = inline.children or []
        html = RENDERER.renderInline([c for c in children if c.type not in _NOT_IN_CONTENTS], parser().options, env)
        html = re.sub(r"</?a\b[^>]*>|\sid=\"[^\"]*\"", "", html)
        id = str(opening.attrs.get("id") or self.unique(self._slugify(_text(children)) or "section"))
        opening.attrs["id"] = id
        self.anchors.add(id)
        self.headings.append(Heading(int(opening.tag[1]), id, html))
        if not self._started and opening.tag == "h1":
            self.title = html
        title = "このセクションへのリンク" if self._language.split("-")[0] == "ja" else "Permanent link"
        permalink = f'<a class="headerlink" href="#{escape(id)}" title="{title}">¶</a>'
        inline.children = [*children, Token("markup", "", 0, content=permalink)]

    def unique(self, id: str) -> str:
        """The id itself or with a number after it, so that no other element of the prose has it."""
        candidate, number = id, 0
        while candidate in self.anchors:
            number += 1
            candidate = f"{id}_{number}"
        self.anchors.add(candidate)
        return candidate

    def _problem(self, code: str, message: str, line: int) -> None:
        self.problems.append(Problem(code, message, self._path, line, self._cell.id or None, "warning"))


_NOT_IN_CONTENTS = {"footnote_ref", "link_open", "link_close", "image"}
_URL = r"""\s*=\s*)(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
_RAW_URL = re.compile(rf"""(?P<before><(?:img|a|source|video|audio)\b[^<>]*?\s(?:src|href|poster){_URL}""", re.I)
_RAW_ID = re.compile(r"""<[A-Za-z][^<>]*?\sid\s*=\s*(?:"([^"]+)"|'([^']+)')""")


def _labelled(latex: str, label: str) -> str:
    """The formula with a `\\label`, inside its environment where it has one."""
    if match := re.match(r"\\begin\{(?:align|equation|gather|multline)\}", latex):
        return latex[: match.end()] + rf"\label{{{label}}}" + latex[match.end() :]
    return latex if "\\begin{align*}" in latex else rf"{latex}\label{{{label}}}"


def _with_lines(tokens: Sequence[Token], first: int) -> Iterator[tuple[Token, int]]:
    """All tokens of all levels, each with the line of the file it stands on; `first` is the first line's number."""
    line = first
    for token in tokens:
        if token.map:
            line = first + token.map[0]
        yield token, line
        yield from _inline_with_lines(token.children or (), line)


def _inline_with_lines(tokens: Sequence[Token], line: int) -> Iterator[tuple[Token, int]]:
    for token in tokens:
        yield token, line
        if token.type in ("softbreak", "hardbreak") or token.meta.get("joined"):
            line += 1
        elif token.type in ("math_inline", "html_inline", "code_inline"):
            line += token.content.count("\n")
        if token.type == "image":
            yield from ((child, line) for child in token.children or ())


def _text(tokens: Sequence[Token]) -> str:
    """What a reader reads, for the id of a heading."""
    return "".join(
        token.content
        for token in tokens
        if token.type in ("text", "code_inline") or (token.type == "markup" and "<" not in token.content)
    )


class ProseRenderer(RendererHTML):
    """Tokens → HTML; a method is the rule for the tokens of that name."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return fence_html(tokens[idx]) + "\n"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return fence_html(tokens[idx]) + "\n"

    def markup(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return tokens[idx].content

    footnote_ref = markup

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        if not token.meta.get("display"):
            return token.content
        return f'<span class="nb-math" tabindex="0">{token.content}</span>'

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        tail = escape(token.meta.get("tail") or "")
        return f'<div class="nb-math" tabindex="0"{self.renderAttrs(token)}>{token.content}{tail}</div>\n'

    def anchor(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<a{self.renderAttrs(tokens[idx])}></a>\n"

    def problem(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""


RENDERER = ProseRenderer(None)
