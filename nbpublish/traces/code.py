"""What of a cell's code decides what it does: its syntax tree, without comments, layout and the lines it stands on."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nbpublish.model import Cell, Graph, Notebook
from nbpublish.remembered import remembered
from nbpublish.traces.ambient import Ambient, ambients
from nbpublish.traces.syntax import parsed

_LINE_SENSITIVE = frozenset(
    {
        *("inspect", "traceback", "getsource", "getsourcelines", "findsource", "currentframe", "_getframe"),
        *("co_firstlineno", "co_lines", "f_lineno", "tb_lineno", "lineno", "stack_info", "show_code"),
    }
)
"""Names by which code reaches for lines and text of source."""
_WORD = re.compile(r"[^\W\d]\w*")
_INSIGNIFICANT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a cell, at its place in the notebook."""

    place: str
    digest: str
    """Identifies what it does, the features imported from `__future__` before it included."""
    private: str
    """Stands for the cell in the names private to it; differs between cells with the same code."""
    futures: frozenset[str]
    """Features imported from `__future__` by cells before it."""
    definition: bool
    """It consists of imports and definitions."""
    reads_lines: bool
    """It may look at lines and text of source."""
    unbinds: frozenset[str]
    """Names that it may delete, those of `except … as name` included, also where it has bound them itself."""
    layout: str
    """Digest of the text and lines of all cells up to it."""
    words: frozenset[str]
    """The names in it and the words in its strings."""
    ambient: Ambient
    """What it changes for the whole process."""
    result: bool = False
    """Its result is what `_` means below."""
    values: frozenset[str] = frozenset()
    """Names that it mentions to read their `.value`, and in no other way."""
    unread: frozenset[str] = frozenset()
    """Names that it binds and no other cell of the notebook reads, where their values need not be known."""
    sets: bool = False
    """It sets a control to what a state gives, whatever that was set to before."""


def codes_of(notebook: Notebook, graph: Graph) -> dict[str, Code]:
    """The code of every cell that can run, in the order they run."""
    codes: dict[str, Code] = {}
    futures: frozenset[str] = frozenset()
    layout = hashlib.sha256()
    privates = _privates(notebook)
    ambient = ambients({id: notebook.cell(id).code for id in graph.order})
    givers = _givers(notebook, graph)
    for cell in map(notebook.cell, graph.order):
        facts = _facts(cell.code)
        layout.update(repr((cell.line, cell.source, cell.code)).encode("utf-8", "surrogatepass"))
        codes[cell.id] = Code(
            place=f"{notebook.path}:{cell.id}",
            digest=digest(
                privates[cell.id],
                sorted(futures),
                *_context(notebook),
                *cell.options.depends,
                *(["gives _"] if cell.id in givers else ()),
            ),
            private=privates[cell.id],
            futures=futures,
            definition=facts.definition,
            reads_lines=facts.reads_lines,
            unbinds=facts.unbinds,
            layout=layout.hexdigest()[:32],
            words=facts.words,
            ambient=ambient[cell.id],
            result=cell.id in givers,
            values=facts.values,
        )
        if notebook.order == "document":
            futures |= facts.futures
    return codes


class _Facts(NamedTuple):
    """What the syntax tree of a cell tells by itself."""

    definition: bool
    reads_lines: bool
    unbinds: frozenset[str]
    words: frozenset[str]
    futures: frozenset[str]
    has_result: bool
    values: frozenset[str]


# A preview analyses a notebook again after each edit, and all cells but one are as they were.
@remembered
def _facts(code: str) -> _Facts:
    tree = parsed(code)
    nodes = list(ast.walk(tree))
    return _Facts(
        definition=all(map(_defines, tree.body)),
        reads_lines=any(map(_reads_lines, nodes)),
        unbinds=frozenset(name for node in nodes for name in _unbound_by(node)),
        words=frozenset(word for node in nodes for word in _words(node)),
        futures=_futures(tree),
        has_result=bool(tree.body) and isinstance(tree.body[-1], ast.Expr),
        values=_values(nodes),
    )


