"""Plain runs in forks of a process that has loaded the libraries already: most of the time of one is their import.

Only what a build is compared with runs so. The builds themselves have kernels that load all they need, as an author's
have.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import OrderedDict
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from programs import Shown, plainly

from nbpublish.executors.inline import InlineExecutor
from nbpublish.kernel.surroundings import ENVIRONMENT, UNWANTED
from nbpublish.model import Notebook

HEAVY = {"altair", "duckdb", "marimo", "matplotlib", "numpy", "pandas", "plotly", "polars", "seaborn", "sklearn"}
HEAVY |= {"sympy"}
"""Libraries that take long to load."""
MOST = 4
"""Processes that wait to be forked, each with other libraries."""
_COMMAND = "import sys; sys.path.insert(0, sys.argv[1]); import nursery; nursery.serve(int(sys.argv[2]), sys.argv[3:])"

_waiting: OrderedDict[tuple[str, ...], tuple[subprocess.Popen[bytes], Connection]] = OrderedDict()
"""By what they have loaded, the one used last at the end."""


def plain_run(notebook: Notebook, root: Path) -> Shown:
    """What a plain run gives in a process of its own, with libraries that were loaded before it began."""
    libraries = tuple(sorted(imported(notebook)))
    if libraries not in _waiting:
        _waiting[libraries] = _started(libraries)
    _waiting.move_to_end(libraries)
    while len(_waiting) > MOST:
        _end(*_waiting.pop(next(iter(_waiting))))
    connection = _waiting[libraries][1]
    connection.send((notebook, root, Path.cwd(), _environment()))
    done, found = connection.recv()
    assert done, f"The plain run failed: {found}"
    return found  # type: ignore[no-any-return]


def imported(notebook: Notebook) -> set[str]:
    """The heavy modules that cells import."""
    found = set()
    for cell in notebook.cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.code)))
        except SyntaxError:
            continue
        found |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
        found |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name for name in found if name.partition(".")[0] in HEAVY}


def close() -> None:
    """End all processes."""
    while _waiting:
        _end(*_waiting.popitem()[1])


def _started(libraries: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = Pipe()
    command = [sys.executable, "-P", "-c", _COMMAND, str(Path(__file__).parent), str(theirs.fileno()), *libraries]
    process = subprocess.Popen(command, env=_environment(), stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    theirs.close()
    return process, ours


def _end(process: subprocess.Popen[bytes], connection: Connection) -> None:
    connection.close()
    process.wait()


def _environment() -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name not in UNWANTED}, **ENVIRONMENT}


# --- in the other process ---------------------------------------------------------------------------------------------


def serve(handle: int, libraries: list[str]) -> None:
    """Load libraries, and run notebooks in forks until nobody asks any more."""
    sys.path.remove(str(Path(__file__).parent))
    connection = Connection(handle)
    os.set_inheritable(handle, False)
    for library in libraries:
        import_module(library)
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        pid = os.fork()
        if not pid:
            _answer(connection, *asked)
        if os.waitpid(pid, 0)[1]:
            connection.send((False, "its process died"))


def _answer(connection: Connection, notebook: Notebook, root: Path, folder: Path, environment: dict[str, str]) -> None:
    ended = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        connection.send((True, plainly(notebook, root, InlineExecutor(root))))
        ended = 0
    except BaseException as error:
        connection.send((False, repr(error)))
        ended = 0
    finally:
        os._exit(ended)
