"""Lines of a script become drafts of cells: prose out of its comments, code with jupytext's escapes undone."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace

from nbpublish.formats.draft import Draft
from nbpublish.formats.magics import translate
from nbpublish.formats.markers import Marker
from nbpublish.formats.options import misfit, options_of
from nbpublish.formats.script_header import Header, front_matter
from nbpublish.formats.strings import continued
from nbpublish.formats.text import is_python, parse, trimmed
from nbpublish.model import Problem

_QUOTED = re.compile(r"[rRuU]?(\"\"\"|''')(.*?)\1", re.DOTALL)
_MAGIC = re.compile(r"\s*(?:# ?)+%{1,3}[A-Za-z]")
_OWN = re.compile(  # what jupytext escapes besides magics, only in files that jupytext wrote
    r"\s*(?:# ?)+\s*[!?]\s*[A-Za-z.~$\\/{}]"
    r"|(?:# ?)+\s*[A-Za-z_]\w*\s*=\s*(?:%{1,3}|!)[A-Za-z]"
    r"|\s*(?:# )+\S*\?\s*$"
    r"|(?:# ?)+(?:cat|cd|cp|mv|rm|rmdir|mkdir|ls|echo)(?:$|\s$|\s[^=,])"
)
_COMMAND = re.compile(r"(?:cat|cd|cp|mv|rm|rmdir|mkdir|ls|echo)(?:$|\s)")
_LAST_WORD = re.compile(r"#\s*noescape\s*$")


def uncommented(lines: list[str]) -> list[str]:
    """The lines without the comment sign at their head."""
    return [line[1:].removeprefix(" ") if line.startswith("#") else line for line in lines]


def prose_of(lines: list[str], line: int) -> tuple[str, int]:
    """Text of a prose cell, written as comments or as one string, and the line it starts on."""
    text, start = trimmed(lines, line)
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return trimmed(quoted[2].split("\n"), start)
    return trimmed(uncommented(text.split("\n")), start)


def docstring_of(source: str) -> str | None:
    """The text of a source that is nothing but one triple-quoted string, its escapes read as Python reads them."""
    quoted = _QUOTED.fullmatch(source)
    if not quoted or "\\" not in source:
        return quoted[2] if quoted else None
    match parse(source).body if is_python(source) else []:
        case [ast.Expr(ast.Constant(str() as value))]:
            return value
    return None


def draft_of(path: str, marker: Marker, lines: list[str], line: int, header: Header) -> Draft:
    """Draft of the cell whose `lines`, the marker's left out, begin on `line`."""
    metadata = marker.metadata
    kind = marker.kind
    if metadata.get("cell_type") in {"markdown", "raw"}:
        kind = metadata["cell_type"]
    if isinstance(metadata.get("active"), str) and "ipynb" not in metadata["active"].split(","):
        kind = "raw"
    source, start = trimmed(lines, line) if kind == "code" else prose_of(lines, line)
    draft = Draft(kind, source, start, marker.title)
    draft.options, unfit = options_of(metadata, draft.options)
    for key in unfit:
        draft.problems.append(Problem("cell-option", misfit(key), path, max(line - 1, 1), severity="warning"))
    if isinstance(metadata.get("title"), str):
        draft.name = draft.name or metadata["title"]
    if isinstance(metadata.get("name"), str):
        draft.id = metadata["name"]
        draft.name = draft.name or draft.id
    if is_frozen(metadata):
        draft.options = replace(draft.options, disabled=True)
    language = metadata.get("language")
    if kind == "code" and isinstance(language, str) and not language.startswith(("python", "ipython")):
        _in_language(draft, path, language, str(metadata.get("magic_args", "")))
    elif kind == "code" and _inactive(metadata, draft.options.tags):
        draft.source = "\n".join(uncommented(source.split("\n")))
    elif kind == "code":
        draft.python = _unescaped(source, header)
    return draft


def _in_language(draft: Draft, path: str, language: str, arguments: str) -> None:
    """jupytext keeps `%%bash` as `language="bash"`, and the cell in comments."""
    draft.source = "\n".join(uncommented(draft.source.split("\n")))
    python, problems = translate(f"%%{language} {arguments}".rstrip() + "\n" + draft.source, path, draft.line)
    draft.python = (python or "").removesuffix("\n")
    draft.problems += problems


def is_frozen(metadata: Mapping[str, object]) -> bool:
    """Whether Jupyter's "freeze" extension keeps the cell from running."""
    control = metadata.get("run_control")
    return isinstance(control, dict) and control.get("frozen") is True


def _inactive(metadata: dict[str, object], tags: tuple[str, ...]) -> bool:
    """Whether jupytext keeps the code in comments: only the notebook is to run it, or nobody."""
    if is_frozen(metadata):
        return True
    active = metadata.get("active")
    tag = next((tag for tag in tags if tag.startswith("active-")), "")
    words = active.split(",") if isinstance(active, str) else tag.split("-")[1:]
    return "ipynb" in words and "py" not in words


def _unescaped(source: str, header: Header) -> str | None:
    """The source with magics taken out of their comments; None where there are none."""
    if header.format == "hydrogen" or header.jupytext.get("comment_magics") is False or "#" not in source:
        return None
    lines = source.split("\n")
    inside: frozenset[int] | None = None
    result = list(lines)
    goes_on = False
    for n, line in enumerate(lines):
        escaped = _MAGIC.match(line) or (header.written and _OWN.match(line))
        if not (escaped or goes_on) or _LAST_WORD.search(line):
            goes_on = False
            continue
        inside = continued(source) if inside is None else inside
        if n not in inside:
            result[n] = re.sub(r"^(\s*)# ?", r"\1", line, count=1)
            if _COMMAND.match(result[n]):
                result[n] = "%" + result[n]
            goes_on = line.rstrip().endswith("\\")
    return None if result == lines else "\n".join(result)


def opening(path: str, lines: list[str], end: int, header: Header) -> list[Draft]:
    """What stands above the first marker: nothing, a docstring, or code."""
    rows = ["" if n in header.taken else line for n, line in enumerate(lines[:end])]
    source, start = trimmed(rows, 1)
    if not source:
        return []
    quoted = docstring_of(source)
    if quoted is not None:
        text, line = trimmed(quoted.split("\n"), start)
        return [Draft("markdown", text, line)] if text else []
    return [draft_of(path, Marker(), rows, 1, header)]


def take_front_matter(path: str, drafts: list[Draft], metadata: dict[str, object]) -> list[Problem]:
    """A first cell that is YAML between `---` lines is the page's metadata, and no cell."""
    if not drafts or drafts[0].kind == "code":
        return []
    rows = drafts[0].source.split("\n")
    if len(rows) < 2 or rows[0].strip() != "---" or rows[-1].strip() != "---":
        return []
    said, problem = front_matter(path, "\n".join(rows[1:-1]), drafts[0].line + 1)
    if problem is None:
        del drafts[0]
        metadata |= said
    return [problem] if problem else []


def leave_foreign(path: str, drafts: list[Draft], language: tuple[str, int] | None) -> list[Problem]:
    """Code in a language that is not Python is shown and not run."""
    if language is None or language[0].lower().startswith(("python", "ipython")):
        return []
    for draft in drafts:
        if draft.kind == "code":
            draft.python = "\n" * draft.source.count("\n")
            draft.problems.clear()
    message = f"The notebook's kernel speaks {language[0]}; nbpublish runs Python only. Its code is shown and not run."
    return [Problem("foreign-kernel", message, path, language[1])]
