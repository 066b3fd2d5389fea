"""A cell's source → code objects: its statements, and the expression it ends with."""

from __future__ import annotations

import __future__  # isort: skip
import ast
import inspect
import io
import tokenize
import warnings
from collections.abc import Iterable
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

from nbpublish.kernel.private import mangle, restore_names

_FUTURES = 0
for _feature in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _feature).compiler_flag

_MOST = 256
"""Cells that are kept."""
_INSIGNIFICANT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


class Compiled(NamedTuple):
    """What a cell executes. Both parts may have to be awaited."""

    body: CodeType
    last: CodeType | None
    """The expression whose value is displayed; None where the cell ends otherwise or with a semicolon."""

    @property
    def awaits(self) -> bool:
        return any(part.co_flags & inspect.CO_COROUTINE for part in self if part)

    @property
    def futures(self) -> int:
        """Flags of the `from __future__` imports of the cell."""
        return self.body.co_flags & _FUTURES


def flags_of(features: Iterable[str]) -> int:
    """Flags of features imported from `__future__`."""
    flags = 0
    for feature in features:
        flags |= getattr(__future__, feature).compiler_flag if feature in __future__.all_feature_names else 0
    return flags


class Compiler:
    """Compiles cells, and keeps what comes again, as it does in each state of a widget."""

    def __init__(self) -> None:
        self._met: set[tuple[str, str, int, int, str | None]] = set()

    def __call__(self, source: str, path: str, line: int, *, futures: int = 0, private: str | None = None) -> Compiled:
        """What `compile_cell` gives or raises, with the warnings that it issues."""
        key = source, path, line, futures, private
        if key in self._met and (kept := _without_warnings(*key)):
            return kept
        if len(self._met) > _MOST:
            self._met.clear()
        self._met.add(key)
        return compile_cell(source, path, line, futures=futures, private=private)


@lru_cache(_MOST)
def _without_warnings(source: str, path: str, line: int, futures: int, private: str | None) -> Compiled | None:
    """A cell that compiles without a word; None for any other."""
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        try:
            found = compile_cell(source, path, line, futures=futures, private=private)
        except Exception:
            return None
    return None if issued else found


def compile_cell(source: str, path: str, line: int, *, futures: int = 0, private: str | None = None) -> Compiled:
    """Compile a cell that starts on `line` of the file `path`. Raises what `compile` raises.

    `private` is the id of a cell whose private names are its own.
    """
    padded = "\n" * (line - 1) + source  # gives every node, and the compiler's own warnings, the file's line
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | futures
    tree = compile(padded, path, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    if private is not None:
        mangle(tree, padded, private)
    final = tree.body[-1] if tree.body else None
    last = None
    if isinstance(final, ast.Expr) and not _ends_silent(source):
        tree.body.pop()
        last = ast.Expression(final.value)
    body = compile(tree, path, "exec", flags, dont_inherit=True)
    value = compile(last, path, "eval", flags | (body.co_flags & _FUTURES), dont_inherit=True) if last else None
    if private is not None:
        body, value = restore_names(body), value and restore_names(value)
    return Compiled(body, value)


def _ends_silent(source: str) -> bool:
    """Whether the last token that is code is a semicolon."""
    if ";" not in source:
        return False
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _INSIGNIFICANT:
            last = token.string
    return last == ";"
