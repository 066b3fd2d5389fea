"""Inline markup of reStructuredText, within one text block, becomes Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_ROLE = re.compile(r":(?P<role>[\w:+.-]+):`(?P<text>[^`]+)`|`(?P<text2>[^`]+)`:(?P<role2>[\w:+.-]+):")
_LINK = re.compile(r"`(?P<text>[^`<]*?)\s*<(?P<url>[^`>]+)>`__?")
_QUOTED = re.compile(r"`(?P<text>[^`]+)`(?P<mark>__?)?(?!\w)")
_NAMED = re.compile(r"(?<![\w`_])(?P<name>[A-Za-z][\w.-]*[A-Za-z0-9])_(?![\w_`])")
_FOOTNOTE = re.compile(r"\[(#?[\w.-]+)\]_(?!\w)")
_SUBSTITUTION = re.compile(r"\|(\w[^|\n]*?)\|(?:__?)?")
_TARGET = re.compile(r"\.\. _(?P<name>`[^`]+`|[^:]+):\s+(?P<url>\S+)\s*$")
_REPLACE = re.compile(r"\.\. \|(?P<name>[^|]+)\|\s+replace::\s+(?P<text>.*)$")

# Roles whose text is shown as words; that of all others is a name in code.
_WORDS = frozenset(("ref", "doc", "term", "numref", "download", "abbr", "external", "menuselection", "guilabel"))


@dataclass(frozen=True, slots=True)
class Targets:
    """Named links and substitutions that a block declares."""

    links: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def targets_of(lines: Sequence[str]) -> Targets:
    targets = Targets()
    for line in lines:
        if link := _TARGET.match(line.strip()):
            targets.links[link["name"].strip("`").lower()] = link["url"]
        elif word := _REPLACE.match(line.strip()):
            targets.words[word["name"]] = word["text"]
    return targets


def inline(text: str, targets: Targets) -> str:
    """Markdown of running text. Code and math are set aside first, so that nothing inside them is touched."""
    kept: list[str] = []

    def keep(markdown: str) -> str:
        kept.append(markdown)
        return f"\x00{len(kept) - 1}\x00"

    text = text.replace("\x00", "")
    text = _LITERAL.sub(lambda m: keep(code(m[1])), text)
    text = _ROLE.sub(lambda m: keep(_role(m["role"] or m["role2"], m["text"] or m["text2"])), text)
    text = _LINK.sub(lambda m: keep(f"[{m['text'] or m['url']}]({m['url']})"), text)
    text = _QUOTED.sub(lambda m: keep(_quoted(m["text"], m["mark"], targets)), text)
    text = _FOOTNOTE.sub(lambda m: keep(f"[^{m[1].lstrip('#')}]"), text)
    text = _SUBSTITUTION.sub(lambda m: targets.words.get(m[1], m[1] if " " not in m[1] else m[0]), text)
    text = re.sub(r"\\\s", "", text)  # an escaped blank only keeps markup apart
    text = _NAMED.sub(lambda m: _named(m["name"], targets) or m[0], text)
    while re.search("\x00\\d+\x00", text):
        text = re.sub("\x00(\\d+)\x00", lambda m: kept[int(m[1])], text)
    return text


def code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def _role(role: str, text: str) -> str:
    name = role.split(":")[-1]
    titled = re.fullmatch(r"(.*?)\s*<([^<>]+)>", text, re.DOTALL)
    if name == "math":
        return f"${text.strip()}$"
    if name in {"sup", "superscript", "sub", "subscript"}:
        return f"<{name[:3]}>{text}</{name[:3]}>"
    if name in {"strong", "emphasis"}:
        return f"**{text}**" if name == "strong" else f"*{text}*"
    if name in {"footcite", "cite", "footcite:t", "citet", "citep", "t", "p"} and "cite" in role:
        return f"[{text}]"
    shown = titled[1] if titled and titled[1] else text
    if name in _WORDS:
        return shown
    if titled and titled[1]:
        return shown
    if name in {"user", "issue", "pr", "pull"}:
        return f"#{text}" if name != "user" else f"@{text}"
    return code(text.removeprefix("!").split(".")[-1] if text.startswith("~") else text.removeprefix("!"))


def _quoted(text: str, mark: str | None, targets: Targets) -> str:
    if mark:
        return _named(text, targets) or text
    return code(text)  # the default role: a name, in most projects


def _named(name: str, targets: Targets) -> str | None:
    url = targets.links.get(" ".join(name.split()).lower())
    return f"[{name}]({url})" if url else None
