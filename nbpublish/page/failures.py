"""Exceptions as something to learn from: what happened, and where in the author's own code."""

from __future__ import annotations

from itertools import groupby

from nbpublish.model import Cell, ErrorData, FrameData
from nbpublish.page import ansi
from nbpublish.page.code import highlight
from nbpublish.page.context import Context
from nbpublish.page.html import attributes, escape
from nbpublish.page.names import cell_link

_OURS = ("Timeout", "MemoryLimit", "Crash", "Interrupted")
"""Names of ends that are no exceptions."""


def failure(error: ErrorData, context: Context) -> str:
    """The class and the message of an exception, then the frames, those of libraries folded."""
    expected = context.cell.options.raises
    attrs = attributes(
        class_="nb-error nb-expected" if expected else "nb-error",
        role="group",
        aria_label=context.words("error.label"),
    )
    note = f'<p class="nb-note">{escape(context.words("error.expected"))}</p>' if expected else ""
    return f"<div{attrs}>{_headline(error, context)}{_frames(error.get('frames') or [], context)}{note}</div>"


def _headline(error: ErrorData, context: Context) -> str:
    name = str(error.get("name") or "Error")
    message = ansi.plain(str(error.get("message") or "")).strip()
    if name in _OURS:
        said = context.words(f"error.{name}")
        message = f"{said} {message}".strip()
    first, _, rest = message.partition("\n")
    first = f": {escape(first)}" if first else ""
    rest = f'<pre class="nb-text">{escape(rest)}</pre>' if rest.strip() else ""
    return f'<p class="nb-error-name"><strong>{escape(name)}</strong>{first}</p>{rest}'


def _frames(frames: list[FrameData], context: Context) -> str:
    parts = []
    for library, group in groupby(frames, key=lambda frame: bool(frame.get("library"))):
        items = "".join(_frame(frame, context) for frame in group)
        if not library:
            parts.append(f'<ol class="nb-frames">{items}</ol>')
            continue
        summary = escape(context.words("error.libraries", count=items.count('<p class="nb-frame">')))
        parts.append(
            f'<details class="nb-fold nb-fold-frames"><summary>{summary}</summary>'
            f'<ol class="nb-frames">{items}</ol></details>'
        )
    return "".join(parts)


def _frame(frame: FrameData, context: Context) -> str:
    code = str(frame.get("code") or "")
    shown = highlight(code) if code.strip() else ""
    return f'<li><p class="nb-frame">{_where(frame, context)}</p>{shown}</li>'


def _where(frame: FrameData, context: Context) -> str:
    """The place of a frame: its file and line, and within which cell of this page where it is the author's notebook."""
    words, line = context.words, int(frame.get("line") or 0)
    function = f"<code>{escape(frame.get('function') or '<module>')}</code>"
    cell = _cell_at(frame, context)
    if cell is None:
        path = f"<code>{escape(frame.get('path') or '?')}</code>"
        return words.html("error.line-file", path=path, line=str(line), function=function)
    relative = str(line - cell.line + 1)
    place = f" <small>{escape(context.notebook.path.rpartition('/')[2])}:{line}</small>"
    if cell.id == context.cell.id:
        return words.html("error.line-here", line=relative, function=function) + place
    link = cell_link(cell.id, context.notebook, context, "cell.other")
    return words.html("error.line-cell", line=relative, cell=link, function=function) + place


def _cell_at(frame: FrameData, context: Context) -> Cell | None:
    if frame.get("path") != context.notebook.path:
        return None
    for cell in context.notebook.cells:
        if cell.line <= int(frame.get("line") or 0) < cell.line + cell.source.count("\n") + 1:
            return cell
    return None
