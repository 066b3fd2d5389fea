"""IPython's magics and shell escapes become Python, by IPython's own transformer, line for line.

The kernel runs what comes out in a process that has a `get_ipython`. IPython is imported only for a cell that is
not Python as it stands.
"""

from __future__ import annotations

import ast
import re
import warnings
from functools import cache
from typing import Any

from nbpublish.formats.text import is_python, parse
from nbpublish.model import Problem


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LINE_MAGICS = _words(
    """
    aimport alias autoreload capture cat cd colors conda config cp dhist dirs echo env html javascript js latex ll
    load_ext ls magic mamba markdown matplotlib micromamba mkdir mv pdoc pfile pinfo pinfo2 pip popd pprint precision
    prun psearch psource pushd pwd pycat pylab reload_ext reset reset_selective rm rmdir run sc set_env svg sx system
    time timeit unalias unload_ext uv who who_ls whos writefile xdel xmode
    """
)
CELL_MAGICS = _words(
    """
    ! !! HTML SVG bash capture file html javascript js latex markdown perl prun pypy python python3 ruby script sh svg
    sx system time timeit writefile
    """
)

# Python ends no line at these, but the `splitlines` in IPython's transformer does: they are hidden from it.
_PLACES = {separator: chr(0xF0000 + n) for n, separator in enumerate("\v\f\x1c\x1d\x1e\x85\u2028\u2029")}
_HIDDEN = str.maketrans(_PLACES)
_INSTALLERS = re.compile(r"\s*(?:pip3?|conda|mamba|micromamba|uv|python3? -m pip)\s+(?:\S+\s+)*?(?:install|add|sync)\b")


def translate(source: str, path: str, line: int) -> tuple[str | None, list[Problem]]:
    """Python that does what `source` does in IPython, or None where that is `source` itself; and what cannot be done.

    The Python has as many lines as the source, and every statement stands on its own line still.
    """
    if not any(sign in source for sign in "%!?") or is_python(source):
        return None, []
    python = _transformed(source)
    if python == source or not is_python(python):
        return (None if python == source else python), []
    return python, list(_problems(python, path, line))


def _transformed(source: str) -> str:
    body = source.lstrip("\n").translate(_HIDDEN)
    above = len(source) - len(body)  # the transformer drops empty lines at the head
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            python: str = _transformer().transform_cell(body)
    except Exception:  # whatever it cannot read stays for Python to judge
        return source
    python = python.removesuffix("\n")
    for separator, place in _PLACES.items():
        python = python.replace(place, separator).replace(repr(place)[1:-1], repr(separator)[1:-1])
    missing = source.count("\n") - above - python.count("\n")
    return "\n" * above + python + "\n" * missing if missing >= 0 else source


@cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    class LineKeeping(TransformerManager):
        """Leaves empty lines where a magic that is continued over several lines shrinks to one."""

        def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
            changed, result = super().do_one_token_transform(lines)  # type: ignore[no-untyped-call]
            missing = len(lines) - len(result)
            if changed and missing > 0:
                pairs = enumerate(zip(lines, result, strict=False))
                at = next((n for n, (old, new) in pairs if old != new), len(result) - 1)
                result = [*result[: at + 1], *["\n"] * missing, *result[at + 1 :]]
            return changed, result

    return LineKeeping()  # type: ignore[no-untyped-call]


def _problems(python: str, path: str, line: int) -> list[Problem]:
    problems = []
    for node in ast.walk(parse(python)):
        match node:
            case ast.Call(
                ast.Attribute(ast.Call(ast.Name("get_ipython")), method), [ast.Constant(str() as first), *rest]
            ):
                found = _problem(method, first, [a.value for a in rest if isinstance(a, ast.Constant)])
                if found:
                    code, message, severity = found
                    problems.append(Problem(code, message, path, line + node.lineno - 1, severity=severity))
    return problems


def _problem(method: str, first: str, rest: list[Any]) -> tuple[str, str, Any] | None:
    command = f"{first} {rest[0]}" if method == "run_line_magic" and rest else first
    if _INSTALLERS.match(command):
        message = (
            f"`{command.strip()}` installs packages each time the notebook runs. "
            "Declare them for the project or in the notebook's `# /// script` block, and remove this line."
        )
        return "installs-packages", message, "warning"
    known = {"run_line_magic": LINE_MAGICS, "run_cell_magic": CELL_MAGICS}.get(method)
    if known is None or first in known or first == "":
        return None
    sign = "%%" if method == "run_cell_magic" else "%"
    message = f"The magic `{sign}{first}` is not supported here. Write what it does in Python, or remove the cell."
    return "unsupported-magic", message, "error"
