"""Being told when the author imports a library, without importing it oneself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Callback = Callable[[], None]


class Listener:
    """A finder in front of all others."""

    def start(self) -> None:
        """Be asked for every module that is imported from now on."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Be asked no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Hear that a module is looked for. Where to find it, it leaves to the others."""
        return None


class Watch(Listener):
    """A finder in front of all others that finds nothing, but has a callback follow the import of some modules."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Callback]] = {}
        self._looks = False

    def when_imported(self, module: str, callback: Callback) -> None:
        """Call back once `module` has been executed; at once where it has been already."""
        if module in sys.modules:
            callback()
        else:
            self._waiting.setdefault(module, []).append(callback)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._waiting or self._looks:
            return None
        self._looks = True  # another of these, of a session within this one, may ask us in turn
        try:
            return self._found(name, path, target)
        finally:
            self._looks = False

    def _found(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        for finder in [finder for finder in sys.meta_path if finder is not self]:
            spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                self._follow(spec.loader, name)
                return spec
        return None

    def _follow(self, loader: Any, name: str) -> None:
        """Let this one loader call back after it has executed the module, and then be as before."""
        before = getattr(loader, "__dict__", {}).get("exec_module")

        def exec_module(module: ModuleType) -> None:
            if before:
                loader.exec_module = before
            else:
                del loader.exec_module
            loader.exec_module(module)
            for callback in self._waiting.pop(name, ()):
                callback()

        try:
            loader.exec_module = exec_module
        except AttributeError:  # a loader without a dictionary of its own, as that of built-in modules
            self._waiting.pop(name, None)
