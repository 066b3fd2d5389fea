"""A cell's syntax tree becomes the names it binds and the names it reads from outside.

Module level and class bodies run from top to bottom, so what is read there depends on what was bound above; this walk
follows that order. What the body of a function or lambda reads is left to Python's own `symtable`, which knows its
scope rules exactly.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_ENDS = (ast.Raise, ast.Return, ast.Continue, ast.Break)


class Scopes(ast.NodeVisitor):
    """Visits a module and leaves in its attributes what the module binds and reads.

    A name counts as bound below a statement only where that statement binds it on every way through; so a name that
    is bound in one branch and read afterwards is both in `defs` and in `refs`.
    """

    def __init__(self, code: str) -> None:
        self.defs: set[str] = set()
        self.refs: set[str] = set()
        self.late: set[str] = set()
        """Names read when a function of the cell is called, some of them also in `defs`."""
        self.deletes: set[str] = set()
        self.stars: list[ast.ImportFrom] = []
        self._code = code
        self._tables: dict[tuple[str, int], list[symtable.SymbolTable]] | None = None
        self._bound: set[str] = set()
        self._class: set[str] | None = None
        """Names bound so far by the class body we are in; seen by neither its functions nor its comprehensions."""
        self._hidden: frozenset[str] = frozenset()
        """Variables of the comprehensions and type parameters around."""
        self._handlers: list[str] = []
        self._pending: set[str] = set()
        """Names that functions defined above read, and that were not bound when they were defined."""

    def module(self, tree: ast.Module) -> None:
        self._run(tree.body)
        self.refs |= self._pending - self.defs

    # --- names

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self._bind(node.id)
        else:
            self._delete(node.id)

    def _read(self, name: str) -> None:
        if name not in self._bound and name not in self._hidden and name not in (self._class or ()):
            self.refs.add(name)

    def _bind(self, name: str) -> None:
        if self._class is not None:
            self._class.add(name)
        elif name in self._handlers:
            self._bound.add(name)
        else:
            self.defs.add(name)
            self._bound.add(name)

    def _delete(self, name: str) -> None:
        if self._class is not None:
            self._class.discard(name)
        elif name in self._bound:
            self._bound.discard(name)
        else:
            self._read(name)
            if name not in self.defs:
                self.deletes.add(name)

    def _evaluate(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        self._called()

    def _called(self) -> None:
        """What is called may be, or may call, any function defined above."""
        self.refs |= self._pending - self._bound
        self._pending &= self._bound

    # --- statements that bind

    def visit_Assign(self, node: ast.Assign) -> None:
        self._evaluate(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._evaluate(node.value)
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._evaluate(node.annotation, node.value)
        if isinstance(node.target, ast.Name) and node.value is None:
            if self._class is None:
                self.defs.add(node.target.id)
        else:
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._evaluate(node.value)
        self._bind(node.target.id)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" and isinstance(node, ast.ImportFrom):
                self.stars.append(node)
            else:
                self._bind(alias.asname or alias.name.partition(".")[0])

    visit_ImportFrom = visit_Import

    # --- functions, classes, comprehensions

    def visit_FunctionDef(self, node: _Function) -> None:
        self._evaluate(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        with self._types(node):
            self._evaluate(*(arg.annotation for arg in _arguments(node.args)), node.returns)
        self._later(node.name, node.lineno)
        if node.decorator_list:
            self._called()
        self._bind(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._evaluate(*node.args.defaults, *node.args.kw_defaults)
        self._later("lambda", node.lineno)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._evaluate(*node.decorator_list)
        with self._types(node):
            self._evaluate(*node.bases, *(keyword.value for keyword in node.keywords))
            around, self._class = self._class, set()
            self._run(node.body)
            self._class = around
        self._bind(node.name)

    def visit_TypeAlias(self, node: ast.AST) -> None:  # Python 3.12
        with self._types(node):
            self.visit(node.value)  # type: ignore[attr-defined]
        self.visit(node.name)  # type: ignore[attr-defined]

    @contextmanager
    def _types(self, node: ast.AST) -> Iterator[None]:
        """The type parameters of Python 3.12 hold for a function's annotations, a class and an alias."""
        around = self._hidden
        parameters = getattr(node, "type_params", ())
        self._hidden |= {parameter.name for parameter in parameters}
        for parameter in parameters:
            self._evaluate(getattr(parameter, "bound", None), getattr(parameter, "default_value", None))
        yield
        self._hidden = around

    def visit_ListComp(self, node: _Comprehension) -> None:
        self.visit(node.generators[0].iter)  # evaluated outside, so it sees the class body around
        around = self._class, self._hidden
        self._class = None
        for generator in node.generators:
            if generator is not node.generators[0]:
                self.visit(generator.iter)
            self._hidden |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
            self._evaluate(*generator.ifs)
        self._evaluate(*((node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)))
        self._class, self._hidden = around

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def _later(self, name: str, line: int) -> None:
        """Take what a function reads from the module, and what it binds there by `global`."""
        if self._tables is None:
            self._tables = {}
            _collect(symtable.symtable(self._code, "<cell>", "exec"), self._tables)
        for table in self._tables.get((name, line), ()):
            for inner in _with_children(table):
                for symbol in inner.get_symbols():
                    if symbol.is_global() and symbol.is_referenced():
                        self.late.add(symbol.get_name())
                        if symbol.get_name() not in self._bound:
                            self._pending.add(symbol.get_name())
                    if symbol.is_declared_global() and symbol.is_assigned():
                        self.defs.add(symbol.get_name())

    # --- statements that branch

    def _run(self, body: Iterable[ast.stmt]) -> bool:
        """Visit statements in order; whether the code below them can be reached."""
        for statement in body:
            self.visit(statement)
            if isinstance(statement, _ENDS):
                return False
        return True

    def _branches(self, *bodies: Iterable[ast.stmt]) -> None:
        before, after = self._bound, []
        for body in bodies:
            self._bound = set(before)
            if self._run(body):
                after.append(self._bound)
        self._bound = set.intersection(*after) if after else before

    def visit_If(self, node: ast.If) -> None:
        self._evaluate(node.test)
        self._branches(node.body, node.orelse)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._evaluate(node.iter)
        before = set(self._bound)
        self.visit(node.target)
        self._run(node.body)
        self._bound = before
        self._run(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        self._evaluate(node.test)
        self._branches(node.body, ())
        self._run(node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        before = set(self._bound)
        after = [self._bound] if self._run([*node.body, *node.orelse]) else []
        for handler in node.handlers:
            self._bound = set(before)
            if self._handle(handler):
                after.append(self._bound)
        self._bound = set.intersection(*after) if after else before
        self._run(node.finalbody)

    visit_TryStar = visit_Try

    def _handle(self, handler: ast.ExceptHandler) -> bool:
        """The exception's name lives in its handler only and is no name of the cell."""
        self._evaluate(handler.type)
        if handler.name is None:
            return self._run(handler.body)
        self._handlers.append(handler.name)
        self._bind(handler.name)
        reached = self._run(handler.body)
        self._handlers.pop()
        self._bound.discard(handler.name)
        return reached

    def visit_Match(self, node: ast.Match) -> None:
        self._evaluate(node.subject)
        before, after = self._bound, [self._bound]
        for case in node.cases:
            self._bound = set(before)
            self.visit(case.pattern)
            self._evaluate(case.guard)
            if self._run(case.body):
                after.append(self._bound)
        self._bound = set.intersection(*after)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.generic_visit(node)
        if node.name:
            self._bind(node.name)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest:
            self._bind(node.rest)


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (a for a in (args.vararg, args.kwarg) if a)


def _with_children(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _with_children(child)


def _collect(table: symtable.SymbolTable, found: dict[tuple[str, int], list[symtable.SymbolTable]]) -> None:
    for inner in _with_children(table):
        found.setdefault((inner.get_name(), inner.get_lineno()), []).append(inner)
