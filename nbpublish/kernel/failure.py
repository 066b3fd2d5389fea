"""Exceptions → `ErrorData`: the author's frames with their lines, library frames marked, our own left out."""

from __future__ import annotations

import linecache
import os
import sysconfig
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

from nbpublish.kernel.private import as_written
from nbpublish.model import ERROR, OWN_FAULT, Cell, ErrorData, FrameData, Output

_OURS = str(Path(__file__).parent) + os.sep
_STANDARD = tuple({sysconfig.get_path("stdlib") + os.sep, sysconfig.get_path("platstdlib") + os.sep})
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_LONGEST = 20_000
"""Characters of a message that are kept."""
_REPEATS = 3
"""Frames of one place in a row that are kept."""
_MOST = 60
"""Frames that are kept, half from each end."""


@dataclass
class Places:
    """How files and lines are called on the page."""

    root: Path
    """The docs folder; the author's files are named relative to it."""
    notebook: Path
    lines: dict[int, str] = field(default_factory=dict)
    """Lines of the notebook as the author wrote them, magics included."""

    def remember(self, cell: Cell) -> None:
        """Know the lines of a cell before it runs."""
        self.lines.update(enumerate(cell.source.splitlines(), cell.line))

    def name(self, file: str) -> tuple[str, bool]:
        """How a file is shown, and whether it is a library's."""
        for folder in _PACKAGES:
            if folder in file:
                return file.rpartition(folder)[2].replace(os.sep, "/"), True
        for folder in _STANDARD:
            if file.startswith(folder):
                return file.removeprefix(folder).replace(os.sep, "/"), True
        if not Path(file).is_absolute():
            return file, file.startswith("<frozen")
        try:
            return Path(os.path.relpath(file, self.root)).as_posix(), False
        except ValueError:  # another drive
            return Path(file).name, False

    def line(self, file: str, number: int) -> str:
        """A line of a file, as the notebook's cells have it; empty where there is none."""
        if file == str(self.notebook) and number in self.lines:
            return self.lines[number].strip()
        return linecache.getline(file, number).strip()


def own_file(file: str) -> bool:
    """Whether a frame of this file is ours or the import machinery's, and nothing to the author."""
    return file.startswith((_OURS, "<frozen importlib"))


def error_output(error: ErrorData) -> Output:
    """An error as an output of its cell."""
    return Output("error", {ERROR: error})


def error_data(exception: BaseException, places: Places) -> ErrorData:
    """What an exception looks like on the page; never raises."""
    frames = _shortened(list(_frames(exception.__traceback__, places)))
    if isinstance(exception, SyntaxError) and exception.filename and exception.lineno:
        path, library = places.name(exception.filename)
        code = places.line(exception.filename, exception.lineno) or (exception.text or "").strip()
        frames.append(FrameData(path=path, line=exception.lineno, function="", code=code, library=library))
    message = "\n\n".join([_message(exception), *_causes(exception, places)])
    return ErrorData(name=type(exception).__name__, message=_cut(as_written(message)), frames=frames)


def own_fault(exception: BaseException) -> ErrorData:
    """What to say when not the author's code failed but ours."""
    what = f"{type(exception).__name__}: {_message(exception)}"
    text = f"nbpublish itself failed on this cell ({what}). That is our bug: please report it."
    return ErrorData(name=OWN_FAULT, message=text, frames=[])


def _frames(trace: TracebackType | None, places: Places) -> Iterator[FrameData]:
    library = False
    for frame, line in _from_the_cell(list(traceback.walk_tb(trace)), str(places.notebook)):
        code = frame.f_code
        file = code.co_filename
        if own_file(file):
            continue
        path, named_library = places.name(file)
        library = named_library or (file.startswith("<") and library)  # code made by a library is the library's
        text = places.line(file, line)
        yield FrameData(path=path, line=line, function=as_written(code.co_qualname), code=text, library=library)


