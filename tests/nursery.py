"""Work in forks of processes that have loaded a few modules and wait.

A plain run is forked from a process that has the libraries already: most of the time of one is their import. Only what
a build is compared with runs so. The builds themselves have kernels that load all they need, as an author's have.

Kernels in this very process would take three times as long for a cell here, where all tests have loaded what they need,
as where next to nothing is loaded, as in a kernel of an author's: the engine looks at the states of each library.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from programs import Shown, plainly

from nbpublish.executors.inline import InlineExecutor
from nbpublish.kernel.surroundings import ENVIRONMENT, UNWANTED
from nbpublish.model import Notebook

T = TypeVar("T")
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
    return _done_by(tuple(sorted(imported(notebook))), _of_kernels(), _plainly, notebook, root)


def _plainly(notebook: Notebook, root: Path) -> Shown:
    return plainly(notebook, root, InlineExecutor(root))


def elsewhere(function: Callable[..., T], *arguments: Any, **how: Any) -> T:
    """What a function gives in a process of its own, with its module loaded and little else. Raises what it raises."""
    return _done_by((function.__module__,), os.environ, function, *arguments, **how)


def _done_by(
    modules: tuple[str, ...], environment: Mapping[str, str], function: Callable[..., T], *arguments: Any, **how: Any
) -> T:
    """What a function gives in a fork of the process that has these modules."""
    if modules not in _waiting:
        _waiting[modules] = _started(modules, environment)
    _waiting.move_to_end(modules)
    while len(_waiting) > MOST:
        _end(*_waiting.pop(next(iter(_waiting))))
    connection = _waiting[modules][1]
    connection.send((Path.cwd(), dict(environment), function, arguments, how))
    done, found = connection.recv()
    if not done:
        raise found
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


def _started(modules: tuple[str, ...], environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = Pipe()
    command = [sys.executable, "-P", "-c", _COMMAND, str(Path(__file__).parent), str(theirs.fileno()), *modules]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    theirs.close()
    return process, ours


def _end(process: subprocess.Popen[bytes], connection: Connection) -> None:
    connection.close()
    process.wait()


def _of_kernels() -> dict[str, str]:
    """The environment that kernels have."""
    return {**{name: value for name, value in os.environ.items() if name not in UNWANTED}, **ENVIRONMENT}


# --- in the other process ---------------------------------------------------------------------------------------------


def serve(handle: int, modules: list[str]) -> None:
    """Load modules, and call functions in forks until nobody asks any more."""
    connection = Connection(handle)
    os.set_inheritable(handle, False)
    for module in modules:
        import_module(module)
    sys.path.remove(str(Path(__file__).parent))
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        pid = os.fork()
        if not pid:
            _answer(connection, *asked)
        if os.waitpid(pid, 0)[1]:
            connection.send((False, RuntimeError("The process died.")))


def _answer(
    connection: Connection,
    folder: Path,
    environment: dict[str, str],
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    how: dict[str, Any],
) -> NoReturn:
    ended = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        answer: tuple[bool, Any] = True, function(*arguments, **how)
    except BaseException as error:
        error.add_note(traceback.format_exc())
        answer = False, error
    try:
        connection.send(answer)
        ended = 0
    finally:
        os._exit(ended)
