"""Code that changes what the whole process shares: libraries that are patched, configured or registered with.

Such a change stands in no name of the author's, and every cell below may feel it. What is changed by assignment is told
by where it stands (`pandas.DataFrame.area`), and a kernel looks what is there afterwards. What is changed by a call
(`alt.theme.enable("dark")`) nobody can look at; there the text of the statement stands for it, where that says all.

Settings that are states of their own, such as those of matplotlib, are not among these.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from nbpublish.remembered import remembered
from nbpublish.traces.syntax import parsed

Imports = Mapping[str, frozenset[str]]
"""From each name that some cell imports to the modules, or things in modules, that it may stand for."""


@dataclass(frozen=True, slots=True)
class Ambient:
    """What a cell changes for the whole process, as far as its code says so."""

    settings: tuple[str, ...] = ()
    """Digests of statements whose text says all that they do."""
    targets: frozenset[str] = frozenset()
    """Dotted paths of attributes that are assigned or deleted in a library."""
    names: frozenset[str] = frozenset()
    """Names of the notebook's own that stand in what changes a library, and that it may look at later."""
    uncertain: bool = False
    """What it does depends on more than the text of its statements."""
    takes_over: bool = False
    """It redirects output or traces every line: what it sets up works on through all cells below."""

    def __bool__(self) -> bool:
        return bool(self.settings or self.targets or self.uncertain or self.takes_over)


_SETS = re.compile(
    r"(set|enable|disable|register|unregister|use|configure|config|init|install|uninstall|patch|activate|deactivate"
    r"|seed|manual|setup|extension|reset|output|add|autolog|load_ext|apply|reload|simplefilter)(_|$)"
    r"|(add|set|register|install|capture|enable|disable|basic|dict|file|use)[A-Z]|addfont|nopython|settrace|setprofile"
)
"""How functions are called that change a library."""
_ELSEWHERE = re.compile(
    r"(matplotlib\.(rc|style\b|set_loglevel)|matplotlib\.pyplot\.|seaborn\.|numpy\.|pandas\.(?!plotting\.)"
    r"|polars\.(Config|api)\b|os\.|random\.|warnings\.|decimal\.|locale\.|logging\.(?!captureWarnings)|sklearn\.set_config"
    r"|sys\.(set(recursionlimit|_int_max_str_digits)|path\b)|networkx\.|time\.(?!tzset)|itertools\.|shutil\.|pathlib\.|copy\.|json\."
    r"|math\.|heapq\.|bisect\.|functools\.|operator\.|collections\.|pickle\.|datetime\.|statistics\.|scipy\.|torch\.manual_seed)"
)
"""Functions that change their arguments, or states that are followed for themselves."""
_FOLLOWED = re.compile(r"matplotlib\.(pyplot\.)?rcParams\b|pandas\.options\b|os\.environ\b|sys\.(path|argv)\b")
"""What may be assigned to without changing anything but states that are followed for themselves."""
_TAKES_OVER = re.compile(r"sys\.(stdout|stderr|stdin|settrace|setprofile)$|threading\.(settrace|setprofile)$")
_SQL = {"sql", "execute", "executemany", "query", "query_df", "from_query"}
_SQL_OWNERS = re.compile(r"(duckdb|marimo)\.")
_READS = {
    *("select", "from", "with", "table", "values", "pivot", "unpivot", "summarize", "describe", "explain", "show", ""),
}
_MAGICS = {
    *("load_ext", "reload_ext", "unload_ext", "config", "alias", "alias_magic", "pylab", "precision", "autoreload"),
    *("xmode", "pprint", "sql", "automagic", "colors"),
}
_RUNS = {"system", "getoutput", "getoutput_raw", "run_cell", "ev", "ex"}
"""Methods of IPython's shell that run something and change nothing of its own."""
_PLAIN = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Attribute, ast.UnaryOp, ast.unaryop, ast.expr_context),
)
"""What an expression may consist of, besides names of libraries, that always gives the same."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def ambients(codes: Mapping[str, str]) -> dict[str, Ambient]:
    """What each cell changes for the whole process, by id, from the code of all cells."""
    imports: dict[str, set[str]] = {}
    for name, path in (each for code in codes.values() for each in _imports(code)):
        imports.setdefault(name, set()).add(path)
    defining = tuple(code for code in codes.values() if _defines(code))
    finder = _finder(frozenset((name, frozenset(paths)) for name, paths in imports.items()), defining)
    return {id: _ambient(finder, code) for id, code in codes.items()}


# A preview asks again after each edit, and all cells but one are as they were; what they import mostly is, too.
@remembered
def _imports(code: str) -> tuple[tuple[str, str], ...]:
    """Names that a cell imports, each with the module, or the thing in a module, that it stands for."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(parsed(code)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                found.append((bound, alias.name if alias.asname else bound))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
    return tuple(found)


