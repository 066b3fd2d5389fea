"""One notebook being executed: its namespace, its surroundings, its cells one after another.

The session lives in the process of the author's code. Everything that happens goes to a `Sink` as events.
"""

from __future__ import annotations

import builtins
import os
import sys
import time
import warnings
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbpublish.kernel.account import Account
from nbpublish.kernel.awaiting import Awaiting
from nbpublish.kernel.bridges import Bridges
from nbpublish.kernel.capture import Capture, Stream, redirected
from nbpublish.kernel.display import IPYTHON, Display
from nbpublish.kernel.events import Ended, Exit, Shown, Sink
from nbpublish.kernel.execute import Compiler, flags_of
from nbpublish.kernel.failure import Places, error_data, error_output, warning_text
from nbpublish.kernel.folder import Folder
from nbpublish.kernel.formatter import Formatter, plain
from nbpublish.kernel.hidden import Hidden
from nbpublish.kernel.imports import Watch
from nbpublish.kernel.impure import watching
from nbpublish.kernel.last_result import NO_RESULT, LastResult
from nbpublish.kernel.mentioned import functions_among, only_defines
from nbpublish.kernel.modules import Modules
from nbpublish.kernel.observe import Observer
from nbpublish.kernel.patches import Patches
from nbpublish.kernel.rich_html import steady
from nbpublish.kernel.sources import Sources
from nbpublish.kernel.states import filters_kept
from nbpublish.kernel.surroundings import (
    Siblings,
    entered,
    main_module,
    needs_marimo,
    no_breakpoint,
    no_input,
    no_password,
    replaced,
)
from nbpublish.kernel.versions import Ledger
from nbpublish.model import Cell, Channel, Names, Notebook, Output, Task


