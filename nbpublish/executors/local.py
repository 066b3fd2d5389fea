"""Kernels as processes of this machine, one for each notebook.

Each is the leader of a session of its own, so that Ctrl-C in the terminal reaches only us, and so that it can be ended
together with what it started. It is ended when its context is left; nothing it started outlives it.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from nbpublish.errors import KernelError
from nbpublish.executors.folders import tidy
from nbpublish.executors.limits import Limits, limit_of
from nbpublish.executors.postmortem import (
    crash,
    interrupted,
    lost_text,
    out_of_memory,
    out_of_time,
    out_of_touch,
    timed_out,
)
from nbpublish.executors.spare import Spare
from nbpublish.executors.spawn import Spawned, spawn
from nbpublish.kernel.failure import Places, error_output
from nbpublish.kernel.messages import READY, Again, Load, Start, Work
from nbpublish.kernel.transcript import Transcript
from nbpublish.model import Cell, ErrorData, Names, Notebook, Observation, Task, Trace, Version

_LOOK_EVERY = 0.1
"""Seconds between two looks at a running cell's memory and files."""
_GRACE = 2.0
"""Seconds a process has to follow a signal before the next, harder one."""
_PATIENCE = 0.5
"""The same for a cell that nobody waits for any longer."""

Put = Callable[[Iterable[Any]], str]
Overrun = Literal["cell", "notebook", "memory", "stopped"]


class LocalExecutor:
    """Starts kernels for notebooks below the folder `root`. May be used from several threads.

    The first may become the process of `spare`.
    """

    def __init__(self, root: Path, limits: Limits | None = None, spare: Spare | None = None) -> None:
        self.root = root.resolve()
        self.limits = limits or Limits()
        self._spare = spare
        self._kernels: set[LocalKernel] = set()
        self._lock = threading.Lock()
        tidy()

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[LocalKernel]:
        """A kernel in a process of its own. It is to be left in the thread that entered it."""
        spawned = (self._spare and self._spare.take(notebook, self.root)) or spawn()
        kernel = LocalKernel(notebook, self.root, self.limits, spawned)
        with self._lock:
            self._kernels.add(kernel)
        try:
            yield kernel
        finally:
            with self._lock:
                self._kernels.discard(kernel)
            kernel.close()

    def close(self) -> None:
        """End all kernels that run; a cell that one of them runs counts as interrupted. May come from any thread."""
        with self._lock:
            kernels = list(self._kernels)
        for kernel in kernels:
            kernel.interrupt()


