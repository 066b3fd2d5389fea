"""Files that code or an option names, whoever reads them: what no other layer sees, this one may."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import CodeType, FunctionType
from typing import Any

from nbpublish.kernel import readers
from nbpublish.kernel.looks import Looks

_LONGEST = 255
_MOST = 1000
"""Texts of one cell that are looked at."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_LIKE_A_PATH = re.compile(r"\w.*[./\\]|[/\\].*\w")
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")


def depend(looks: Looks, patterns: Iterable[str], folder: str) -> None:
    """The author says which files count, by patterns that are meant in a folder."""
    for pattern in patterns:
        readers.reads(looks, os.path.join(folder, pattern))  # noqa: PTH118


def mention(looks: Looks, codes: Iterable[CodeType | None]) -> None:
    """Texts in code that lead to a file of the project count as if it were read, unless the cell writes it.

    Folders count by what they hold, and only where the text is a path for sure.
    """
    folders = {""}
    texts = list(islice(_texts(codes), _MOST))
    for text in texts:
        if os.path.isdir(text):  # noqa: PTH112
            folders.add(text)
            if "/" in text.strip("./"):
                looks.lists(text)
    for folder in sorted(folders)[:10]:
        for text in texts:
            if _LIKE_A_PATH.search(text):
                looks.mentions(os.path.join(folder, text))  # noqa: PTH118


def only_defines(code: str) -> bool:
    """Whether a cell consists of imports and definitions: then what it names is read by those who call it."""
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _DEFINITIONS) for node in statements)


def functions_among(values: Mapping[str, Any]) -> Iterator[CodeType]:
    """The code of functions, and of methods of classes, that a cell may call by name."""
    for value in values.values():
        members = list(vars(value).values()) if isinstance(value, type) else [value]
        for member in members:
            if isinstance(member, FunctionType):
                yield member.__code__


def _texts(codes: Iterable[CodeType | None]) -> Iterator[str]:
    waiting: list[Any] = list(codes)
    seen: set[str] = set()
    while waiting:
        constant = waiting.pop()
        if isinstance(constant, CodeType):
            waiting += constant.co_consts
        elif isinstance(constant, tuple | frozenset):
            waiting += constant
        elif isinstance(constant, str) and constant not in seen:
            seen.add(constant)
            if 0 < len(constant) <= _LONGEST and "\n" not in constant and "\0" not in constant:
                yield constant
            waiting += (match[1] or match[2] for match in _QUOTED.finditer(constant[:10_000]))
