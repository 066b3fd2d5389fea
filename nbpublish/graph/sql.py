"""SQL text becomes the tables it reads and the ones it creates.

DuckDB finds data frames by the name of their Python variable, so a table is a name like any other. Only names in the
place of a table count: a column may well be called like some variable, and would tie cells that have no business with
each other. An own scanner, because the graph must not depend on which SQL packages are installed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\w+|\S""", re.DOTALL)
_STARTS = {
    *("SELECT", "WITH", "FROM", "TABLE", "VALUES", "PIVOT", "UNPIVOT", "SUMMARIZE", "DESCRIBE", "EXPLAIN"),
    *("CREATE", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "COPY", "MERGE", "ATTACH", "DETACH", "USE"),
    *("INSTALL", "LOAD", "SET", "PRAGMA", "BEGIN"),
}
_BEFORE_TABLE = {
    *("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "SUMMARIZE", "DESCRIBE", "PIVOT", "UNPIVOT", "COPY"),
}
_BETWEEN = {"IF", "NOT", "EXISTS", "ONLY", "LATERAL", "TABLE", "VIEW"}
_NO_TABLE = {"SELECT", "SET", "VALUES", "WHERE", "WITH"}
_ENDS_FROM = {
    *("SELECT", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "SET", "VALUES"),
    *("QUALIFY", "WINDOW"),
}
_CREATES = {"TABLE", "VIEW", "SCHEMA", "DATABASE"}


@dataclass(frozen=True, slots=True)
class Tables:
    """Names in lower case, since SQL does not tell cases apart; `schema.table` where written so."""

    reads: frozenset[str] = frozenset()
    creates: frozenset[str] = frozenset()

    def __or__(self, other: Tables) -> Tables:
        return Tables(self.reads | other.reads, self.creates | other.creates)


NO_TABLES = Tables()


def tables_of(text: str) -> Tables:
    """The tables of one or more SQL statements; none where the text does not start like SQL."""
    tokens = [t for t in _TOKEN.findall(text) if not t.startswith(("--", "/*"))]
    first = next((t for t in tokens if t != "("), "")
    return _Scanner(tokens).scan() if first.upper() in _STARTS else NO_TABLES


@dataclass(slots=True)
class _Level:
    """A pair of parentheses, or the text itself."""

    query: bool
    """Whether a query stands in it, rather than the arguments of a function as in `extract(year FROM day)`."""
    in_from: bool = False
    expects_table: bool = False


@dataclass(slots=True)
class _Scanner:
    tokens: list[str]
    reads: set[str] = field(default_factory=set)
    creates: set[str] = field(default_factory=set)
    local: set[str] = field(default_factory=set)
    """Names of common table expressions: `WITH name AS (…)`."""

    def scan(self) -> Tables:
        levels, at = [_Level(query=True)], 0
        while at < len(self.tokens):
            at = self._step(levels, at)
        reads = {name for name in self.reads if name not in self.local}
        return Tables(frozenset(reads - self.creates), frozenset(self.creates))

    def _step(self, levels: list[_Level], at: int) -> int:
        level, token = levels[-1], self.tokens[at]
        word = token.upper()
        if token == "(":
            inner = self._word(at + 1) in _STARTS or level.expects_table
            levels.append(_Level(query=inner, in_from=level.expects_table, expects_table=level.expects_table))
            level.expects_table = False
        elif token == ")":
            if len(levels) > 1:
                levels.pop()
        elif token == ";":
            levels[:] = [_Level(query=True)]
        elif token == "," and level.in_from:
            level.expects_table = True
        elif word == "CREATE":
            return self._create(at)
        elif word == "ATTACH":
            return self._attach(at)
        elif word in _BEFORE_TABLE and level.query and self._word(at - 1) not in ("DISTINCT", "DO", "ON", "FOR"):
            level.expects_table = True
            level.in_from = word in ("FROM", "JOIN")
        elif level.expects_table and word not in _BETWEEN:
            return self._table(level, at)
        elif word in _ENDS_FROM:
            level.in_from = False
        elif _is_name(token) and self._word(at + 1) == "AS" and self._opens(at + 2):
            self.local.add(_plain(token))
        return at + 1

    def _table(self, level: _Level, at: int) -> int:
        level.expects_table = False
        if not _is_name(self.tokens[at]) or self.tokens[at].upper() in _NO_TABLE:
            return at
        name, end = self._dotted(at)
        if not (level.in_from and self._word(end) == "("):  # a function that returns a table, as read_csv('…')
            self._read(name)
        return end

    def _create(self, at: int) -> int:
        """`CREATE OR REPLACE TEMP TABLE IF NOT EXISTS name`"""
        at = next((i for i in range(at + 1, at + 6) if self._word(i) in _CREATES), at) + 1
        while self._word(at) in _BETWEEN:
            at += 1
        if self._word(at - 1) not in (*_CREATES, "EXISTS") or not _is_name(self._word(at)):
            return at
        name, end = self._dotted(at)
        self.creates.add(name)
        if "." in name:
            self._read(name.partition(".")[0])
        return end

    def _attach(self, at: int) -> int:
        """`ATTACH IF NOT EXISTS 'folder/name.db'`, `ATTACH DATABASE 'file' AS name`"""
        at += 1
        while self._word(at) in ("DATABASE", "IF", "NOT", "EXISTS"):
            at += 1
        if self._word(at + 1) == "AS" and _is_name(self._word(at + 2)):
            self.creates.add(_plain(self.tokens[at + 2]))
            return at + 3
        file = re.split(r"[/\\:]", self._word(at).strip("'").lower())[-1]
        if stem := file.partition(".")[0].strip("?"):
            self.creates.add(stem)
        return at + 1

    def _read(self, name: str) -> None:
        parts = name.split(".")  # the schema or the attached database may be what a cell created
        self.reads |= {name, parts[0], f"{parts[0]}.{parts[-1]}"} if len(parts) > 1 else {name}

    def _dotted(self, at: int) -> tuple[str, int]:
        parts, end = [_plain(self.tokens[at])], at + 1
        while self._word(end) == "." and end + 1 < len(self.tokens) and _is_name(self.tokens[end + 1]):
            parts.append(_plain(self.tokens[end + 1]))
            end += 2
        return ".".join(parts), end

    def _opens(self, at: int) -> bool:
        while self._word(at) in ("NOT", "MATERIALIZED"):
            at += 1
        return self._word(at) == "("

    def _word(self, at: int) -> str:
        return self.tokens[at].upper() if 0 <= at < len(self.tokens) else ""


def _is_name(token: str) -> bool:
    return token != "" and (token[0] in '"`' or token[0].isalpha() or token[0] == "_")


def _plain(token: str) -> str:
    return token.strip('"`').lower()