def with_changed(
    codes: Mapping[str, Code], notebook: Notebook, graph: Graph, changed: Mapping[str, str], setters: Collection[str]
) -> dict[str, Code]:
    """The codes of a notebook in a state, from those of the notebook as written.

    `changed` are the cells that are others or more, by id, with the cell whose place each has; `setters` those that set
    a control, whatever it was set to before. The text and the lines
    that a reader sees are those of the notebook as written; results are recorded beside those of other states.
    """
    found = {id: replace(code, place=f"{code.place} given") for id, code in codes.items()}
    for id, at in changed.items():
        cell, below = notebook.cell(id), found.get(at)
        if below is None:
            continue
        nodes = list(ast.walk(parsed(cell.code)))
        own = _digest(cell)
        found[id] = replace(
            below,
            place=f"{notebook.path}:{id} given",
            digest=digest(own, sorted(below.futures), *_context(notebook), *cell.options.depends),
            private=below.private if cell.source else own,
            definition=below.definition and id == at,
            words=frozenset(word for node in nodes for word in _words(node)),
            ambient=below.ambient if cell.source else Ambient(),
            values=_values(nodes),
            sets=id in setters,
        )
    unread = dict(zip(found, _unread(graph, found), strict=True))
    return {id: code if code.unread == unread[id] else replace(code, unread=unread[id]) for id, code in found.items()}


def _unread(graph: Graph, ids: Iterable[str]) -> Iterator[frozenset[str]]:
    """For each cell, the names that it binds and no other one can read."""
    is_known = not any(names.dynamic for names in graph.names.values())
    readers = Counter(name for names in graph.names.values() for name in names.refs | names.deletes)
    for names in (graph.names[id] for id in ids):
        own = names.refs | names.deletes
        yield frozenset(name for name in names.defs if is_known and readers[name] == (name in own))


def digest(*parts: object) -> str:
    """Identifies values whose `repr` says all of them."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _context(notebook: Notebook) -> Iterable[str]:
    return notebook.path, notebook.format, notebook.order


def _givers(notebook: Notebook, graph: Graph) -> frozenset[str]:
    """Cells whose result others read as `_`: those above which no cell binds that name itself, where any reads it."""
    if notebook.order != "document":
        return frozenset()
    cells = [cell for cell in notebook.cells if cell.id in graph.names]
    known = [(graph.names[cell.id], _facts(cell.code)) for cell in cells]
    if not any("_" in names.refs or (names.dynamic and "_" in facts.words) for names, facts in known):
        return frozenset()
    own = next((n for n, (names, _) in enumerate(known) if "_" in names.defs), len(cells))
    return frozenset(cell.id for cell, (_, facts) in zip(cells[:own], known, strict=False) if facts.has_result)


def _privates(notebook: Notebook) -> dict[str, str]:
    seen: Counter[str] = Counter()
    privates = {}
    for cell in (cell for cell in notebook.cells if cell.kind == "code"):
        own = _digest(cell)
        seen[own] += 1
        privates[cell.id] = own if seen[own] == 1 or notebook.order == "document" else f"{own}-{seen[own]}"
    return privates


def _digest(cell: Cell) -> str:
    return _digest_of(cell.code)


@remembered
def _digest_of(code: str) -> str:
    try:
        return digest(ast.dump(ast.parse(code)), _is_silent(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return digest(code)


def _is_silent(code: str) -> bool:
    """Whether the last token is a semicolon: then the value of the last expression is not shown."""
    if ";" not in code:
        return False
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type not in _INSIGNIFICANT:
            last = token.string
    return last == ";"


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = [*node.args.defaults, *node.args.kw_defaults]
        return not node.decorator_list and all(value is None or isinstance(value, ast.Constant) for value in arguments)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef | ast.Pass)


def _reads_lines(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in _LINE_SENSITIVE for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in _LINE_SENSITIVE
    if isinstance(node, ast.Call) and _named(node.func) == "stack":  # of `inspect`, not of numpy
        return all(isinstance(argument, ast.Constant) for argument in node.args)
    return _named(node) in _LINE_SENSITIVE


def _named(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _unbound_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Delete):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.name] if isinstance(node, ast.ExceptHandler) and node.name else []


def _words(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
            return (name,)
        case ast.alias(name=name):
            return name.split(".")
        case ast.ImportFrom(module=str() as name):
            return name.split(".")
        case ast.Constant(value=str() as text):
            return _WORD.findall(text)
    return ()


def _values(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Names of which nothing but their `.value` is read."""
    looked_at = [
        node.value
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr == "value" and isinstance(node.ctx, ast.Load)
    ]
    asked = {id(node) for node in looked_at}
    others = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in asked}
    return frozenset(node.id for node in looked_at if isinstance(node, ast.Name)) - others


def _futures(tree: ast.Module) -> frozenset[str]:
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    return frozenset(alias.name for node in imports for alias in node.names)
