"""Which globals a piece of code may look up, by its instructions."""

from __future__ import annotations

import dis
import keyword
import re
import types

EVERYTHING = "*"
"""Stands among free names for all names: something reached may look into the namespace itself."""

_GLOBAL = {"LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME", "STORE_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_OPS = {dis.opmap[name]: 1 if name == "LOAD_GLOBAL" else 0 for name in _GLOBAL if name in dis.opmap}
_LOOKING = frozenset({"globals", "eval", "exec", "vars", "locals", "__import__"})
_QUERYING = frozenset({"query", "eval", "sql", "execute"})
_WORD = re.compile(r"[^\W\d]\w*")


def global_names(code: types.CodeType) -> frozenset[str]:
    """Names a piece of code, and code inside it, may look up among the globals."""
    names: set[str] = set()
    argument = 0
    for op, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument = argument << 8 | low
        if op in _OPS:
            names.add(code.co_names[argument >> _OPS[op]])
        if op != dis.EXTENDED_ARG:
            argument = 0
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= global_names(constant)
        elif type(constant) is str and not _QUERYING.isdisjoint(code.co_names):
            names.update(word for word in _WORD.findall(constant) if not keyword.iskeyword(word))
    if names & _LOOKING:
        names.add(EVERYTHING)
    return frozenset(names)
