"""`==mark==`, `^^insert^^`, `~sub~`, `^sup^`, `++ctrl+c++` and edits such as `{--deleted--}`, as in pymdownx."""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from nbpublish.page.markdown.emphasis_cjk import is_cjk
from nbpublish.page.markdown.spans import push_html, push_span


def marks(md: MarkdownIt) -> None:
    md.inline.ruler.before("strikethrough", "mark", _mark)
    md.inline.ruler.before("strikethrough", "sub_sup", _sub_sup)
    md.inline.ruler.before("strikethrough", "keys", _keys)
    md.inline.ruler.before("strikethrough", "edit", _edit)


_MARK = re.compile(r"(==|\^\^)(?=[^\s=^])((?:(?!\1)[^\n])+?)(?<=\S)\1(?![=^])")


def _mark(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "=^" or not (match := _MARK.match(state.src, state.pos, state.posMax)):
        return False
    if _in_word(state.src[state.pos - 1 : state.pos]) or _in_word(state.src[match.end() : match.end() + 1]):
        return False  # a comparison: a==b and c==d
    if not silent:
        push_span(state, "mark" if match[1] == "==" else "ins", match.start(2), match.end(2), match.end())
    state.pos = match.end()
    return True


def _in_word(char: str) -> bool:
    return char.isalnum() and not is_cjk(char)


_SUB_SUP = re.compile(r"([~^])(?!\1)((?:\\.|[^\s~^\\])+)\1(?!\1)")


def _sub_sup(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "~^" or not (match := _SUB_SUP.match(state.src, state.pos, state.posMax)):
        return False
    before, after = state.src[state.pos - 1 : state.pos], state.src[match.end() : match.end() + 1]
    if before in ("~", "^") or _is_range(before, match[2], after):
        return False
    if not silent:
        push_span(state, "sub" if match[1] == "~" else "sup", match.start(2), match.end(2), match.end())
    state.pos = match.end()
    return True


def _is_range(before: str, content: str, after: str) -> bool:
    """Whether two tildes or carets belong to two expressions: `10~20代、30~40代`, `x^2+y^-2`, `~/a:~/b`."""
    number = content[0].isdigit() or content[0] in "+-"
    return content[0] == "/" or (number and before.isalnum() and (after.isdigit() or after in ("+", "-")))


_KEYS = re.compile(r'\+\+((?:[\w-]+|"[^"\n]+")(?:\+(?:[\w-]+|"[^"\n]+"))*)\+\+(?!\+)')
_KEY_NAMES = {  # all others are their own names, capitalised
    "control": "Ctrl",
    "command": "Cmd",
    "escape": "Esc",
    "delete": "Del",
    "insert": "Ins",
    "plus": "+",
    **dict.fromkeys(("up", "arrow-up"), "↑"),
    **dict.fromkeys(("down", "arrow-down"), "↓"),
    **dict.fromkeys(("left", "arrow-left"), "←"),
    **dict.fromkeys(("right", "arrow-right"), "→"),
}


def _keys(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "+" or not (match := _KEYS.match(state.src, state.pos, state.posMax)):
        return False
    if state.src[state.pos - 1 : state.pos].isalnum() and state.pos:
        return False  # C++ and its kin
    if not silent:
        names = re.findall(r'"[^"]+"|[^+]+', match[1])
        state.pos = match.end()
        push_html(state, f'<span class="keys">{"<span>+</span>".join(map(_key, names))}</span>', match.end())
    state.pos = match.end()
    return True


def _key(name: str) -> str:
    if name.startswith('"'):
        return f"<kbd>{escape(name[1:-1])}</kbd>"
    label = _KEY_NAMES.get(name.lower()) or (name.upper() if len(name) == 1 else name.replace("-", " ").title())
    return f'<kbd class="key-{name.lower()}">{escape(label)}</kbd>'


_EDIT = re.compile(
    r"\{(?:--(?P<deleted>.+?)--|\+\+(?P<inserted>.+?)\+\+|==(?P<marked>.+?)==|>>(?P<comment>.+?)<<"
    r"|~~(?P<old>.+?)~>(?P<new>.+?)~~)\}",
    re.S,
)
_EDIT_TAGS = {"deleted": "del", "inserted": "ins", "marked": "mark", "old": "del", "new": "ins", "comment": "span"}


def _edit(state: StateInline, silent: bool) -> bool:
    """CriticMarkup: http://criticmarkup.com."""
    if state.src[state.pos] != "{" or not (match := _EDIT.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        for name, tag in _EDIT_TAGS.items():
            if match[name] is not None:
                opening = push_span(state, tag, match.start(name), match.end(name), match.end())
                opening.attrs["class"] = "critic comment" if name == "comment" else "critic"
    state.pos = match.end()
    return True
