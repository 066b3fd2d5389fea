"""MyST's directives and roles, as far as they make sense on a static page.

```` ```{note} Title ````, `:::{figure} image.png`, `{math}`x^2``, `{ref}`label`` and `(label)=`. Quarto's and
VitePress's `::: warning` and `::: {.callout-note}` come here, too. A directive without a counterpart shows its content
in a box that names it, and is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from nbpublish.page.markdown.attributes import parse_attributes
from nbpublish.page.markdown.callouts import KINDS, push_block, push_callout
from nbpublish.page.markdown.lines import fenced_end, text_of
from nbpublish.page.markdown.references import push_reference, read_role
from nbpublish.page.markdown.spans import push_html
from nbpublish.page.markdown.tabs import push_tab
from nbpublish.page.parts import columns


def directives(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "directive", _directive, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.block.ruler.before("fence", "target", _target, {"alt": ["paragraph", "reference", "blockquote"]})
    md.inline.ruler.before("backticks", "role", _role)


@dataclass(frozen=True, slots=True)
class Directive:
    """The head of a directive: its name, the rest of its first line, its options, and the lines of its content."""

    name: str
    argument: str
    options: dict[str, str]
    start: int
    first: int
    end: int

    @property
    def lines(self) -> tuple[int, int, int]:
        return self.start, self.first, self.end


_HEAD = re.compile(r"(:{3,}|`{3,}|~{3,})[ \t]*(?:\{([\w:-]+)\}|\{([^{}]*)\}|([\w-]+))?[ \t]*(.*)$")


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    text = text_of(state, start)
    match = _HEAD.match(text)
    if not match or not _names_a_directive(match):
        return False
    close = fenced_end(state, start, end, text[0])
    if close is None and text[0] == ":":  # `::: package.module` belongs to mkdocstrings
        return False
    if silent:
        return True
    last = end if close is None else close
    options, first = _options(state, start + 1, last)
    directive = Directive(*_name(match, options), options, start, first, last)
    _PUSH.get(directive.name, _push_other)(state, directive)
    state.line = last if close is None else close + 1
    return True


def _names_a_directive(match: re.Match[str]) -> bool:
    if match[1][0] == ":":
        return bool(match[2] or match[3] or match[4]) and "." not in (match[5] or "")[:1]
    # ```python and ```{ .python } are code, and so is ```{python} of R Markdown and Quarto
    return bool(match[2]) and (match[2] in _PUSH or match[2] in KINDS or not _is_language(match[2]))


@cache
def _is_language(name: str) -> bool:
    try:
        return find_lexer_class_by_name(name) is not None
    except ClassNotFound:
        return False


def _name(match: re.Match[str], options: dict[str, str]) -> tuple[str, str]:
    """The name and the argument; attributes in braces become options."""
    argument = match[5].strip()
    if match[3] is not None:
        options |= {key: str(value) for key, value in parse_attributes(match[3]).items()}
        classes = options.get("class", "").split()
        callout = next((name for name in classes if name.startswith("callout-")), "")
        options["class"] = " ".join(name for name in classes if name != callout)
        return (callout.removeprefix("callout-") or "div"), options.get("title", argument)
    braces = re.fullmatch(r"(.*?)\s*\{([^{}]*)\}", argument)
    if braces and (attrs := parse_attributes(braces[2])):
        options |= {key: str(value) for key, value in attrs.items()}
        argument = options.get("title", braces[1])
    return (match[2] or match[4]).lower(), argument


_OPTION = re.compile(r":([\w-]+):[ \t]*(.*)$")


def _options(state: StateBlock, first: int, end: int) -> tuple[dict[str, str], int]:
    """`:name: value` lines at the start of the content, and the line after them."""
    options: dict[str, str] = {}
    line = first
    while line < end and (match := _OPTION.match(text_of(state, line))):
        options[match[1]] = match[2]
        line += 1
    return options, line


def _attrs(directive: Directive) -> dict[str, str]:
    options = directive.options
    label = options.get("id") or options.get("name") or options.get("label") or ""
    attrs = {"id": label, "class": options.get("class", "")}
    return {key: value for key, value in attrs.items() if value}


def _push_callout(state: StateBlock, directive: Directive) -> None:
    options = directive.options
    classes = options.get("class", "").split()
    kind, fold = directive.name, None
    if kind in ("dropdown", "details") or "dropdown" in classes or "collapse" in options:
        fold = "open" not in options and options.get("collapse") != "false"
    classes = [name for name in classes if name != "dropdown"]
    if kind == "admonition":  # its class says which one
        kind = classes.pop(0) if classes else "note"
    elif kind in ("dropdown", "details"):
        kind = ""
    options["class"] = " ".join(classes)
    push_callout(state, directive.lines, kind, directive.argument or None, fold=fold, attrs=_attrs(directive))


def _push_div(state: StateBlock, directive: Directive) -> None:
    directive.options.setdefault("class", "")
    names = {"div": "", "tab-set": ""}
    attrs = _attrs(directive)
    if style := columns(directive.options.get("layout-ncol")):
        attrs["style"] = style
    if own := names.get(directive.name, directive.name):
        attrs["class"] = f"{own} {attrs.get('class', '')}".strip()
    opening = [Token("html_open", "div", 1, attrs, [directive.start, directive.end], block=True)]  # type: ignore[arg-type]
    if directive.argument and directive.name not in ("grid", "tab-set"):
        title = Token("inline", "", 0, map=[directive.start, directive.first], block=True)
        title.content, title.children = directive.argument, []
        before = Token("paragraph_open", "p", 1, {"class": "nb-title"}, block=True)
        opening += before, title, Token("paragraph_close", "p", -1, block=True)
    push_block(state, directive.lines[1:], opening, Token("html_close", "div", -1, block=True))


def _push_tab_item(state: StateBlock, directive: Directive) -> None:
    push_tab(state, directive.lines, directive.argument)


def _push_math(state: StateBlock, directive: Directive) -> None:
    token = state.push("math_block", "math", 0)
    content = state.getLines(directive.first, directive.end, state.blkIndent, False)
    token.content, token.map = f"{directive.argument}\n{content}".strip(), [directive.start, directive.end]
    token.info = directive.options.get("label") or directive.options.get("name") or ""


def _push_code(state: StateBlock, directive: Directive) -> None:
    options = directive.options
    language = directive.argument or ("" if directive.name == "code-block" else "python")
    token = state.push("fence", "code", 0)
    token.map, token.markup = [directive.start, directive.end], "```"
    token.content = state.getLines(directive.first, directive.end, state.blkIndent, True)
    token.info = language
    token.meta = {"title": options.get("caption", ""), "hl_lines": options.get("emphasize-lines", "")}
    if "linenos" in options or "lineno-start" in options:
        token.meta["linenums"] = options.get("lineno-start") or "1"
    if options.get("name"):
        token.attrs["id"], token.meta["name"] = options["name"], True


def _push_figure(state: StateBlock, directive: Directive) -> None:
    options = directive.options
    attrs = {"id": options.get("name", ""), "class": options.get("class") or options.get("figclass", "")}
    figure = Token("figure_open", "figure", 1, map=[directive.start, directive.end], block=True)
    figure.attrs = {key: value for key, value in attrs.items() if value}
    inline = Token("inline", "", 0, map=[directive.start, directive.first], block=True)
    given = [key for key in ("width", "height", "align") if '"' not in options.get(key, '"')]
    size = " ".join(f'{key}="{options[key]}"' for key in given)
    inline.content = f"![{options.get('alt', '')}](<{directive.argument}>)" + (f"{{{size}}}" if size else "")
    inline.children = []
    caption = Token("figcaption_open", "figcaption", 1, block=True)
    has_caption = any(not state.isEmpty(line) for line in range(directive.first, directive.end))
    if has_caption:
        state.tokens += figure, inline
        push_block(state, directive.lines[1:], [caption], Token("figcaption_close", "figcaption", -1, block=True))
    else:
        state.tokens += figure, inline
    state.tokens.append(Token("figure_close", "figure", -1, level=state.level, block=True))


def _push_table(state: StateBlock, directive: Directive) -> None:
    """MyST's `{table}`: a table of Markdown with a caption and a name."""
    figure = Token("figure_open", "figure", 1, map=[directive.start, directive.end], block=True)
    figure.attrs = {"class": "nb-figure nb-figure-table", **{k: v for k, v in _attrs(directive).items() if k == "id"}}
    caption = Token("inline", "", 0, map=[directive.start, directive.first], block=True)
    caption.content, caption.children = directive.argument, []
    opening = [figure, Token("figcaption_open", "figcaption", 1, block=True), caption]
    opening.append(Token("figcaption_close", "figcaption", -1, block=True))
    push_block(state, directive.lines[1:], opening, Token("figure_close", "figure", -1, block=True))


