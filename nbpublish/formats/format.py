"""What every format offers; the registry finds formats by the entry point group `nbpublish.formats`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nbpublish.model import Notebook


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a notebook as a file.

    `recognises` says by content, never by name alone, whether a text is meant as a notebook of this format, also
    where it cannot be read in full. `read` never raises for what stands in the text: what is wrong becomes a
    `Problem` of the notebook, on its line.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[str], bool]
    read: Callable[[str, str], Notebook]
    """From the path shown to the author and the text."""
