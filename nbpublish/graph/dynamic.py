"""Code that reads or binds names which do not stand in it."""

from __future__ import annotations

import ast

from nbpublish.graph.magics import magic_of, shell_method

_ALWAYS = {"globals"}
_WITHOUT_ARGUMENTS = {"locals", "vars", "dir"}
_WITHOUT_NAMESPACE = {"exec", "eval"}
_OF_SHELL = {"run_cell", "ex", "ev", "push"}


def is_dynamic(tree: ast.AST) -> bool:
    """Whether the code reaches for its namespace: `exec(text)`, `globals()`, `vars()`, `%run`, …"""
    return any(_reaches(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _reaches(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Name):
        magic = magic_of(call)
        return shell_method(call) in _OF_SHELL or (magic is not None and magic.is_dynamic)
    name, given = call.func.id, len(call.args) + len(call.keywords)
    return name in _ALWAYS or (name in _WITHOUT_ARGUMENTS and not given) or (name in _WITHOUT_NAMESPACE and given < 2)
