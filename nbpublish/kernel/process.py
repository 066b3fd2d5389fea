"""The kernel's own process: receives cells, runs them in a session, sends what happens."""

from __future__ import annotations

import atexit
import faulthandler
import gc
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from nbpublish.kernel.events import Ended, Shown, portable
from nbpublish.kernel.failure import error_output, own_fault
from nbpublish.kernel.messages import MARIMO, READY, Again, Load, Start, Work
from nbpublish.kernel.session import Session
from nbpublish.kernel.states_python import filters_kept
from nbpublish.kernel.surroundings import load


def main(native: frozenset[str], arguments: list[str]) -> None:
    """Serve cells until the connection ends. `arguments` is `sys.argv`, whose last item names the connection."""
    connection = _connect(int(arguments[-1]))
    early = _loaded_early() if MARIMO in arguments else frozenset[str]()
    start: Start = connection.recv()
    crash = start.crash.open("wb", buffering=0)
    faulthandler.enable(crash)
    _die_with_parent()
    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    session = Session(
        start.notebook, start.root, start.files, connection.send, limit=start.limit, native=native, early=early
    )
    with session:
        session.read(start.notebook)
        connection.send(READY)
        while (asked := _receive(connection)) is not None:
            if isinstance(asked, Load):
                connection.send(session.ledger.load(asked.names, asked.blob))
            elif isinstance(asked, Again):
                session.read(asked.notebook)
                connection.send(session.ledger.let_go(asked.notebook))
            else:
                _serve(session, connection, asked)
        _leave(session)


def _loaded_early() -> frozenset[str]:
    """The modules that come with marimo and its bridge, loaded while our other side has still to read the notebook."""
    before = set(sys.modules)
    gc.disable()  # it would go through all modules again and again, and they stay
    try:
        if load("marimo"):
            with filters_kept(), suppress(Exception):  # what is missing, the bridge says
                from nbpublish.kernel.marimo_bridge import load_ahead

                load_ahead()
    finally:
        gc.enable()
    return frozenset(sys.modules.keys() - before)


def _serve(session: Session, connection: Connection, work: Work) -> None:
    """Run a cell; only meanwhile an interrupt from outside is a `KeyboardInterrupt`."""
    ended = Ended("failed", 0.0)
    try:
        if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
            signal.signal(signal.SIGINT, signal.default_int_handler)
        ended = portable(session.run(*work))
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except BaseException as error:  # the session itself, or an interrupt that came a moment late
        with suppress(ValueError, OSError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        connection.send(Shown(error_output(own_fault(error))))
    connection.send(ended)


def _receive(connection: Connection) -> Work | Load | Again | None:
    try:
        asked: Work | Load | Again | None = connection.recv()
    except (EOFError, OSError):
        return None
    return asked


def _leave(session: Session) -> None:
    """End at once, but as a script would leave its files: exit functions called, open files written."""
    with suppress(BaseException):
        atexit._run_exitfuncs()
    with suppress(BaseException):
        session.namespace.clear()
    os._exit(0)


def _connect(handle: int) -> Any:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    os.set_inheritable(handle, False)  # processes that the author starts must not hold it open
    return Connection(handle)


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed and cannot do so itself."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG
