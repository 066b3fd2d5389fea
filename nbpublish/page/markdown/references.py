r"""References to what has a label: `@fig-loss`, and what Quarto, MyST and LaTeX write.

    @fig-loss  [@fig-loss]  [@fig-a; @fig-b]  [-@fig-loss]  [Fig. @fig-loss]     Quarto, pandoc-crossref
    [the curve](@fig-loss)  [the curve](#fig-loss)  [](#fig-loss)                an own text; MyST
    {ref}`fig-loss`  {numref}`Fig. %s <fig-loss>`  {eq}`eq-loss`                 MyST, Sphinx; see `roles.py`
    \ref{fig:loss}  \eqref{eq:loss}  \cref{eq:loss}                              LaTeX, as in Jupyter

What is referred to may stand anywhere on the site, so all of them become marks (`page/labels.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from nbpublish.page.labels import PREFIX, Form, kind_of

REFERENCE = "reference_open"
"""Type of the token that opens a reference."""


def references(md: MarkdownIt) -> None:
    md.inline.ruler.before("link", "references", _in_brackets)
    md.inline.ruler.before("link", "reference", _bare)
    md.inline.ruler.before("escape", "latex_reference", _latex)
    md.core.ruler.after("inline", "references", _links)


def push_reference(state: StateInline, label: str, form: Form = "name", text: str = "", *, loose: bool = False) -> None:
    """Put a reference into the line; `text` is the author's own."""
    opening = state.push(REFERENCE, "nb-ref", 1)
    opening.attrs = {"to": label, "form": form}
    opening.attrs |= {"loose": ""} if loose else {}
    opening.attrs |= {"inner": ""} if state.linkLevel else {}
    if text:
        state.push("text", "", 0).content = text
    state.push("reference_close", "nb-ref", -1)


_LABEL = rf"(?i:(?P<prefix>{PREFIX}))(?:(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_]|[-:.](?=[A-Za-z0-9]))*)|(?P<loose>\w+))"
"""A label in running text. One that begins with a letter of another script is `loose`: no space ends it."""
BARE = re.compile(rf"(?<![A-Za-z0-9_./\\@#-])@{_LABEL}")


def _bare(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "@" or not (match := BARE.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        push_reference(state, label_of(match), loose=bool(match["loose"]))
    state.pos = match.end()
    return True


def label_of(match: re.Match[str]) -> str:
    """The label in a match of `BARE`."""
    return match["prefix"].lower() + (match["name"] or match["loose"])


_ITEM = rf"-?@{PREFIX}[^\s\[\];@]+"
BRACKETS = re.compile(rf"\[(?P<text>(?:[^\[\]@\n]*\s)?)(?P<items>{_ITEM}(?:\s*;\s*{_ITEM})*)\](?![\[(])")


def read_brackets(match: re.Match[str]) -> Iterator[tuple[str, Form, str]]:
    """Label, form and own text of each reference in a match of `BRACKETS`."""
    for index, item in enumerate(re.split(r"\s*;\s*", match["items"])):
        sign, _, label = item.partition("@")
        text = f"{match['text'].strip()} %s" if match["text"].strip() and not index else ""
        yield label, "text" if text else "number" if sign else "name", text


def _in_brackets(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or not (match := BRACKETS.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        for index, (label, form, text) in enumerate(read_brackets(match)):
            if index:
                state.push("text", "", 0).content = state.env["words"]("label.and")
            push_reference(state, label, form, text)
    state.pos = match.end()
    return True


ROLE = re.compile(r"\{(?P<role>ref|numref|eq)\}`(?P<content>[^`\n]+)`")
_TITLED = re.compile(r"(.*?)\s*<([^<>]+)>", re.DOTALL)


def read_role(name: str, content: str) -> tuple[str, Form, str]:
    """Label, form and own text of MyST's `{numref}`Fig. %s <fig-loss>`` and its kin."""
    if titled := _TITLED.fullmatch(content):
        return titled[2], "text", titled[1]
    return content, "number" if name == "eq" else "name", ""


LATEX = re.compile(r"\\(?P<command>eq|auto|name|[cCvV])?ref\*?\s*\{(?P<label>[^{}\n]+)\}")


def form_of(match: re.Match[str]) -> Form:
    r"""Of LaTeX's commands `\ref` and `\eqref` give the number alone."""
    return "number" if match["command"] in (None, "eq") else "name"


def _latex(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\\" or not (match := LATEX.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        push_reference(state, match["label"].strip(), form_of(match))
    state.pos = match.end()
    return True


def _links(state: StateCore) -> None:
    """`[text](@fig-loss)` and `[text](#fig-loss)` are parsed as links; here they become references."""
    for block in state.tokens:
        opened: list[Token | None] = []
        before: Token | None = None
        for token in block.children or ():
            if token.type == "link_open":
                label = label_in(str(token.attrs.get("href", "")))
                opened.append(token if label else None)
                if label:
                    token.type, token.tag, token.attrs = REFERENCE, "nb-ref", {"to": label, "form": "text"}
            elif token.type == "link_close" and opened and (opening := opened.pop()):
                token.type, token.tag = "reference_close", "nb-ref"
                if before is opening:  # without words of its own
                    opening.attrs["form"] = "name"
            before = token


def label_in(address: str) -> str | None:
    """The label that the address of a link is; None for other addresses."""
    label = unquote(address[1:])
    kind = kind_of(label) if address[:1] in ("@", "#") else None
    return label if kind and (address[0] == "@" or kind != "cell") else None
