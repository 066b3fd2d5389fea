"""A process that becomes a kernel once it is told of which notebook."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nbpublish.errors import KernelError
from nbpublish.executors.folders import kernel_folder
from nbpublish.executors.processes import Tree
from nbpublish.kernel.capture import STREAMS, Stream
from nbpublish.kernel.messages import COMMAND, MARIMO
from nbpublish.kernel.surroundings import ENVIRONMENT, UNWANTED


@dataclass(frozen=True)
class Spawned:
    """The process, the way to it, and a folder of its own."""

    folder: tempfile.TemporaryDirectory[str]
    connection: Connection
    process: subprocess.Popen[bytes]
    tree: Tree
    environment: Mapping[str, str]
    """Ours, when it was started."""
    marimo: bool
    """Whether it has loaded marimo."""

    @property
    def files(self) -> dict[Stream, Path]:
        """What file descriptors 1 and 2 of the process point to."""
        return _files(self.folder)

    @property
    def crash(self) -> Path:
        """Where its fault handler writes."""
        return Path(self.folder.name) / "crash"

    def end(self) -> None:
        """End the process and all that it has started."""
        self.connection.close()
        self.tree.kill()
        self.process.wait()
        self.folder.cleanup()


def spawn(*, marimo: bool = False) -> Spawned:
    """Start a process; what it has to load, it loads while we go on, `marimo` too where it will surely need it.

    Raises KernelError where none can be started.
    """
    folder = kernel_folder()
    ours, theirs = Pipe()
    tree = Tree()
    ours_now = dict(os.environ)
    environment = {name: value for name, value in ours_now.items() if name not in UNWANTED}
    command = [sys.executable, "-P", "-c", COMMAND, *([MARIMO] if marimo else []), str(theirs.fileno())]
    with contextlib.ExitStack() as stack:
        stack.callback(theirs.close)
        outputs = {stream: stack.enter_context(path.open("ab")) for stream, path in _files(folder).items()}
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                env={**environment, **ENVIRONMENT, **tree.mark},
                **outputs,  # type: ignore[call-overload]
                **_inheriting(theirs.fileno()),
            )
        except OSError as error:
            folder.cleanup()
            raise KernelError(f"No Python process can be started for the notebook: {error}") from error
    tree.root = process.pid
    return Spawned(folder, ours, process, tree, ours_now, marimo)


def _files(folder: tempfile.TemporaryDirectory[str]) -> dict[Stream, Path]:
    return {stream: Path(folder.name) / stream for stream in STREAMS}


def _inheriting(handle: int) -> dict[str, Any]:
    """Arguments of Popen that give the child one handle, and a session or group of its own."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return {"startupinfo": startup, "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"pass_fds": [handle], "start_new_session": True}
