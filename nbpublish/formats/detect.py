"""Which files are notebooks, and of which format: decided by what stands in them, never by their names alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points

from nbpublish.formats.format import Format
from nbpublish.formats.text import UNDECODABLE, clean, decode
from nbpublish.model import Notebook, Problem

_CONFLICT = re.compile(r"^<{7} .*\n(?:.*\n)*?={7}\n(?:.*\n)*?>{7} ", re.MULTILINE)
"""What git leaves in a file that two people have changed on the same lines."""

__all__ = ["decode", "formats_available", "read"]


@cache
def formats_available() -> tuple[Format, ...]:
    """All installed formats, ours and strangers', by name."""
    found = sorted(entry_points(group="nbpublish.formats"), key=lambda entry: entry.name)
    return tuple(entry.load() for entry in found)


def read(path: str, text: str, formats: Iterable[Format] | None = None) -> Notebook | None:
    """The notebook in a file's text, or None for a file that is none and is left alone.

    A file that is meant as a notebook but cannot be read in full is one still: its problems say what is wrong.
    """
    text = clean(text)
    for format in formats_available() if formats is None else formats:
        if path.lower().endswith(format.suffixes) and format.recognises(text):
            return _read(format, path, text)
    return None


def _read(format: Format, path: str, text: str) -> Notebook:
    notebook = format.read(path, UNDECODABLE.sub("\ufffd", text))
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        message = "Git could not merge two versions here and left both. Choose one, and remove the lines of marks."
        notebook = replace(notebook, problems=(Problem("merge-conflict", message, path, line), *notebook.problems))
    lost = [n for n, line in enumerate(text.split("\n"), 1) if UNDECODABLE.search(line)] if not text.isascii() else []
    if not lost:
        return notebook
    message = (
        "This line has bytes that are no UTF-8. Save the file as UTF-8, or name its encoding in the first line, "
        "such as `# coding: shift_jis`."
    )
    return replace(notebook, problems=(Problem("encoding", message, path, lost[0]), *notebook.problems))
