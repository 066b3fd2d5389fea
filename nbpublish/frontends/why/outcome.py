"""What a build is asked to tell besides pages: why cells ran, and which are stale where nothing may be executed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from rich.console import Console

from nbpublish.build import World
from nbpublish.frontends.configuration import made_runs_of, runs_of
from nbpublish.frontends.summary import Summary
from nbpublish.frontends.why.account import cell_as_json, reasons_as_json
from nbpublish.frontends.why.show import entries_of, show_runs
from nbpublish.model import Problem, Run
from nbpublish.project import Project, Verified

_FROZEN = "--frozen executes nothing; run `nbpublish build` first."


def told(
    summary: Summary, config: MkDocsConfig, project: Project, console: Console, *, explain: bool = False
) -> Summary:
    """The summary of a build with what its demand adds, and, with `explain`, all reasons; printed as well."""
    runs, world, more = runs_of(config), project.world(), dict(summary.more)
    if project.demand.frozen and project.settings.execute:
        summary = summary.with_problems(stale(made_runs_of(config).values(), world))
    if explain:
        show_runs(console, runs, world)
        more["notebooks"] = {path: cells_as_json(run, world) for path, run in runs.items()}
    if project.demand.verify:
        found = project.verified or Verified(project.demand.seed)
        console.print(_verified(found))
        more["verified"] = asdict(found)
    return replace(summary, more=more)


def _verified(found: Verified) -> str:
    if not found.cells:
        return "Verified nothing, because no cell was reused."
    cells = f"{found.cells} of {found.reused} reused {'cell' if found.reused == 1 else 'cells'}"
    notebooks = f"{found.notebooks} {'notebook' if found.notebooks == 1 else 'notebooks'} run from the beginning"
    same = found.cells - found.different - found.impure
    parts = [f"[green]{same if found.cells - same else 'all'} gave the same[/]"] if same else []
    parts += [f"[red]{found.different} gave another result[/]"] if found.different else []
    parts += [f"{found.impure} owe theirs to the clock, the network or chance, and differ"] if found.impure else []
    said = ", ".join(parts)
    return f"Verified {cells}, in {notebooks}: {said} (--seed {found.seed} chooses the same)"


def stale(runs: Iterable[Run], world: World) -> Iterator[Problem]:
    """One problem for each cell that would certainly run, or for a notebook of which nothing is known.

    Cells that depend on them are counted.
    """
    for run in runs:
        entries = [entry for entry in entries_of(run, world) if run.reasons[entry[1].id].cause == "not-executed"]
        certain = [entry for entry in entries if entry[2].action == "run"]
        others = len(entries) - len(certain)
        if len(certain) == len(run.reasons) and all(said.reason.cause == "new" for _, _, said in certain):
            count = f"{len(certain)} cells" if len(certain) > 1 else "one cell"
            message = f"Nothing is known of the notebook's {count}. {_FROZEN}"
            yield Problem("stale", message, run.notebook.path, certain[0][1].line)
            continue
        for number, (_, cell, said) in enumerate(certain):
            message = f"The cell would run: {said.words}. {_FROZEN}"
            if others and number == 0:
                message += f" {others} more {'cell' if others == 1 else 'cells'} may have to run with it."
            yield Problem("stale", message, run.notebook.path, cell.line, cell.id)


def cells_as_json(run: Run, world: World) -> list[dict[str, Any]]:
    """The cells of a run with what was done with each, and why."""
    return [
        {
            **cell_as_json(number, cell),
            "action": run.reasons[cell.id].action,
            "words": said.words,
            "reasons": [*reasons_as_json(said.reason)],
        }
        for number, cell, said in entries_of(run, world)
    ]
