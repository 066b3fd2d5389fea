"""What cannot be told apart by its contents: what is being consumed, what lives outside Python, and figures."""

from __future__ import annotations

_REASONS = {
    "matplotlib.artist.Artist": "a figure or a part of one",
    "matplotlib.figure.Figure": "a figure or a part of one",
    "io.IOBase": "an open file",
    "_io._IOBase": "an open file",
    "numpy.memmap": "an array whose bytes are a file's",
    "_thread.lock": "a lock",
    "_thread.RLock": "a lock",
    "builtins.generator": "a generator, which is used up as it is read",
    "builtins.coroutine": "a coroutine",
    "builtins.async_generator": "a generator, which is used up as it is read",
    "builtins.frame": "a frame of a running call",
    "builtins.traceback": "a traceback",
    "weakref.ReferenceType": "a weak reference",
    "random.SystemRandom": "random numbers of the operating system",
}


def reason(name: str) -> str | None:
    """Why instances of the library class of this name, and of what derives from it, are opaque; None if not."""
    return _REASONS.get(name)
