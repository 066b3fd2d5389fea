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
    try:
        compile(code, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return ast.parse(code)
    except SyntaxError as error:
        line = max(1, min(error.lineno or 1, code.count("\n") + 1))
        raise Malformed(error.msg, line) from None
    except UnicodeEncodeError as error:
        line = code.count("\n", 0, error.start) + 1
        raise Malformed("It contains half a character (a lone surrogate)", line) from None
    except ValueError:
        line = code.count("\n", 0, max(0, code.find("\0"))) + 1
        raise Malformed("It contains a null byte", line) from None
    except (RecursionError, MemoryError):
        raise Malformed("It is nested too deeply for Python to compile", 1) from None
