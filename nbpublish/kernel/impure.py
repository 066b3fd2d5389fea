"""What a cell may owe its result to besides its inputs: the network, other programs, the clock, chance.

The network and other programs are told by audit events, whoever calls; chance by what asks the system for random bytes.
Clocks cannot be watched, because libraries read them all the time: the author's code is searched for such calls.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from nbpublish.kernel.clocks import found_in
from nbpublish.kernel.surroundings import replaced
from nbpublish.model import Observation

_OURS = str(Path(__file__).parent.parent) + os.sep
_SESSION = str(Path(__file__).with_name("session.py"))
"""What is done on behalf of a frame of it is ours; around the author's calls of libraries stand other files of ours."""
_RESTORE = str(Path(__file__).with_name("restore.py"))
"""There values are loaded: numpy's generators ask for random bytes before they take the state that they are given."""
_HARMLESS = (
    *("asyncio", "choreographer", "concurrent", "cpuinfo", "Cython", "ctypes", "distributed", "distutils", "getpass"),
    *("graphviz", "imageio_ffmpeg", "jax", "joblib", "kaleido", "llvmlite", "locale", "matplotlib", "multiprocessing"),
    *("numba", "numexpr", "numpy.distutils", "pandas.io.clipboard", "platform", "psutil", "pydot", "pyperclip"),
    *("setuptools", "sysconfig", "tempfile", "tensorflow", "threadpoolctl", "torch", "triton", "zmq"),
)
"""Modules that start programs or connect for what does not show: to know the machine, to work in several processes,
to draw what they were given."""
_NEUTRAL = frozenset({"os", "random", "secrets", "uuid"})
"""Modules that ask for random bytes in the name of others."""

_REACHES = {"network": "use the network", "subprocess": "start another program"}
"""What may reach a paid service: the network, and programs, of which nobody knows what they use."""

Belongs = Callable[[str, str], bool]
"""Whether a module of some name, from some file, is a library's."""


class NoNetworkError(RuntimeError):
    """A cell that may not use the network tried to, or to start a program.

    No OSError, which libraries take for a reason to try again.
    """


class Impure:
    """Notes what a cell does that may turn out otherwise another time. `is_library` tells whose code is whose."""

    def __init__(self, is_library: Belongs) -> None:
        self._is_library = is_library
        self._network, self._refused = True, False
        self._noted: set[str] = set()

    def open(self, *, network: bool = True) -> None:
        """Before a cell, which may use the network or not."""
        self._noted.clear()
        self._network, self._refused = network, False

    def observed(
        self, codes: Iterable[CodeType], namespace: Mapping[str, Any], others: Iterable[str]
    ) -> Iterator[Observation]:
        """After a cell that consists of some code and may call more; `others` is what its modules may do."""
        found = self._noted.union(others, *(found_in(code, namespace) for code in codes))
        refused = [Observation("unstable", "network", "")] if self._refused else []  # allowed, it may do well
        return chain((Observation("impure", kind, "") for kind in sorted(found)), refused)

    def happened(self, kind: str, frame: FrameType | None) -> None:
        """Something is done on behalf of a frame: does it count? Raises NoNetworkError where it may not be done."""
        while frame is not None:
            name, path = str(frame.f_globals.get("__name__")), frame.f_code.co_filename
            if name.startswith(_HARMLESS) or path == _SESSION:
                return
            if name == "__main__" or not self._is_library(name, path):
                break
            frame = frame.f_back
        self._noted.add(kind)
        if kind in _REACHES and not self._network:
            self._refused = True
            raise NoNetworkError(
                f"For this value of a widget the cell would {_REACHES[kind]}, which may cost money or reveal "
                "something. Where it may, write `network: true` under `widgets` in mkdocs.yml."
            )

    def drawn(self, frame: FrameType | None, *, seeds: bool) -> None:
        """Random bytes are asked for: by the author's code, or by a library that `seeds` a generator with them."""
        while frame is not None:
            name, path = str(frame.f_globals.get("__name__")), frame.f_code.co_filename
            seeds = seeds and name != "secrets"  # numpy asks behind its back
            if path == _RESTORE or (name not in _NEUTRAL and seeds and _has_seed(frame.f_code)):
                return
            if name == "__main__" or not self._is_library(name, path):
                self._noted.add("entropy")
                return
            is_loading = name.startswith("importlib") or frame.f_code.co_name == "<module>"
            own = path.startswith(_OURS) and path != _SESSION
            if is_loading or name.startswith(_HARMLESS) or not (seeds or own or name in _NEUTRAL):
                return
            frame = frame.f_back


def _has_seed(code: CodeType) -> bool:
    """Whether it is numpy's old generator that code makes: that asks for random bytes, then takes the seed it is given.

    Where the author gives it none, their code says so.
    """
    return "RandomState" in code.co_names and not {"default_rng", "SeedSequence"} & {*code.co_names}


_current: list[Impure] = []


@contextmanager
def watching(impure: Impure) -> Iterator[None]:
    """Let `impure` know of random bytes and audit events."""
    _current.append(impure)
    try:
        with ExitStack() as stack:
            stack.enter_context(replaced(os, urandom=urandom))
            stack.enter_context(replaced(random, _urandom=_seed_bytes))
            yield
    finally:
        _current.remove(impure)


_urandom = os.urandom


def urandom(size: int, /) -> bytes:
    """Return a bytes-like object containing random bytes suitable for cryptographic use."""
    if _current:
        _current[-1].drawn(sys._getframe(1), seeds=False)
    return _urandom(size)


urandom.__module__ = "os"


def _seed_bytes(size: int, /) -> bytes:
    if _current:
        _current[-1].drawn(sys._getframe(1), seeds=True)
    return _urandom(size)


def _connects(looks: object, *arguments: Any) -> None:
    _tell("network")


def _requests(looks: object, address: Any, *arguments: Any) -> None:
    if not str(address).startswith(("file:", "data:")):
        _tell("network")


def _starts(looks: object, *arguments: Any) -> None:
    _tell("subprocess")


def _tell(kind: str) -> None:
    frame: FrameType | None = sys._getframe(2)
    if _current:
        _current[-1].happened(kind, frame)


EVENTS: dict[str, Callable[..., None]] = {
    **dict.fromkeys(
        (
            *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"),
            *("http.client.connect", "ftplib.connect", "smtplib.connect", "imaplib.open", "poplib.connect"),
        ),
        _connects,
    ),
    "urllib.Request": _requests,
    **dict.fromkeys(
        (
            *("subprocess.Popen", "os.system", "os.posix_spawn", "os.spawn", "os.exec", "os.forkpty", "pty.spawn"),
            "os.startfile",
        ),
        _starts,
    ),
}
"""By audit event, who tells of it."""
