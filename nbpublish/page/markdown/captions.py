"""Figures, tables and listings with captions and numbers.

    ![Loss by step](loss.svg){#fig-loss}           an image alone in its paragraph, with a label (Quarto)
    : Scores of all models {#tbl-scores}           below or above a table (pandoc, Quarto)
    ```{.python #lst-fit lst-cap="One step"}       code (Quarto); MyST's `code-block` with `:name:`
    ::: {#fig-pair} … last paragraph :::           anything, with its last paragraph as caption (Quarto)

Figures with a label in such a `div` are its parts (`page/parts.py`); `layout-ncol=2` puts two beside each other.

They become `figure` and `figcaption`, as MyST's `{figure}` and pymdownx's `/// caption` do, and every figure with a
label gets a mark for its number. The kind is said by the label's prefix, else by what is in the figure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from nbpublish.page.labels import NUMBERED, Kind, kind_of
from nbpublish.page.markdown.attributes import parse_attributes
from nbpublish.page.markdown.fences import parse_info
from nbpublish.page.parts import CLASS, letter

NUMBER = "number"
"""Type of the token that stands for a number; its `meta` are the arguments of `labels.number_mark` but the line."""


def captions(md: MarkdownIt) -> None:
    md.core.ruler.before("inline", "captions", _on_blocks)
    md.core.ruler.push("figures", _number_figures)
    md.core.ruler.before("figures", "image_figures", _images)


def _is_numbered(label: object) -> bool:
    return kind_of(str(label or "")) in NUMBERED


def _token(type: str, tag: str, nesting: Any, near: Token, attrs: dict[str, Any] | None = None) -> Token:
    return Token(type, tag, nesting, attrs=attrs or {}, map=near.map, level=near.level, block=True)


def _figure(inside: list[Token], attrs: dict[str, Any], caption: list[Token], *, first: bool = False) -> list[Token]:
    """A figure around blocks. `caption` are inline tokens, none for no caption."""
    near = inside[0]
    opening, closing = (_token(f"figcaption_{way}", "figcaption", n, near) for way, n in (("open", 1), ("close", -1)))
    shown = [opening, *caption, closing]
    parts = [*(shown if caption and first else []), *inside, *(shown if caption and not first else [])]
    return [_token("figure_open", "figure", 1, near, attrs), *parts, _token("figure_close", "figure", -1, near)]


def _inline(content: str, near: Token, children: list[Token] | None = None) -> Token:
    token = _token("inline", "", 0, near)
    token.content, token.children = content, children or []
    return token


# --- before the lines are parsed ------------------------------------------------------------------------------------


def _on_blocks(state: StateCore) -> None:
    tokens = _targets(state.tokens)
    tokens = _divs(tokens)
    state.tokens = _code(_tables(tokens))


def _targets(tokens: list[Token]) -> list[Token]:
    """MyST's `(fig-loss)=` names the image, table, code or equation below it."""
    kept: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        label = str(token.attrs.get("id", ""))
        if token.type == "anchor" and following and _is_numbered(label):
            if following.type == "math_block":
                following.info = following.info or label
                continue
            if following.type in ("table_open", "fence"):
                following.attrs.setdefault("id", label)
                continue
            if following.type == "paragraph_open" and re.fullmatch(r"!\[[^\n]*\)", tokens[index + 2].content):
                tokens[index + 2].content += f"{{#{label}}}"
                continue
        kept.append(token)
    return kept


def _divs(tokens: list[Token]) -> list[Token]:
    """A `div` with the label of something numbered is that thing, and its last paragraph the caption."""
    for index, token in enumerate(tokens):
        if token.type != "html_open" or not _is_numbered(token.attrs.get("id")):
            continue
        closing = ("html_close", token.level)
        end = next(i for i in range(index, len(tokens)) if (tokens[i].type, tokens[i].level) == closing)
        token.type, token.tag = "figure_open", "figure"
        tokens[end].type, tokens[end].tag = "figure_close", "figure"
        last_is_text = tokens[end - 1].type == "paragraph_close" and not _IMAGES.fullmatch(tokens[end - 2].content)
        if last_is_text and tokens[end - 3] is not token:
            tokens[end - 3].type, tokens[end - 3].tag = "figcaption_open", "figcaption"
            tokens[end - 1].type, tokens[end - 1].tag = "figcaption_close", "figcaption"
            tokens[end - 3].hidden = tokens[end - 1].hidden = False
    return tokens


