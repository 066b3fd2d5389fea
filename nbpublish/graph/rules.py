"""What a notebook that runs by its dependencies may not do, as marimo has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbpublish.graph.cycles import Parents, shortest_cycle
from nbpublish.graph.lines import definition_line, is_imported, is_table, reference_line
from nbpublish.model import Cell, Names, Notebook, Problem


def multiple_definitions(notebook: Notebook, names: Mapping[str, Names]) -> Iterator[Problem]:
    """A name belongs to one cell; each cell that binds it as well gets a problem."""
    definers: dict[str, list[Cell]] = {}
    for cell in notebook.cells:
        for name in sorted(names[cell.id].defs if cell.id in names else ()):
            definers.setdefault(name, []).append(cell)
    for name, cells in definers.items():
        if len(cells) > 1:
            for cell in cells:
                yield _multiple(notebook, name, cell, next(other for other in cells if other is not cell))


def _multiple(notebook: Notebook, name: str, cell: Cell, other: Cell) -> Problem:
    remedy = f"Rename one of them, or write `_{name}` to keep it inside its cell."
    if is_table(cell.code, name) or is_table(other.code, name):
        remedy = "Create it in one of them, or give it another name."
    elif is_imported(cell.code, name) and is_imported(other.code, name):
        remedy = "Import it in one of them."
    message = f"`{name}` is also defined on line {_definition(other, name)}, in another cell. {remedy}"
    return Problem("multiple-definitions", message, notebook.path, _definition(cell, name), cell.id)


def circle(notebook: Notebook, group: list[str], names: Mapping[str, Names], parents: Parents) -> Iterator[Problem]:
    """Cells that depend on each other in a circle: each gets a problem that tells the way round."""
    cells = {cell.id: cell for cell in notebook.cells}
    for id in group:
        way = shortest_cycle(id, group, parents)
        links = [_link(cells[a], cells[b], names) for a, b in zip(way, [*way[1:], way[0]], strict=True)]
        told = "; ".join(links[:6]) + ("; …" if len(links) > 6 else "")
        message = f"The cell depends on itself by way of others: {told}. Move what one of them needs into another cell."
        yield Problem("cycle", message, notebook.path, cells[id].line, id)


def _link(cell: Cell, child: Cell, names: Mapping[str, Names]) -> str:
    shared = sorted(names[cell.id].defs & names[child.id].refs)
    if shared:
        listed = ", ".join(f"`{name}`" for name in shared[:3])
        return f"line {_reference(child, shared[0])} needs {listed} of line {_definition(cell, shared[0])}"
    deleted = min(names[child.id].deletes & names[cell.id].refs)
    return f"line {_reference(child, deleted)} deletes `{deleted}`, which line {_reference(cell, deleted)} uses"


def setup_rules(notebook: Notebook, names: Mapping[str, Names]) -> Iterator[Problem]:
    """The setup cell runs first: it cannot use what other cells define, nor replace the app it belongs to."""
    for cell in notebook.cells:
        if cell.id == notebook.setup and cell.id in names:
            others = (own.defs for id, own in names.items() if id != cell.id)
            yield from _setup(notebook, cell, names[cell.id], frozenset[str]().union(*others))


def _setup(notebook: Notebook, cell: Cell, own: Names, elsewhere: frozenset[str]) -> Iterator[Problem]:
    for name in sorted(own.refs & elsewhere - own.defs):
        message = (
            f"The setup cell runs before all others and uses `{name}`, which another cell defines. "
            "Define it in the setup cell, or move the code that uses it into another cell."
        )
        yield Problem("setup-refs", message, notebook.path, _reference(cell, name), cell.id)
    if "app" in own.defs:
        message = "The setup cell defines `app`, the name of the marimo app itself. Choose another name."
        yield Problem("setup-refs", message, notebook.path, _definition(cell, "app"), cell.id)


def star_import(notebook: Notebook, cell: Cell, line: int) -> Problem:
    """Names that stand nowhere cannot be followed from cell to cell."""
    message = "`import *` hides which names the cell defines. Import the names you use, or the module itself."
    return Problem("import-star", message, notebook.path, cell.line + line - 1, cell.id)


def _definition(cell: Cell, name: str) -> int:
    return cell.line + definition_line(cell.code, name) - 1


def _reference(cell: Cell, name: str) -> int:
    return cell.line + reference_line(cell.code, name) - 1
