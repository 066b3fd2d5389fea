"""Jupyter notebooks: JSON, read through nbformat, versions 2 to 4."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from nbpublish.formats.draft import Draft, cells_of
from nbpublish.formats.format import Format
from nbpublish.formats.options import misfit, options_of
from nbpublish.formats.script_cells import is_frozen, leave_foreign, take_front_matter
from nbpublish.formats.script_header import pairing
from nbpublish.formats.text import clean, trimmed
from nbpublish.model import Notebook, Problem

_SOURCE = re.compile(r'^([ \t]*)"(?:source|input)"[ \t]*:[ \t]*(\[[ \t]*$)?', re.MULTILINE)
_PAGE_KEYS = ("title", "subtitle", "description", "author", "authors", "date", "tags", "lang", "keywords")


def recognises(text: str) -> bool:
    """Always: nothing but a notebook is called `.ipynb`, so one that is something else has to be told."""
    return True


def read(path: str, text: str) -> Notebook:
    """A notebook from the JSON of a Jupyter notebook; its stored outputs are left, and its stored alt texts kept."""
    text = clean(text)
    data, problem = _loaded(path, text)
    if problem:
        return Notebook(path, "ipynb", (), problems=(problem,))
    problems: list[Problem] = []
    entries = data.get("cells")
    entries = entries if isinstance(entries, list) else []
    drafts = [
        draft
        for entry, (line, spread) in zip(entries, _lines(text, len(entries)), strict=True)
        if (draft := _draft(path, entry, line, spread, problems))
    ]
    metadata, language = _metadata(data.get("metadata"), text)
    problems += take_front_matter(path, drafts, metadata)
    foreign = leave_foreign(path, drafts, language)
    problems += foreign
    cells, found = cells_of(path, drafts, last=text.count("\n") + 1, magics=not foreign)
    return Notebook(path, "ipynb", cells, metadata=metadata, problems=(*problems, *found))


def _loaded(path: str, text: str) -> tuple[dict[str, Any], Problem | None]:
    """The notebook as nbformat 4 has it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"column {error.colno}: {error.msg}" if text.strip() else "the file is empty"
        message = f"This is no notebook, because it is not JSON ({where}). Save it again in Jupyter, or remove it."
        return {}, Problem("unreadable", message, path, error.lineno if text.strip() else 1)
    except RecursionError:
        return {}, Problem("unreadable", "The notebook's JSON is nested too deeply to be read.", path, 1)
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        message = "This JSON has no list of cells, so it is no notebook. Save it again in Jupyter, or remove it."
        return {}, Problem("unreadable", message, path, 1)
    version = data.get("nbformat", 4 if "cells" in data else 3)
    if version == 4 and isinstance(data.get("cells"), list):
        return data, None
    return _upgraded(path, text, version)


def _upgraded(path: str, text: str, version: Any) -> tuple[dict[str, Any], Problem | None]:
    from nbformat import convert, reader

    try:
        node = convert(reader.reads(text), 4)  # type: ignore[no-untyped-call]
        return dict(node), None
    except Exception as error:  # nbformat raises whatever its schema's code happens to meet
        what = str(error).split("\n")[0] or type(error).__name__
        message = f"nbformat cannot read this notebook of version {version}: {what}. Save it again in Jupyter."
        return {}, Problem("unreadable", message, path, 1)


def _lines(text: str, count: int) -> list[tuple[int, bool]]:
    """For each cell the line of the file on which its source starts, and whether its lines are lines of the file.

    1 where the JSON's layout does not tell.

    The cells' `source` keys are those of one indentation that are as many as the cells; a line of JSON that begins
    with a quoted key and a colon cannot stand inside a string.
    """
    found = []
    line, position = 1, 0
    for match in _SOURCE.finditer(text):
        line, position = line + text.count("\n", position, match.start()), match.start()
        found.append((match[1], line + 1 if match[2] else line, bool(match[2])))
    depths = Counter(indent for indent, _, _ in found)
    fitting = sorted((indent for indent, times in depths.items() if times == count), key=len)
    if not fitting:
        return [(1, False)] * count
    return [(line, spread) for indent, line, spread in found if indent == fitting[0]]


