"""Which names are bound at a point of a module, whichever way the code took to get there."""

from __future__ import annotations

import ast
from collections.abc import Iterable

_ENDS = (ast.Raise, ast.Return, ast.Continue, ast.Break)


class Flow(ast.NodeVisitor):
    """Walks statements as they run. A name bound in one branch only is not bound below the branches."""

    def __init__(self) -> None:
        self._bound: set[str] = set()
        self._handlers: list[str] = []
        """Names of the exceptions whose handlers we are in."""

    def _bind(self, name: str) -> None:
        self._bound.add(name)

    def _evaluate(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _run(self, body: Iterable[ast.stmt]) -> bool:
        """Visit statements in order; whether the code below them can be reached."""
        reached = True
        for statement in body:
            self.visit(statement)
            reached = reached and not isinstance(statement, _ENDS)
        return reached

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
        if not _surely_runs(node):
            self._bound = before
        self._run(node.orelse)

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_While(self, node: ast.While) -> None:
        self._evaluate(node.test)
        self._branches(node.body, ())
        self._run(node.orelse)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        before = set(self._bound)
        self._evaluate(*node.items)
        self._run(node.body)
        if any(_swallows(item.context_expr) for item in node.items):
            self._bound = before

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.visit_With(node)

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        before = set(self._bound)
        after = [self._bound] if self._run([*node.body, *node.orelse]) else []
        for handler in node.handlers:
            self._bound = set(before)
            if self._handle(handler):
                after.append(self._bound)
        self._bound = set.intersection(*after) if after else before
        self._run(node.finalbody)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        self.visit_Try(node)

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

    visit_MatchStar = visit_MatchAs  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest:
            self._bind(node.rest)


def _surely_runs(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether the body runs at least once, and from end to end: over a literal, or over `range(3)`."""
    if any(isinstance(node, ast.Break | ast.Continue) for part in loop.body for node in ast.walk(part)):
        return False
    match loop.iter:
        case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
            return any(not isinstance(element, ast.Starred) for element in elements)
        case ast.Call(ast.Name("range"), [ast.Constant(int() as stop)], []):
            return stop > 0
        case ast.Constant(str() as text):
            return text != ""
    return False


def _swallows(manager: ast.expr) -> bool:
    """Whether a context manager is known to go on after an exception: `suppress(…)`, `pytest.raises(…)`."""
    match manager:
        case ast.Call(ast.Name(name) | ast.Attribute(attr=name)):
            return name in ("suppress", "raises")
    return False