def _push_nothing(state: StateBlock, directive: Directive) -> None:
    """The theme shows a table of contents itself."""


def _push_other(state: StateBlock, directive: Directive) -> None:
    if directive.name in KINDS or not state.src[state.bMarks[directive.start] :].lstrip().startswith("`"):
        return _push_callout(state, directive)
    directive.options.setdefault("class", "")
    token = state.push("problem", "", 0)
    token.map, token.info = [directive.start, directive.end], "unknown-directive"
    token.content = (
        f"The directive {{{directive.name}}} has no meaning here; its content is shown in a box. "
        "Write it as Markdown, or as one of note, tip, warning, figure, math, code-block, tab-set."
    )
    title = " ".join(filter(None, (f"`{{{directive.name}}}`", directive.argument)))
    push_callout(state, directive.lines, "nb-directive", title, attrs=_attrs(directive))
    return None


_PUSH: dict[str, Callable[[StateBlock, Directive], None]] = {
    **dict.fromkeys(("div", "tab-set", "grid", "card", "margin", "sidebar", "aside", "epigraph"), _push_div),
    **dict.fromkeys(("tab-item", "tab"), _push_tab_item),
    **dict.fromkeys(("code-block", "code", "sourcecode", "code-cell", "ipython", "ipython3"), _push_code),
    **dict.fromkeys(("figure", "image"), _push_figure),
    **dict.fromkeys(("dropdown", "details"), _push_callout),
    **dict.fromkeys(("toctree", "tableofcontents", "contents"), _push_nothing),
    "math": _push_math,
    "table": _push_table,
}


