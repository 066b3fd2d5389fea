"""Whether loading a module of the author's changes anything but the module itself, as far as its source says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_CHANGING = (
    *("register", "enable", "disable", "install", "patch", "monkey", "set_", "seterr", "setdefault", "config", "use"),
    *("basicconfig", "insert", "append", "extend", "seed", "manual_seed", "filterwarnings", "simplefilter", "update"),
    *("option", "theme", "override", "hook", "activate", "add_", "init", "rcdefaults"),
)
"""Beginnings of the names of functions that are called for what they change elsewhere."""
_CHANGING_EXACTLY = frozenset({"set", "rc", "apply", "pandas", "extension"})
_BUILTINS = frozenset({"setattr", "delattr", "exec", "eval"})
_DECORATORS = frozenset(
    {
        *("dataclass", "cache", "lru_cache", "cached_property", "property", "setter", "deleter", "staticmethod"),
        *("classmethod", "wraps", "abstractmethod", "contextmanager", "total_ordering", "njit", "jit", "vectorize"),
        *("overload", "field_validator", "model_validator", "validator", "override", "final", "runtime_checkable"),
    }
)
"""Decorators that change only what they stand at."""


def is_quiet(tree: ast.Module) -> bool:
    """Whether a module consists of imports, definitions and values, and neither calls nor sets anything elsewhere.

    Cautious: what may change a library or another module, such as registering something with it, is not quiet.
    """
    imported = set(_imported(tree))
    return all(_is_quiet(node, imported) for node in ast.walk(tree)) and all(map(_only_defines, _statements(tree.body)))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when the module is loaded."""
    for node in body:
        if isinstance(node, ast.If) and "__name__" in ast.dump(node.test):
            yield from _statements(node.orelse)
            continue
        yield node
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _statements(getattr(node, inner, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


def _only_defines(node: ast.stmt) -> bool:
    """Whether a statement that runs on loading is no mere call, and has no unknown decorator."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return all(_root(decorator)[1] in _DECORATORS for decorator in getattr(node, "decorator_list", ()))


def _is_quiet(node: ast.AST, imported: set[str]) -> bool:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return _root(node)[0] not in imported
    if isinstance(node, ast.Call):
        root, last = _root(node.func)
        changing = last.lower().startswith(_CHANGING) or last in _CHANGING_EXACTLY
        return not (root in imported and changing) and not (root == last and last in _BUILTINS)
    return True


def _root(node: ast.AST) -> tuple[str, str]:
    """First and last name of `a.b[c].d(…)`."""
    last = ""
    while True:
        if isinstance(node, ast.Name):
            return node.id, last or node.id
        if isinstance(node, ast.Attribute):
            last = last or node.attr
        node = getattr(node, "func", None) or getattr(node, "value", None) or ast.Name("")
