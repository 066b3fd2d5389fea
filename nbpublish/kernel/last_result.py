"""`_` is the last result, as in IPython and at Python's own prompt, unless the author has put another there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import MutableMapping
from typing import Any

from nbpublish.model import Notebook


class LastResult:
    """Keeps the last result among the built-in names; among the globals where some cell reads it and none binds it.

    There it has versions as every name has, so that a cell which reads it runs again when the result is another one.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self.last: object = ""
        self._space = namespace
        self._is_global = False

    def read(self, notebook: Notebook) -> None:
        """Know the cells, and forget the results of a build before this one."""
        if vars(builtins).get("_") is self.last:
            vars(builtins)["_"] = self.last = ""
        names = [name for cell in notebook.cells if "_" in cell.code for name in _names(cell.code)]
        found = {type(name.ctx) for name in names if name.id == "_"}
        self._is_global = notebook.order == "document" and found == {ast.Load}

    def set(self, value: object) -> None:
        """Take a cell's result."""
        if self._is_global:
            self._space["_"] = value
        elif vars(builtins).get("_") is self.last:
            vars(builtins)["_"] = self.last = value


def _names(code: str) -> list[ast.Name]:
    try:
        return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
