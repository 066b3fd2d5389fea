"""reStructuredText, as Sphinx-Gallery prose uses it, becomes Markdown. What cannot be turned is left in sight."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from nbpublish.formats.rest_inline import Targets, anchor_of, inline, targets_of
from nbpublish.formats.rest_tables import simple_table

_RULE = re.compile(r"([!-/:-@[-`{-~])\1{2,}\s*$")
_DIRECTIVE = re.compile(r"\.\. (?P<name>[\w:.+-]+?)::(?:\s+(?P<argument>.*))?$")
_OPTION = re.compile(r":([\w-]+):\s*(.*)$")
_NOTE = re.compile(r"\.\. \[(?P<label>#?[\w.-]+)\]\s*(?P<text>.*)$")
_ITEM = re.compile(r"(?P<indent>\s*)(?P<sign>[-*+•]|(?:\d+|#|[a-z])[.)]|\((?:\d+|[a-z])\))\s+(?P<text>\S.*)$")
_TABLE = re.compile(r"=+(?:\s+=+)+\s*$|\+[-=+]+\+\s*$")

ADMONITIONS = frozenset(
    (
        *("admonition", "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip"),
        *("dropdown", "todo", "topic", "versionadded", "versionchanged", "deprecated", "warning"),
    )
)
_SILENT = frozenset(
    ("contents", "currentmodule", "module", "py:module", "highlight", "index", "only", "meta", "raw", "toctree", "tags")
)
_CODE = frozenset(("code", "code-block", "sourcecode", "parsed-literal", "ipython", "doctest", "prompt"))
_LANGUAGE = re.compile(r"[\w+#.-]+")


@dataclass(slots=True)
class Converter:
    """Turns the prose blocks of one file, in order: the order in which heading marks appear gives their levels."""

    marks: list[str] = field(default_factory=list)
    targets: Targets = field(default_factory=Targets)
    """What the file's other blocks declare."""

    def markdown(self, text: str) -> str:
        """Markdown of one block of reStructuredText."""
        text = textwrap.dedent(text.expandtabs(8)) if not text[:1].isspace() else text.expandtabs(8)
        lines = text.split("\n")
        body = _Body(self, self.targets.also(targets_of(lines)))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(body.blocks(lines))).strip("\n")

    def level(self, mark: str) -> int:
        if mark not in self.marks:
            self.marks.append(mark)
        return min(self.marks.index(mark) + 1, 6)


