"""What a cell printed, displayed and drew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from nbpublish.model.sent import sent

ERROR = "application/vnd.nbpublish.error+json"
"""Mimetype of an `ErrorData`, in the output of a cell that failed."""
OWN_FAULT = "OwnFault"
"""Name of an `ErrorData` that tells of a fault of ours, not of the author's code."""


class FrameData(TypedDict):
    """One frame of a traceback, outermost first."""

    path: str
    line: int
    function: str
    code: str
    """The source line, stripped; empty where it is not known."""
    library: bool
    """Whether the frame stands in installed code rather than in the author's."""


class ErrorData(TypedDict):
    """An exception, or the end of the process, as shown on the page."""

    name: str
    """Class of the exception, or `Timeout`, `MemoryLimit`, `Crash`, `Interrupted`, `OwnFault`."""
    message: str
    frames: list[FrameData]


MISSING_GLYPHS = "application/vnd.nbpublish.missing-glyphs+json"
"""Mimetype of a list of texts that a picture shows as boxes: for the author, not for readers."""

Channel = Literal["stdout", "stderr", "display", "result", "error"]


@sent
@dataclass(frozen=True, slots=True)
class Output:
    """Something a cell printed, displayed or drew."""

    channel: Channel
    data: Mapping[str, Any]
    """Mimebundle: text as str, images and other bytes as bytes, JSON types as their objects."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """By mimetype, as in Jupyter, and `width`, `height` (CSS pixels), `alt` for images."""
