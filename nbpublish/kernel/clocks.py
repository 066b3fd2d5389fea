"""Finds in code what reads a clock, seeds a generator with chance, or has a library reach for the network unseen."""

from __future__ import annotations

import dis
import inspect
import re
import time
import timeit
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

_CLOCKS = frozenset(
    {
        *("time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "process_time_ns"),
        *("thread_time", "thread_time_ns", "localtime", "gmtime", "ctime", "default_timer", "utcnow", "now", "today"),
    }
)
"""Attributes that read a clock, whatever they are attributes of."""
_OF_TIME = frozenset({"time", "strftime", "asctime"})
"""Attributes that read a clock where they are those of `time`."""
_READERS = {
    *(value for name, value in vars(time).items() if name in _CLOCKS | _OF_TIME and callable(value)),
    timeit.default_timer,
}
_DATES = frozenset({"to_datetime", "Timestamp", "datetime64", "Period", "DatetimeIndex", "date_range", "bdate_range"})
_QUERIES = frozenset({"sql", "execute", "query", "read_sql", "read_sql_query", "read_database"})
_MAGICS = frozenset({"run_line_magic", "run_cell_magic"})
_SQL_CLOCK = re.compile(r"\b(?:now\s*\(|current_(?:date|time|timestamp)\b|get_current_timestamp)", re.IGNORECASE)
_SQL_CHANCE = re.compile(r"\b(?:random|rand|uuid|gen_random_uuid)\s*\(\s*\)|\busing\s+sample\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:https?|ftp|s3a?|gcs|gs|abfss?|az|hf|r2)://", re.IGNORECASE)
_DRAWN = frozenset({"Random", "RandomState", "seed"})
"""What seeds a generator with chance where it is called without an argument."""
_NOTED = _CLOCKS | _OF_TIME | _DRAWN
"""Names without which no instruction needs to be looked at."""
_BETWEEN = frozenset({"PRECALL", "PUSH_NULL", "CACHE"})


def found_in(code: CodeType, namespace: Mapping[str, Any]) -> frozenset[str]:
    """`clock`, `entropy` and `network`, as far as a piece of code and what is defined in it may read or use them.

    `namespace` holds the globals that it uses.
    """
    found = {*_said(code), *_done(code, namespace)}
    for constant in code.co_consts:
        if type(constant) is CodeType:
            found |= found_in(constant, namespace)
    return frozenset(found)


def _said(code: CodeType) -> Iterator[str]:
    """By its strings."""
    names = frozenset(code.co_names)
    texts = list(_strings(code.co_consts))
    if not names.isdisjoint(_DATES) and not {"now", "today"}.isdisjoint(texts):
        yield "clock"
    if not names.isdisjoint(_MAGICS) and not {"time", "timeit", "prun"}.isdisjoint(texts):
        yield "clock"
    if not names.isdisjoint(_QUERIES):
        yield from ("clock" for text in texts if _SQL_CLOCK.search(text))
        yield from ("entropy" for text in texts if _SQL_CHANCE.search(text))
    if not names.isdisjoint(_QUERIES) or any(name.startswith(("read_", "scan_")) for name in names):
        yield from ("network" for text in texts if _ADDRESS.search(text))


def _strings(constants: Any) -> Iterator[str]:
    for constant in constants:
        if type(constant) is str:
            yield constant
        elif type(constant) in (tuple, frozenset):
            yield from _strings(constant)


def _done(code: CodeType, namespace: Mapping[str, Any]) -> Iterator[str]:
    """By its instructions."""
    if not any(name in _NOTED or _is_reader(namespace.get(name)) for name in code.co_names):
        return
    imported = False
    is_function = bool(code.co_flags & inspect.CO_OPTIMIZED)
    before: dis.Instruction | None = None
    called = ""
    for step in dis.get_instructions(code):
        name = step.argval if isinstance(step.argval, str) else ""
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            if name in _CLOCKS or (name in _OF_TIME and _is_time(before, namespace, imported)):
                yield "clock"
            called = name
        elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            if _is_reader(namespace.get(name)):
                yield "clock"
            called = name
        elif step.opname == "IMPORT_NAME":
            imported |= name in ("time", "timeit")
        elif step.opname == "IMPORT_FROM":
            if is_function and imported and name in _CLOCKS | _OF_TIME:
                yield "clock"
        elif step.opname.startswith("CALL") and step.arg == 0 and called in _DRAWN:
            yield "entropy"
        if step.opname not in _BETWEEN:
            called = called if step.opname in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_NAME", "LOAD_GLOBAL") else ""
            before = step


def _is_time(step: dis.Instruction | None, namespace: Mapping[str, Any], imported: bool) -> bool:
    """Whether an instruction loads the module `time`, as far as that can be told."""
    if step is None or not step.opname.startswith("LOAD_") or step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
        return False
    value = namespace.get(step.argval) if isinstance(step.argval, str) else None
    return value is time or (value is None and imported)


def _is_reader(value: Any) -> bool:
    return type(value) is type(time.time) and value in _READERS
