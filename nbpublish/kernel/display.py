"""`display` and its kin, as authors call them and as IPython offers them."""

from __future__ import annotations

import importlib
import sys
import uuid
from collections.abc import Container, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from nbpublish.kernel.capture import Capture
from nbpublish.kernel.events import Cleared
from nbpublish.kernel.formatter import Formatter
from nbpublish.model import Channel, Output

IPYTHON = "IPython.core.display_functions"
"""Where IPython defines the functions that `Display.replace_ipython` replaces."""


class _Session(Protocol):
    capture: Capture
    formatter: Formatter

    def outputs_of(
        self,
        value: object,
        channel: Channel = "display",
        include: Container[str] | None = None,
        exclude: Container[str] | None = None,
    ) -> list[Output]: ...

    def emit(self, output: Output, display_id: str | None = None, update: bool = False) -> None: ...

    def ours(self) -> AbstractContextManager[None]: ...


class Display:
    """The functions themselves, bound to one session."""

    def __init__(self, session: _Session) -> None:
        self._session = session
        self._replaced: list[tuple[str, str, Any]] = []

    def display(
        self,
        *objects: Any,
        include: Container[str] | None = None,
        exclude: Container[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        transient: Mapping[str, Any] | None = None,
        display_id: str | bool | None = None,
        raw: bool = False,
        clear: bool = False,
        update: bool = False,
        **_: Any,
    ) -> Any:
        """Show objects where the call stands. With a `display_id` the result is a handle that can update them."""
        if clear:
            self.clear_output(wait=True)
        id = uuid.uuid4().hex if display_id is True else display_id or (transient or {}).get("display_id")
        for value in objects:
            if raw:
                outputs = [self._session.formatter.output("display", value, metadata)]
            else:
                outputs = self._session.outputs_of(value, "display", include, exclude)
            for output in outputs:
                if metadata and not raw:
                    output = self._session.formatter.output("display", output.data, {**output.metadata, **metadata})
                self._session.emit(output, id, update)
        if not display_id:
            return None
        with self._session.ours():
            functions: Any = importlib.import_module(IPYTHON)
        return functions.DisplayHandle(id)

    def update_display(self, value: Any, *, display_id: str, **options: Any) -> None:
        """Show `value` in place of what was displayed with `display_id`."""
        self.display(value, display_id=display_id, **{**options, "update": True})

    def publish_display_data(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        source: str | None = None,
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Show a mimebundle."""
        self.display(data, raw=True, metadata=metadata, transient=transient, update=update)

    def clear_output(self, wait: bool = False) -> None:
        """Remove the cell's outputs so far; with `wait` once the next one comes."""
        self._session.capture.take_in()
        self._session.capture.show(Cleared(bool(wait)))

    def replace_ipython(self) -> None:
        """Let IPython's functions be these; called before anything has bound their names."""
        for module in (IPYTHON, "IPython.display", "IPython.core.display"):
            for name in ("display", "update_display", "publish_display_data", "clear_output"):
                if (before := getattr(sys.modules.get(module), name, None)) is not None:
                    self._replaced.append((module, name, before))
                    setattr(sys.modules[module], name, getattr(self, name))

    def restore_ipython(self) -> None:
        """Undo it, for a process that outlives the session."""
        for module, name, before in self._replaced:
            setattr(sys.modules[module], name, before)
