"""A run as a Jupyter notebook with its outputs, in version 4.5 of the format.

The notebook is written as plain JSON: nbformat draws random ids for cells, and takes longer to load than all else here.
The tests let nbformat validate what comes out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nbpublish.exporters.links import redirected
from nbpublish.exporters.order import runnable
from nbpublish.model import ERROR, MISSING_GLYPHS, Cell, ErrorData, Output, Run
from nbpublish.page.alone import html_alone

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ENGINE = re.compile(r"\b(\w+) (\d+\.\d+\.\d+\w*) ")
_Json = dict[str, Any]


def to_ipynb(run: Run, link: Callable[[str], str] = str, language: str = "en") -> bytes:
    """The notebook as UTF-8 text.

    `link` gives the address of what prose links to. Cells stand in an order in which they can run. Cells that the page
    leaves out are there, because others may need them, with their source folded; hidden outputs are not.
    """
    counter = iter(range(1, len(run.notebook.cells) + 1))
    cells = [_cell(cell, run, link, language, counter) for cell in runnable(run) if cell.source.strip()]
    notebook = {"cells": cells, "metadata": _metadata(run), "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode(errors="replace")  # text of a program may hold half a character


def _metadata(run: Run) -> _Json:
    language: _Json = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    found = sorted({match[2] for trace in run.traces.values() if (match := _ENGINE.search(trace.engine))})
    if found:
        language["version"] = found[-1]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    title = run.notebook.metadata.get("title")
    return {"kernelspec": kernel, "language_info": language, **({"title": title} if isinstance(title, str) else {})}


def _cell(cell: Cell, run: Run, link: Callable[[str], str], language: str, counter: Iterable[int]) -> _Json:
    entry: _Json = {"id": _id(cell), "cell_type": cell.kind, "metadata": _cell_metadata(cell), "source": cell.source}
    if cell.kind == "markdown":
        entry["source"] = redirected(cell.source, link)
    if cell.kind == "code":
        trace = run.traces.get(cell.id)
        entry["execution_count"] = next(iter(counter)) if trace else None
        shown = trace.outputs if trace and cell.options.output != "hide" else ()
        entry["outputs"] = [
            made for output in shown if (made := _output(output, cell, run, language, entry["execution_count"]))
        ]
    entry["source"] = _lines(entry["source"])
    return entry


def _id(cell: Cell) -> str:
    """The cell's own id where nbformat allows it, else one made from it."""
    return cell.id if _ID.fullmatch(cell.id) else hashlib.sha256(cell.id.encode(errors="replace")).hexdigest()[:8]


def _cell_metadata(cell: Cell) -> _Json:
    options, found = cell.options, _Json()
    if cell.name and cell.name != "_" and cell.name.isprintable():
        found["name"] = cell.name
    if cell.kind == "code" and (options.removed or options.code in ("fold", "hide")):
        found["jupyter"] = {"source_hidden": True}
    if cell.kind == "code" and options.output == "fold":
        found.setdefault("jupyter", {})["outputs_hidden"] = True
    tags = [tag for tag in options.tags if tag and "," not in tag]
    tags += ["raises-exception"] if options.raises and "raises-exception" not in tags else []
    if tags:
        found["tags"] = list(dict.fromkeys(tags))
    if cell.kind == "raw" and options.mimetype:
        found["raw_mimetype"] = options.mimetype
    return found


def _output(output: Output, cell: Cell, run: Run, language: str, count: int | None) -> _Json | None:
    if output.channel in ("stdout", "stderr"):
        text = str(output.data.get("text/plain", ""))
        shown = {"stdout": cell.options.stdout, "stderr": cell.options.stderr}[output.channel]
        return {"output_type": "stream", "name": output.channel, "text": _lines(text)} if text and shown else None
    if ERROR in output.data:
        return _error(output.data[ERROR])
    ours = {MISSING_GLYPHS, "text/csv"} if "text/html" in output.data else {MISSING_GLYPHS}  # a page's download
    given = {kind: value for kind, value in output.data.items() if kind not in ours}
    data = {kind: _value(kind, value, cell, run, language) for kind, value in sorted(given.items())}
    data = {kind: value for kind, value in data.items() if value is not None}
    if not data:
        return None
    made: _Json = {"data": data, "metadata": _plain(output.metadata) or {}, "output_type": "display_data"}
    return made | {"output_type": "execute_result", "execution_count": count} if output.channel == "result" else made


def _error(error: ErrorData) -> _Json:
    name, message = str(error.get("name") or "Error"), str(error.get("message") or "")
    frames = [
        f'  File "{frame.get("path")}", line {frame.get("line")}, in {frame.get("function")}\n    {frame.get("code")}'
        for frame in error.get("frames") or []
    ]
    head = ["Traceback (most recent call last):"] if frames else []
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [*head, *frames, f"{name}: {message}"],
    }


def _value(kind: str, value: Any, cell: Cell, run: Run, language: str) -> Any:
    """A representation as nbformat wants it: bytes as Base64, text in lines, JSON as it is; None where it cannot be.

    marimo's elements would show nothing in Jupyter, so they become the HTML that they are on our pages.
    """
    if isinstance(value, bytes):
        if kind == "image/svg+xml" or kind.startswith("text/"):
            return _lines(value.decode("utf-8", "replace"))
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, str):
        if kind == "text/html" and "<marimo-" in value:
            value = html_alone(value, cell, run.notebook, language)
        return value if kind.startswith(("image/", "audio/", "video/")) and kind != "image/svg+xml" else _lines(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; None for one that it cannot."""
    if isinstance(value, Mapping):
        value = dict(value)
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return None


def _lines(text: str) -> list[str]:
    """Text as nbformat writes it, so that changes show line by line."""
    return text.splitlines(keepends=True)
