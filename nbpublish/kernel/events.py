"""What happens while a cell runs, as it crosses from the kernel to whoever started it.

Every event is sent when it happens, so that what a cell printed and drew survives the death of its process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple

from nbpublish.kernel.account import Account
from nbpublish.model import Channel, Output

Exit = Literal["ok", "failed", "stopped", "died"]


class Text(NamedTuple):
    """Bytes written to a stream."""

    channel: Channel
    data: bytes
    mark: bool = False
    """Not the author's: it says that the output was cut."""


class Shown(NamedTuple):
    """An output; with `update` it takes the place of the earlier one with the same `display_id`."""

    output: Output
    display_id: str | None = None
    update: bool = False


class Cleared(NamedTuple):
    """`clear_output`: all outputs so far go, with `wait` not before the next one comes."""

    wait: bool


class Ended(NamedTuple):
    """The cell has ended and the kernel is ready for the next one."""

    exit: Exit
    seconds: float
    account: Account = Account()


Event = Text | Shown | Cleared | Ended
Sink = Callable[[Event], None]


def portable(ended: Ended) -> Ended:
    """The event with bytes of its own, to be sent to another process."""
    blobs = {name: [bytes(chunk) for chunk in chunks] for name, chunks in ended.account.blobs.items()}
    return ended._replace(account=replace(ended.account, blobs=blobs))
