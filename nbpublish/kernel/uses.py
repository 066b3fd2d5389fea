"""What code and values use of modules. One too many costs a cell that runs again, one too few a wrong page."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType

_WORD = re.compile(r"[^\W\d]\w*")


def words(text: str) -> frozenset[str]:
    """All words of a text, be they names, parts of strings or comments."""
    return frozenset(_WORD.findall(text))


@lru_cache(256)  # the cells that follow a widget run once for each of its places
def compiled(source: str) -> CodeType | None:
    """The code of a cell or module; None where its source is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: CodeType = compile(source, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return code
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def words_in(code: CodeType) -> frozenset[str]:
    """The names that a piece of code uses, and the words in its strings."""
    try:
        return _words_in(code)
    except TypeError:  # an author's tool has put a list among its constants, say
        return _words_in.__wrapped__(code)


@lru_cache(256)  # pieces of code that are equal have equal names and strings
def _words_in(code: CodeType) -> frozenset[str]:
    found = {word for name in code.co_names for word in name.split(".")}
    for constant in code.co_consts:
        if type(constant) is CodeType:
            found |= words_in(constant)
        elif type(constant) is str:
            found |= words(constant)
    return frozenset(found)


@dataclass(slots=True)
class Uses:
    """What was met on a walk over values."""

    modules: set[str] = field(default_factory=set)
    """Modules that are among them, and those of their classes and functions."""
    codes: list[CodeType] = field(default_factory=list)
    """Code of functions of the notebook."""

    def add(self, others: Iterable[Uses]) -> None:
        """Count what others have met as well."""
        for other in others:
            self.modules |= other.modules
            self.codes += other.codes