def _text_of(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _draft(path: str, entry: Any, line: int, spread: bool, problems: list[Problem]) -> Draft | None:
    kind = entry.get("cell_type") if isinstance(entry, dict) else None
    if kind == "heading":
        kind = "markdown"
    if kind not in ("code", "markdown", "raw"):
        message = f"This cell is of no known type ({kind!r}) and is left out. Save the notebook again in Jupyter."
        problems.append(Problem("unreadable", message, path, line))
        return None
    metadata = entry.get("metadata") if isinstance(entry.get("metadata"), dict) else {}
    source, start = trimmed(clean(_text_of(entry.get("source"))).split("\n"), line)
    line = start if spread else line
    name = metadata.get("name")
    draft = Draft(kind, source, line)
    if isinstance(name, str) and name:
        draft.name = draft.id = name
    draft.options, unfit = options_of(_said(entry, metadata))
    for key in unfit:
        draft.problems.append(Problem("cell-option", misfit(key), path, line, severity="warning"))
    if kind == "markdown":
        _attach(draft, entry.get("attachments"), path)
    return draft


def _said(entry: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    """What the cell's metadata, and its outputs' where an alt text is stored, say about it."""
    jupyter: Any = metadata.get("jupyter")
    jupyter = jupyter if isinstance(jupyter, dict) else {}
    said: dict[str, Any] = {}
    if jupyter.get("source_hidden") is True or metadata.get("hide_input") is True:
        said["code"] = "fold"
    if jupyter.get("outputs_hidden") is True or metadata.get("collapsed") is True:
        said["output"] = "fold"
    said |= {"disabled": True} if is_frozen(metadata) else {}
    alt = next(iter(_alts(entry.get("outputs"))), None)
    said |= {"alt": alt} if alt else {}
    mimetype = metadata.get("raw_mimetype", metadata.get("format"))
    said |= {"mimetype": mimetype} if mimetype and entry.get("cell_type") == "raw" else {}
    return said | {key: value for key, value in metadata.items() if key not in {"name", "code", "output", "format"}}


def _alts(outputs: Any) -> Iterable[str]:
    for output in outputs if isinstance(outputs, list) else ():
        metadata = output.get("metadata") if isinstance(output, dict) else None
        if isinstance(metadata, dict):
            for part in (metadata, *metadata.values()):
                if isinstance(part, dict) and isinstance(part.get("alt"), str) and part["alt"]:
                    yield part["alt"]


def _attach(draft: Draft, attachments: Any, path: str) -> None:
    """Put the cell's attached images into its text, as data URIs."""
    bundles = attachments if isinstance(attachments, dict) else {}
    for name in sorted((n for n in bundles if isinstance(bundles[n], dict)), key=len, reverse=True):
        for mimetype, data in bundles[name].items():
            uri = f"data:{mimetype};base64," + re.sub(r"\s", "", _text_of(data))
            for written in {name, quote(name), name.replace(" ", "%20")}:
                draft.source = draft.source.replace(f"attachment:{written}", uri)
            break
    for match in re.finditer(r"(?:\]\(\s*<?|src=[\"']?)attachment:([^)\"'>\n]+)", draft.source):
        message = f"The notebook has no attachment `{match[1]}`. Attach the image again, or link to a file."
        line = draft.line + draft.source.count("\n", 0, match.start())
        draft.problems.append(Problem("missing-attachment", message, path, line, severity="warning"))


def _metadata(metadata: Any, text: str) -> tuple[dict[str, Any], tuple[str, int] | None]:
    """Page metadata, and the kernel's language with its line."""
    if not isinstance(metadata, dict):
        return {}, None
    page = {key: metadata[key] for key in _PAGE_KEYS if metadata.get(key)}
    if not isinstance(page.get("title", ""), str):
        del page["title"]
    page |= pairing(metadata.get("jupytext"))
    for holder, key in (("kernelspec", "language"), ("language_info", "name"), ("jupytext", "main_language")):
        part = metadata.get(holder)
        if isinstance(part, dict) and isinstance(part.get(key), str):
            place = text.find(f'"{holder}"')
            return page, (part[key], text.count("\n", 0, max(place, 0)) + 1)
    return page, None


IPYNB = Format("ipynb", (".ipynb",), recognises, read)
