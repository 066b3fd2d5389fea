"""Which cells follow which widgets: by the graph, and by what executions have read.

The graph says what a cell names, in functions that it calls as well. What a run has recorded says more: that a value
was changed through another name, that the random generator was drawn from. Both together are closed: what follows a
cell that follows a widget follows the widget.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from nbpublish.model import Graph, Notebook, Run, Trace, Widget
from nbpublish.widgets.given import setter

Links = Mapping[str, frozenset[str]]
"""By cell, the cells whose values it has read."""
_TOO_LONG = 100_000


def followers(
    notebook: Notebook, graph: Graph, widgets: Iterable[Widget], links: Links
) -> dict[str, tuple[str, ...]]:
    """By cell, the keys of the widgets that it follows, in the widgets' order; only cells that follow any."""
    feeds = _feeds(graph, links)
    readers = _readers(notebook, graph)
    found: dict[str, list[str]] = {}
    for widget in widgets:
        for cell in _reached(_first(widget, readers, feeds), feeds):
            found.setdefault(cell, []).append(widget.key)
    ordered = (cell.id for cell in notebook.cells if cell.id in found)
    return {cell: tuple(found[cell]) for cell in ordered}


def releases(
    notebook: Notebook, graph: Graph, widgets: Sequence[Widget], links: Links
) -> dict[str, dict[str, tuple[str, ...]]]:
    """By cell and `run_button` that it follows, the widgets after whose move the button is not pressed any more for it.

    They run a cell again that has read the button itself, and feeds this one; what others have made of a button that
    was pressed stays.
    """
    feeds, readers = _feeds(graph, links), _readers(notebook, graph)
    follows = followers(notebook, graph, widgets, links)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for button in (widget for widget in widgets if widget.kind == "run-button"):
        for reader in sorted(_first(button, readers, feeds)):
            moving = tuple(key for key in follows.get(reader, ()) if key != button.key)
            for cell in _reached([reader], feeds) if moving else ():
                own = found.setdefault(cell, {})
                own[button.key] = tuple(dict.fromkeys((*own.get(button.key, ()), *moving)))
    return found


def _feeds(graph: Graph, links: Links) -> dict[str, set[str]]:
    """By cell, the cells that read what it makes."""
    feeds: dict[str, set[str]] = {}
    for parents in (graph.parents, links):
        for cell, makers in parents.items():
            for maker in makers:
                feeds.setdefault(maker, set()).add(cell)
    return feeds


def _first(widget: Widget, readers: Mapping[str, set[str]], feeds: Mapping[str, set[str]]) -> set[str]:
    """The cells that read a widget itself."""
    if widget.library == "none":
        return {widget.cell}
    return readers.get(widget.name, set()) - {widget.cell} | feeds.get(setter(widget.name), set())


def links_of(runs: Sequence[Run], widgets: Iterable[Widget]) -> dict[str, frozenset[str]]:
    """What cells have read of each other in these runs of one notebook."""
    notebook = runs[0].notebook
    names, imported = {widget.name for widget in widgets}, modules(notebook)
    shown = {cell.id: names & _only_shown(cell.code, imported) for cell in notebook.cells}
    links: dict[str, set[str]] = {}
    for run in runs:
        makers: dict[str, str] = {}
        for id in run.graph.order:
            trace = run.traces.get(id)
            if trace is None:
                continue
            read = set(_read(trace)) & makers.keys() - shown.get(id, set())
            cell = id.rpartition(" again ")[2]  # it may run once more, see `loops.py`
            links.setdefault(cell, set()).update(makers[name] for name in read)
            makers.update(dict.fromkeys([*trace.versions, *trace.deleted], cell))
    return {id: frozenset(makers - {id}) for id, makers in links.items()}


def _read(trace: Trace) -> Iterable[str]:
    """Names, states and files that an execution has read or may have read."""
    yield from trace.inputs
    for seen in trace.observations:
        if seen.kind == "state":
            yield seen.subject
        elif seen.kind == "environment":
            yield f"<environ:{seen.subject}>"
        elif seen.kind in ("file", "missing", "exists"):
            yield f"<file:{seen.subject}>"
            yield f"<temporary file:{seen.subject}>"


def _reached(first: Iterable[str], feeds: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        cell = waiting.pop()
        if cell not in found:
            found.add(cell)
            waiting += feeds.get(cell, ())
    return found


def _readers(notebook: Notebook, graph: Graph) -> dict[str, set[str]]:
    """By shared name, the cells that may look at what a control in it is set to.

    A cell that only puts a control on the page shows it as it was made, wherever it stands.
    """
    imported = modules(notebook)
    readers: dict[str, set[str]] = {}
    for cell in notebook.cells:
        names = graph.names.get(cell.id)
        if names is None:
            continue
        shown = _only_shown(cell.code, imported)
        for name in names.refs - shown:
            readers.setdefault(name, set()).add(cell.id)
    return readers


def modules(notebook: Notebook) -> set[str]:
    """Names under which a notebook imports marimo."""
    nodes = (node for cell in notebook.cells if "marimo" in cell.code for node in ast.walk(parsed(cell.code)))
    names = (alias for node in nodes if isinstance(node, ast.Import) for alias in node.names)
    return {alias.asname or alias.name for alias in names if alias.name == "marimo"}


def _only_shown(code: str, modules: set[str]) -> set[str]:
    """Names of which code does no more than to lay their values out."""
    shown: set[str] = set()
    read: set[str] = set()

    def visit(node: ast.AST, *, laid: bool) -> None:
        if isinstance(node, ast.Name):
            (shown if laid else read).add(node.id)
            return
        if isinstance(node, ast.Expr | ast.FormattedValue | ast.JoinedStr | ast.List | ast.Tuple | ast.Dict):
            plain = not isinstance(node, ast.FormattedValue) or node.conversion == -1
            for child in ast.iter_child_nodes(node):
                visit(child, laid=plain and (laid or isinstance(node, ast.Expr)))
            return
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):  # what is laid out is HTML for good
            function = node.value.func
            is_html = isinstance(function, ast.Attribute) and function.attr in _LAY_OUT
            visit(node.value, laid=is_html and _laying_out(function, modules) is not None)
            return
        if isinstance(node, ast.keyword | ast.Starred):
            visit(node.value, laid=laid)
            return
        if isinstance(node, ast.Call) and laid and (owner := _laying_out(node.func, modules)) is not None:
            for child in [owner, *node.args, *node.keywords]:
                visit(child, laid=True)
            return
        for child in ast.iter_child_nodes(node):
            visit(child, laid=False)

    visit(parsed(code), laid=False)
    return shown - read


_LAY_OUT = frozenset(
    {"md", "hstack", "vstack", "center", "left", "right", "callout", "accordion", "style", "as_html", "sidebar", "show"}
)


_JUPYTER = frozenset({"display", "VBox", "HBox", "Box", "GridBox"})


def _laying_out(function: ast.expr, modules: set[str]) -> ast.expr | None:
    """Of a call that only lays something out, what it is called on: `mo` of `mo.vstack`, `k` of `k.center`."""
    if isinstance(function, ast.Name) and function.id in _JUPYTER:
        return function
    if isinstance(function, ast.Attribute) and function.attr in _JUPYTER:
        return function.value
    if not isinstance(function, ast.Attribute) or function.attr not in _LAY_OUT:
        return None
    owner = function.value
    if isinstance(owner, ast.Name) and owner.id not in modules:
        return owner
    return owner if isinstance(owner, ast.Name | ast.Call) else None


def parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code) if len(code) < _TOO_LONG else ast.Module([], [])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
