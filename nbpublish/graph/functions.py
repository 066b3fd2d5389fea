"""What the functions of a cell read from the module and bind there, by Python's own `symtable`."""

from __future__ import annotations

import symtable
from collections.abc import Iterator


class Functions:
    """The functions and lambdas of `code`, found by their name and line."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._tables: dict[tuple[str, int], list[symtable.SymbolTable]] | None = None

    def reads(self, name: str, line: int) -> set[str]:
        """Names of the module, or built-in, that the body reads when it is called; nested functions included."""
        return {s.get_name() for s in self._symbols(name, line) if s.is_global() and s.is_referenced()}

    def binds(self, name: str, line: int) -> set[str]:
        """Names of the module that the body binds, having declared them `global`."""
        return {s.get_name() for s in self._symbols(name, line) if s.is_declared_global() and s.is_assigned()}

    def _symbols(self, name: str, line: int) -> Iterator[symtable.Symbol]:
        if self._tables is None:  # most cells hold no function and need no tables
            self._tables = {}
            for table in _with_children(symtable.symtable(self._code, "<cell>", "exec")):
                name_and_line = table.get_name().strip("<>"), table.get_lineno()  # `lambda`, or `<lambda>` of late
                self._tables.setdefault(name_and_line, []).append(table)
        for table in self._tables.get((name, line), ()):
            for inner in _with_children(table):
                yield from inner.get_symbols()


def _with_children(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _with_children(child)
