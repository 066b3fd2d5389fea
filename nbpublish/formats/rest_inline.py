"""Inline markup of reStructuredText, within one text block, becomes Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_ROLE = re.compile(r":(?P<role>[\w:+.-]+):`(?P<text>[^`]+)`|`(?P<text2>[^`]+)`:(?P<role2>[\w:+.-]+):")
_LINK = re.compile(r"`(?P<text>[^`<]*?)\s*<(?P<url>[^`>]+)>`__?")
_QUOTED = re.compile(r"`(?P<text>[^`]+)`(?P<mark>__?)?(?!\w)")
_NAMED = re.compile(r"(?<![\w`_])(?P<name>[A-Za-z][\w.-]*[A-Za-z0-9])_(?![\w_`])")
_FOOTNOTE = re.compile(r"\[(#?[\w.-]+)\]_(?!\w)")
_SUBSTITUTION = re.compile(r"\|(\w[^|\n]*?)\|(?:__?)?")
_TARGET = re.compile(r"\.\. _(?P<name>`[^`]+`|[^:]+):\s+(?P<url>\S+)\s*$")
_LABEL = re.compile(r"\.\. _(?P<name>`[^`]+`|[^:]+):\s*$")
_RULE = re.compile(r"([!-/:-@[-`{-~])\1{2,}\s*$")
_EXAMPLE = re.compile(r"sphx_glr_\w*?_((?:plot|tutorial|example)_\w+\.py)$")
_REPLACE = re.compile(r"\.\. \|(?P<name>[^|]+)\|\s+replace::\s+(?P<text>.*)$")

# Roles whose text is shown as words; that of all others is a name in code.
_WORDS = frozenset(("ref", "doc", "term", "numref", "download", "abbr", "external", "menuselection", "guilabel"))


@dataclass(frozen=True, slots=True)
class Targets:
    """Named links, substitutions and labelled places that a text declares."""

    links: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By label: the anchor, and the title that stands below it, if any."""

    def also(self, other: Targets) -> Targets:
        """These and those of `other`, which come first."""
        return Targets(self.links | other.links, self.words | other.words, self.places | other.places)


def targets_of(lines: Sequence[str]) -> Targets:
    targets = Targets()
    for n, line in enumerate(lines):
        if link := _TARGET.match(line.strip()):
            rest = takewhile(lambda row: row[:1].isspace() and row.strip(), lines[n + 1 :])
            url = "".join([link["url"], *(row.strip() for row in rest)])
            targets.links[_plain(link["name"])] = url.replace("\\", "")
        elif word := _REPLACE.match(line.strip()):
            targets.words[word["name"]] = word["text"]
        elif anchor := anchor_of(line.strip()):
            below = [row.strip() for row in lines[n + 1 : n + 8] if row.strip()][:3]
            if len(below) == 3 and below[0] == below[2] and _RULE.match(below[0]):
                del below[0]  # the line above a title
            title = below[0] if len(below) > 1 and _RULE.match(below[1]) else ""
            targets.places[_plain(line.strip()[4:].rstrip(":"))] = anchor, title
    return targets


def anchor_of(line: str) -> str | None:
    """The anchor of a line such as `.. _label:`; None for any other line."""
    label = _LABEL.match(line)
    return _plain(label["name"]).replace(" ", "-") if label else None


def _plain(name: str) -> str:
    return " ".join(name.strip("`").lower().split())


def inline(text: str, targets: Targets) -> str:
    """Markdown of running text. Code and math are set aside first, so that nothing inside them is touched."""
    kept: list[str] = []

    def keep(markdown: str) -> str:
        kept.append(markdown)
        return f"\x00{len(kept) - 1}\x00"

    text = text.replace("\x00", "")
    text = _LITERAL.sub(lambda m: keep(code(m[1])), text)
    text = _ROLE.sub(lambda m: keep(_role(m["role"] or m["role2"], m["text"] or m["text2"], targets)), text)
    text = _LINK.sub(lambda m: keep(_link(m["text"], re.sub(r"\\?\s", "", m["url"]))), text)
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


def _link(text: str, url: str) -> str:
    return f"[{text or url}]({url})"


def _role(role: str, text: str, targets: Targets) -> str:
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
    if name == "ref":
        return _reference(titled[2] if titled else text, titled[1] if titled else "", targets)
    if name in _WORDS:
        return shown
    if titled and titled[1]:
        return shown
    if name in {"user", "issue", "pr", "pull"}:
        return f"#{text}" if name != "user" else f"@{text}"
    return _name(text)


def _name(text: str) -> str:
    """A name in code; of one that begins with `~` its last part."""
    return code(text.removeprefix("~").split(".")[-1] if text.startswith("~") else text.removeprefix("!"))


def _reference(label: str, title: str, targets: Targets) -> str:
    """A link to a labelled place of this file; the words of one that stands elsewhere, which only Sphinx knows."""
    if place := targets.places.get(_plain(label)):
        return _link(title or place[1] or _words(label), f"#{place[0]}")
    example = _EXAMPLE.match(label)
    return title or (code(example[1]) if example else _words(label))


def _words(label: str) -> str:
    return label.replace("_", " ").replace("-", " ")


def _quoted(text: str, mark: str | None, targets: Targets) -> str:
    if mark:
        return _named(text, targets) or text
    return _name(text)  # the default role: a name, in most projects


def _named(name: str, targets: Targets) -> str | None:
    label = _plain(name)
    place = targets.places.get(label)
    url = targets.links.get(label) or (f"#{place[0]}" if place else None)
    return _link(name, url) if url else None
