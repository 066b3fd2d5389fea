"""MyST's directives → tokens: what each of them becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from nbpublish.page.markdown.callouts import KINDS, push_block, push_callout
from nbpublish.page.markdown.tabs import push_tab
from nbpublish.page.parts import columns


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
        """The directive's first line, the first of its content, and the line after its content."""
        return self.start, self.first, self.end


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


PUSH: dict[str, Callable[[StateBlock, Directive], None]] = {
    **dict.fromkeys(("div", "tab-set", "grid", "card", "margin", "sidebar", "aside", "epigraph"), _push_div),
    **dict.fromkeys(("tab-item", "tab"), _push_tab_item),
    **dict.fromkeys(("code-block", "code", "sourcecode", "code-cell", "ipython", "ipython3"), _push_code),
    **dict.fromkeys(("figure", "image"), _push_figure),
    **dict.fromkeys(("dropdown", "details"), _push_callout),
    **dict.fromkeys(("toctree", "tableofcontents", "contents"), _push_nothing),
    "math": _push_math,
    "table": _push_table,
}


def push_directive(state: StateBlock, directive: Directive) -> None:
    """The tokens of a directive, whether we know it or not."""
    PUSH.get(directive.name, _push_other)(state, directive)