_TARGET = re.compile(r"\(([^\s()]+)\)=$")


def _target(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`(label)=` names the place of the block below it."""
    if state.is_code_block(start) or not (match := _TARGET.match(text_of(state, start))):
        return False
    if not silent:
        token = state.push("anchor", "a", 0)
        token.attrs, token.map = {"id": match[1]}, [start, start + 1]
        state.line = start + 1
    return True


_ROLE = re.compile(r"\{([A-Za-z][\w:-]*)\}(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.S)
_TITLED = re.compile(r"(.*?)\s*<([^<>]+)>", re.S)
_ROLE_TAGS = {"sub": "sub", "sup": "sup", "kbd": "kbd", "subscript": "sub", "superscript": "sup", "strong": "strong"}


def _role(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{" or not (match := _ROLE.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        _push_role(state, match)
    state.pos = match.end()
    return True


def _push_role(state: StateInline, match: re.Match[str]) -> None:
    name, content = match[1].lower().split(":")[-1], match[3]
    titled = _TITLED.fullmatch(content)
    text, target = (titled[1], titled[2]) if titled else (content, content)
    if name == "math":
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content, "$"
    elif name in ("ref", "numref", "eq"):
        push_reference(state, *read_role(name, content))
    elif name in ("doc", "download", "term"):
        href = target if name in ("doc", "download") else f"#{target}"
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(href)}
        state.push("text", "", 0).content = text
        state.push("link_close", "a", -1)
    elif name == "abbr" and (pair := re.fullmatch(r"(.*?)\s*\(([^()]*)\)", content, re.S)):
        push_html(state, f'<abbr title="{escape(pair[2])}">{escape(pair[1])}</abbr>', match.end())
    elif name in _ROLE_TAGS:
        tag = _ROLE_TAGS[name]
        push_html(state, f"<{tag}>{escape(content)}</{tag}>", match.end())
    else:
        token = state.push("code_inline", "code", 0)
        token.content, token.attrs = content, {"class": f"nb-role-{name}"}