class LocalKernel:
    """One process that runs the cells of one notebook."""

    def __init__(self, notebook: Notebook, root: Path, limits: Limits, spawned: Spawned) -> None:
        self._limits = limits
        self._places = Places(root, root / notebook.path)
        self._spawned = spawned
        self._connection, self._process, self._tree = spawned.connection, spawned.process, spawned.tree
        self._files, self._crash = spawned.files, spawned.crash
        self._seconds_left = limits.notebook
        self._next_look = 0.0
        """When to look at its memory and files again, be it in another cell."""
        self.live: dict[str, Version] = {}
        self.found: set[Observation] = set()
        self.spent = False
        self._ready = False
        self._interrupted = False
        self._stopped = False
        """Nobody waits any longer for what it is doing."""
        self._obituary: ErrorData | None = None
        """How the process has ended, once it has."""
        with suppress(OSError):  # it has died already; the first cell finds out
            self._connection.send(Start(notebook, root, self._files, self._crash, limits.output))

    # --- a cell -----------------------------------------------------------------------------------------------------

    def run(self, cell: Cell, names: Names, task: Task | None = None, put: Put | None = None) -> Trace:
        """Run a cell. Whatever becomes of it and of the process is told by the trace.

        Raises KernelError where the process ends before it has become a kernel.
        """
        if self._obituary:
            return Trace("", (error_output(self._obituary),), "died")
        if self._stopped:
            return Trace("", (error_output(interrupted()),), "failed")
        transcript = Transcript()
        self._places.remember(cell)
        started = time.monotonic()
        try:
            self._get_ready()
            self._connection.send(Work(cell, names, task))
            overrun = self._follow(cell, transcript)
            if overrun:
                self._stop(overrun, transcript)
        except KeyboardInterrupt:
            self.interrupt()
            overrun = None
        except (EOFError, OSError):
            overrun = None
        if self._stopped:
            overrun = overrun or "stopped"
        seconds = time.monotonic() - started
        if self._seconds_left is not None:
            self._seconds_left -= seconds
        trace = self._trace(cell, transcript, overrun, seconds)
        if transcript.end and not transcript.end.seconds:  # there is no account: keeping it was interrupted, or failed
            self.spent = True
        return transcript.end.account.onto(trace, put) if transcript.end and trace.exit != "died" else trace

    def load(self, names: Sequence[str], blob: Any) -> bool:
        """Bring names to life from a blob; False where it cannot be read or the process has ended."""
        try:
            self._get_ready()
            self._connection.send(Load(tuple(names), blob if isinstance(blob, Path) else bytes(blob)))
            return bool(self._connection.recv())
        except (EOFError, OSError):
            return False

    def goes_on(self, notebook: Notebook) -> bool:
        """Whether it is as good as a new kernel for another build, of this notebook."""
        self._stopped = False
        self._seconds_left = self._limits.notebook
        if self._obituary or self.spent:
            return False
        try:
            self._connection.send(Again(notebook))
            gone: list[str] | None = self._connection.recv()
        except (EOFError, OSError):
            return False
        for name in gone or ():
            self.live.pop(name, None)
        return gone is not None

    def stop(self) -> None:
        """Let a cell that runs come to its end, as Ctrl-C does. Others do not run until `goes_on` is asked."""
        self._stopped = True
        self._tree.interrupt()

    @property
    def given_up(self) -> bool:
        """Whether it was stopped or interrupted."""
        return self._stopped or self._interrupted

    @property
    def memory(self) -> int:
        """Bytes of memory that its processes have."""
        return self._tree.memory()

    def _get_ready(self) -> None:
        if self._ready:
            return
        try:
            self._ready = self._connection.recv() == READY
        except (EOFError, OSError):
            if self._interrupted:
                raise
            self._process.wait()
            said = self._files["stderr"].read_text("utf-8", "replace").strip()
            raise KernelError(f"The kernel's process ended before it was ready. It said:\n{said}") from None

    def _follow(self, cell: Cell, transcript: Transcript) -> Overrun | None:
        """Receive what happens until the cell has ended, or until it goes beyond a limit, which is returned."""
        now = time.monotonic()
        seconds = self._seconds_for(cell)
        cell_ends = now + seconds if seconds is not None else float("inf")
        notebook_ends = now + self._seconds_left if self._seconds_left is not None else float("inf")
        while transcript.end is None:
            if self._connection.poll(_LOOK_EVERY):
                transcript.add(self._connection.recv())
            now = time.monotonic()
            if transcript.end is None and self._stopped:
                return "stopped"
            if transcript.end is None and now >= min(cell_ends, notebook_ends):
                return "notebook" if notebook_ends <= cell_ends else "cell"
            if now >= self._next_look:
                self._next_look = now + _LOOK_EVERY
                self._shorten_files()
                if self._limits.memory is not None and self._tree.memory() > self._limits.memory:
                    return "memory"
        return None

    def _seconds_for(self, cell: Cell) -> float | None:
        return self._limits.cell if cell.options.timeout is None else cell.options.timeout

    def _stop(self, overrun: Overrun, transcript: Transcript) -> None:
        """End a cell that went too far: politely first, so that it can say where it was."""
        if overrun != "memory":
            for ask in (self._tree.interrupt, self._tree.terminate):
                ask()
                if self._ended_within(_PATIENCE if overrun == "stopped" else _GRACE, transcript):
                    break
        if overrun not in ("cell", "stopped") or transcript.end is None:
            self._tree.kill()
            self._drain(transcript)

    def _ended_within(self, seconds: float, transcript: Transcript) -> bool:
        end = time.monotonic() + seconds
        while transcript.end is None and (left := end - time.monotonic()) > 0:
            try:
                if self._connection.poll(left):
                    transcript.add(self._connection.recv())
            except (EOFError, OSError):
                return True
        return transcript.end is not None

    def _drain(self, transcript: Transcript) -> None:
        with suppress(EOFError, OSError):
            while transcript.end is None and self._connection.poll(0):
                transcript.add(self._connection.recv())

    def _shorten_files(self) -> None:
        """Keep what a process writes without end from filling the disk; beyond the limit nothing is read anyway."""
        for path in self._files.values():
            with suppress(OSError):
                if path.stat().st_size > 4 * self._limits.output + 10_000_000:
                    os.truncate(path, self._limits.output)

    # --- what became of it ------------------------------------------------------------------------------------------

    def _trace(self, cell: Cell, transcript: Transcript, overrun: Overrun | None, seconds: float) -> Trace:
        alive = transcript.end is not None and overrun in (None, "cell", "stopped")
        if alive and transcript.end and overrun is None:
            end = transcript.end
            return Trace("", transcript.outputs(), end.exit, seconds=end.seconds, cut=transcript.is_cut)
        if not alive:
            for text in lost_text(self._files, transcript, self._limits.output):
                transcript.add(text)
        outputs = transcript.outputs()
        error = self._autopsy(cell, overrun)
        if not alive:
            self._obituary = error
        outputs = timed_out(outputs, error) if error["name"] == "Timeout" else (*outputs, error_output(error))
        has_account = alive and transcript.end is not None and transcript.end.seconds > 0
        reached = (limit_of(self._seconds_for(cell)),) if overrun == "cell" and has_account else ()
        return Trace("", outputs, "failed" if alive else "died", seconds=seconds, observations=reached)

    def _autopsy(self, cell: Cell, overrun: Overrun | None) -> ErrorData:
        if self._interrupted or overrun == "stopped":
            return interrupted()
        if overrun == "memory":
            return out_of_memory(self._limits.memory or 0)
        if overrun == "notebook":
            return out_of_time("notebook", self._limits.notebook or 0)
        if overrun == "cell":
            return out_of_time("cell", self._seconds_for(cell) or 0)
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:  # it lives, and only the connection is gone
            return out_of_touch()
        finally:
            self._tree.kill()
        return crash(self._process.wait(), self._last_words(), self._places)

    def _last_words(self) -> str:
        """What the fault handler wrote."""
        try:
            return self._crash.read_text("utf-8", "replace")
        except OSError:
            return ""

    def interrupt(self) -> None:
        """End the process now; a cell that runs counts as interrupted."""
        self._interrupted = True
        self._tree.kill()

    def close(self) -> None:
        """End the process: at once, but with a moment for its exit functions where it is idle."""
        self._connection.close()
        if self._ready and self._process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self._spawned.end()
