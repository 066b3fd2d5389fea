"""Code inside IPython's magics: `get_ipython().run_cell_magic("time", "", "x = f()")` binds `x`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

_RUNS_BODY = {"time", "timeit", "capture", "prun"}
_RUNS_LINE = {"time", "timeit", "prun"}
_KEEPS_TO_ITSELF = {"timeit"}
_UNKNOWABLE = {"run", "rerun", "pylab", "macro", "load", "reset", "reset_selective", "xdel", "sql"}
_OPTIONS = re.compile(r"^(?:\s*-{1,2}[a-zA-Z][\w-]*(?:[ =]?\d+)?)*\s*")


@dataclass(frozen=True, slots=True)
class Magic:
    """A call of a magic, with the Python it holds."""

    name: str
    code: tuple[str, ...] = ()
    """Texts that run at module level, in this order."""
    binds: frozenset[str] = frozenset()
    """Names the magic itself binds."""

    @property
    def is_closed(self) -> bool:
        """Whether what the code binds stays inside."""
        return self.name in _KEEPS_TO_ITSELF

    @property
    def is_dynamic(self) -> bool:
        """Whether it may bind names that stand nowhere."""
        return self.name in _UNKNOWABLE


def shell_method(call: ast.Call) -> str | None:
    """`method` of a call `get_ipython().method(…)`."""
    match call.func:
        case ast.Attribute(ast.Call(ast.Name("get_ipython")), method):
            return method
    return None


def magic_of(call: ast.Call) -> Magic | None:
    """The magic that a call runs; None for any other call."""
    method = shell_method(call)
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if method not in ("run_line_magic", "run_cell_magic") or not texts:
        return None
    name, line, body = (*texts, "", "")[:3]
    argument = _OPTIONS.sub("", line, count=1)
    if method == "run_line_magic":
        return Magic(name, (argument,) if name in _RUNS_LINE else ())
    if name == "capture":
        return Magic(name, (body,), frozenset(argument.split()[:1]))
    if name == "timeit":  # its line is what runs before the clock starts
        return Magic(name, (argument, body))
    return Magic(name, (body,) if name in _RUNS_BODY else ())
