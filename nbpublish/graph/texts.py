"""Names inside strings: data frames in SQL, variables in shell commands and in pandas' `query`.

Whether such a word is meant as a variable shows only beside the other cells, so these are candidates: they become
references where some cell defines them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbpublish.graph.magics import shell_method
from nbpublish.graph.sql import NO_TABLES, Tables, tables_of

_TAKE_SQL = {"sql", "execute", "query", "read_sql", "read_sql_query"}
_DEFINE = {("mo", "sql"), ("marimo", "sql"), ("duckdb", "sql"), ("duckdb", "execute"), ("duckdb", "query")}
"""What these create is a name of the notebook, as marimo has it; other connections keep their tables to themselves."""
_TAKE_COLUMNS = {"query", "eval"}
_BRACED = re.compile(r"\{([^{}]*)\}")
_DOLLAR = re.compile(r"\$\{?([^\W\d]\w*)")
_AT = re.compile(r"@([^\W\d]\w*)")
_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Texts:
    """What the strings of a cell mention."""

    words: frozenset[str] = frozenset()
    tables: Tables = NO_TABLES


def texts_of(trees: Iterable[ast.AST]) -> Texts:
    """The names mentioned in the strings of a cell's calls."""
    words: set[str] = set()
    tables = NO_TABLES
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Attribute) or not call.args:
            continue
        if shell_method(call):
            for argument in call.args[:2]:
                words |= _expanded(_literal(argument))
        if call.func.attr in _TAKE_COLUMNS:
            words |= set(_AT.findall(_literal(call.args[0])))
        if call.func.attr in _TAKE_SQL:
            found = tables_of(_literal(call.args[0]))
            owner = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
            tables |= found if (owner, call.func.attr) in _DEFINE else Tables(found.reads)
    return Texts(frozenset(words), tables)


def _expanded(text: str) -> set[str]:
    """Variables that IPython puts into a command: `{name}`, `$name`."""
    return {word for part in _BRACED.findall(text) for word in _WORD.findall(part)} | set(_DOLLAR.findall(text))


def _literal(node: ast.expr) -> str:
    """The text of a string; of an f-string with `?` for each value."""
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.JoinedStr(values):
            return "".join(_literal(v) if isinstance(v, ast.Constant) else "?" for v in values)
    return ""