_IMAGES = re.compile(r"(?:\s*!\[[^\]\n]*\]\([^()\n]*\)\{[^{}\n]*\}\s*)+")
_CAPTION = re.compile(r"(?::|[Tt]able:|表[:：])[ \t]+(.*?)\s*(?:\{([^{}]*)\})?$", re.DOTALL)


def _tables(tokens: list[Token]) -> list[Token]:
    """Tables with a caption below or above them, or with a label, become figures."""
    written: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type != "table_open":
            written.append(token)
            position += 1
            continue
        end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close") + 1
        table, caption = tokens[position:end], None
        if caption := _caption(tokens[end : end + 3], token.level):
            end += 3
        elif caption := _caption(written[-3:], token.level):
            del written[-3:]
        label = token.attrs.pop("id", None) if _is_numbered(token.attrs.get("id")) else None
        if caption or label:
            text, attrs = caption or ("", {})
            attrs = {"class": "nb-figure nb-figure-table", **({"id": label} if label else {}), **attrs}
            table = _figure(table, attrs, [_inline(text, token)] if text else [], first=True)
        written += table
        position = end
    return written


def _caption(tokens: list[Token], level: int) -> tuple[str, dict[str, Any]] | None:
    """The words and the attributes of a paragraph that is a table's caption."""
    if len(tokens) < 3 or tokens[0].type != "paragraph_open" or tokens[0].level != level:
        return None
    match = _CAPTION.match(tokens[1].content)
    if not match:
        return None
    return match[1], {**tokens[0].attrs, **(parse_attributes(match[2]) if match[2] else {})}


_CODE_CAPTION = re.compile(r"""\s*\b(?:lst-cap|caption)=(?:"([^"]*)"|'([^']*)')""")


def _code(tokens: list[Token]) -> list[Token]:
    """Code with a label, or with a caption, becomes a figure. A `title`, such as a file's name, stays what it is."""
    written: list[Token] = []
    inside = 0
    for token in tokens:
        inside += {"figure_open": 1, "figure_close": -1}.get(token.type, 0)
        label = str(token.attrs.get("id") or parse_info(token.info).id) if token.type == "fence" else ""
        named = token.meta.get("name") if token.type == "fence" else ""
        if inside or not (_is_numbered(label) or named):
            written.append(token)
            continue
        match = _CODE_CAPTION.search(token.info)
        text = str((match[1] or match[2]) if match else token.meta.pop("title", "") if named else "")
        token.info = _CODE_CAPTION.sub("", token.info).replace(f"#{label}", "")
        token.attrs.pop("id", None)
        written += _figure([token], {"id": label}, [_inline(text, token)] if text else [], first=True)
    return written


# --- once they are ---------------------------------------------------------------------------------------------------


def _images(state: StateCore) -> None:
    """An image with a label, alone in its paragraph, is a figure; its text is the caption."""
    written: list[Token] = []
    tokens = state.tokens
    position = 0
    while position < len(tokens):
        images = _lone_images(tokens[position : position + 3])
        for image in images:
            written += _image_figure(image, tokens[position])
        if not images:
            written.append(tokens[position])
        position += 3 if images else 1
    state.tokens = written


def _image_figure(image: Token, near: Token) -> list[Token]:
    words = list(image.children or ())
    label, alt = image.attrs.pop("id"), image.attrs.pop("fig-alt", None)
    if alt is not None:
        image.children = [Token("text", "", 0, content=str(alt))]
    caption = [_inline(image.content, near, words)] if words else []
    return _figure([_inline("", near, [image])], {"id": label}, caption)