def _from_the_cell(frames: list[tuple[FrameType, int]], notebook: str) -> list[tuple[FrameType, int]]:
    """`frames` without those through which we reach the notebook, the event loop's among them."""
    first = next((n for n, (frame, _) in enumerate(frames) if frame.f_code.co_filename == notebook), 0)
    return frames[first:] if first and own_file(frames[first - 1][0].f_code.co_filename) else frames


def _shortened(frames: list[FrameData]) -> list[FrameData]:
    """`frames` without the endless part of a recursion."""
    kept: list[FrameData] = []
    repeats = 0
    for frame in frames:
        repeats = repeats + 1 if kept and kept[-1] == frame else 1
        if repeats <= _REPEATS:
            kept.append(frame)
    return kept if len(kept) <= _MOST else kept[: _MOST // 2] + kept[-_MOST // 2 :]


def _message(exception: BaseException) -> str:
    """The text of an exception with its notes and its parts; the author may have defined any of them wrongly."""
    try:
        return _text_with_notes(exception)
    except BaseException as broken:
        return f"<the exception's own text cannot be shown: reading it raised {type(broken).__name__}>"


def _text_with_notes(exception: BaseException) -> str:
    if isinstance(exception, SyntaxError):
        return _syntax_message(exception)
    if isinstance(exception, SystemExit):
        return f"sys.exit was called with {exception.code!r}."
    if type(exception).__name__ == "BdbQuit":
        return "A debugger was started, but nobody can answer it while the notebook is being published."
    text = str(exception)
    notes = getattr(exception, "__notes__", ())
    parts = [text + _suggestion(exception, text), *(map(str, notes) if isinstance(notes, list) else ())]
    if isinstance(exception, BaseExceptionGroup):
        parts += [_indented(f"{type(inner).__name__}: {_message(inner)}") for inner in exception.exceptions]
    return "\n".join(parts)


def _suggestion(exception: BaseException, text: str) -> str:
    """Python's own "Did you mean", which it adds when it prints a traceback."""
    if not isinstance(exception, (NameError, AttributeError, ImportError)):
        return ""
    try:
        line = traceback.TracebackException.from_exception(exception).format_exception_only()
        full = "".join(line).rstrip("\n")
    except Exception:
        return ""
    return full.partition(text)[2] if text else ""


def _syntax_message(error: SyntaxError) -> str:
    text = (error.text or "").rstrip("\n")
    indent = len(text) - len(text.lstrip())
    lines = [str(error.msg)]
    if text.strip() and error.offset:
        start = max(error.offset - 1 - indent, 0)
        end = error.end_offset - 1 - indent if error.end_offset and error.end_lineno == error.lineno else start
        lines += ["    " + text.strip(), "    " + " " * start + "^" * max(1, end - start)]
    return "\n".join(lines)


def _causes(exception: BaseException, places: Places) -> Iterator[str]:
    """One paragraph for each exception that led to this one, nearest first."""
    seen = {id(exception)}
    while True:
        cause = exception.__cause__
        before = cause or (None if exception.__suppress_context__ else exception.__context__)
        if before is None or id(before) in seen:
            return
        seen.add(id(before))
        frames = [frame for frame in _frames(before.__traceback__, places) if not frame["library"]]
        where = f" ({frames[-1]['path']}:{frames[-1]['line']})" if frames else ""
        opening = "Caused by" if cause else "While handling"
        yield f"{opening} {type(before).__name__}: {_message(before)}{where}"
        exception = before


def _indented(text: str) -> str:
    return "  - " + text.replace("\n", "\n    ")


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}\n… {len(text) - _LONGEST:,} characters left out …\n{text[-_LONGEST // 2 :]}"


def warning_text(places: Places, message: object, category: type[Warning], file: str, number: int, line: str) -> str:
    """A warning as `warnings.formatwarning` writes it, with the file's short name."""
    text = f"{category.__name__}: {message}\n"
    if own_file(file):  # raised by a library while we show a value: there is no line of the author's
        return text
    source = line or places.line(file, number)
    return f"{places.name(file)[0]}:{number}: {text}" + (f"  {source}\n" if source else "")
