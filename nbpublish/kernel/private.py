"""Names private to a cell of a dataflow notebook: `_x` and `__` of one cell are not those of another.

They become `_cell_<digest>_x` in the tree that is compiled. Which names are globals of the cell is asked of `symtable`,
so parameters, attributes, keywords and locals keep theirs; names of functions and classes are set back in the
compiled code, so that nobody sees the change in a repr or a traceback. One thing cannot be followed: a class body that
reads a private global and then binds the same name (`_x = _x`).
"""

from __future__ import annotations

import ast
import hashlib
import re
import symtable
from types import CodeType
from typing import Any

_COMPREHENSIONS = {
    ast.ListComp: "listcomp", ast.SetComp: "setcomp", ast.DictComp: "dictcomp", ast.GeneratorExp: "genexpr"
}  # fmt: skip
_MANGLED = re.compile(r"_cell_[0-9a-f]{10}(_\w*)")


def is_private(name: str) -> bool:
    """Whether a name belongs to its cell alone: it starts with one underscore, or is `__`."""
    return name == "__" or (name.startswith("_") and not name.startswith("__"))


def is_mangled(name: str) -> bool:
    """Whether a name is what a name private to a cell has become."""
    return _MANGLED.fullmatch(name) is not None


def digest(cell: str) -> str:
    """What stands for a cell in its private names. marimo is told it as the cell's id, for it looks for such names."""
    return hashlib.sha256(cell.encode()).hexdigest()[:10]


def mangle(tree: ast.Module, source: str, cell: str) -> None:
    """Rename the private globals of a cell in its tree."""
    tables = symtable.symtable(source, "<cell>", "exec")
    _Mangler(f"_cell_{digest(cell)}", tables, _roots_of_dotted_imports(tree)).visit(tree)


def as_written(text: str) -> str:
    """`text` with private names as the author wrote them."""
    return _MANGLED.sub(r"\1", text)


def restore_names(code: CodeType) -> CodeType:
    """Give functions and classes in `code` the names that the author gave them."""
    constants = tuple(map(_restore_constant, code.co_consts))
    return code.replace(
        co_name=as_written(code.co_name), co_qualname=as_written(code.co_qualname), co_consts=constants
    )


def _restore_constant(constant: Any) -> Any:
    if isinstance(constant, CodeType):
        return restore_names(constant)
    return as_written(constant) if isinstance(constant, str) and "_cell_" in constant else constant


def _roots_of_dotted_imports(tree: ast.Module) -> frozenset[str]:
    """`import _a.b` binds `_a` and has no way to bind another name instead."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    aliases = [alias for node in imports for alias in node.names]
    return frozenset(a.name.partition(".")[0] for a in aliases if "." in a.name and not a.asname)


class _Mangler(ast.NodeTransformer):
    """Walks the tree and the symbol tables side by side, visiting a node's parts in the scope they stand in."""

    def __init__(self, prefix: str, table: symtable.SymbolTable, kept: frozenset[str]) -> None:
        self._prefix = prefix
        self._table = table
        self._kept = kept
        self._entered: set[int] = set()

    def _name(self, name: str) -> str:
        if not is_private(name) or name in self._kept:
            return name
        try:
            symbol = self._table.lookup(name)
        except KeyError:
            return name
        is_global = self._table.get_type() == "module" or symbol.is_global()
        return self._prefix + name if is_global else name

    def _within(self, name: str, line: int, *nodes: ast.AST) -> None:
        """Visit nodes in the scope that the next table of this name and line stands for."""
        outer = self._table
        for table in _descend(outer, name, line):
            if table.get_id() not in self._entered:
                self._entered.add(table.get_id())
                self._table = table
                break
        for node in nodes:
            self.visit(node)
        self._table = outer

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._name(node.id)
        return node

    def _names(self, node: ast.Global | ast.Nonlocal) -> ast.AST:
        node.names = [self._name(name) for name in node.names]
        return node

    visit_Global = _names  # noqa: N815

    def visit_alias(self, node: ast.alias) -> ast.alias:
        bound = node.asname or node.name.partition(".")[0]
        if (renamed := self._name(bound)) != bound:
            node.asname = renamed
        return node

    def _named(self, node: Any) -> Any:
        """Handlers and patterns that bind `name`."""
        if node.name is not None:
            node.name = self._name(node.name)
        self.generic_visit(node)
        return node

    visit_ExceptHandler = visit_MatchAs = visit_MatchStar = _named  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        if node.rest is not None:
            node.rest = self._name(node.rest)
        return self.generic_visit(node)

    def _function(self, node: Any) -> Any:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        annotations = [argument.annotation for argument in every if argument]
        decorators = getattr(node, "decorator_list", [])
        self._visit_all(*arguments.defaults, *arguments.kw_defaults, *annotations, *decorators)
        if isinstance(node, ast.Lambda):
            self._within("lambda", node.lineno, node.body)
            return node
        self._visit_all(node.returns)
        self._within(node.name, node.lineno, *node.body)
        node.name = self._name(node.name)
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._visit_all(*node.decorator_list, *node.bases, *node.keywords)
        self._within(node.name, node.lineno, *node.body)
        node.name = self._name(node.name)
        return node

    def _comprehension(self, node: Any) -> Any:
        first, *others = node.generators
        self.visit(first.iter)
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._within(_COMPREHENSIONS[type(node)], node.lineno, first.target, *first.ifs, *others, *results)
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815


def _descend(table: symtable.SymbolTable, name: str, line: int) -> list[symtable.SymbolTable]:
    """Tables of the scope called `name` on `line` below `table`, those inside its type parameters included."""
    found = []
    for child in table.get_children():
        if "param" in str(child.get_type()).lower():
            found += _descend(child, name, line)
        elif child.get_name() == name and child.get_lineno() == line:
            found.append(child)
    return found
