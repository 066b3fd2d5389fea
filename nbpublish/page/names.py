"""How a cell hangs together with others, for its reader: the names it defines and uses, and why it was not run."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbpublish.model import Cell, Graph, Names, Notebook, Run
from nbpublish.page.context import Context, anchor
from nbpublish.page.html import escape


def footer(cell: Cell, graph: Graph, notebook: Notebook, context: Context) -> str:
    """`Defines fit · Uses x y`: each used name links to the cell that defines it."""
    names = graph.names.get(cell.id, Names())
    defines = " ".join(f"<code>{escape(name)}</code>" for name in _in_order(names.defs, cell.code))
    sources = {name: definer(name, cell, graph, notebook) for name in names.refs}
    used = [name for name in _in_order(names.refs, cell.code) if sources[name]]
    uses = " ".join(_linked(name, sources[name], context) for name in used)
    parts = []
    if defines:
        parts.append(f'<span class="nb-defines">{escape(context.words("names.defines"))} {defines}</span>')
    if uses:
        parts.append(f'<span class="nb-uses">{escape(context.words("names.uses"))} {uses}</span>')
    return f'<p class="nb-names">{" ".join(parts)}</p>' if parts else ""


def definer(name: str, cell: Cell, graph: Graph, notebook: Notebook) -> str | None:
    """The id of the cell from which `cell` gets `name`: of its parents that bind it the last in the file's order."""
    parents = {id for id in graph.parents.get(cell.id, ()) if name in graph.names.get(id, Names()).defs}
    binding = [other.id for other in notebook.cells if other.id in parents]
    return binding[-1] if binding else None


def not_run(cell: Cell, run: Run, context: Context) -> str:
    """Why a cell was not run, with a link to where it began; says only once that a whole page was not executed."""
    reason = run.reasons.get(cell.id)
    if reason is None or reason.action != "not_run" or reason.cause == "problem":
        return ""
    if reason.cause == "not-executed" and cell.id != _first_not_executed(run, context):
        return ""
    key = f"notrun.{reason.cause}"
    if reason.cause == "disabled" and reason.cell and reason.cell != cell.id:
        key = "notrun.disabled-ancestor"
    text = context.words.html(key, cell=cell_link(reason.cell, run.notebook, context, "cell.anonymous"))
    return f'<p class="nb-notrun" data-cause="{escape(reason.cause)}">{text}</p>'


def cell_link(id: str | None, notebook: Notebook, context: Context, anonymous: str) -> str:
    """A cell in words, by its name or by the message `anonymous`; a link where it stands on the page."""
    cell = next((cell for cell in notebook.cells if cell.id == id), None)
    if cell is None:
        return escape(context.words(anonymous))
    if cell.name and cell.name != "_":
        words = context.words.html("cell.named", name=f"<code>{escape(cell.name)}</code>")
    else:
        words = escape(context.words(anonymous))
    return f'<a href="#{escape(anchor(cell.id))}">{words}</a>' if cell.id in context.visible else words


def _first_not_executed(run: Run, context: Context) -> str | None:
    for cell in run.notebook.cells:
        reason = run.reasons.get(cell.id)
        if cell.id in context.visible and reason and reason.cause == "not-executed":
            return cell.id
    return None


def _linked(name: str, source: str | None, context: Context) -> str:
    code = f"<code>{escape(name)}</code>"
    return f'<a href="#{escape(anchor(source))}">{code}</a>' if source in context.visible else code


def _in_order(names: Iterable[str], source: str) -> list[str]:
    """By first mention in the source, then by the alphabet; without `_`, which only says that a value is not needed."""
    first: dict[str, int] = {}
    for match in re.finditer(r"[^\W\d]\w*", source):
        first.setdefault(match.group(), match.start())
    return sorted((name for name in names if name.strip("_")), key=lambda name: (first.get(name, len(source)), name))