@dataclass(slots=True)
class _Body:
    converter: Converter
    targets: Targets

    def blocks(self, lines: list[str]) -> list[str]:
        """The lines of Markdown that a sequence of blocks becomes."""
        result: list[str] = []
        n = 0
        while n < len(lines):
            taken = self._heading(lines, n, result) or self._explicit(lines, n, result) or self._table(lines, n, result)
            if not taken:
                taken = self._plain(lines, n, result)
            n += taken
        return result

    def _heading(self, lines: list[str], n: int, result: list[str]) -> int:
        """A title with a line of signs below it, or above and below."""
        over = bool(_RULE.match(lines[n])) and n + 2 < len(lines) and lines[n + 2].rstrip() == lines[n].rstrip()
        at = n + 1 if over else n
        if at + 1 >= len(lines) or not lines[at].strip() or not _RULE.match(lines[at + 1]):
            return self._transition(lines, n, result)
        if (lines[at][0].isspace() and not over) or _RULE.match(lines[at]) or _TABLE.match(lines[at + 1]):
            return 0
        sign = lines[at + 1].strip()[0]
        title = inline(lines[at].strip(), self.targets)
        result += ["", f"{'#' * self.converter.level(sign * 2 if over else sign)} {title}", ""]
        return at + 2 - n

    def _transition(self, lines: list[str], n: int, result: list[str]) -> int:
        alone = (n == 0 or not lines[n - 1].strip()) and (n + 1 == len(lines) or not lines[n + 1].strip())
        if not (alone and re.match(r"([=~_*#^+-])\1{3,}\s*$", lines[n])):
            return 0
        result += ["", "---", ""]
        return 1

    def _explicit(self, lines: list[str], n: int, result: list[str]) -> int:
        """Whatever begins with `.. `: directives, footnotes, targets, substitutions, comments."""
        margin = _indent(lines[n])
        line = lines[n][margin:]
        if not (line.startswith(".. ") or line.rstrip() == ".."):
            return 0
        end = _block_end(lines, n + 1, margin)
        if margin:  # in a list item
            inner = self.blocks([row[margin:] for row in lines[n:end]])
            result += [" " * margin + row if row else "" for row in inner]
            return end - n
        body = lines[n + 1 : end]
        note, directive, anchor = _NOTE.match(line), _DIRECTIVE.match(line), anchor_of(line)
        if note:
            text = " ".join([note["text"], *(row.strip() for row in body)]).strip()
            result += [f"[^{note['label'].lstrip('#')}]: {inline(text, self.targets)}", ""]
        elif directive:
            result += ["", *self._directive(directive["name"].lower(), directive["argument"] or "", body), ""]
        elif anchor:
            result += [f'<a id="{anchor}"></a>', ""]
        return end - n  # link targets and substitutions are already known, and a comment is no prose

    def _directive(self, name: str, argument: str, body: list[str]) -> list[str]:
        options, content = _options(body)
        if name in _SILENT:
            return [] if name != "only" else self.blocks(content)
        if name == "math":
            return ["$$", *filter(None, [argument.strip()]), *_stripped(content), "$$"]
        if name in _CODE:
            language = _LANGUAGE.fullmatch(argument.strip())
            return [f"```{language[0] if language else 'text'}", *_stripped(content), "```"]
        if name in {"image", "figure"}:
            image = f"![{options.get('alt', '')}]({argument.strip()})"
            link = options.get("target")
            return [f"[{image}]({link})" if link else image, "", *self.blocks(content)]
        if name in {"rubric", "centered"}:
            return [f"**{inline(argument, self.targets)}**"]
        if name in ADMONITIONS:
            return self._admonition(name, argument, content)
        shown = [f".. {name}:: {argument}".rstrip(), *("    " + row if row else "" for row in _stripped(body))]
        return ["```rst", *shown, "```"]  # unknown: left in sight

    def _admonition(self, name: str, argument: str, content: list[str]) -> list[str]:
        titled = name in {"admonition", "dropdown", "topic"}
        kind, title = ("seealso", "See also") if name == "seealso" else (name, "")
        if name.startswith(("version", "deprecated")):
            word = {"versionadded": "Added in", "versionchanged": "Changed in", "deprecated": "Deprecated since"}[name]
            version, _, argument = argument.partition(" ")
            kind, title = "note", f"{word} version {version}"
        elif titled:
            kind, title = "note", argument
        text = content if titled or not argument else [argument, *content]
        shown = inline(title, self.targets).replace('"', "'")
        head = f"{'???' if name == 'dropdown' else '!!!'} {kind}" + (f' "{shown}"' if shown else "")
        return [head, *("    " + row if row else "" for row in _stripped(self.blocks(text)))]

    def _table(self, lines: list[str], n: int, result: list[str]) -> int:
        """Simple tables become tables; others are shown as they were drawn, in a fixed-width block."""
        if not _TABLE.match(lines[n]):
            return 0
        end = n + 1
        while end < len(lines) and (lines[end].strip() or (end + 1 < len(lines) and _TABLE.match(lines[end + 1]))):
            end += 1
        table = simple_table([row.rstrip() for row in lines[n:end]], lambda text: inline(text, self.targets))
        result += ["", *(table or ["```text", *(row.rstrip() for row in lines[n:end]), "```"]), ""]
        return end - n

    def _plain(self, lines: list[str], n: int, result: list[str]) -> int:
        """A paragraph, a list, a field or a doctest; and the literal block that a `::` at its end announces."""
        if not lines[n].strip():
            result.append("")
            return 1
        end = n
        while end < len(lines) and lines[end].strip() and (end == n or not lines[end].startswith(".. ")):
            if end > n and end + 1 < len(lines) and _RULE.match(lines[end + 1]) and not lines[end][0].isspace():
                break
            end += 1
        rows = lines[n:end]
        if rows[0].lstrip().startswith(">>>"):
            result += ["```pycon", *textwrap.dedent("\n".join(rows)).split("\n"), "```"]
            return end - n
        announces = rows[-1].rstrip().endswith("::")
        if announces:
            rest = rows[-1].rstrip()[:-2]
            rows[-1] = rest + ":" if rest and not rest[-1].isspace() else rest.rstrip()
        result += self._paragraph([row for row in rows if row.strip()])
        return end - n + (self._literal(lines, end, rows[0] if rows else "", result) if announces else 0)

    def _paragraph(self, rows: list[str]) -> list[str]:
        text = inline("\n".join(rows), self.targets).split("\n") if rows else []
        return [_listed(row) for row in text]

    def _literal(self, lines: list[str], n: int, above: str, result: list[str]) -> int:
        margin = len(above) - len(above.lstrip())
        start = n
        while start < len(lines) and not lines[start].strip():
            start += 1
        end = start
        while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > margin):
            end += 1
        if start == end:
            return 0
        code = _stripped(lines[start:end])
        pad = " " * margin
        result += ["", f"{pad}```python", *(pad + row if row else "" for row in code), f"{pad}```", ""]
        return end - n


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _block_end(lines: list[str], n: int, margin: int) -> int:
    """Index after the block that is indented deeper than `margin`, blank lines at its end left out."""
    end = n
    for at in range(n, len(lines)):
        if lines[at].strip():
            if _indent(lines[at]) <= margin:
                break
            end = at + 1
    return end


def _options(body: list[str]) -> tuple[dict[str, str], list[str]]:
    """The `:name: value` lines at a directive's head, and its content."""
    options: dict[str, str] = {}
    n = 0
    while n < len(body) and (match := _OPTION.match(body[n].strip())):
        options[match[1]] = match[2].strip()
        n += 1
    return options, _stripped(body[n:])


def _stripped(lines: list[str]) -> list[str]:
    """Without common indentation and without blank lines around."""
    text = textwrap.dedent("\n".join(lines)).strip("\n")
    return text.split("\n") if text.strip() else []


def _listed(row: str) -> str:
    """List signs and fields as Markdown has them."""
    item = _ITEM.match(row)
    if item and item["sign"] in {"•", "#.", "#)"}:
        return f"{item['indent']}{'-' if item['sign'] == '•' else '1.'} {item['text']}"
    named = re.match(r":([A-Z][\w -]*):\s+(\S.*)$", row)
    if named:
        return f"**{named[1]}:** {named[2]}  "
    return re.sub(r"^(\s*)\| (.*)$", r"\1\2  ", row)
