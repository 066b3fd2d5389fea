"""A cell's syntax tree becomes the names it binds and the names it reads from outside.

Module level and class bodies run from top to bottom, so what is read there depends on what was bound above; this walk
follows that order. What the body of a function or lambda reads is left to Python's own `symtable`, which knows its
scope rules exactly.
"""

# ruff: noqa: N802, N815  (`ast` chooses the names of a visitor's methods)

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from nbpublish.graph.flow import Flow
from nbpublish.graph.functions import Functions
from nbpublish.graph.magics import Magic, magic_of
from nbpublish.graph.syntax import Malformed, parse

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Scopes(Flow):
    """Visits a module and leaves in its attributes what the module binds and reads.

    A name counts as bound below a statement only where that statement binds it on every way through; so a name that
    is bound in one branch and read afterwards is both in `defs` and in `refs`.
    """

    def __init__(self, code: str) -> None:
        super().__init__()
        self.defs: set[str] = set()
        self.refs: set[str] = set()
        self.late: dict[str, set[str]] = {}
        """By function, class or variable with a lambda: what it reads when it is called."""
        self.late_defs: dict[str, set[str]] = {}
        """By function, class or variable with a lambda: what it binds when it is called, by `global`."""
        self.deletes: set[str] = set()
        self.stars: list[ast.ImportFrom] = []
        self.trees: list[ast.Module] = []
        """The cell's tree, and the trees of the code in its magics."""
        self._functions = Functions(code)
        self._class: set[str] | None = None
        """Names bound so far by the class body we are in; seen by neither its functions nor its comprehensions."""
        self._owner = ""
        """The class, or the variable of the assignment, that we are in."""
        self._hidden: frozenset[str] = frozenset()
        """Variables of the comprehensions and type parameters around."""
        self._pending: set[str] = set()
        """Names that functions defined above read, and that were not bound when they were defined."""

    def module(self, tree: ast.Module) -> None:
        self.trees.append(tree)
        self._run(tree.body)
        self.refs |= self._pending - self._bound

    @property
    def certain(self) -> set[str]:
        """What of `defs` is bound at the end of the module, whichever way the code takes."""
        return self._bound & self.defs

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

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        self._called()
        if magic := magic_of(node):
            self._embed(magic)

    def _called(self) -> None:
        """What is called may be, or may call, any function defined above."""
        self.refs |= self._pending - self._bound
        self._pending &= self._bound

    # --- statements that bind

    def visit_Assign(self, node: ast.Assign) -> None:
        around, target = self._owner, node.targets[0]
        if isinstance(target, ast.Name):
            self._owner = around or target.id
        self._evaluate(node.value)
        self._owner = around
        self._evaluate(*node.targets)

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
        self._define(self._owner or node.name, node.name, node)
        if node.decorator_list:
            self._called()
        self._bind(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._evaluate(*node.args.defaults, *node.args.kw_defaults)
        self._define(self._owner, "lambda", node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._evaluate(*node.decorator_list)
        with self._types(node):
            self._evaluate(*node.bases, *(keyword.value for keyword in node.keywords))
            around = self._class, self._owner
            self._class, self._owner = set(), self._owner or node.name
            self._run(node.body)
            self._class, self._owner = around
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

    def _define(self, owner: str, name: str, node: _Function | ast.Lambda) -> None:
        """Note what a function reads when it is called; `owner` is the name by which other cells call it."""
        reads = self._functions.reads(name, node.lineno)
        binds = self._functions.binds(name, node.lineno)
        if binds:  # `n += 1` reads `n`, which `symtable` does not say
            targets = (n.target for n in ast.walk(node) if isinstance(n, ast.AugAssign))
            reads |= binds & {target.id for target in targets if isinstance(target, ast.Name)}
        if owner:
            self.late.setdefault(owner, set()).update(reads)
            self.late_defs.setdefault(owner, set()).update(binds)
        self._pending |= reads - self._bound
        self.defs |= binds

    def _embed(self, magic: Magic) -> None:
        """The code of a magic runs here and now, as if it stood in the cell."""
        functions, bound, defs = self._functions, set(self._bound), set(self.defs)
        for code in magic.code:
            try:
                tree = parse(code)
            except Malformed:  # the kernel will say so
                continue
            self.trees.append(tree)
            self._functions = Functions(code)
            self._run(tree.body)
        self._functions = functions
        if magic.is_closed:
            self._bound, self.defs = bound, defs
        for name in magic.binds:
            self._bind(name)


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (a for a in (args.vararg, args.kwarg) if a)
