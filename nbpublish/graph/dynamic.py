"""Code that reads or binds names which do not stand in it."""

from __future__ import annotations

import ast

_ANY = {"globals"}
_WITHOUT_ARGUMENTS = {"locals", "vars"}
_WITHOUT_NAMESPACE = {"exec", "eval"}


def is_dynamic(tree: ast.Module) -> bool:
    """Whether the code reaches for its namespace: `exec(text)`, `globals()`, `vars()`, …"""
    return any(_reaches(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _reaches(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Name):
        return False
    name, given = call.func.id, len(call.args) + len(call.keywords)
    return name in _ANY or (name in _WITHOUT_ARGUMENTS and not given) or (name in _WITHOUT_NAMESPACE and given < 2)
