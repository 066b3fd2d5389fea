"""A cell's code becomes its syntax tree, or the place where it stops being Python."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Python warns of odd syntax, such as `is` with a literal, each time it compiles; that is the kernel's to show.

    The filters belong to the process, hence the lock.
    """
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Malformed(Exception):  # noqa: N818
    """The code of a cell is not Python; `line` counts from 1 in the cell."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def parse(code: str) -> ast.Module:
    """The tree of code that compiles with `await` allowed outside functions. Raises Malformed."""
    if "\0" in code:  # Python does not say where
        raise Malformed("there is a null byte in it", _line(code, code.index("\0")))
    try:
        compile(code, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return ast.parse(code)
    except SyntaxError as error:
        raise Malformed(error.msg, max(1, min(error.lineno or 1, code.count("\n") + 1))) from None
    except UnicodeEncodeError as error:
        raise Malformed("there is half a character in it (a lone surrogate)", _line(code, error.start)) from None
    except (ValueError, RecursionError, MemoryError):
        raise Malformed("it is nested too deeply", 1) from None


def _line(code: str, at: int) -> int:
    return code.count("\n", 0, at) + 1
