"""One cell as HTML: its prose, or its outputs with the code that made them."""

from __future__ import annotations

import ast
import re

from nbpublish.model import Cell, Output, Problem, Run, Trace, Visibility
from nbpublish.page import names
from nbpublish.page.cell_labels import with_label
from nbpublish.page.code import highlight, with_lines
from nbpublish.page.context import Context, anchor
from nbpublish.page.failures import failing_line
from nbpublish.page.html import attributes, escape, spoken
from nbpublish.page.markdown_output import prose
from nbpublish.page.native.movable import movable
from nbpublish.page.outputs import bundle, render_outputs
from nbpublish.page.settings import PageSettings

FOLD_ONLY = re.compile(r'\A<div class="nb-cell nb-codecell"[^>]*>\n<details class="nb-fold nb-fold-code">')
"""The beginning of a cell of which only folded code is shown."""


def appears(cell: Cell, run: Run, settings: PageSettings) -> bool:
    """Whether anything of the cell stands on the page."""
    if cell.options.removed or not cell.source.strip():
        return False
    if cell.kind != "code" or code_visibility(cell, settings) != "hide" or _problems(cell, run):
        return True
    trace, reason = run.traces.get(cell.id), run.reasons.get(cell.id)
    if cell.options.label and trace is None:  # it would appear if it were executed
        return True
    blocked = reason is not None and reason.action == "not_run" and reason.cause != "not-executed"
    return blocked or bool(trace and _shown_outputs(cell, trace))


def render_cell(cell: Cell, run: Run, context: Context) -> str:
    """The cell's element; empty for a cell of which nothing is shown."""
    if cell.id not in context.visible:
        return ""
    if cell.kind == "markdown":
        return _element("nb-prose", cell, prose(cell, context) + _notices(cell, run))
    if cell.kind == "raw":
        return _element("nb-raw", cell, _raw(cell, context))
    return _code_cell(cell, run, context)


def code_visibility(cell: Cell, settings: PageSettings) -> Visibility:
    """How the source is shown. A cell that only displays prose shows none unless its author asks for it."""
    if displays_prose(cell) and cell.options.code != "show":
        return "hide"
    return cell.options.code or settings.code


def displays_prose(cell: Cell) -> bool:
    """Whether all a cell does is to display Markdown: `mo.md(…)` and nothing else."""
    if "md" not in cell.code:
        return False
    try:
        body = ast.parse(cell.code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(call := body[0].value, ast.Call):
        return False
    name = call.func
    return isinstance(name, ast.Attribute) and name.attr == "md" and isinstance(name.value, ast.Name)


def _code_cell(cell: Cell, run: Run, context: Context) -> str:
    trace = run.traces.get(cell.id)
    visibility = code_visibility(cell, context.settings)
    code = ""
    if visibility != "hide":
        language = "python" if cell.python is None else "ipython"
        footer = names.footer(cell, run.graph, run.notebook, context) if context.settings.names else ""
        code = f'<div class="nb-code">{_source(cell, trace, language, run.notebook.path)}{footer}</div>'
    followed = _followed(cell, result(cell, run, trace, context), context)
    code, followed = with_label(code, followed, trace, context)
    shown = _notices(cell, run) + _constants(cell, context) + followed
    if visibility == "fold":
        summary = escape(context.words("code.show"))
        code = f'<details class="nb-fold nb-fold-code"><summary>{summary}</summary>{code}</details>'
        inside = shown + code
    else:
        inside = code + shown
    kind = "nb-prose" if displays_prose(cell) and visibility == "hide" else "nb-codecell"
    return _element(kind, cell, inside, _state(cell, run)) if inside else ""


def _source(cell: Cell, trace: Trace | None, language: str, path: str) -> str:
    """The code as HTML; the line that failed is marked."""
    html = highlight(cell.source, language)
    line = failing_line(cell, path, trace.outputs) if trace else None
    return with_lines(html, {line}) if line else html


def _raw(cell: Cell, context: Context) -> str:
    """A raw cell is meant for one format of page: HTML and prose are shown as such, all others as they are written."""
    if (kind := cell.options.mimetype) in ("text/html", "text/markdown", "text/latex"):
        return bundle({kind: cell.source}, {}, context)
    return f'<pre class="nb-text">{escape(cell.source)}</pre>'


def _followed(cell: Cell, shown: str, context: Context) -> str:
    """What a cell shows, where widgets that it follows can find it."""
    if cell.id not in context.following:
        return shown
    remark = context.following[cell.id]
    if remark:
        return remark + shown
    return f'<div class="nb-follows" data-nb-cell="{escape(f"{context.book} {cell.id}")}">{shown}</div>'


def _constants(cell: Cell, context: Context) -> str:
    """The controls of the cell's own constants."""
    own = [
        movable(widget, places, escape(widget.label), context) or ""
        for widget, places in context.widgets.values()
        if widget.library == "none" and widget.cell == cell.id
    ]
    return f'<div class="nb-controls">{"".join(own)}</div>' if own else ""


def result(cell: Cell, run: Run, trace: Trace | None, context: Context) -> str:
    """What the cell showed, or why it did not run."""
    if trace is None:
        return names.not_run(cell, run, context)
    outputs = render_outputs(_shown_outputs(cell, trace), context)
    if outputs and cell.options.output == "fold":
        summary = escape(context.words("output.show"))
        return f'<details class="nb-fold nb-fold-output"><summary>{summary}</summary>{outputs}</details>'
    return outputs


def _shown_outputs(cell: Cell, trace: Trace) -> tuple[Output, ...]:
    """Hidden outputs are left out, but never the error of a cell that should not have failed."""
    if cell.options.output == "hide":
        return tuple(o for o in trace.outputs if o.channel == "error" and trace.problem)
    hidden = {"stdout": not cell.options.stdout, "stderr": not cell.options.stderr}
    return tuple(o for o in trace.outputs if not hidden.get(o.channel))


def _problems(cell: Cell, run: Run) -> tuple[Problem, ...]:
    """The errors found before running; a failure shows its traceback, and a warning is for the author's terminal."""
    found = run.notebook.problems + run.graph.problems
    return tuple(problem for problem in found if problem.cell == cell.id and problem.severity == "error")


def _notices(cell: Cell, run: Run) -> str:
    parts = []
    for problem in _problems(cell, run):
        parts.append(f'<p class="nb-problem" data-code="{escape(problem.code)}">{spoken(problem.message)}</p>')
    return "".join(parts)


def _state(cell: Cell, run: Run) -> str | None:
    trace, reason = run.traces.get(cell.id), run.reasons.get(cell.id)
    if trace:
        return "failed" if trace.exit in ("failed", "died") and not cell.options.raises else None
    if reason and reason.action == "not_run":
        return "not-executed" if reason.cause == "not-executed" else "not-run"
    return None


def _element(kind: str, cell: Cell, inside: str, state: str | None = None) -> str:
    attrs = attributes(class_=f"nb-cell {kind}", id=anchor(cell.id), data_cell=cell.id, data_state=state)
    return f"<div{attrs}>\n{inside}\n</div>"