class Session:
    """Runs cells of `notebook`, whose file is below the folder `root`.

    Use it as a context manager: inside, this process is the notebook's. `files` are where file descriptors 1 and 2
    point to, `limit` is how many bytes of output of a cell are kept, and `native` the modules that no file beside
    the notebook can take the place of.
    """

    def __init__(
        self,
        notebook: Notebook,
        root: Path,
        files: Mapping[Stream, Path],
        sink: Sink,
        *,
        limit: int,
        native: frozenset[str],
        early: frozenset[str] = frozenset(),
    ) -> None:
        self.notebook = notebook
        self.path = root / notebook.path
        self.capture = Capture(files, sink, limit)
        self.formatter = Formatter(self.ours, self.report)
        self.display = Display(self)
        self.cell: Cell | None = None
        self.names = Names()
        self.private = ""
        """Stands for the cell that runs in its private names."""
        self.value: object = None
        self.running = False
        self._main = main_module(self.path)
        self.namespace: dict[str, Any] = vars(self._main)
        self._siblings = Siblings(self.path.parent, native, early)
        self._places = Places(root, self.path)
        self._sources = Sources(self.path, self._places)
        self._compile = Compiler()
        self._watch = Watch()
        self._bridges = Bridges(self, self.ours, self.report)
        self._last = LastResult(self.namespace)
        self._broken = False
        self._futures = 0
        self._root = root
        self._shell: Any = None
        self._stack = ExitStack()

    # --- its life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> Session:
        enter = self._stack.enter_context
        enter(entered(self._main, self.path))
        enter(redirected(self.capture))
        enter(replaced(builtins, input=no_input))
        enter(replaced(sys, breakpointhook=no_breakpoint))
        enter(replaced(warnings, formatwarning=self._format_warning))
        if self.notebook.order == "document":
            enter(replaced(builtins, display=self.display.display, get_ipython=self.shell, _=NO_RESULT))
        self._siblings.uncover()
        self._stack.callback(self._siblings.cover)
        self._watch.start()
        self._stack.callback(self._watch.stop)
        self._watch.when_imported("getpass", lambda: enter(replaced(sys.modules["getpass"], getpass=no_password)))
        self._watch.when_imported(IPYTHON, self.display.replace_ipython)
        self._stack.callback(self.display.restore_ipython)
        with self._siblings.keeping("marimo") if needs_marimo(self.notebook, self.path.parent) else nullcontext():
            self._bridges.follow(self._watch)
        self.modules = Modules(self._root, self.path.parent)
        self.modules.libraries.start()
        self._stack.callback(self.modules.libraries.stop)
        observer = self._observer = Observer(
            self._root, self.modules.paths, self.modules.libraries.loading, self._watch.when_imported
        )
        folder = Folder(str(self._root), tuple(sys.path[1:]))  # the first place is the notebook's
        hidden = Hidden(self._watch.when_imported, folder)
        self.patches = Patches(self.namespace, self._watch.when_imported)
        is_dataflow = self.notebook.order == "dataflow"
        self.ledger = Ledger(self.namespace, hidden, observer, self.modules, self.patches, is_dataflow, folder)
        self._main.when_missing = self.ledger.missed.looked_for
        self._stack.callback(self.ledger.end)
        enter(watching(self.ledger.impure))
        self._stack.callback(self._bridges.close)
        self._awaiting = Awaiting(self.ledger.background, self.ours)
        return self

    def read(self, notebook: Notebook) -> None:
        """Know the lines of all cells, as functions of cells that do not run here may show in tracebacks."""
        self.notebook = notebook
        self.patches.read(notebook)
        for cell in notebook.cells:
            if cell.kind == "code":
                self._sources.remember(cell)

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._awaiting.close()

    @contextmanager
    def ours(self) -> Iterator[None]:
        """Let imports within be ours: what stands beside the notebook is not looked at."""
        with self._siblings.aside(), filters_kept():
            yield

    def shell(self) -> Any:
        """The IPython shell around the namespace, made when magics first ask for it."""
        if self._shell is None:
            before = set(self.namespace)
            with self.ours(), self.ledger.aside():
                from nbpublish.kernel.shell import shell_of

                self._shell = shell_of(self)
            self.ledger.ignore(set(self.namespace) - before)
        return self._shell

    # --- a cell -----------------------------------------------------------------------------------------------------

    def run(self, cell: Cell, names: Names, task: Task | None = None) -> Ended:
        """Execute a cell. Tells how it ended, its wall time in seconds and, for a `task`, what it did."""
        self.cell, self.names, self.value = cell, names, None
        self.private = task.private if task else cell.id
        self.capture.begin()
        self._sources.remember(cell)
        if task:
            self._futures = flags_of(task.futures)
            self.ledger.open(task, cell.code)
        self.namespace.pop("__warningregistry__", None)
        self._broken = False
        started = time.perf_counter()
        self.running = True
        try:
            exit = self._run(cell, task)
        except KeyboardInterrupt as interrupt:  # it came while ours was running, not the author's code
            self.report(interrupt)
            exit = "failed"
        finally:
            self.running = False
        if os.getpid() != self.capture.process:
            os._exit(0)  # a fork of the author's has come to the cell's end
        self.capture.take_in()
        seconds = time.perf_counter() - started
        account = self._account(seconds) if task else Account()
        return Ended("failed" if self._broken and exit == "ok" else exit, seconds, account)

    def _account(self, seconds: float) -> Account:
        account = self.ledger.close(seconds)
        bound = [(name, self.namespace[name]) for name in sorted(self.names.defs & self.namespace.keys())]
        return replace(account, controls=self._bridges.controls_in(bound))

    def _run(self, cell: Cell, task: Task | None) -> Exit:
        exit: Exit = "ok"
        try:
            self._bridges.before_cell(cell)
            self.value = self._execute(cell)
            if self.value is not None:
                self._keep_result(task)
                self.show(self.value, "result")
        except BaseException as exception:
            exit = self._end(exception)
        for output in self._bridges.after_cell():
            self.emit(output)
        return exit

    def _keep_result(self, task: Task | None) -> None:
        if task is None and self.notebook.order == "document":
            self._last.offer(self.value)
        elif task and task.result:
            self._last.put(self.value)

    def _execute(self, cell: Cell) -> object:
        private = self.private if self.notebook.order == "dataflow" else None
        code = self._compile(cell.code, str(self.path), cell.line, futures=self._futures, private=private)
        if self.notebook.order == "document":
            self._futures |= code.futures
        called = {name: self.namespace[name] for name in self.names.refs if name in self.namespace}
        codes = [*(() if only_defines(cell.code) else filter(None, code)), *functions_among(called)]
        self._observer.named(codes, cell.options.depends, self.path.parent)
        if code.awaits or self.notebook.format == "ipynb":  # Jupyter runs every cell within its loop
            return self._awaiting.run(code, self.namespace)
        eval(code.body, self.namespace)
        return eval(code.last, self.namespace) if code.last else None

    def _end(self, exception: BaseException) -> Exit:
        if ending := self._bridges.ending_of(exception):
            for output in ending.outputs:
                self.emit(output)
            return ending.exit
        if isinstance(exception, SystemExit) and exception.code in (None, 0):
            return "stopped"
        self.report(exception)
        return "failed"

    def when_imported(self, module: str, callback: Callable[[], None]) -> None:
        """Call back once the author has imported a module; at once where that has happened."""
        self._watch.when_imported(module, callback)

    # --- what it shows ----------------------------------------------------------------------------------------------

    def emit(self, output: Output, display_id: str | None = None, update: bool = False) -> None:
        """Put an output after everything captured so far, or in place of the one with the same `display_id`."""
        self.capture.show(Shown(plain(output), display_id, update))

    def show(self, value: object, channel: Channel = "display") -> None:
        """Put a value there as `display(value)` does."""
        for output in self.outputs_of(value, channel):
            self.emit(output)

    def outputs_of(
        self,
        value: object,
        channel: Channel = "display",
        include: Container[str] | None = None,
        exclude: Container[str] | None = None,
    ) -> list[Output]:
        """What a value looks like, asking every bridge and then IPython's formatters."""
        outputs = self._bridges.outputs_of(value)
        if outputs is not None:
            return [replace(output, channel=channel) for output in outputs]
        data, metadata = steady(*self.formatter.bundle(value, include, exclude))
        return [self.formatter.output(channel, data, metadata)] if data else []

    def report(self, exception: BaseException) -> None:
        """Show an exception where it happened, and let the cell count as failed."""
        self._broken = True
        self.ledger.missed.raised(exception)
        self.emit(error_output(error_data(exception, self._places)))

    def _format_warning(
        self, message: object, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        return warning_text(self._places, message, category, filename, lineno, line or "")
