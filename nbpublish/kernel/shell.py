"""An IPython shell around the notebook's namespace, for magics and for code that asks `get_ipython()`.

It executes no cells. What it displays goes through the session; exceptions in a magic's code are the cell's.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from nbpublish.kernel.session import Session

_NEW_NAMES = ("In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "exit", "quit", "open")
"""What IPython puts into a namespace of its own accord."""


def shell_of(session: Session) -> NotebookShell:
    """The one shell of this process, bound to `session`."""
    before = dict(session.namespace)
    NotebookShell.clear_instance()
    shell = NotebookShell.instance(user_module=sys.modules["__main__"], user_ns=session.namespace)
    for name in _NEW_NAMES:
        if name in before:
            session.namespace[name] = before[name]
        else:
            session.namespace.pop(name, None)
    shell.session = session
    shell.display_formatter = session.formatter.ipython
    return shell


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, source: Any = None, **options: Any) -> None:
        self.shell.session.display.publish_display_data(data, metadata, **options)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.session.display.clear_output(wait)


class NotebookShell(InteractiveShell):
    """Not called after Jupyter's shell: libraries that look for that one expect a browser they can talk to."""

    session: Session

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.colors = "nocolor"

    def init_history(self) -> None:
        """Keep none: the history is a database in the author's home."""
        super().init_history()  # type: ignore[no-untyped-call]
        if self.history_manager:
            self.history_manager.enabled = False

    def init_display_pub(self) -> None:
        self.display_pub = _Publisher(parent=self, shell=self)  # type: ignore[no-untyped-call]

    def init_sys_modules(self) -> None:
        """Leave `sys.modules["__main__"]` as it is: the session has put the author's module there."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is none."""

    def enable_matplotlib(self, gui: Any = None) -> tuple[Any, str]:
        """Figures are collected in any case."""
        return gui, "agg"

    def system(self, cmd: str) -> None:
        """Run `!cmd` with the captured file descriptors, so that its output comes in order."""
        self.session.capture.take_in()
        command = str(self.var_expand(cmd, depth=1))  # type: ignore[no-untyped-call]
        status = subprocess.call(command, shell=True, stdin=subprocess.DEVNULL)
        self.session.namespace["_exit_code"] = status

    system_raw = system_piped = system

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        exception = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if exception is not None:
            self.session.report(exception)

    showsyntaxerror = showtraceback  # type: ignore[assignment]
