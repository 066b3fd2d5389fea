"""Exceptions as something to learn from: what happened, and where in the author's own code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from nbpublish.model import ERROR, Cell, ErrorData, FrameData, Output
from nbpublish.page import ansi
from nbpublish.page.code import highlight
from nbpublish.page.context import Context
from nbpublish.page.html import attributes, escape
from nbpublish.page.names import cell_link

_OURS = ("Timeout", "MemoryLimit", "Crash", "Interrupted")
"""Names of ends that are no exceptions."""
_WITHIN = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
"""Names of what is a frame to Python and a part of its line to who reads it."""
_CAUSE = re.compile(r"(Caused by|While handling) ([\w.]+): ?(.*?)(?: \((\S+):(\d+)\))?", re.DOTALL)
"""An exception that came before, as the kernel writes it below the message."""


def failure(error: ErrorData, context: Context) -> str:
    """The class and the message of an exception, what led to it, then the frames, those of libraries folded."""
    expected = context.cell.options.raises
    attrs = attributes(
        class_="nb-error nb-expected" if expected else "nb-error",
        role="group",
        aria_label=context.words("error.label"),
    )
    note = f'<p class="nb-note">{escape(context.words("error.expected"))}</p>' if expected else ""
    return f"<div{attrs}>{_headline(error, context)}{_frames(error.get('frames') or [], context)}{note}</div>"


def failing_line(cell: Cell, path: str, outputs: Iterable[Output]) -> int | None:
    """The line of the cell, from 1, on which its exception arose or was let through; None where there is none."""
    for output in outputs:
        frames = output.data[ERROR].get("frames") or [] if ERROR in output.data else []
        lines = [int(frame.get("line") or 0) - cell.line + 1 for frame in frames if frame.get("path") == path]
        inside = [line for line in lines if 1 <= line <= cell.source.count("\n") + 1]
        if inside:
            return inside[-1]
    return None


def _headline(error: ErrorData, context: Context) -> str:
    name = str(error.get("name") or "Error")
    message = ansi.plain(str(error.get("message") or "")).strip()
    if name in _OURS:
        said = context.words(f"error.{name}")
        message = f"{said} {message}".strip()
    message, causes = _apart(message)
    first, _, rest = message.partition("\n")
    first = f": {escape(first)}" if first else ""
    rest = f'<pre class="nb-text">{escape(rest)}</pre>' if rest.strip() else ""
    led = "".join(_cause(cause, context) for cause in causes)
    return f'<p class="nb-error-name"><strong>{escape(name)}</strong>{first}</p>{rest}{led}'


def _apart(message: str) -> tuple[str, list[re.Match[str]]]:
    """A message without the paragraphs at its end that tell of exceptions before, and those."""
    paragraphs = message.split("\n\n")
    causes: list[re.Match[str]] = []
    while len(paragraphs) > 1 and (cause := _CAUSE.fullmatch(paragraphs[-1])):
        causes.insert(0, cause)
        paragraphs.pop()
    return "\n\n".join(paragraphs), causes


def _cause(found: re.Match[str], context: Context) -> str:
    opening, name, message, path, line = found.groups()
    error = f"<strong>{escape(name)}</strong>" + (f": {escape(message)}" if message else "")
    said = context.words.html("error.cause" if opening == "Caused by" else "error.context", error=error)
    if path:
        place = _where(FrameData(path=path, line=int(line), function="", code="", library=False), context)
        said = context.words.html("error.cause-at", cause=said, place=place)
    return f'<p class="nb-cause">{said}</p>'


def _frames(frames: list[FrameData], context: Context) -> str:
    parts = []
    for library, group in groupby(_told(frames), key=lambda frame: bool(frame.get("library"))):
        items = [_frame(frame, context) for frame in group]
        if not library:
            parts.append(f'<ol class="nb-frames">{"".join(items)}</ol>')
            continue
        summary = escape(context.words("error.libraries", count=len(items)))
        parts.append(
            f'<details class="nb-fold nb-fold-frames"><summary>{summary}</summary>'
            f'<ol class="nb-frames">{"".join(items)}</ol></details>'
        )
    return "".join(parts)


def _told(frames: list[FrameData]) -> Iterator[FrameData]:
    """The frames without those that repeat the line before."""
    before: tuple[object, object] | None = None
    for frame in frames:
        place = (frame.get("path"), frame.get("line"))
        if place != before or not str(frame.get("function")).endswith(_WITHIN):
            yield frame
        before = place


def _frame(frame: FrameData, context: Context) -> str:
    code = str(frame.get("code") or "")
    shown = highlight(code) if code.strip() else ""
    return f'<li><p class="nb-frame">{_place(frame, context)}</p>{shown}</li>'


def _place(frame: FrameData, context: Context) -> str:
    """Where a frame is, in which function, and where in the file, for who has it before her."""
    place, function = _where(frame, context), str(frame.get("function") or "<module>")
    if function != "<module>":
        place = context.words.html("error.function", place=place, function=f"<code>{escape(function)}</code>")
    if _cell_at(frame, context) is None:
        return place
    return f"{place} <small>{escape(context.notebook.path.rpartition('/')[2])}:{int(frame.get('line') or 0)}</small>"


def _where(frame: FrameData, context: Context) -> str:
    """The line of a frame, within which cell of this page where it is the author's notebook, else of its file."""
    words, line = context.words, int(frame.get("line") or 0)
    cell = _cell_at(frame, context)
    if cell is None:
        path = f"<code>{escape(frame.get('path') or '?')}</code>"
        return words.html("error.line-file", path=path, line=str(line))
    relative = str(line - cell.line + 1)
    if cell.id == context.cell.id:
        return words.html("error.line-here", line=relative)
    link = cell_link(cell.id, context.notebook, context, "cell.other")
    return words.html("error.line-cell", line=relative, cell=link)


def _cell_at(frame: FrameData, context: Context) -> Cell | None:
    if frame.get("path") != context.notebook.path:
        return None
    for cell in context.notebook.cells:
        if cell.line <= int(frame.get("line") or 0) < cell.line + cell.source.count("\n") + 1:
            return cell
    return None