def _lone_images(tokens: list[Token]) -> list[Token]:
    """The images of a paragraph that is nothing but images with labels."""
    if len(tokens) < 3 or tokens[0].type != "paragraph_open" or tokens[1].type != "inline":
        return []
    breaks = ("text", "softbreak", "hardbreak")
    shown = [token for token in tokens[1].children or () if token.type not in breaks or token.content.strip()]
    return shown if all(token.type == "image" and _is_numbered(token.attrs.get("id")) for token in shown) else []


def _number_figures(state: StateCore) -> None:
    """Put a mark into the caption of each figure with a label; a table's stands above it."""
    tokens = state.tokens
    wholes = _wholes(tokens)
    for index in reversed(range(len(tokens))):
        figure = tokens[index]
        if figure.type == "figure_open" and figure.attrs.get("id"):
            end = _end(tokens, index)
            tokens[index + 1 : end] = _numbered(figure, tokens[index + 1 : end], wholes.get(str(figure.attrs["id"])))


def _wholes(tokens: list[Token]) -> dict[str, dict[str, str]]:
    """By the label of each part of a figure, what its mark says of the whole; the wholes are made such."""
    found: dict[str, dict[str, str]] = {}
    counts: Counter[str] = Counter()
    around: list[Token] = []
    for token in tokens:
        if token.type == "figure_open":
            label = str(token.attrs.get("id", ""))
            whole = next((figure for figure in reversed(around) if _is_numbered(figure.attrs.get("id"))), None)
            if whole and _is_numbered(label):
                of = str(whole.attrs["id"])
                found[label] = {"part": letter(counts[of]), "whole": of}
                counts[of] += 1
                _add_class(token, "nb-part")
                _add_class(whole, CLASS)
            around.append(token)
        elif token.type == "figure_close" and around:
            around.pop()
    return found


def _add_class(figure: Token, name: str) -> None:
    figure.attrs["class"] = " ".join(dict.fromkeys([*str(figure.attrs.get("class", "")).split(), name]))


def _end(tokens: list[Token], start: int) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        depth += {"figure_open": 1, "figure_close": -1}.get(tokens[index].type, 0)
        if not depth:
            return index
    return len(tokens)


def _numbered(figure: Token, inside: list[Token], whole: dict[str, str] | None) -> list[Token]:
    label = str(figure.attrs["id"])
    kind = kind_of(label) or _kind_of_content(inside)
    start = _own_caption(inside)
    own = {"table": ["nb-figure-table"], "listing": ["nb-figure-code"]}.get(kind, [])
    classes = ["nb-figure", *own, *str(figure.attrs.get("class", "")).split()]
    figure.attrs["class"] = " ".join(dict.fromkeys(classes))
    if start is None:
        caption = _figure([figure], {}, [_inline("", figure, [_mark(kind, label, "alone", whole)])])[2:5]
        return [*caption, *inside] if kind != "figure" else [*inside, *caption]
    end = next(i for i in range(start, len(inside)) if inside[i].type == "figcaption_close") + 1
    caption = inside[start:end]
    first = next((token for token in caption if token.type == "inline"), None)
    if first is None:
        first = _inline("", figure)
        caption.insert(1, first)
    first.children = [_mark(kind, label, "caption" if first.children else "alone", whole), *(first.children or ())]
    rest = inside[:start] + inside[end:]
    return [*caption, *rest] if kind in ("table", "listing") else [*rest, *caption]


def _own_caption(inside: list[Token]) -> int | None:
    """Where the caption of a figure begins, which is none of its parts' captions."""
    depth = 0
    for index, token in enumerate(inside):
        depth += {"figure_open": 1, "figure_close": -1}.get(token.type, 0)
        if token.type == "figcaption_open" and not depth:
            return index
    return None


def _mark(kind: Kind, label: str, place: str, whole: dict[str, str] | None) -> Token:
    return Token(NUMBER, "", 0, meta={"kind": kind, "label": label, "place": place, **(whole or {})})


def _kind_of_content(tokens: Iterable[Token]) -> Kind:
    types = {token.type for token in tokens}
    if "table_open" in types:
        return "table"
    return "listing" if types & {"fence", "code_block"} and "image" not in types else "figure"
