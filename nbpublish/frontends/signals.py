"""What asks a command to end: Ctrl-C, a cancelled job, a terminal that is closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def as_interrupts() -> Iterator[None]:
    """Take SIGTERM and SIGHUP for a Ctrl-C, so that no kernel goes on; one that is ignored, as by `nohup`, stays so.

    After an interrupt the process is about to end, and further ones would only spoil its exit code.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    taken = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in taken:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
