"""What the author's code writes, in the order in which it was written.

File descriptors 1 and 2 point to files, so that C code and subprocesses are captured too; a file needs no reader, so
nothing can block, and it outlives the process. `sys.stdout` and `sys.stderr` write to the same descriptors at once.
The order within a channel is thus the file's. Between channels it is exact for what Python writes: before each write,
whatever the other channel has got meanwhile is taken out of its file and sent on.
"""

from __future__ import annotations

import ctypes
import io
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nbpublish.kernel.events import Cleared, Shown, Sink, Text
from nbpublish.model import Output

if TYPE_CHECKING:
    from typing_extensions import Buffer

Stream = Literal["stdout", "stderr"]
STREAMS: tuple[Stream, Stream] = ("stdout", "stderr")
DESCRIPTORS: Mapping[Stream, int] = {"stdout": 1, "stderr": 2}


class Capture:
    """Turns writes and displays into events for `sink`, up to `limit` bytes a cell.

    `files` are where the descriptors of both streams point to, opened for appending by whoever opened them.
    """

    def __init__(self, files: Mapping[Stream, Path], sink: Sink, limit: int) -> None:
        self._sink = sink
        self._limit = limit
        self._files = files
        self._readers = {stream: files[stream].open("rb", buffering=0) for stream in STREAMS}
        self._taken = dict.fromkeys(STREAMS, 0)
        self._kept = 0
        self._full = False
        self._lock = threading.RLock()
        self.process = os.getpid()
        self._flush_c = _flush_of_libc()
        self.streams = {stream: _text_stream(self, stream) for stream in STREAMS}

    def begin(self) -> None:
        """Start a cell with empty files; what has come since the last one is nobody's output."""
        self._flush_c(None)
        for stream in STREAMS:
            with suppress(OSError):
                os.truncate(self._files[stream], 0)
            self._taken[stream] = 0
        self._kept = 0
        self._full = False

    def write(self, stream: Stream, data: bytes) -> None:
        """Append to a stream, after everything written to the other one so far."""
        if os.getpid() != self.process:  # a fork of the author's: the lock may be held, the pipe is not its own
            os.write(DESCRIPTORS[stream], data)
            return
        with self._lock:
            self._flush_c(None)
            other = STREAMS[stream == "stdout"]
            if self._size(other) != self._taken[other]:
                self._take(stream)
                self._take(other)
            if self._size(stream) < self._limit:
                view = memoryview(data)
                while view:
                    view = view[os.write(DESCRIPTORS[stream], view) :]
            else:
                self._take(stream)
                self._cut()

    def show(self, event: Shown | Cleared) -> None:
        """Send an output, after everything written so far."""
        if os.getpid() != self.process:
            return
        with self._lock:
            self.take_in()
            if isinstance(event, Shown):
                size = _size_of(event.output)
                if self._kept + size > self._limit:
                    self._cut()
                    return
                self._kept += size
            self._sink(event)

    def take_in(self) -> None:
        """Send everything written so far."""
        for stream in (sys.stdout, sys.stderr):  # the author may have put an own, buffering object there
            with suppress(Exception):
                stream.flush()
        self._flush_c(None)
        with self._lock:
            for name in STREAMS:
                self._take(name)

    def _size(self, stream: Stream) -> int:
        return os.fstat(self._readers[stream].fileno()).st_size

    def _take(self, stream: Stream) -> None:
        size = self._size(stream) - self._taken[stream]
        if size <= 0:
            return
        reader = self._readers[stream]
        reader.seek(self._taken[stream])
        data = reader.read(min(size, self._limit - self._kept)) or b""
        self._taken[stream] += size
        self._kept += len(data)
        if data:
            self._sink(Text(stream, data))
        if len(data) < size:
            self._cut()

    def _cut(self) -> None:
        if not self._full:
            self._full = True
            self._sink(cut_mark(self._limit))


def cut_mark(limit: int) -> Text:
    """What stands where the output of a cell was cut."""
    size = f"{limit / 1e6:g} MB" if limit >= 100_000 else f"{limit:,} bytes"
    return Text("stderr", f"\n[The output is cut here: a cell may write and show {size}.]\n".encode(), mark=True)


@contextmanager
def redirected(capture: Capture) -> Iterator[None]:
    """Let `sys.stdout` and `sys.stderr` be the captured streams."""
    before = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    sys.stdout, sys.stderr = capture.streams["stdout"], capture.streams["stderr"]
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
    try:
        yield
    finally:
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = before  # type: ignore[misc]


class _Raw(io.RawIOBase):
    """The binary end of a captured stream; closing it closes nothing, so that a replaced stream harms none."""

    def __init__(self, capture: Capture, stream: Stream) -> None:
        self._capture = capture
        self._stream = stream
        self.name = f"<{stream}>"
        self.mode = "wb"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return DESCRIPTORS[self._stream]

    def isatty(self) -> bool:
        return False

    def write(self, data: Buffer, /) -> int:
        content = bytes(data)
        self._capture.write(self._stream, content)
        return len(content)

    def close(self) -> None:
        pass


def _text_stream(capture: Capture, stream: Stream) -> io.TextIOWrapper:
    raw = _Raw(capture, stream)
    return io.TextIOWrapper(
        raw,
        encoding="utf-8",
        errors="replace",
        newline="\n",
        write_through=True,
    )


def _flush_of_libc() -> Callable[[None], object]:
    """`fflush(NULL)`: what C code has printed and still buffers goes to its file. Does nothing where there is none."""
    try:
        flush: Callable[[None], object] = ctypes.CDLL(None).fflush
    except (OSError, AttributeError, TypeError):
        return lambda _: None
    return flush


def _size_of(output: Output) -> int:
    values = list(output.data.values())
    return sum(len(v) if isinstance(v, (str, bytes)) else len(pickle.dumps(v)) for v in values)
