"""What to say of a cell that did not end by itself."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from nbpublish.kernel.capture import STREAMS, Stream, cut_mark
from nbpublish.kernel.events import Text
from nbpublish.kernel.failure import Places, error_output, own_file
from nbpublish.kernel.transcript import Transcript
from nbpublish.model import ERROR, ErrorData, FrameData, Output

_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)
_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
"""How the fault handler writes what is not ASCII."""


def timed_out(outputs: tuple[Output, ...], error: ErrorData) -> tuple[Output, ...]:
    """`outputs` with the error in place of the interrupt that ended the cell, whose frames say where it was."""
    for index, output in enumerate(outputs):
        found = output.data.get(ERROR)
        if found and found["name"] == "KeyboardInterrupt":
            error = ErrorData(name=error["name"], message=error["message"], frames=found["frames"])
            outputs = outputs[:index] + outputs[index + 1 :]
            break
    return (*outputs, error_output(error))


def out_of_time(limit_of: str, seconds: float) -> ErrorData:
    """`limit_of` is `cell` or `notebook`."""
    return ErrorData(name="Timeout", message=f"The {limit_of} took longer than {seconds:g} s and was ended.", frames=[])


def out_of_memory(limit: int) -> ErrorData:
    message = f"The notebook used more than {_size(limit)} of memory and was ended."
    return ErrorData(name="MemoryLimit", message=message, frames=[])


def interrupted() -> ErrorData:
    return ErrorData(name="Interrupted", message="The build was interrupted while the cell was running.", frames=[])


def out_of_touch() -> ErrorData:
    message = "The cell closed the connection that nbpublish has to it, for example by os.closerange."
    return ErrorData(name="Crash", message=message, frames=[])


def crash(status: int, words: str, places: Places) -> ErrorData:
    """`status` is the process's exit status, negative for a signal; `words` what the fault handler wrote."""
    if status >= 0:
        message = f"The process of the notebook ended itself with exit code {status}, for example by os._exit."
    else:
        message = f"The process of the notebook was ended by {_signal(-status)}."
        if -status == getattr(signal, "SIGKILL", None):
            message += " The system does this when memory runs out."
    return ErrorData(name="Crash", message=message, frames=_frames(words, places))


def lost_text(files: Mapping[Stream, Path], transcript: Transcript, limit: int) -> Iterator[Text]:
    """What stands in the files of a dead process beyond what it has sent."""
    kept = sum(transcript.received.values())
    for stream in STREAMS:
        with suppress(OSError), files[stream].open("rb") as file:
            file.seek(transcript.received[stream])
            text = file.read(max(0, limit - kept) + 1)
            yield Text(stream, text[: max(0, limit - kept)])
            kept += len(text)
    if kept > limit and not transcript.is_cut:
        yield cut_mark(limit)


def _signal(number: int) -> str:
    with suppress(ValueError):
        found = signal.Signals(number)
        text = signal.strsignal(number)
        return f"{found.name} ({text})" if text else found.name
    return f"signal {number}"


def _frames(words: str, places: Places) -> list[FrameData]:
    """Frames of the crashed thread, outermost first. The fault handler writes the innermost first."""
    current = words.partition("Current thread")[2].partition("\n\n")[0]
    frames = []
    for file, line, function in reversed(_FRAME.findall(_ESCAPE.sub(_character, current))):
        if not own_file(file) and file != "<string>":  # `python -c` is how a kernel starts
            path, library = places.name(file)
            code = places.line(file, int(line))
            frames.append(FrameData(path=path, line=int(line), function=function, code=code, library=library))
    return frames


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1][1:], 16))


def _size(bytes: int) -> str:
    return f"{bytes / 2**30:.3g} GiB" if bytes >= 2**30 else f"{bytes / 2**20:.3g} MiB"