@remembered
def _defines(code: str) -> bool:
    """Whether there are functions or classes in a cell."""
    return any(isinstance(node, _FUNCTIONS) for node in ast.walk(parsed(code)))


@lru_cache(16)
def _finder(imports: frozenset[tuple[str, frozenset[str]]], defining: tuple[str, ...]) -> _Finder:
    finder = _Finder(dict(imports))
    finder.learn(map(parsed, defining))
    return finder


@remembered
def _ambient(finder: _Finder, code: str) -> Ambient:
    return finder.of(parsed(code))


class _Finder:
    def __init__(self, imports: Imports) -> None:
        self._imports = imports
        self._changers: set[str] = set()
        """Names of functions and classes of the notebook's own that change a library when they are called."""

    def learn(self, trees: Iterable[ast.Module]) -> None:
        """Know which of the notebook's own functions change a library, or call one that does."""
        defined = [node for tree in trees for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
        while True:
            more = {
                node.name
                for node in defined
                if node.name not in self._changers and any(self._changes(part) for part in _within(node))
            }
            if not more:
                return
            self._changers |= more

    def _changes(self, node: ast.AST) -> bool:
        called = isinstance(node, ast.Name) and node.id in self._changers
        return called or self._calls(node) or any(map(self._target, _assigned(node)))

    def of(self, tree: ast.Module) -> Ambient:
        settings: list[str] = []
        targets: set[str] = set()
        names: set[str] = set()
        uncertain = takes_over = False
        for statement, node in _executed(tree):
            before = len(settings), len(targets), uncertain
            if isinstance(node, ast.Name) and node.id in self._changers:
                uncertain = True
            for path in [path for target in _assigned(node) for path in self._target(target)]:
                takes_over |= bool(_TAKES_OVER.search(path))
                targets.add(path)
            if self._calls(node):
                takes_over |= any(map(_TAKES_OVER.search, self._paths(node)))
                if statement in tree.body and self._says_all(statement, node):
                    settings.append(hashlib.sha256(ast.dump(statement).encode("utf-8", "replace")).hexdigest()[:32])
                else:
                    uncertain = True
            if before != (len(settings), len(targets), uncertain):
                names |= {part.id for part in ast.walk(statement) if isinstance(part, ast.Name)}
        own = frozenset(names - self._imports.keys() - set(dir(builtins)))
        return Ambient(tuple(settings), frozenset(targets), own, uncertain, takes_over)

    # --- what changes a library ---------------------------------------------------------------------------------------

    def _paths(self, node: ast.AST) -> list[str]:
        """The dotted paths that a chain of attributes, of a call's function or of the target of an item may mean."""
        attributes: list[str] = []
        node = node.func if isinstance(node, ast.Call) else node
        while isinstance(node, ast.Attribute | ast.Subscript):
            attributes += [node.attr] if isinstance(node, ast.Attribute) else []
            node = node.value
        if not isinstance(node, ast.Name):
            return []
        return [".".join([path, *reversed(attributes)]) for path in self._imports.get(node.id, ())]

    def _target(self, target: ast.AST) -> list[str]:
        """The attributes of a library that an assignment to `target` changes."""
        if isinstance(target, ast.Name):
            return []
        return [path for path in self._paths(target) if not _FOLLOWED.match(path)]

    def _calls(self, node: ast.AST) -> bool:
        """Whether it is a call that changes a library."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            return False
        if (magic := _magic(node)) is not None:
            return magic
        for path in self._paths(node):
            name = path.rpartition(".")[2]
            if name in _SQL and _SQL_OWNERS.match(path) and not _only_reads(node):
                return True
            if _SETS.match(name) and "." in path and not _ELSEWHERE.match(path):
                return True
        return False

    def _says_all(self, statement: ast.stmt, call: ast.AST) -> bool:
        """Whether the text of a statement says what it does: a call, given constants and things of libraries."""
        if not isinstance(statement, ast.Expr | ast.Assign) or statement.value is not call:
            return False
        assert isinstance(call, ast.Call)
        if call.func.attr in _SQL if isinstance(call.func, ast.Attribute) else False:
            return False
        return all(
            isinstance(part, _PLAIN)
            or (isinstance(part, ast.Name) and part.id in self._imports)
            for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
            for part in ast.walk(argument)
        )


def _within(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.walk(node):
        if part is not node:
            yield part


def _executed(tree: ast.Module) -> Iterator[tuple[ast.stmt, ast.AST]]:
    """What runs when the cell does, all but the bodies of functions, each part with the statement that it is of."""
    for statement in tree.body:
        waiting: list[ast.AST] = [statement]
        while waiting:
            node = waiting.pop()
            yield statement, node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
            elif isinstance(node, ast.With | ast.AsyncWith):
                inner = [item.context_expr for item in node.items]
                waiting += node.body  # what is set by `with` is set back at its end
                waiting += [part for call in inner if isinstance(call, ast.Call) for part in call.args]
            elif not isinstance(node, ast.Lambda):
                waiting += ast.iter_child_nodes(node)


def _assigned(node: ast.AST) -> list[ast.AST]:
    """The targets of assignments and deletions, those by `setattr` and `delattr` included."""
    if isinstance(node, ast.Assign | ast.Delete):
        return [part for target in node.targets for part in _unpacked(target)]
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    if isinstance(node, ast.For | ast.AsyncFor):
        return list(_unpacked(node.target))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr"):
        match node.args:
            case [owner, ast.Constant(value=str(name)), *_]:
                return [ast.Attribute(owner, name, ast.Store())]
            case [owner, *_]:
                return [ast.Subscript(ast.Attribute(owner, "__dict__", ast.Load()), ast.Constant(0), ast.Store())]
    return []


def _unpacked(target: ast.AST) -> Iterator[ast.AST]:
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _unpacked(part)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def _only_reads(call: ast.Call) -> bool:
    """Whether the SQL of a call changes nothing, as far as its text can be seen."""
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            pass
        case [ast.JoinedStr(values=parts), *_]:
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "?" for part in parts)
        case _:
            return False
    text = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", text, flags=re.DOTALL)
    starts = (re.search(r"\w+", part) for part in text.split(";"))
    return all((word[0].lower() if word else "") in _READS for word in starts)


def _magic(call: ast.Call) -> bool | None:
    """Whether a call of IPython's shell changes what later cells find; None where it is none."""
    node: ast.AST = call.func
    attributes: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript):
        attributes += [node.attr] if isinstance(node, ast.Attribute) else []
        node = node.value
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"):
        return None
    if attributes in (["run_line_magic"], ["run_cell_magic"], ["magic"]):
        match call.args:
            case [ast.Constant(value=str(name)), *_]:
                return (name.split() or [""])[0].lstrip("%") in _MAGICS
        return True
    return bool(attributes) and attributes[0] not in _RUNS
